"""A take gives back exactly what was performed."""

import errno
from dataclasses import replace

import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Controls, Dream, Scalogram, Verdict
from installation.errors import ContentError, StorageError
from installation.take import Header, Take, TakeWriter, on_grid
from installation.target import parse

OTHER = '{"show": "x", "model": "y", "fingerprint": "", "seed": 1, "seconds": 1, "version": 99}'
HEADER = Header("immersions", "tiny", "abc", 7, 2.0, {"picture": {"size": [64, 36]}})


def dream(number: int = 0, seed: int = 0) -> Dream:
    samples = np.random.default_rng(seed).uniform(-1, 1, (2, RATE)).astype(np.float32)
    scalogram = Scalogram(np.zeros((4, 16), np.float32), 40.0, 24, 1 / 16)
    target = parse("block0.conv1[channels 0.2..0.5] - 0.5 ar8")
    return Dream(number, Clip(samples), Activations({}), scalogram, target, 1.5, 10, Verdict(0.5, 1.0, 0.0, -23.0))


def written(tmp_path, *dreams: Dream) -> Take:
    writer = TakeWriter(tmp_path / "night", HEADER)
    for number, one in enumerate(dreams):
        writer.loop(number, float(number), one)
    return Take.read(tmp_path / "night")


def test_every_sample_comes_back(tmp_path):
    take = written(tmp_path, dream())
    np.testing.assert_array_equal(take.clip(take.loops[0]).samples, on_grid(dream().clip).samples)


def test_the_grid_is_finer_than_any_converter():
    samples = dream().clip.samples
    assert np.abs(on_grid(dream().clip).samples - samples).max() <= 2**-23


def test_header_loops_and_verdicts_come_back(tmp_path):
    take = written(tmp_path, dream(), dream(1, seed=1))
    assert take.header == HEADER
    assert [(loop.loop, loop.start, loop.score, loop.step) for loop in take.loops] == [(0, 0, 1.5, 10), (1, 1, 1.5, 10)]
    assert take.loops[0].verdict == dream().verdict
    assert parse(take.loops[0].target) == dream().target
    assert take.seconds == 2.0


def test_a_dream_that_plays_on_is_written_once(tmp_path):
    one = dream()
    take = written(tmp_path, one, one, one)
    assert [loop.clip for loop in take.loops] == ["000000.flac"] * 3
    assert len(list((take.folder / "clips").iterdir())) == 1


def test_any_moment_can_be_asked_for(tmp_path):
    take = written(tmp_path, dream(), dream(1))
    assert take.at(0.25) == (0, 0.25)
    assert take.at(1.0) == (1, 0.0)
    assert take.at(1.5) == (1, 0.5)


def test_controls_are_lines_between_what_was_written(tmp_path):
    writer = TakeWriter(tmp_path / "night", HEADER)
    writer.loop(0, 0.0, dream())
    writer.controls(0, 0.0, Controls({"stage.glow": 1.0, "stage.haze": 3.0}))
    writer.loop(1, 1.0, dream(1))
    writer.loop(2, 2.0, dream(2))
    writer.controls(1, 0.0, Controls({"stage.glow": 2.0, "stage.haze": 3.0}))
    take = Take.read(tmp_path / "night")
    glow = [take.controls(second, Controls({"stage.glow": 9.0}))["stage.glow"] for second in (0.0, 0.5, 1.0, 5.0)]
    assert glow == [1.0, 1.5, 2.0, 2.0]
    assert (take.folder / "controls.jsonl").read_text().count("haze") == 1


def test_a_power_cut_loses_only_the_line_under_way(tmp_path):
    take = written(tmp_path, dream(), dream(1))
    loops = take.folder / "loops.jsonl"
    loops.write_text(loops.read_text()[:-20])
    assert len(Take.read(take.folder).loops) == 1


def test_a_take_is_never_overwritten(tmp_path):
    written(tmp_path, dream())
    with pytest.raises(StorageError, match="exists already"):
        TakeWriter(tmp_path / "night", HEADER)


def test_an_unjudged_dream_cannot_have_been_heard(tmp_path):
    writer = TakeWriter(tmp_path / "night", HEADER)
    with pytest.raises(ValueError, match="judged"):
        writer.loop(0, 0.0, replace(dream(), verdict=None))


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    writer = TakeWriter(tmp_path / "night", HEADER)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("installation.take.writing.soundfile.write", full)
    with pytest.raises(StorageError, match="No space left on device"):
        writer.loop(0, 0.0, dream())


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("take.json", "{", "damaged"),
        ("take.json", OTHER, "version 99"),
        ("loops.jsonl", "", "holds no loop"),
        ("loops.jsonl", "nonsense\n", "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_take_is_told(tmp_path, file, text, words):
    take = written(tmp_path, dream())
    (take.folder / file).write_text(text)
    with pytest.raises(ContentError, match=words):
        Take.read(take.folder)


def test_another_folder_is_no_take(tmp_path):
    with pytest.raises(ContentError, match="is no take"):
        Take.read(tmp_path)


def test_a_missing_clip_is_told(tmp_path):
    take = written(tmp_path, dream())
    (take.folder / "clips" / "000000.flac").unlink()
    with pytest.raises(ContentError, match="cannot be read"):
        take.clip(take.loops[0])
