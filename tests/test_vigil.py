"""Never stuck: noise, tones, silence and standstill are seen, music is not, and something is done about it in turn."""

from dataclasses import replace

import numpy as np
import pytest

from installation.data import RATE, Activations, Anatomy, Clip, Dream, Layer, Scalogram
from installation.dream.detectors import trouble
from installation.dream.vigil import PATIENCE, WINDOW, Vigil, Ways
from installation.listen import clips
from installation.target import parse

SAMPLES = 192_000
TIME = np.arange(SAMPLES) / RATE
ANATOMY = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 8, 1, 16)))
ASKED = parse("deep")


def hiss(seed=0, slope=0.0, level=0.1):
    """Noise whose power falls with the frequency to this power."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(SAMPLES))
    sound = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(SAMPLES, 1 / RATE), 20) ** (slope / 2), SAMPLES)
    return level * sound / sound.std()


def tone(hertz, shape=np.sin, level=0.2):
    return level * shape(2 * np.pi * hertz * TIME)


def clip(samples):
    return Clip(np.asarray(samples, np.float32)[None])


NOISES = {
    "white": hiss(),
    "pink": hiss(slope=1),
    "brown": hiss(slope=2),
    "quiet": hiss(level=0.003),
    "band": np.fft.irfft(np.fft.rfft(hiss()) * (np.abs(np.fft.rfftfreq(SAMPLES, 1 / RATE) - 700) < 250), SAMPLES),
}
DRONES = {
    "sine": tone(110),
    "high": tone(3000),
    "square": tone(220, lambda x: np.sign(np.sin(x)), 0.1),
    "vibrato": 0.2 * np.sin(2 * np.pi * 440 * TIME + 3 * np.sin(2 * np.pi * 5 * TIME)),
    "tremolo": tone(330) * (1 + 0.3 * np.sin(2 * np.pi * 2 * TIME)),
    "with hiss": tone(440) + hiss(level=0.01),
    "chord": sum(tone(hertz, level=0.1) for hertz in (220, 277.25, 329.75)),
}
SILENCES = {"nothing": np.zeros(SAMPLES), "hiss": hiss(level=1e-4), "DC": np.full(SAMPLES, 1e-4)}


BAD = {"noise": NOISES, "drone": DRONES, "silence": SILENCES}
ENDS = [(what, name) for what, sounds in BAD.items() for name in sounds]


@pytest.mark.parametrize(("what", "name"), ENDS)
def test_bad_ends_are_told_apart(what, name):
    assert trouble(clip(BAD[what][name])) == what


@pytest.mark.parametrize("name", sorted(clips.files()))
def test_no_start_clip_is_in_trouble(name):
    assert trouble(clips.clip(name, SAMPLES)) is None


@pytest.mark.parametrize("samples", [1, 100, 64_000, 768_000])
def test_loops_of_any_length_are_judged(samples):
    assert trouble(Clip(np.zeros((1, samples), np.float32))) == "silence"
    long = np.tile(hiss(), 4)[:samples]
    assert trouble(Clip(long[None].astype(np.float32))) in ("noise", "drone")


def test_what_is_no_number_is_silence():
    broken = tone(110)
    broken[3] = np.nan
    assert trouble(clip(broken)) == "silence"


class Hand:
    """Writes down what is done to the dream."""

    def __init__(self):
        self.aims, self.pulls = [], []

    def aim(self, target):
        self.aims.append(target)

    def pull(self, clip, share):
        self.pulls.append((clip, share))


def vigil(seed=0):
    liking = {"low": np.zeros((4, 10), np.float32), "deep": np.arange(8, dtype=np.float32)[:, None]}
    return Vigil(Ways(ANATOMY, lambda: liking, ("piano", "choir"), lambda name: name), seed)


def dream(number, sound, score=1.0, answer=0.0, target=ASKED, steps=10):
    deep = np.full((8, 1, 4), answer, np.float16)
    heard = Activations({"low": np.zeros((4, 10, 64), np.float16), "deep": deep})
    level = Scalogram(np.zeros((10, 64), np.float32), 40.0, 24, 1 / 48)
    return Dream(number, clip(sound[:48_000]), heard, level, target, score, steps * number)


def watched(vigil, hand, loops, sound, **more):
    """What is told while so many loops of one sound go by."""
    return [told for number in range(1, loops + 1) if (told := vigil.after(dream(number, sound, **more), hand))]


def changing(number):
    """A sound that is no trouble."""
    return hiss(number) * (np.sin(2 * np.pi * 2 * TIME) > 0.5)


def test_noise_is_drawn_to_other_clips_first_and_then_to_other_targets():
    hand = Hand()
    told = watched(vigil(), hand, 3 * PATIENCE, NOISES["white"])
    assert [share for _, share in hand.pulls] == [0.5, 0.5]
    assert len(hand.aims) == 1
    assert "nothing but noise" in told[0]
    assert len(told) == 3  # each remedy has time to help, and each is told once


def test_a_tone_gets_another_target_of_what_the_ear_has_for_music():
    hand = Hand()
    watched(vigil(), hand, PATIENCE, DRONES["sine"])
    (target,) = hand.aims
    (region,) = target.regions
    assert region.layer == "deep"
    assert region.channels.start >= 6  # the best quarter of eight


def test_silence_begins_again_from_a_clip_as_a_whole():
    hand = Hand()
    watched(vigil(), hand, PATIENCE, SILENCES["nothing"])
    assert [share for _, share in hand.pulls] == [1.0]


def test_a_standstill_is_shaken_and_cools_down_again():
    hand, watcher = Hand(), vigil()
    told = [watcher.after(dream(number, changing(number)), hand) for number in range(1, WINDOW + 1)]
    assert "stands still" in told[-1]
    heats = [watcher.heat]
    for number in range(WINDOW + 1, WINDOW + 15):
        watcher.after(dream(number, changing(number), score=number), hand)
        heats.append(watcher.heat)
    assert heats[0] == 4.0
    assert heats == sorted(heats, reverse=True)
    assert heats[-1] == 1.0
    assert not hand.aims


@pytest.mark.parametrize("more", [{"score": 1}, {"answer": 1}])
def test_what_still_moves_is_left_alone(more):
    hand, watcher, (what, much) = Hand(), vigil(), next(iter(more.items()))
    for number in range(1, 4 * WINDOW):
        assert watcher.after(dream(number, changing(number), **{what: 0.1 * number * much}), hand) == ""


def test_few_steps_are_no_standstill():
    assert not watched(vigil(), Hand(), 3 * WINDOW, changing(1), steps=0.1)


def test_what_a_person_chose_is_left_alone():
    hand, watcher = Hand(), vigil()
    watcher.chosen(target=True)
    watcher.begun()
    assert watched(watcher, hand, PATIENCE, DRONES["sine"])  # its steps may still be wider
    assert not hand.aims
    assert not hand.pulls
    assert watcher.heat > 1


def test_a_trouble_that_passes_in_time_is_no_trouble():
    hand, watcher = Hand(), vigil()
    for number in range(1, 5 * PATIENCE):
        sound = NOISES["white"] if number % PATIENCE else changing(number)
        assert not watcher.after(dream(number, sound, score=number), hand)


def test_a_target_that_was_changed_begins_a_new_count_of_standing_still():
    hand, watcher = Hand(), vigil()
    for number in range(1, 4 * WINDOW):
        target = parse(f"deep[channel {number // 6 % 8}]")
        assert not watcher.after(replace(dream(number, changing(number)), target=target), hand)
