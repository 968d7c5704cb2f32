"""From a folder of sound files to a trained ear in one call."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from installation.errors import ContentError
from installation.listen.anatomy import read
from installation.listen.course import Course
from installation.listen.dataset import Dataset
from installation.listen.school import examine, scalograms, train

COURSE = Course(steps=2, recordings=2, each=2, frames=144, warm_up=1, settle=2)


@pytest.fixture(autouse=True)
def one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("IMMERSIONS_CACHE", str(tmp_path / "cache"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_folder_of_recordings_becomes_an_ear_and_its_figures(tmp_path: Path) -> None:
    music, plan = tmp_path / "music", read("tiny")
    music.mkdir()
    for number in range(3):
        noise = np.random.default_rng(number).normal(0, 0.1, 8 * 48_000).astype(np.float32)
        soundfile.write(music / f"noise {number}.flac", noise, 48_000)
    (music / "letter.mp3").write_text("no sound")
    made = train(plan, music, tmp_path / "ear", COURSE, "cpu")
    assert made.step == 2
    assert (tmp_path / "ear" / "weights.safetensors").exists()
    recordings = Dataset(scalograms(music, plan.front_end), 72).recordings
    assert [recording.name for recording in recordings] == ["noise 0", "noise 1", "noise 2"]
    figures = examine(made.network, recordings, [], frames=144)
    assert figures["first_step"] == 7
    assert figures["listening"]["loss"] < 20


TOGETHER = """
import sys
from pathlib import Path
import torch
from installation.listen.anatomy import read
from installation.listen.course import Course
from installation.listen.school import train
from installation.listen.together import place, processes

if __name__ == "__main__":
    torch.set_num_threads(1)
    course = Course(steps=2, recordings=2, frames=144, warm_up=1, settle=2)
    made = train(read("tiny"), Path(sys.argv[1]), Path(sys.argv[2]), course, "cpu")
    weight = made.network.summary[0].conv.weight
    print("heard", place(), processes(), float(weight.double().sum()), flush=True)
"""


def test_torchrun_makes_one_training_of_two_processes(tmp_path: Path) -> None:
    music, script = tmp_path / "music", tmp_path / "together.py"
    music.mkdir()
    for number in range(4):
        noise = np.random.default_rng(number).normal(0, 0.1, 8 * 48_000).astype(np.float32)
        soundfile.write(music / f"noise {number}.flac", noise, 48_000)
    script.write_text(TOGETHER)
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*run, str(script), str(music), str(tmp_path / "ear")], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    told = sorted(line.split() for line in done.stdout.splitlines() if line.startswith("heard"))
    assert [line[1:3] for line in told] == [["0", "2"], ["1", "2"]]
    assert told[0][3] == told[1][3]  # the same weights, though each heard other clips
    pages = (tmp_path / "ear" / "diary.jsonl").read_text().splitlines()
    assert json.loads(pages[-1])["step"] == 2


def test_a_folder_without_sound_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ContentError, match="holds no recording"):
        train(read("tiny"), tmp_path / "empty", tmp_path / "ear", COURSE, "cpu")
    with pytest.raises(ContentError, match="no such folder"):
        train(read("tiny"), tmp_path / "nowhere", tmp_path / "ear", COURSE, "cpu")
