"""Of a long day only what was new is remembered, in the order of the day."""

import os
import time

import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Dream, Scalogram, Verdict
from installation.errors import ContentError
from installation.listen import ears
from installation.take import Header, TakeWriter
from installation.target import parse
from installation.workshop.remembering import TWICE, kept, novel, remember


def day(runs, sounds, seconds=1.333333):
    """A take with these pitches in Hz, one loop each."""
    writer = TakeWriter(
        runs / "run" / "take-0001", Header("immersions", "tiny", ears.load("tiny").anatomy.fingerprint, 1, 0.0)
    )
    places = np.arange(round(seconds * RATE)) / RATE
    for number, pitch in enumerate(sounds):
        sound = 0.2 * np.sin(2 * np.pi * pitch * places) * (places % 0.4 < 0.3)
        nothing = Scalogram(np.zeros((1, 1), np.float32), 1.0, 1, 1.0)
        dream = Dream(
            number,
            Clip(sound[None].astype(np.float32)),
            Activations({}),
            nothing,
            parse("ar8"),
            1.0,
            number + 1,
            Verdict(1.0, 0.2, 0.0),
        )
        writer.loop(number, number * seconds, dream)
    return writer.folder


def test_what_is_furthest_apart_is_chosen():
    gists = np.float32([[0, 0], [0, 0.1], [0.1, 0], [10, 0], [10, 0.1], [0, 10], [0, 9.9]])
    chosen = novel(gists, 3)
    assert len(chosen) == 3
    assert {tuple(np.round(gists[number])) for number in chosen} == {(0, 0), (10, 0), (0, 10)}


def test_nothing_is_chosen_twice():
    assert len(novel(np.zeros((5, 3), np.float32), 4)) == 1
    assert sorted(novel(np.eye(4, dtype=np.float32), 9)) == [0, 1, 2, 3]


def test_a_day_becomes_a_short_take_in_its_order(tmp_path):
    sounds = [110] * 6 + [220] * 6 + [1760] * 6 + [440] * 2
    day(tmp_path / "runs", sounds)
    take = remember(tmp_path / "memory", 4 * TWICE * 1.333333 / 60, tmp_path / "runs")
    assert len(take.loops) == 4 * TWICE
    assert take.seconds == pytest.approx(4 * TWICE * 1.333333, abs=0.01)
    steps = [loop.step for loop in take.loops[::TWICE]]
    assert steps == sorted(steps)
    assert {sounds[step - 1] for step in steps} == {110, 220, 440, 1760}


def test_an_old_day_and_an_empty_one_are_told(tmp_path):
    with pytest.raises(ContentError, match="nothing to remember"):
        remember(tmp_path / "memory", runs=tmp_path / "runs")
    folder = day(tmp_path / "runs", [110, 220, 440])
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(folder / "loops.jsonl", (long_ago, long_ago))
    with pytest.raises(ContentError, match="nothing to remember"):
        remember(tmp_path / "memory", runs=tmp_path / "runs")


def test_broken_takes_are_left_out(tmp_path):
    day(tmp_path / "runs", [110, 220, 440, 880])
    broken = tmp_path / "runs" / "other" / "take-0001"
    broken.mkdir(parents=True)
    (broken / "loops.jsonl").write_text("garbage\n")
    assert len(remember(tmp_path / "memory", runs=tmp_path / "runs").loops) == 4 * TWICE


def test_only_so_many_films_are_kept(tmp_path):
    for number in range(5):
        (tmp_path / f"memory-2026-11-0{number}.take").mkdir()
        (tmp_path / f"memory-2026-11-0{number}.mp4").touch()
    kept(tmp_path, most=2)
    assert sorted(path.name for path in tmp_path.glob("*.mp4")) == ["memory-2026-11-03.mp4", "memory-2026-11-04.mp4"]
