"""The command line is a contract: help everywhere, one clear sentence for every mistake, never a traceback."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from installation.cli import app
from installation.cli.terminal import rate

COMMANDS = (
    "run",
    "record",
    "print",
    "dream",
    "atlas",
    "listen",
    "models",
    "scenes",
    "doctor",
    "layout",
    "train",
    "evaluate",
    "data",
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def told(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    result = CliRunner().invoke(app, list(arguments), obj=0.0)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output + (result.stderr if result.stderr_bytes else "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    code, words = told(command, "--help")
    assert code == 0
    assert "--help" in words


def test_models_are_listed_for_programs():
    code, words = told("models", "--json")
    models = {model["name"]: model for model in json.loads(words)}
    assert code == 0
    assert models["paper"]["neurons"] == 34_392
    assert models["causal"]["neurons"] == 40_776
    assert set(models["paper"]) == {"name", "neurons", "parameters", "trained_hours", "steps", "licence", "scores"}


def test_shows_and_scenes_are_listed():
    code, words = told("scenes")
    assert code == 0
    assert "immersions" in words
    assert "descent" in words


def silent_file(tmp_path: Path, name: str, seconds: float) -> str:
    path = tmp_path / name
    soundfile.write(path, np.zeros(round(48_000 * seconds), np.float32), 48_000)
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "imersions", "--model", "tiny", "--headless", "--seconds", "1"), "Did you mean 'immersions'"),
        (("run", "--model", "hose", "--headless"), "hose"),
        (("run", "--settings", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("dream", "blok4.conv1", "--out", "x", "--model", "tiny"), "block"),
        (("dream", "block0.conv1[channels 0.3..", "--out", "x", "--model", "tiny"), "^"),
        (("dream", "scalogram", "--out", "x", "--model", "tiny", "--from", "nowhere.wav"), "nowhere.wav"),
        (("dream", "like(pianola, ar0)", "--out", "x", "--model", "tiny"), "Did you mean 'piano'"),
        (("dream", "novelty(0.5)", "--out", "x", "--model", "tiny"), "^"),
        (("atlas", "tiny", "--out", "x", "--target", "ar9"), "ar9"),
        (("atlas", "nowhere", "--out", "x"), "nowhere"),
        (("record", "--out", "x.mp4", "--size", "big"), "--size big"),
        (("record", "--out", "x.mp4", "--fps", "0"), "--fps 0"),
        (("record", "--out", "x.mp4", "--frames", "9:3"), "--frames 9:3"),
        (("record", "--out", "x.mp4", "--take", "nowhere"), "is no take"),
        (("record", "--out", "x.mp4", "--codec", "hap"), ".mp4 holds h264; .mov holds prores or hap or hap_q"),
        (("record", "--out", "x.mov", "--codec", "divx"), "--codec divx"),
        (("record", "--out", "x.mov", "--size", "99x54"), "100 x 54 is near"),
        (("record", "--out", "x", "--workers", "some"), "--workers some is neither a number"),
        (("print", "--out", "x.jpg"), ".png, .tif, .tiff"),
        (("print", "--out", "x.png", "--size", "B2"), "B2 is no size of paper"),
        (("print", "--out", "x.png", "--take", "nowhere"), "is no take"),
        (("record", "--out", "x.avi", "--model", "tiny", "--seconds", "1"), ".mp4"),
        (("listen", "nowhere.wav", "--out", "x.mp4", "--model", "tiny"), "nowhere.wav"),
    ],
)  # fmt: skip
def test_a_mistake_gets_a_sentence_and_a_code(arguments, words):
    code, said = told(*arguments)
    assert code not in (0, 2)
    assert words in said.replace("\n", " ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("text", "pictures", "seconds"),
    [
        ("24", 24, 1), ("25", 25, 1), ("120", 120, 1), ("30000/1001", 30_000, 1001), ("29.97", 30_000, 1001),
        ("59.94", 60_000, 1001), ("23.976", 24_000, 1001), ("12.5", 25, 2),
    ],
)  # fmt: skip
def test_rates_mean_what_broadcasting_means(text, pictures, seconds):
    assert rate(text) == Fraction(pictures, seconds)


@pytest.mark.parametrize(("name", "data"), [("empty.wav", b""), ("text.wav", b"this is not a sound" * 20)])
def test_a_file_that_is_no_sound_is_told(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    code, said = told("listen", name, "--out", "x.mp4", "--model", "tiny")
    assert code == 78
    assert name in said


def test_a_recording_too_short_to_hear_is_told(tmp_path):
    code, said = told("listen", silent_file(tmp_path, "short.wav", 0.01), "--out", "x.png", "--model", "tiny")
    assert code == 78
    assert "short.wav" in said


def test_the_module_is_the_command_too():
    done = subprocess.run(
        [sys.executable, "-m", "installation", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("immersions ")
