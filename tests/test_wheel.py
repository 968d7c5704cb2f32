"""The wheel holds all that the command needs, far away from the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs the installed command in a folder that has nothing to do with the checkout; says what it printed."""
    place = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)

    def run(*arguments):
        environment = os.environ | {"PYTHONPATH": str(place), "IMMERSIONS_CACHE": str(place / "cache")}
        environment.pop("IMMERSIONS_CONTENT", None)
        done = subprocess.run(arguments, cwd=place, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.place = place
    return run


def test_the_wheel_holds_the_content_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for kind in ("shaders/neuron.vert", "scenes/immersions.toml", "models/tiny/model.toml", "layouts/tiny.npz"):
        assert f"installation/_content/{kind}" in names
    assert any(name.startswith("installation/_content/scenes/clips/") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"installation", "immersions"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_command_runs_from_the_wheel(installed):
    code = "import installation; print(installation.__file__)"
    assert installed(sys.executable, "-c", code).startswith(str(installed.place))
    assert installed(sys.executable, "-m", "installation", "--version").startswith("immersions ")
    assert installed(str(installed.place / "bin" / "immersions"), "--version").startswith("immersions ")


def test_the_wheel_finds_its_content(installed):
    told = installed(sys.executable, "-m", "installation", "scenes")
    assert "descent" in told
    models = json.loads(installed(sys.executable, "-m", "installation", "models", "--json"))
    assert {"ear", "paper", "causal", "tiny"} <= {model["name"] for model in models}


def test_the_wheel_shows_its_pictures(installed):
    (installed.place / "immersions.toml").write_text('[picture]\nsize = [96, 54]\n[sound]\ndevice = "none"\n')
    installed(sys.executable, "-m", "installation", "run", "--model", "tiny", "--headless", "--seconds", "1")
    assert next((installed.place / "cache" / "runs").glob("*/preview.jpg")).stat().st_size > 500
