"""The bank outlives power cuts, garbage and full disks, keeps the best, no two alike, and plays when nothing comes."""

import errno
import logging
import os

import numpy as np
import pytest

from installation.app.critic import Critic
from installation.app.understudy import FIRST, LATE, STAY, Understudy, bank
from installation.data import RATE, Activations, Anatomy, Clip, Dream, Layer, Scalogram
from installation.dream import bank as module
from installation.dream.bank import Bank
from installation.take import on_grid
from installation.target import parse

SAMPLES = 24_000
ANATOMY = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 8, 1, 16)))
TARGET, OTHER = parse("deep"), parse("0.5 like(piano, deep) - low")


def dream(number, score=1.0, kind=0, samples=SAMPLES, target=TARGET, step=50):
    """A loop that moves; of every kind the last layer hears something else."""
    dice = np.random.default_rng(number)
    sound = 0.1 * dice.standard_normal((1, samples)) * (np.arange(samples) % 6000 < 1500)
    deep = np.full((8, 1, 4), kind, np.float16)
    heard = Activations({"low": dice.normal(size=(4, 10, 64)).astype(np.float16), "deep": deep})
    shown = Scalogram(dice.random((10, 64), np.float32), 40.0, 24, samples / RATE / 64)
    return Dream(number, Clip(sound.astype(np.float32)), heard, shown, target, score, step)


def filled(folder, scores=(1.0, 3.0, 2.0), **limits):
    made = Bank(folder, ANATOMY, **limits)
    for kind, score in enumerate(scores):
        made.offer(dream(kind, score, kind))
        made.settle()
    return made


def test_what_was_kept_comes_back_tomorrow_as_it_was(tmp_path):
    first = dream(7, 1.5, target=OTHER)
    made = Bank(tmp_path, ANATOMY)
    made.offer(first)
    made.settle()
    again = Bank(tmp_path, ANATOMY).loop(SAMPLES, -3, TARGET)
    assert (again.number, again.score, again.step, again.target) == (-3, 1.5, 50, OTHER)
    np.testing.assert_array_equal(again.clip.samples, on_grid(first.clip).samples)
    for name, layer in first.activations.layers.items():
        np.testing.assert_allclose(again.activations.layers[name], layer, atol=1 / 16)
    np.testing.assert_allclose(again.scalogram.level, first.scalogram.level, atol=1e-3)
    assert again.scalogram.seconds_per_frame == pytest.approx(first.scalogram.seconds_per_frame)


@pytest.mark.parametrize("share", [0.95, 1.0, 1.05])
def test_a_loop_of_a_tempo_that_is_near_is_brought_to_the_wanted_length(tmp_path, share):
    samples = round(share * SAMPLES)
    played = filled(tmp_path).loop(samples, -1, TARGET)
    assert played.clip.samples.shape == (1, samples)
    assert played.scalogram.seconds_per_frame * 64 == pytest.approx(samples / RATE)
    assert np.std(played.clip.samples) == pytest.approx(np.std(dream(1).clip.samples), rel=0.1)


@pytest.mark.parametrize("share", [0.5, 0.9, 1.1, 2.0])
def test_a_loop_of_another_tempo_is_not_played(tmp_path, share):
    assert filled(tmp_path).loop(round(share * SAMPLES), -1, TARGET) is None


def test_loops_of_the_very_length_come_first(tmp_path):
    made = filled(tmp_path, scores=(1.0,))
    made.offer(dream(8, 9.0, 8, samples=SAMPLES + 480))
    made.settle()
    assert [made.loop(SAMPLES, -1, TARGET).score for _ in range(2)] == [1.0, 9.0]


def test_the_best_is_played_first_and_then_every_other(tmp_path):
    made = filled(tmp_path)
    scores = [made.loop(SAMPLES, -1 - time, TARGET).score for time in range(4)]
    assert scores == [3.0, 2.0, 1.0, 3.0]


def test_of_loops_that_are_alike_the_better_one_is_kept(tmp_path):
    made = filled(tmp_path, (2.0,))
    for number, score in ((5, 1.0), (6, 4.0), (7, 3.0)):
        made.offer(dream(number, score, kind=0.05))
        made.settle()
    assert [entry.score for entry in made.entries] == [4.0]
    assert len(list(tmp_path.iterdir())) == 1


def test_of_one_dream_that_grows_only_the_best_is_written(tmp_path):
    made = Bank(tmp_path, ANATOMY)
    for number in range(module.SETTLED - 1):
        made.offer(dream(number, 1 + 0.1 * number))
    assert not list(tmp_path.iterdir())
    made.offer(dream(99, 0.5))
    assert [entry.score for entry in made.entries] == [pytest.approx(1 + 0.1 * (module.SETTLED - 2))]


def test_it_is_bounded_by_number_and_by_size(tmp_path):
    made = filled(tmp_path / "few", (1.0, 5.0, 3.0, 0.5, 4.0), most=3)
    assert sorted(entry.score for entry in made.entries) == [3.0, 4.0, 5.0]
    assert len(list((tmp_path / "few").iterdir())) == 3
    one = made.entries[0].size
    small = filled(tmp_path / "small", (1.0, 5.0, 3.0), largest=int(2.5 * one))
    assert sorted(entry.score for entry in small.entries) == [3.0, 5.0]
    assert sum(path.stat().st_size for path in (tmp_path / "small").iterdir()) <= 2.5 * one


def test_a_folder_that_was_away_brings_its_loops_back_and_they_are_bounded_again(tmp_path):
    place, away = tmp_path / "bank", tmp_path / "away"
    made = filled(place, (1.0, 3.0, 2.0, 4.0), most=4)
    place.rename(away)
    while made.loop(SAMPLES, -1, TARGET) is not None:
        pass  # each is missed when it is wanted
    made.offer(dream(9, 2.5, 9))
    made.settle()
    assert [entry.score for entry in made.entries] == [2.5]
    for path in away.iterdir():
        path.rename(place / path.name)
    made.offer(dream(10, 3.5, 10))
    made.settle()
    assert [entry.score for entry in made.entries] == [4.0, 3.5, 3.0, 2.5]
    assert len(list(place.iterdir())) == 4


@pytest.mark.parametrize(
    "wrong",
    [dream(1, np.nan), dream(1, -1.0), dream(1, 0.0), dream(1, step=0),
     Dream(1, Clip(np.zeros((1, SAMPLES), np.float32)), dream(1).activations, dream(1).scalogram, TARGET, 9.0, 50)],
)  # fmt: skip
def test_what_is_not_worth_it_is_not_kept(tmp_path, wrong):
    made = Bank(tmp_path, ANATOMY)
    made.offer(wrong)
    made.settle()
    assert not made.entries


def test_a_power_cut_at_any_byte_costs_only_that_loop(tmp_path, caplog):
    made = filled(tmp_path)
    best = max(made.entries, key=lambda entry: entry.score).path
    whole = best.read_bytes()
    dice = np.random.default_rng(0)
    for cut in [0, 1, len(whole) - 1, *dice.integers(2, len(whole) - 1, 25)]:
        best.write_bytes(whole[:cut])
        again = Bank(tmp_path, ANATOMY)
        assert again.loop(SAMPLES, -1, TARGET).score == 2.0
        assert not best.exists()
    assert "is removed" in caplog.text


def test_flipped_bytes_are_never_heard(tmp_path):
    made = filled(tmp_path, (3.0, 2.0))
    best = max(made.entries, key=lambda entry: entry.score).path
    whole, true = best.read_bytes(), made.loop(SAMPLES, -1, TARGET).clip.samples
    dice = np.random.default_rng(1)
    for place in dice.integers(0, len(whole), 25):
        best.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        again = Bank(tmp_path, ANATOMY).loop(SAMPLES, -1, TARGET)
        assert again.score == 2.0 or np.array_equal(again.clip.samples, true)


def test_garbage_half_written_and_foreign_files_do_no_harm(tmp_path):
    filled(tmp_path, (3.0,))
    (tmp_path / "abc.loop.npz").write_bytes(os.urandom(5000))
    (tmp_path / "def.loop.part").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    np.savez(tmp_path / "ghi.loop.npz", about=np.array('["a list"]'), gist=np.zeros(8))
    np.savez(tmp_path / "jkl.loop.npz", gist=np.zeros(3))
    (tmp_path / "mno.loop.npz").mkdir()
    again = Bank(tmp_path, ANATOMY)
    assert [entry.score for entry in again.entries] == [3.0]
    assert (tmp_path / "notes.txt").exists()
    assert not (tmp_path / "def.loop.part").exists()


def test_loops_of_another_ear_are_not_played(tmp_path):
    filled(tmp_path)
    other = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 9, 1, 16)))
    assert Bank(tmp_path, other).entries == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_is_one_warning_and_leaves_nothing_behind(tmp_path, monkeypatch, caplog, number):
    made = filled(tmp_path, (1.0,))

    def refuse(*given, **more):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module.np, "savez_compressed", refuse)
    with caplog.at_level(logging.WARNING):
        for kind in range(5, 8):
            made.offer(dream(kind, 2.0, kind))
            made.settle()
    assert caplog.text.count("cannot be written, the show goes on") == 1
    assert len(list(tmp_path.iterdir())) == 1
    assert made.loop(SAMPLES, -1, TARGET).score == 1.0


def test_a_folder_that_cannot_be_made_is_a_warning(monkeypatch, caplog):
    monkeypatch.setenv("IMMERSIONS_STATE", "/dev/null/state")
    assert bank("tiny", ANATOMY) is None
    assert "no bank of loops" in caplog.text
    assert Bank(module.Path("/dev/null/bank"), ANATOMY).entries == []


def test_it_lies_in_the_users_state_folder_apart_for_each_ear(monkeypatch, tmp_path):
    monkeypatch.setenv("IMMERSIONS_STATE", str(tmp_path))
    bank("tiny", ANATOMY)
    (folder,) = (tmp_path / "bank").iterdir()
    assert folder.name.startswith(f"tiny-{ANATOMY.fingerprint}-")


class Hours:
    """A clock in somebody's hand, and a dreamer that has what it is given."""

    def __init__(self):
        self.now, self.dreams = 0.0, []

    def __call__(self):
        return self.now

    def deliver(self):
        return self.dreams.pop(0) if self.dreams else None


LOOP = SAMPLES / RATE


def understudy(folder, clock):
    return Understudy(filled(folder), lambda: (SAMPLES, TARGET), clock)


def test_nothing_is_played_instead_while_dreams_come(tmp_path):
    clock = Hours()
    waiting = understudy(tmp_path, clock)
    for number in range(20):
        clock.now += LOOP
        assert waiting.instead() is None
        waiting.dreamt(dream(number, 0.1, kind=9))


def test_a_dreamer_that_is_late_is_replaced_and_comes_back(tmp_path, caplog):
    clock = Hours()
    waiting = understudy(tmp_path, clock)
    waiting.dreamt(dream(0, 0.1, kind=9))
    clock.now += (LATE - 0.1) * LOOP
    assert waiting.instead() is None
    with caplog.at_level(logging.INFO):
        clock.now += 0.2 * LOOP
        played = [waiting.instead()]
        clock.now += (STAY - 0.1) * LOOP
        assert waiting.instead() is None  # it stays for a while
        clock.now += 0.2 * LOOP
        played.append(waiting.instead())
        waiting.dreamt(dream(1, 0.1, kind=9))
    assert [one.score for one in played] == [3.0, 2.0]
    assert [one.number for one in played] == [-1, -2]
    assert caplog.text.count("loops from the bank are played") == 1
    assert "is heard again" in caplog.text
    assert waiting.instead() is None


def test_the_network_is_given_time_to_load(tmp_path):
    clock = Hours()
    waiting = understudy(tmp_path, clock)
    clock.now = (FIRST - 0.1) * LOOP
    assert waiting.instead() is None
    clock.now = (FIRST + 0.1) * LOOP
    assert waiting.instead() is not None


def test_the_critic_judges_and_lights_loops_from_the_bank_like_dreams(tmp_path):
    clock = Hours()
    waiting = understudy(tmp_path, clock)
    critic = Critic(clock, ANATOMY, lambda dream: None, understudy=waiting)
    clock.now = (FIRST + 0.1) * LOOP
    critic._step()
    ready = critic.take()
    assert ready.dream.number == -1
    assert ready.dream.verdict.loudness > -40
    assert ready.light.answers.any()
    assert critic.dreams == 0
    clock.dreams.append(dream(4, 5.0, kind=9))
    critic._step()
    assert critic.take().dream.number == 4
    waiting.close()
    assert 5.0 in [entry.score for entry in Bank(tmp_path, ANATOMY).entries]
