"""Two ears hear the same loop: one anatomy, two bodies side by side, and a dream that sets one against the other."""

import numpy as np
import pytest
import torch

from installation.app.understudy import bank
from installation.body import body
from installation.control.parameters import defaults
from installation.data import RATE, Clip
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer, dream_once
from installation.errors import ContentError, TargetError
from installation.listen import clips, ears
from installation.listen.liking import learnt
from installation.stage import Show
from installation.stage.importing import ear_of
from installation.target import parse, write

torch.set_num_threads(1)
PAIR = "house+piano"
FRAMES = 48


@pytest.fixture(scope="module")
def pair():
    return ears.load(PAIR)


@pytest.fixture(scope="module")
def both():
    return body(PAIR)


@pytest.fixture(scope="module")
def loop() -> Clip:
    return clips.clip("piano", 1_000 * FRAMES)


def test_each_ear_answers_as_it_does_alone(pair, loop):
    scalogram, together = pair.hear(loop, FRAMES)
    for name in ("house", "piano"):
        seen, alone = ears.load(name).hear(loop, FRAMES)
        assert np.array_equal(seen.level, scalogram.level)
        for layer, answers in alone.layers.items():
            assert np.array_equal(answers, together.layers[f"{name}:{layer}"])
    assert len(together.layers) == len(pair.anatomy.layers) == 2 * len(alone.layers)


def test_only_the_ear_that_is_asked_hears(pair, loop):
    sound = pair.mono(loop)[None]
    assert {name.partition(":")[0] for name in pair.responses(sound, FRAMES, {"piano:ar2"})} == {"piano"}
    with pytest.raises(KeyError, match="ar2"):
        pair.responses(sound, FRAMES, {"ar2"})


def test_recordings_and_what_comes_in_reach_both(pair, loop):
    pieces = [list(ear.listen(loop, 16)) for ear in (pair, ears.load("piano"))]
    assert len(pieces[0]) == len(pieces[1]) == 3
    assert np.array_equal(pieces[0][1][1].layers["piano:ar0"], pieces[1][1][1].layers["ar0"])
    stream, alone = pair.stream(16), ears.load("piano").stream(16)
    for part in np.split(np.tile(loop.mono, 3), 6):
        told, piano = stream.hear(part), alone.hear(part)
    assert stream.heard == alone.heard == 3 * FRAMES
    assert {name for name in told[1].layers if name.startswith("piano")} == {
        f"piano:{name}" for name in piano[1].layers
    }
    assert np.array_equal(told[1].layers["piano:ar0"], piano[1].layers["ar0"])


def test_the_bodies_stand_side_by_side_and_mirrored(both):
    left, right = (both.layout.positions[both.anatomy.start(f"{name}:scalogram") :] for name in ("house", "piano"))
    left = left[: len(left) - len(right)]
    assert left[:, 0].max() < 0.0 < right[:, 0].min()
    assert np.linalg.norm(both.layout.positions, axis=1).max() <= 1.0
    assert np.allclose(right[:, 0], 0.5 - 0.5 * body("piano").layout.positions[:, 0])
    assert both.layout.edges.max() < both.anatomy.units
    across = both.layout.edges < len(left)
    assert (across[:, 0] == across[:, 1]).all()  # no thread leads from one to the other
    mist = both.layout.haze
    assert mist[:, : len(mist) // 2].max() > 0.1 < mist[:, len(mist) // 2 :].max()
    assert both.liking["piano:ar5"].shape == (both.anatomy["piano:ar5"].channels, 1)


def test_a_dream_excites_one_and_not_the_other(pair):
    dice = torch.Generator().manual_seed(1)
    start = Clip(1e-2 * torch.randn(1, RATE // 2, generator=dice).numpy())
    knobs = Knobs(batch=1, learning_rate=0.003)

    def gained(first, second):
        target = parse(f"{first}:ar2[channels 0.2..0.3] - {second}:ar2[channels 0.2..0.3]")
        dream = dream_once(Optimizer(pair, start, target, knobs, dice), 10).last
        return {name: float(dream.activations.layers[f"{name}:ar2"][51:77].mean()) for name in (first, second)}

    for_house, for_piano = gained("house", "piano"), gained("piano", "house")
    assert for_house["house"] - for_house["piano"] > for_piano["house"] - for_piano["piano"] + 0.2


def test_a_text_names_the_layers_of_each():
    target = parse("house:block4.conv1[channels 0.2..0.4] - 0.5 like(piano, piano:ar5)")
    assert [place.layer for place in target.places] == ["house:block4.conv1", "piano:ar5"]
    assert parse(write(target)) == target


def test_a_show_for_two_finds_its_way_on_two_and_on_one(both):
    house = body("house")
    for made_of in (both, house):
        show = Show.load("duel", defaults(), made_of.anatomy, made_of.layout)
        for second in np.linspace(0, show.seconds, 40):
            assert show.at(float(second), show.controls).target.terms
    on_two = Show.load("two_ears", defaults(), both.anatomy, both.layout)
    first, second = (on_two.at(at, on_two.controls) for at in (50.0, 90.0))
    assert {place.layer.partition(":")[0] for place in first.target.places} == {"house", "piano"}
    assert first.look.camera.centre[0] < -0.3
    assert second.look.camera.centre[0] > 0.3


def test_a_show_may_name_its_ear():
    assert ear_of("duel") == PAIR
    assert ear_of("immersions") == ear_of("no such show") == ""


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("house+crepe", "hear in different ways"),
        ("house+house", "two different ears"),
        ("house+piano+ear", "two different ears"),
        ("house+nothing", r"models/nothing.*was asked for"),
    ],
)
def test_two_that_cannot_hear_together_are_told(model, told):
    for made in (body, ears.load):
        with pytest.raises(ContentError, match=told):
            made(model)


def test_a_layer_without_its_ear_is_told(pair):
    start = Clip(np.zeros((1, RATE // 2), np.float32))
    with pytest.raises(TargetError, match=r"no layer .hose:ar5.\. Did you mean .house:ar5."):
        Optimizer(pair, start, parse("hose:ar5"), Knobs(), torch.Generator())


def test_the_best_loops_of_two_are_kept_apart_from_those_of_one(both, tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path))
    assert bank(PAIR, both.anatomy) is not None
    assert learnt(PAIR) == f"{learnt('house')}-{learnt('piano')}"
    assert learnt("house") != learnt("piano")
