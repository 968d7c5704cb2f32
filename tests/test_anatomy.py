"""The plans of the models and the index of their neurons."""

from pathlib import Path

import pytest

from installation.content import find
from installation.data import Link
from installation.errors import ContentError
from installation.listen.anatomy import anatomy, frames_per_loop, read, read_file, steps_on_a_line

PAPER = [
    ("scalogram", 1, 216, 1), ("block0.conv1", 8, 108, 2), ("block0.conv2", 8, 84, 2), ("block1.conv1", 16, 84, 2),
    ("block1.conv2", 16, 84, 2), ("block2.conv1", 32, 84, 2), ("block2.conv2", 32, 60, 2), ("block3.conv1", 64, 60, 2),
    ("block3.conv2", 64, 60, 2), ("block4.conv1", 128, 30, 4), ("block4.conv2", 128, 6, 4), ("block5.conv1", 256, 6, 4),
    ("block5.conv2", 256, 6, 4), ("block6.conv1", 512, 6, 4), ("block6.conv2", 512, 3, 4), ("block7.conv1", 512, 3, 4),
    ("block7.conv2", 512, 1, 4), ("ar0", 512, 1, 4), ("ar1", 512, 1, 4), ("ar2", 512, 1, 8), ("ar3", 512, 1, 8),
    ("ar4", 256, 1, 8), ("ar5", 256, 1, 16), ("ar6", 256, 1, 16), ("ar7", 256, 1, 16), ("ar8", 256, 1, 16),
]  # fmt: skip
PITCHES_OF_B = [216, 107, 83, 81, 79, 77, 63, 61, 59, 29, 15, 13, 11, 9, 5, 3, 1]


def changed(tmp_path: Path, old: str, new: str, model: str = "paper") -> Path:
    text = find("models", f"{model}/model.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "model.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["paper", "ear"])
def test_layers_are_those_of_the_papers_tables(name: str) -> None:
    index = anatomy(read(name))
    assert [(layer.name, layer.channels, layer.bins, layer.stride) for layer in index] == PAPER
    assert index.units == 34_392


def test_variant_b_closes_the_pitch_path_without_padding() -> None:
    index = anatomy(read("causal"))
    assert [layer.bins for layer in index][: len(PITCHES_OF_B)] == PITCHES_OF_B
    assert index.units == 40_776


def test_only_the_papers_form_sees_the_future_in_z() -> None:
    assert [read(name).time_padding for name in ("paper", "causal", "ear")] == ["symmetric", "causal", "causal"]


def test_a_link_folds_in_the_pooling() -> None:
    links = anatomy(read("paper")).links
    assert links[0] == Link("scalogram", "block0.conv1", kernel=4, stride=2, offset=-1)
    assert Link("block0.conv1", "block0.conv2", kernel=25) in links
    assert Link("scalogram", "block0.conv2", kernel=2, stride=2, offset=24) in links
    assert Link("block6.conv2", "block7.conv2", kernel=1, offset=1, dense=False) in links
    assert links[-1] == Link("ar8", "block7.conv2", kernel=1)


def test_every_neuron_feeds_and_is_fed() -> None:
    index = anatomy(read("causal"))
    for layer in index:
        fed = [link for link in index.links if link.target == layer.name]
        assert bool(fed) == (layer.name != "scalogram")
        assert any(link.source == layer.name for link in index.links)
        for link in fed:
            sources = index[link.source].bins
            for target in range(layer.bins):
                first = link.offset + target * link.stride
                assert first < sources, (link, target)
                assert first + link.kernel > 0, (link, target)


def test_width_multiplies_all_channels(tmp_path: Path) -> None:
    half = read_file(changed(tmp_path, "seed = 1", "seed = 1\nwidth = 0.5"), "half")
    layers = {layer.name: layer.channels for layer in anatomy(half)}
    assert (layers["block0.conv1"], layers["block7.conv2"], layers["ar8"]) == (4, 256, 128)
    assert (half.encoding, half.context) == (256, 128)


def test_a_frame_is_near_20_83_ms_at_every_tempo() -> None:
    assert [frames_per_loop(seconds) for seconds in (4.0, 4 * 60 / 180, 16.0)] == [192, 64, 768]
    for tempo in range(60, 181):
        seconds = 8 * 60 / tempo
        assert 0.0187 <= seconds / frames_per_loop(seconds) <= 0.0235


def test_a_line_decides_fewer_and_fewer_steps() -> None:
    steps = steps_on_a_line(read("ear"), 768)
    assert steps["scalogram"] == range(768)
    assert steps["block7.conv2"] == range(17, 192)
    assert all(len(steps[f"ar{n + 1}"]) <= len(steps[f"ar{n}"]) for n in range(8))


def test_a_line_that_is_too_short_decides_nothing() -> None:
    assert len(steps_on_a_line(read("ear"), 16)["ar8"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed = 1", "sead = 1", ["'sead'", "Did you mean 'seed'?"]),
        ("pool = 2", "pol = 2", ["'blocks.0.pol'", "Did you mean 'pool'?"]),
        ("lowest = 40.0", "lowest = -1.0", ["front_end.lowest = -1.0", "greater than 0"]),
        ("kernel = 5", 'kernel = "five"', ["autoregression.0.kernel", "'five'"]),
        ('licence = "MIT"', "", ["'licence' is missing"]),
        ("{ pitch = 25, time = 1 }", "{ pitch = 125, time = 1 }", ["conv2 spans 125", "block0.conv1 has only 108"]),
        ("{ pitch = 4, time = 1 }", "{ pitch = 3, time = 1 }", ["block7.conv2 leaves 2 pitch bins", "needs 1"]),
        ("pitch_padding = 1", "pitch_padding = 30", ["Use less pitch_padding"]),
        ("[front_end]", "[front_end", ["cannot be read"]),
    ],
)  # fmt: skip
def test_a_faulty_plan_says_what_and_where(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(ContentError) as error:
        read_file(path, "faulty")
    assert str(path) in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_an_unknown_model_is_named_with_a_hint() -> None:
    with pytest.raises(ContentError, match="papre"):
        read("papre")
