"""Shared by all tests: a GL context without a window, small bodies and dreams, and pictures to compare with."""

import importlib.util
import resource
import signal
from dataclasses import replace
from pathlib import Path

import moderngl
import numpy as np
import pytest
from night import scene
from PIL import Image

from installation.data import RATE, Activations, Anatomy, Clip, Dream, Frame, Layer, Layout, Look, Scalogram, Target
from installation.output import offscreen

if importlib.util.find_spec("triton"):  # beside torch for CUDA: after a software driver's LLVM its own would crash
    import triton  # noqa: F401

GOLDEN = Path(__file__).parent / "golden"
NOTHING = Target(())
GOLDEN_ANGLE = 2.399963  # radians; points along it fill a disc evenly


def pytest_addoption(parser):
    parser.addoption("--accept-pictures", action="store_true", help="make today's pictures the golden ones")


@pytest.fixture(scope="session")
def _context():
    context = offscreen.context()  # where there is none, its error tells what to install
    with context:
        yield context
    context.release()


@pytest.fixture
def gl(_context):
    """An OpenGL context. A test that leaves a GL error behind fails."""
    with _context:
        assert _context.error == "GL_NO_ERROR", "an error was left from outside"
        yield _context
        error = _context.error
    assert error == "GL_NO_ERROR", f"the test left {error} behind"


@pytest.fixture(scope="session")
def body():
    """A small network of three layers, and where its neurons stand: each layer a disc, side by side."""
    anatomy = Anatomy((Layer("low", 4, 12, 1), Layer("middle", 16, 6, 2), Layer("high", 32, 1, 8)))
    discs = []
    for number, layer in enumerate(anatomy):
        n = np.arange(layer.units)
        radius, angle = 0.26 * np.sqrt((n + 0.5) / layer.units), GOLDEN_ANGLE * n
        x, y = 0.6 * (number - 1) + radius * np.cos(angle), radius * np.sin(angle)
        discs.append(np.stack([x, y, np.zeros(layer.units)], axis=1))
    rng = np.random.default_rng(0)
    edges = np.stack([rng.integers(0, 144, 200), rng.integers(48, 176, 200)], axis=1).astype(np.int32)
    strengths = rng.random(200, np.float32)
    return anatomy, Layout(np.concatenate(discs).astype(np.float32), edges, strengths, anatomy.fingerprint)


@pytest.fixture
def dreamt(body):
    """Makes a dream of a body in which only the given neurons answer.

    dreamt({("middle", 3, 2, 5): 8.0}): channel 3, pitch 2 answers at its step 5 with 8 spreads
    """
    anatomy, _ = body

    def make(answers, frames=64, target=NOTHING, number=0, anatomy=anatomy):
        layers = {
            layer.name: np.zeros((layer.channels, layer.bins, frames // layer.stride), np.float16) for layer in anatomy
        }
        for (name, *place), answer in answers.items():
            layers[name][tuple(place)] = answer
        clip = Clip(np.zeros((1, RATE // 48 * frames), np.float32))
        scalogram = Scalogram(np.zeros((216, frames), np.float32), 40.0, 24, 1 / 48)
        return Dream(number, clip, Activations(layers), scalogram, target, score=0.0, step=0)

    return make


@pytest.fixture(scope="session")
def framed():
    """Makes a frame of a dream at a place 0..1 in its loop; names and values change its look."""

    def make(dream, place, previous=None, **look):
        return Frame(0, place * dream.clip.seconds, replace(Look(), **look), dream, previous, place)

    return make


@pytest.fixture
def same_picture(request, gl):
    """Compare pixels with tests/golden/<name>.png; leave the difference beside it when it fails.

    The pictures were made by llvmpipe and are compared there only: every driver rounds differently.
    """

    def check(pixels, name, mean=0.5, worst=10):
        assert gl.error == "GL_NO_ERROR"
        if "llvmpipe" not in gl.info["GL_RENDERER"]:
            pytest.skip("golden pictures are compared on llvmpipe only")
        golden = GOLDEN / f"{name}.png"
        if request.config.getoption("accept_pictures"):
            Image.fromarray(np.ascontiguousarray(pixels)).save(golden)
        with Image.open(golden) as picture:
            error = np.abs(pixels.astype(int) - np.asarray(picture))
        if error.mean() > mean or error.max() > worst:
            Image.fromarray((error * 8).clip(0, 255).astype(np.uint8)).save(GOLDEN / f"{name}.failed.png")
            pytest.fail(f"{name}: mean error {error.mean():.2f} > {mean} or worst {error.max()} > {worst}")

    return check


@pytest.fixture
def light_of():
    """The linear light in a texture of half floats, [height, width, 3], row 0 is the lowest."""

    def read(texture: moderngl.Texture):
        raw = np.frombuffer(texture.read(), np.float16).reshape(texture.height, texture.width, 4)
        return raw[:, :, :3].astype(np.float32)

    return read


@pytest.fixture
def content(tmp_path, monkeypatch):
    """Writes scenes and shows into a user's own folder."""
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    (tmp_path / "scenes").mkdir()

    def write(**files):
        for name, text in files.items():
            (tmp_path / "scenes" / name.replace("_toml", ".toml").replace("_py", ".py")).write_text(text)

    return write


@pytest.fixture
def two(content):
    """First 10 loops of `one` (glow 1, ar0), then 12 of `two` (glow 2, ar1), 4 loops of cross-fade, then it wanders."""
    content(
        one_py=scene("One", "ar0", "1.0"),
        two_py=scene("Two", "ar1", "2.0"),
        night_toml='crossfade = 4\n[[scene]]\nname = "one"\n[[scene]]\nname = "two"\nloops = 12\n',
    )
    return content


@pytest.fixture
def full_disk():
    """A disk on which files may grow to so many bytes only."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)
