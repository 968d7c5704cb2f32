"""Performances, films and dreams made offline, on the smallest ear."""

import json
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Controls
from installation.errors import ContentError
from installation.guard.tally import Tally
from installation.listen import ear
from installation.settings import Settings
from installation.stage import Show
from installation.take import Take
from installation.workshop import dreaming, hearing
from installation.workshop.filming import Format, Projection, film, painted
from installation.workshop.performing import perform
from installation.workshop.recording import Order, record

SMALL = Format((96, 54), Fraction(12))


def quiet(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def listener():
    return ear.load("tiny")


@pytest.fixture(scope="module")
def night(listener, tmp_path_factory):
    """Two loops of the default show, and what is needed to look at them."""
    made_of = body("tiny")
    show = Show.load("immersions", defaults(), made_of.anatomy, made_of.layout, 5)
    take = perform(show, listener, 5, 6.0, tmp_path_factory.mktemp("takes") / "night")
    return made_of, show, take


def filmed(night, listener, out: Path, part: range) -> np.ndarray:
    made_of, show, take = night
    projection = Projection(take, show, listener)
    film(projection, out, SMALL, part, partial(painted, projection, made_of, SMALL, (4, 4)), Tally((4, 4)))
    from PIL import Image

    return np.stack([np.asarray(Image.open(path)) for path in sorted(out.glob("*.png"))])


def test_the_same_seed_gives_the_same_take(night, listener, tmp_path):
    made_of, _, take = night
    show = Show.load("immersions", defaults(), made_of.anatomy, made_of.layout, 5)
    again = perform(show, listener, 5, 6.0, tmp_path / "again")
    assert [loop.target for loop in again.loops] == [loop.target for loop in take.loops]
    for one, other in zip(again.loops, take.loops, strict=True):
        np.testing.assert_array_equal(again.clip(one).samples, take.clip(other).samples)


def test_another_seed_gives_another_take(night, listener, tmp_path):
    made_of, _, take = night
    show = Show.load("immersions", defaults(), made_of.anatomy, made_of.layout, 6)
    other = perform(show, listener, 6, 6.0, tmp_path / "other")
    assert not np.array_equal(other.clip(other.loops[1]).samples, take.clip(take.loops[1]).samples)


def test_dreams_grow_from_loop_to_loop(night):
    _, _, take = night
    assert [loop.step for loop in take.loops] == [0, 10]
    assert take.loops[1].score > take.loops[0].score
    assert take.seconds == 8.0


def test_a_hurried_show_is_recorded_in_shorter_loops(listener, tmp_path):
    made_of = body("tiny")
    hurried = Controls({**defaults().values, "sound.tempo": 1.25})
    show = Show.load("immersions", hurried, made_of.anatomy, made_of.layout, 5)
    take = perform(show, listener, 5, 6.0, tmp_path / "hurried")
    assert [loop.start for loop in take.loops] == pytest.approx([0.0, 3.2])
    assert take.seconds == pytest.approx(6.4)
    assert take.clip(take.loops[1]).samples.shape[1] == 3.2 * RATE


def test_a_recorded_dream_that_falls_silent_is_helped_like_a_live_one(listener, tmp_path, caplog):
    made_of = body("tiny")
    controls = Controls({**defaults().values, "dream.learning_rate": 1e-5})
    show = Show.load(str(silent_show(tmp_path)), controls, made_of.anatomy, made_of.layout, 5)
    with caplog.at_level("INFO"):
        take = perform(show, listener, 5, 18.5, tmp_path / "night")
    assert "has fallen silent" in caplog.text
    levels = [float(np.std(take.clip(loop).samples)) for loop in take.loops]
    assert max(levels[:8]) < 1e-3 < levels[-1]


def silent_show(folder: Path) -> Path:
    """A show of fast short loops that begins with silence and hardly steps."""
    path = folder / "quiet.toml"
    path.write_text(
        'tempo = 180\nbeats = 4\nstart = "silence"\n[[scene]]\nname = "one_cell"\nloops = 40\n'
        '[controls]\n"dream.learning_rate" = 0.00001\n'
    )
    return path


def test_a_part_of_a_film_is_that_part(night, listener, tmp_path):
    whole = filmed(night, listener, tmp_path / "whole", range(44, 52))
    late = filmed(night, listener, tmp_path / "late", range(48, 52))
    np.testing.assert_array_equal(whole[4:], late)


def test_equal_moments_look_equal_at_any_rate(night, listener):
    _, show, take = night
    projection = Projection(take, show, listener)
    slow, fast = projection.frame(50, Fraction(12)), projection.frame(250, Fraction(60))
    assert (slow.look, slow.place, slow.seconds) == (fast.look, fast.place, fast.seconds)
    assert slow.dream is fast.dream


def test_the_sound_is_the_same_whole_and_in_parts(night, listener):
    _, show, take = night
    projection = Projection(take, show, listener)
    whole = projection.sound(3 * RATE, 5 * RATE)
    parts = [projection.sound(start, start + RATE // 4) for start in range(3 * RATE, 5 * RATE, RATE // 4)]
    np.testing.assert_array_equal(whole, np.concatenate(parts, axis=1))
    assert np.abs(whole).max() > 0.01


def test_a_film_has_all_pictures_and_all_sound(tmp_path):
    order = Order(None, tmp_path / "film.mov", 1.0, (96, 54), Fraction(25), 3, None, None, "tiny")
    done = record(order, Settings(), quiet, quiet)
    assert done.pictures == 25
    with av.open(str(tmp_path / "film.mov")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 25
    with av.open(str(tmp_path / "film.mov")) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == RATE
    assert Take.read(done.take).header.seed == 3


def test_a_take_is_rendered_again(tmp_path):
    first = record(
        Order(None, tmp_path / "a", 0.5, (96, 54), Fraction(8), 3, None, None, "tiny"), Settings(), quiet, quiet
    )
    record(
        Order(None, tmp_path / "b", 0.5, (96, 54), Fraction(8), None, first.take, None, None), Settings(), quiet, quiet
    )
    pictures = [sorted((tmp_path / name).glob("*.png")) for name in "ab"]
    assert [path.read_bytes() for path in pictures[0]] == [path.read_bytes() for path in pictures[1]]
    assert len(pictures[0]) == 4


def test_frames_beyond_the_take_are_refused(night, tmp_path):
    _, _, take = night
    order = Order(None, tmp_path / "x.mp4", None, (96, 54), Fraction(12), None, take.folder, (0, 9999), None)
    with pytest.raises(ContentError, match="the take ends after 96"):
        record(order, Settings(), quiet, quiet)


def test_a_dream_is_written_down(tmp_path):
    heard = []
    knobs = dreaming.turned(["parametrisation=samples", "dream.adam=on", "noise_loss=0.1"])
    order = dreaming.Order("block0.conv1[channels 0.0..0.5]", tmp_path / "d", "tiny", "low noise", 12, 4, knobs)
    told = dreaming.dream(order, lambda done, total, score: heard.append((done, total, score)))
    assert json.loads((tmp_path / "d" / "dream.json").read_text()) == told
    assert told["score_end"] > told["score_start"]
    assert told["steps"] == 12
    assert told["controls"] == {"parametrisation": 0, "adam": True, "noise_loss": 0.1}
    assert [place[:2] for place in heard] == [(step, 12) for step in range(1, 13)]
    assert heard[-1][2] > heard[0][2]
    samples, rate = soundfile.read(tmp_path / "d" / "loop.wav")
    assert (len(samples), rate) == (192_000, 48_000)
    assert told["true_peak_db"] <= -1 + 0.05
    assert (tmp_path / "d" / "scalogram.png").stat().st_size > 5_000
    again = dreaming.dream(replace(order, out=tmp_path / "e"), lambda done, total, score: None)
    np.testing.assert_array_equal(soundfile.read(tmp_path / "e" / "loop.wav")[0], samples)
    assert again["score_end"] == told["score_end"]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("noise_los=1", "Did you mean 'noise_loss'"),
        ("noise_loss", "Give NAME=VALUE"),
        ("learning_rate=1e6", "learning_rate = 1e6 is out of its range. Give a number from 1e-05 to 100"),
        ("batch=nan", "from 1 to 64"),
        ("parametrisation=spirals", "samples or waves or phases"),
        ("adam=perhaps", "off or on"),
    ],
)
def test_a_control_that_cannot_be_set_is_told(value, fault):
    with pytest.raises(ContentError, match=fault):
        dreaming.turned([value])


def test_a_recording_is_filmed_to_its_last_sample(tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE * 5) / RATE)
    soundfile.write(tmp_path / "tone.flac", tone, RATE)
    hearing.hear(tmp_path / "tone.flac", tmp_path / "film", "tiny", "listening", (96, 54), Fraction(4), quiet)
    assert len(list((tmp_path / "film").glob("*.png"))) == 20
    sounds = sorted((tmp_path / "film").glob("*.wav"))
    left, _ = soundfile.read(sounds[0])
    assert len(left) == 5 * RATE


def test_what_is_heard_of_a_recording_is_what_is_heard_of_it_as_a_loop(listener):
    """In the interior of a loop that is repeated, line and circle say the same."""
    made_of = body("tiny")
    show = Show.load("listening", defaults(), made_of.anatomy, made_of.layout)
    from installation.data import Clip
    from installation.listen.clips import clip

    loop = clip("beat-mika", 4 * RATE)
    recording = Clip(np.tile(loop.mono, 4)[None])
    heard = hearing.Heard(recording, listener, show)
    dream = heard.frame(0, 9.0).dream
    _, circle = listener.hear(loop, 192)
    for name, layer in circle.layers.items():
        margin = hearing.MARGIN * layer.shape[2] // 192
        line = dream.activations.layers[name][..., margin : margin + layer.shape[2]]
        np.testing.assert_allclose(line.astype(float), layer.astype(float), atol=0.03)
