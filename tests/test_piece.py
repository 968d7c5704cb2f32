"""The finished piece: black before and after, a beginning, a climax and an end, its title and its credits."""

from itertools import pairwise

import numpy as np
import pytest
from night import ANATOMY, scene

from installation import texts
from installation.body import body
from installation.content import recordings
from installation.control.parameters import defaults
from installation.errors import ContentError
from installation.listen import ears
from installation.stage import Show
from installation.stage.prompter import Prompter
from installation.workshop.performing import perform


@pytest.fixture(scope="module")
def piece():
    shown = body("house")
    return Show.load("piece", defaults(), shown.anatomy, shown.layout, None, shown.liked)


def over(show, step=1.0):
    """Every moment of a show, a second apart, and a little beyond."""
    return {second: show.at(second, show.controls) for second in np.arange(0.0, show.seconds + 8, step).tolist()}


def volume(show, second):
    """How loud the show wants it, dB."""
    return show.resting(Prompter(show).stands(second / show.loop))["sound.volume"]


def test_it_lasts_six_to_eight_minutes_and_is_black_before_and_after(piece):
    assert 360 <= piece.seconds <= 480
    moments = over(piece)
    black = [second for second, moment in moments.items() if moment.look.fade == 0.0]
    assert set(range(4)) <= set(black)
    assert all(second < 5 or second >= piece.seconds for second in black)
    assert max(volume(piece, at) for at in (0.0, 3.9, piece.seconds)) <= -40


def test_it_climbs_through_the_layers_to_a_climax_and_rests_before_its_end(piece):
    moments = over(piece, 4.0)
    scenes = list(dict.fromkeys(moment.scene for moment in moments.values()))
    assert scenes == ["birth", "listening", "descent", "one_cell", "beat", "flood", "silence", "dusk"]
    light = {at: moment.look.pulses * moment.look.glow * moment.look.fade for at, moment in moments.items()}
    assert 0.6 < max(light, key=light.get) / piece.seconds < 0.8
    order = [layer.name for layer in body("house").anatomy]
    asked = [moments[at].target.places for at in (20.0, 80.0, 132.0, 192.0, 300.0)]
    deepest = [max(order.index(place.layer) for place in places) for places in asked]
    assert deepest == sorted(set(deepest))
    assert min(volume(piece, at) for at in moments if 300 < at < 420) <= -12
    assert volume(piece, 320.0) == 0.0
    assert {moment.clip for moment in moments.values()} - {""} <= recordings().keys()
    assert len({moment.clip for moment in moments.values()}) >= 6


def test_it_names_who_it_is_from_in_every_language():
    for code in texts.languages():
        show = Show.load("piece", defaults(), language=code)
        said = " ".join({title.text for moment in over(show).values() for title in moment.look.titles})
        assert "Immersions" in said
        assert "Vincent Herrmann" in said
        assert "Karlsruhe" in said
        assert texts.load(code).titles["asked"] in said


def test_everybody_whose_sounds_are_heard_is_named(piece):
    authors = {
        "glass": "kaligari", "choir": "Exsomniel", "guitar": "Sub-d", "lunar": "maqsim", "beat-safari": "nemaavla",
        "beat-mika": "mika55", "vinyl": "veezay", "piano": "Rutger Muller",
    }  # fmt: skip
    heard = {piece.program.start, *(part.clip for part in piece.program.parts if part.clip)}
    for code in texts.languages():
        assert all(authors[clip] in texts.load(code).titles["sounds"] for clip in heard)


@pytest.fixture
def turning(content):
    """A show that goes on to another recording."""

    def write(clip="choir"):
        content(
            one_py=scene("One", "ar0"),
            two_py=scene("Two", "ar1"),
            night_toml='crossfade = 1\nstart = "glass"\n[[scene]]\nname = "one"\nloops = 3\n'
            f'[[scene]]\nname = "two"\nloops = 4\nclip = "{clip}"\n',
        )

    return write


def test_a_scene_may_begin_from_a_recording(turning, tmp_path):
    turning()
    show = Show.load("night", defaults(), ANATOMY)
    assert [show.at(loop * show.loop, show.controls).clip for loop in (0, 1, 2, 3)] == ["", "", "choir", "choir"]
    ear = ears.load("tiny")
    take = perform(Show.load("night", defaults(), ear.anatomy), ear, 1, 16.0, tmp_path / "take")
    loops = [take.clip(loop).samples[0] for loop in take.loops]
    alike = [float(np.corrcoef(a, b)[0, 1]) for a, b in pairwise(loops)]
    assert min(alike[0], alike[2]) > 0.8
    assert abs(alike[1]) < 0.3


def test_a_recording_that_is_not_there_is_told(turning):
    turning("quire")
    with pytest.raises(ContentError, match=r"night\.toml:9: clip = 'quire' should be one of .*choir"):
        Show.load("night", defaults())
