"""A training learns, goes on exactly where it was killed, and stops with words when something is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from installation.errors import ContentError, StorageError, TrainingError
from installation.listen import diary
from installation.listen.anatomy import read
from installation.listen.augment import Variation
from installation.listen.checkpoint import load_weights
from installation.listen.course import Course
from installation.listen.dataset import ENDING, Dataset
from installation.listen.network import Network
from installation.listen.school import open_fabric
from installation.listen.settle import settle
from installation.listen.training import Answer, Training
from installation.listen.trial import listen_test

GENTLE = Variation(pitch=0, neighbour=0, codec=0, equaliser=1, gain=(-2, 2), noise=(-90, -80), dropout=0)


@pytest.fixture(scope="module")
def beats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of half a minute: a scale that climbs eight steps a second from somewhere and begins again."""
    folder = tmp_path_factory.mktemp("beats")
    for number in range(30):
        random = np.random.default_rng(number)
        melody = np.roll(np.arange(16) * 4 + 2, random.integers(16))
        frames = np.arange(30 * 96)
        levels = random.integers(0, 30, (len(frames), 72))
        for bin in range(4):
            levels[frames, melody[frames // 12 % 16] + bin] = 220 - 8 * (frames % 12)
        np.save(folder / f"beat-{number}{ENDING}", levels.astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def fabric() -> Any:
    return open_fabric("cpu")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def training(beats: Path, out: Path, fabric: Any, weights: Path | None = None, **course: Any) -> Training:
    settings = {
        "steps": 6,
        "recordings": 3,
        "each": 2,
        "frames": 160,
        "warm_up": 2,
        "save": 1e9,
        "look": 1e9,
        "settle": 3,
        "twins": 0,
        "plain": 0.0,
    }
    network = Network(read("tiny"))
    if weights:
        load_weights(network, weights)
    return Training(network, Dataset(beats, 72), Course(**{**settings, "variation": GENTLE, **course}), out, fabric)


def losses(made: Training) -> list[float]:
    return [page["loss"] for page in made.diary.pages if "loss" in page]


def test_it_learns_what_comes_next_and_tells_it_in_recordings_it_never_heard(
    beats: Path, tmp_path: Path, fabric: Any
) -> None:
    made = training(beats, tmp_path, fabric, steps=80, recordings=4, each=2, rate=1e-2, warm_up=5, tell=0, settle=12)
    before = listen_test(made.network, made.dataset.held, made.reach, 160, made.first).summary()
    made.run()
    after = listen_test(made.network, made.dataset.held, made.reach, 160, made.first).summary()
    told = losses(made)
    assert len(told) == 80
    assert sum(told[-10:]) / 10 < sum(told[:5]) / 5 - 0.5
    assert after["loss"] < after["chance_loss"] - 0.2
    assert after["loss"] < before["loss"]
    assert after["nearest_low"] > 1.5 / after["candidates"]
    assert {"weights.safetensors", "state.pt", "curves.png", "diary.jsonl"} <= {
        path.name for path in tmp_path.iterdir()
    }


def test_a_killed_training_goes_on_to_the_same_loss(beats: Path, tmp_path: Path, fabric: Any) -> None:
    whole = training(beats, tmp_path / "whole", fabric, tell=0)
    whole.run()
    killed = training(beats, tmp_path / "killed", fabric, tell=0, save=0)
    keep = killed.save

    def kill() -> None:
        keep()
        if killed.step == 3:
            raise KeyboardInterrupt

    killed.save = kill  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        killed.run()
    again = training(beats, tmp_path / "killed", fabric, tell=0)
    again.resume()
    assert again.step == 3
    again.run()
    assert losses(again) == pytest.approx(losses(whole), abs=1e-6)
    assert again.heard == pytest.approx(whole.heard)
    for one, other in zip(whole.network.parameters(), again.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-5)


def test_it_begins_from_weights_alone(beats: Path, tmp_path: Path, fabric: Any) -> None:
    first = training(beats, tmp_path / "first", fabric)
    first.run()
    second = training(beats, tmp_path / "second", fabric, weights=tmp_path / "first" / diary.WEIGHTS)
    assert second.step == 0
    for one, other in zip(first.network.parameters(), second.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)  # half precision
    second.run()


def test_music_comes_first_and_its_disguises_later(beats: Path, tmp_path: Path, fabric: Any) -> None:
    found = {}
    for plain in (0.0, 0.5):
        for loud in (GENTLE, replace(GENTLE, untouched=0.0, gain=(-30.0, -20.0))):
            made = training(beats, tmp_path, fabric, steps=4, tell=0, variation=loud, plain=plain)
            made.run()
            found[plain, loud is GENTLE] = losses(made)
    assert found[0.0, True][0] != found[0.0, False][0]
    assert found[0.5, True][:2] == found[0.5, False][:2]  # the first half is music as it is
    assert found[0.5, True][3] != found[0.5, False][3]


def test_it_is_asked_first_what_it_hears_and_then_ever_farther_ahead(beats: Path, tmp_path: Path, fabric: Any) -> None:
    made = training(beats, tmp_path, fabric, steps=8, approach=0.5)
    asked = []
    forward = made.question.forward

    def note(level: torch.Tensor) -> Answer:
        asked.append(made.question.first_step)
        return forward(level)

    made.question.forward = note  # type: ignore[method-assign]
    made.run()
    assert asked[0] == 0
    assert asked == sorted(asked)
    assert asked[4:] == [made.first] * 4
    assert 0 < asked[2] < made.first


def test_accumulated_batches_draw_more_clips(beats: Path, tmp_path: Path, fabric: Any) -> None:
    one = training(beats, tmp_path / "one", fabric)
    two = training(beats, tmp_path / "two", fabric, accumulate=2)
    one.run()
    two.run()
    assert two.heard == pytest.approx(2 * one.heard)


def test_minutes_end_a_training_annealed(beats: Path, tmp_path: Path, fabric: Any) -> None:
    ticks = iter(range(10_000))
    made = training(beats, tmp_path, fabric, steps=0, minutes=0.2, tell=0)
    made.clock = lambda: float(next(ticks))
    made.run()
    rates = [page["rate"] for page in made.diary.pages if "rate" in page]
    assert made.seconds >= 12
    assert rates[-1] < 0.1 * max(rates)


def test_a_loss_that_is_no_number_stops_it_and_keeps_the_last_good_weights(
    beats: Path, tmp_path: Path, fabric: Any
) -> None:
    made = training(beats, tmp_path, fabric, tell=0)
    made.save()
    good = (tmp_path / diary.WEIGHTS).read_bytes()
    with torch.no_grad():
        next(made.network.parameters()).fill_(math.nan)
    with pytest.raises(TrainingError, match="step 1") as told:
        made.run()
    assert "last good weights" in str(told.value)
    assert (tmp_path / diary.WEIGHTS).read_bytes() == good


def test_a_full_disk_is_told_and_what_was_there_is_kept(
    beats: Path, tmp_path: Path, fabric: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = training(beats, tmp_path, fabric)
    made.save()
    good = (tmp_path / diary.STATE).read_bytes()
    made.step = 5

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(StorageError, match="No space left on device"):
        made.save()
    assert (tmp_path / diary.STATE).read_bytes() == good
    assert not list(tmp_path.glob(".*part"))


def test_a_state_cut_in_half_or_of_another_network_is_refused(beats: Path, tmp_path: Path, fabric: Any) -> None:
    made = training(beats, tmp_path, fabric)
    with pytest.raises(ContentError, match="Leave out --resume"):
        made.resume()
    made.save()
    state = diary.load_state(tmp_path)
    diary.save_state(tmp_path, state | {"question": {}})
    with pytest.raises(ContentError, match="another network"):
        made.resume()
    (tmp_path / diary.STATE).write_bytes((tmp_path / diary.STATE).read_bytes()[:500])
    with pytest.raises(ContentError, match="damaged"):
        made.resume()


def test_clips_too_short_and_trainings_without_end_are_refused(beats: Path, tmp_path: Path, fabric: Any) -> None:
    with pytest.raises(ContentError, match="too short for this ear: give it 1"):
        training(beats, tmp_path, fabric, frames=100)
    with pytest.raises(ContentError, match="steps or minutes"):
        training(beats, tmp_path, fabric, steps=0)


def test_settling_gives_the_statistics_of_plain_music(beats: Path) -> None:
    network, music = Network(read("tiny")), Dataset(beats, 72).training
    settle(network, music, 160, np.random.default_rng(0), 6, batches=6)
    one = {name: value.clone() for name, value in network.named_buffers()}
    settle(network, music, 160, np.random.default_rng(1), 6, batches=6)
    means = [name for name in one if "running_var" in name]
    for name in means:
        torch.testing.assert_close(dict(network.named_buffers())[name], one[name], rtol=0.3, atol=0.05)
    assert {norm.momentum for norm in network.modules() if isinstance(norm, torch.nn.BatchNorm2d)} == {0.1}


def test_the_diary_is_one_line_of_json_a_page(beats: Path, tmp_path: Path, fabric: Any) -> None:
    made = training(beats, tmp_path, fabric, tell=0, steps=3)
    made.run()
    pages = [json.loads(line) for line in (tmp_path / diary.PAGES).read_text().splitlines()]
    assert [page["step"] for page in pages if "loss" in page] == [1, 2, 3]
    assert len(pages[0]["right"]) == 4
    assert "held" in pages[-1]
    assert all("loss" in diary.in_words(page) for page in pages)
