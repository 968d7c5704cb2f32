"""Ears: what they make of silence and of music, on circles and lines, and what they keep."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from installation.content import find
from installation.data import RATE, Clip
from installation.errors import ContentError
from installation.listen import checkpoint, clips, ear
from installation.listen.ear import Ear, load
from installation.listen.statistics import LIT

torch.set_num_threads(1)
SAMPLES, FRAMES = 4 * RATE, 192


@pytest.fixture(scope="module", autouse=True)
def _kept_elsewhere(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMMERSIONS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def shipped() -> Ear:
    return load("ear")


@pytest.fixture(scope="module")
def tiny() -> Ear:
    return load("tiny")


@pytest.mark.parametrize("name", ["beat-mika", "piano", "tabla", "glass"])
def test_music_lights_5_to_60_percent_of_every_layer(shipped: Ear, name: str) -> None:
    _, activations = shipped.hear(clips.clip(name, SAMPLES), FRAMES)
    assert list(activations.layers) == [layer.name for layer in shipped.anatomy]
    for layer in shipped.anatomy:
        answers = activations.layers[layer.name]
        assert answers.shape == (layer.channels, layer.bins, FRAMES // layer.stride)
        assert answers.dtype == np.float16
        assert 0.05 <= np.mean(answers > LIT) <= 0.6, layer.name


def test_near_silence_is_rest(shipped: Ear) -> None:
    hiss = ear.HISS * np.random.default_rng(7).standard_normal((1, SAMPLES)).astype(np.float32)
    _, activations = shipped.hear(Clip(hiss), FRAMES)
    for name, answers in activations.layers.items():
        assert abs(answers.astype(float).mean()) < 0.02, name
        assert np.mean(answers > LIT) < 0.01, name


def test_music_moves_every_layer_by_about_one_spread(shipped: Ear) -> None:
    _, activations = shipped.hear(clips.clip("beat-break", SAMPLES), FRAMES)
    for name, answers in activations.layers.items():
        assert 0.3 < np.sqrt(np.mean(answers.astype(float) ** 2)) < 1.5, name


@pytest.mark.parametrize("name", ["tiny", "ear"])
def test_a_line_gives_in_its_interior_what_the_circle_gives(name: str, request: pytest.FixtureRequest) -> None:
    heard_by: Ear = request.getfixturevalue("shipped" if name == "ear" else name)
    music = clips.clip("beat-mika", SAMPLES)
    scalogram, circle = heard_by.hear(music, FRAMES)
    pieces = list(heard_by.listen(Clip(np.tile(music.samples, 4)), FRAMES))
    assert len(pieces) == 4
    line_scalogram, line = pieces[2]  # two loops lie before it, more than any layer remembers
    assert line_scalogram.seconds_per_frame == scalogram.seconds_per_frame == pytest.approx(1_000 / RATE)
    np.testing.assert_allclose(line_scalogram.level, scalogram.level, atol=1e-3)
    for layer in heard_by.anatomy:
        wanted, found = (answers.layers[layer.name].astype(float) for answers in (circle, line))
        np.testing.assert_allclose(found, wanted, atol=0.02, err_msg=layer.name)  # float16 has steps of 0.004 at 4


def test_a_recording_is_filled_up_with_silence(tiny: Ear) -> None:
    pieces = list(tiny.listen(clips.clip("piano", 100_000), 64))
    assert len(pieces) == 2
    scalogram, activations = pieces[-1]
    assert scalogram.level.shape == (72, 64)
    assert scalogram.level[:, 46:].max() < 0.05
    assert activations.layers["block0.conv1"].shape[-1] == 32


def test_a_piece_must_fit_the_network(tiny: Ear) -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        next(tiny.listen(clips.clip("piano", 64_000), 50))


def test_the_slope_reaches_the_samples_and_stops_at_the_deepest_layer(tiny: Ear) -> None:
    samples = torch.from_numpy(clips.clip("low noise", 64_000).samples.repeat(2, 0).copy()).requires_grad_()
    answers = tiny.responses(samples, 64, {"block0.conv1", "block1.conv1"})
    assert list(answers) == ["scalogram", "block0.conv1", "block0.conv2", "block1.conv1"]
    (slope,) = torch.autograd.grad(tiny.normalised("block1.conv1", answers["block1.conv1"]).mean(), samples)
    assert slope.shape == (2, 64_000)
    assert torch.isfinite(slope).all()
    assert slope.std() > 0
    assert not any(parameter.requires_grad for parameter in tiny.network.parameters())


def test_the_same_sound_gives_the_same_answers(tiny: Ear) -> None:
    again = load("tiny")  # from what the first one left in the cache
    _, one = tiny.hear(clips.clip("choir", 64_000), 64)
    _, two = again.hear(clips.clip("choir", 64_000), 64)
    for name in one.layers:
        np.testing.assert_array_equal(one.layers[name], two.layers[name])


def own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trained: float = 0.0) -> Path:
    folder = tmp_path / "models" / "mine"
    folder.mkdir(parents=True)
    text = find("models", "tiny/model.toml").read_text(encoding="utf-8")
    (folder / "model.toml").write_text(text.replace("trained_hours = 0.0", f"trained_hours = {trained}"))
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    return folder


def test_an_own_ear_with_weights_and_statistics_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Ear
) -> None:
    folder = own_model(tmp_path, monkeypatch, trained=3.0)
    checkpoint.save_measured(tiny.network, tiny.statistics, folder / checkpoint.STATISTICS)
    halves = {name: value.half() for name, value in tiny.network.named_parameters()}
    whole = {name: value for name, value in tiny.network.named_buffers() if "running" in name}
    checkpoint.save(halves | whole, folder / checkpoint.WEIGHTS)
    mine = load("mine")
    assert (mine.name, mine.trained_hours) == ("mine", 3.0)
    music = clips.clip("bass-line", 64_000)
    for wanted, found in zip(
        tiny.hear(music, 64)[1].layers.values(), mine.hear(music, 64)[1].layers.values(), strict=True
    ):
        np.testing.assert_allclose(found, wanted, atol=0.02)  # weights in half precision


def test_a_trained_model_without_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_model(tmp_path, monkeypatch, trained=3.0)
    with pytest.raises(ContentError, match=r"no weights\.safetensors"):
        load("mine")


@pytest.mark.parametrize("kind", [checkpoint.WEIGHTS, checkpoint.STATISTICS])
def test_files_of_another_network_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, tiny: Ear
) -> None:
    folder = own_model(tmp_path, monkeypatch)
    checkpoint.save({"scalogram": torch.zeros(3)}, folder / kind)
    with pytest.raises(ContentError, match=kind):
        load("mine")
    (folder / kind).write_bytes(b"nothing of use")
    with pytest.raises(ContentError, match="cannot be read"):
        load("mine")


def test_a_full_cache_does_not_stop_the_ear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own_model(tmp_path, monkeypatch)
    monkeypatch.setattr("installation.listen.checkpoint.save_file", _no_room)
    assert load("mine").trained_hours == 0
    assert "No space left" in caplog.text


def _no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_another_model_file_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own_model(tmp_path, monkeypatch)
    monkeypatch.setenv("IMMERSIONS_CACHE", str(tmp_path / "cache"))
    load("mine")
    text = (folder / "model.toml").read_text(encoding="utf-8")
    (folder / "model.toml").write_text(text.replace("seed = 1", "seed = 2"), encoding="utf-8")
    load("mine")
    assert len(list((tmp_path / "cache").glob("ear-mine-*.safetensors"))) == 2
    shutil.rmtree(tmp_path / "cache")


def test_every_neurons_variance_is_measured_over_music():
    """One neuron's variance over all start clips, by hand."""
    tiny = ear.load("tiny")
    answers = []
    for name in sorted(clips.files()):
        level = tiny.level(torch.from_numpy(clips.clip(name, 4 * RATE).mono)[None], 192)
        answers.append(tiny.network.responses(level)["block1.conv1"][0, 2, 3].detach())
    wanted = torch.stack(answers).var(correction=0)
    assert tiny.statistics.variance["block1.conv1"][2, 3].item() == pytest.approx(wanted.item(), rel=1e-3)
    assert {name: tuple(value.shape) for name, value in tiny.statistics.variance.items()} == {
        layer.name: (layer.channels, layer.bins) for layer in tiny.anatomy
    }
