"""Recordings of all kinds become scalograms on disk, stay on their side of the split, and are drawn without loading."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from installation.errors import ContentError, SoundFileError, StorageError
from installation.listen import archive
from installation.listen.archive import Archive, levels
from installation.listen.augment import FINE_RATE, to_bytes, to_power
from installation.listen.cqt import ConstantQ
from installation.listen.dataset import ENDING, Dataset, Recording, draw


@pytest.fixture(scope="module")
def front() -> ConstantQ:
    """Few pitches, high ones: quick."""
    return ConstantQ(48_000, 440.0, 12, 4, 0.43)


def sound(seconds: float, rate: int = 48_000, pitch: float = 880.0) -> np.ndarray:
    time = np.arange(int(seconds * rate)) / rate
    return (0.25 * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def kept(folder: Path, name: str, frames: int = 4000, bins: int = 12, value: int = 0, **labels: object) -> None:
    folder.mkdir(exist_ok=True)
    np.save(folder / f"{name}{ENDING}", np.full((frames, bins), value, np.uint8))
    (folder / f"{name}.json").write_text(json.dumps(labels))


def test_minutes_join_without_a_seam(tmp_path: Path, front: ConstantQ, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "CHUNK", 2)
    samples = np.random.default_rng(0).normal(0, 0.1, 48_000 * 5).astype(np.float32)
    np.save(tmp_path / "noise.npy", (samples * 32767).astype(np.int16))
    whole = np.load(tmp_path / "noise.npy").astype(np.float32) / 32768
    padded = torch.from_numpy(np.pad(whole, 48_000))[None]
    direct = front.line(padded, 500)[0, :, FINE_RATE:-FINE_RATE].T
    found = levels(tmp_path / "noise.npy", front)
    assert found.shape == (5 * FINE_RATE, 12)
    assert np.abs(found.astype(int) - to_bytes(direct).numpy().astype(int)).max() <= 1  # rounding of half a step


@pytest.mark.parametrize(
    ("rate", "channels", "kind"),
    [(48_000, 1, "PCM_U8"), (192_000, 2, "PCM_24"), (44_100, 6, "PCM_16"), (8_000, 1, "FLOAT")],
)
def test_any_format_is_heard_at_its_pitch_and_level(
    tmp_path: Path, front: ConstantQ, rate: int, channels: int, kind: str
) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.repeat(sound(2, rate)[:, None], channels, 1), rate, kind)
    found = to_power(torch.from_numpy(levels(path, front)))[FINE_RATE // 2 : -FINE_RATE // 2].mean(0)
    assert int(found.argmax()) == 4  # 880 Hz, four bins above 440
    assert 10 * np.log10(float(found[4]) * 4) == pytest.approx(20 * np.log10(0.25), abs=0.5)  # full scale is 0.25


def test_unreadable_files_are_named_and_skipped(
    tmp_path: Path, front: ConstantQ, caplog: pytest.LogCaptureFixture
) -> None:
    source = tmp_path / "music"
    (source / "deep").mkdir(parents=True)
    soundfile.write(source / "deep" / "good.flac", sound(2), 48_000)
    (source / "deep" / "good.json").write_text('{"bpm": 120}')
    soundfile.write(source / "cut.flac", sound(8), 48_000)
    (source / "cut.flac").write_bytes((source / "cut.flac").read_bytes()[:2000])
    (source / "text.mp3").write_text("this is no music")
    (source / "empty.wav").write_bytes(b"")
    soundfile.write(source / "short.wav", sound(0.5), 48_000)
    soundfile.write(source / "broken.wav", np.full(96_000, np.nan, np.float32), 48_000, "FLOAT")
    np.save(source / "floats.npy", sound(2))
    (source / "notes.txt").write_text("not asked")
    with caplog.at_level(logging.WARNING):
        made = Archive(source, tmp_path / "kept", front)
        assert made.fill() == 1
    assert {Path(path).name for path in made.skipped} == {
        "cut.flac", "text.mp3", "empty.wav", "short.wav", "broken.wav", "floats.npy"
    }  # fmt: skip
    assert all(name in caplog.text for name in ("cut.flac", "text.mp3", "short.wav"))
    (recording,) = Dataset(tmp_path / "kept", 12).recordings
    assert (recording.name, recording.labels) == ("deep__good", {"bpm": 120})
    assert made.fill() == 0  # nothing is made twice


def test_a_full_disk_is_told_and_leaves_no_half_file(
    tmp_path: Path, front: ConstantQ, full_disk: Callable[[], None]
) -> None:
    (tmp_path / "music").mkdir()
    np.save(tmp_path / "music" / "tone.npy", (sound(2) * 32767).astype(np.int16))
    made = Archive(tmp_path / "music", tmp_path / "kept", front)
    full_disk()
    with pytest.raises(StorageError, match="Free some space"):
        made.fill()
    assert not list((tmp_path / "kept").glob(f"*{ENDING}"))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    return lambda: monkeypatch.setattr(np, "save", refuse)


def test_a_folder_that_is_none_is_refused(tmp_path: Path, front: ConstantQ) -> None:
    with pytest.raises(ContentError, match="no such folder"):
        Archive(tmp_path / "nowhere", tmp_path / "kept", front)
    with pytest.raises(SoundFileError):
        levels(tmp_path / "nothing.wav", front)


def test_groups_never_lie_on_both_sides(tmp_path: Path) -> None:
    for number in range(120):
        kept(tmp_path, f"take-{number}", 4, group=f"piece-{number // 4}")
    dataset = Dataset(tmp_path, 12)
    apart, trained = ({r.group for r in part} for part in (dataset.held, dataset.training))
    assert apart
    assert not apart & trained
    assert len(dataset.held) + len(dataset.training) == 120


def test_new_recordings_join(tmp_path: Path) -> None:
    kept(tmp_path, "one")
    dataset = Dataset(tmp_path, 12)
    kept(tmp_path, "two")
    kept(tmp_path, "tiny", 10)
    short = Dataset(tmp_path, 12, shortest=1.0)
    assert dataset.refresh() == 2
    assert dataset.refresh() == 0
    assert [recording.name for recording in short.recordings] == ["one", "two"]
    assert short.hours == pytest.approx(2 * 4000 / FINE_RATE / 3600)


def test_scalograms_of_another_ear_are_refused(tmp_path: Path) -> None:
    kept(tmp_path, "one", bins=72)
    with pytest.raises(ContentError, match=r"\[frames, 12\]"):
        Dataset(tmp_path, 12)


def test_clips_are_spread_over_each_recording_and_longer_ones_come_more_often(tmp_path: Path) -> None:
    counting = (np.repeat(np.arange(size) % 250, 12).reshape(-1, 12).astype(np.uint8) for size in (200, 1000))
    recordings = [Recording(str(number), levels) for number, levels in enumerate(counting)]
    random = np.random.default_rng(0)
    seen = np.concatenate([draw(recordings, 1, 1, 100, random)[1] for _ in range(400)])
    assert seen.mean() == pytest.approx(901 / 1002, abs=0.05)
    clips, who = draw(recordings[:1], 1, 4, 100, random)
    starts = clips[:, 0, 0].astype(int)
    assert (np.diff(starts) > 0).all()
    assert list(who) == [0, 0, 0, 0]
    assert (np.diff(clips[0, :, 0].astype(int)) == 1).all()


def test_clips_longer_than_everything_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="No recording is longer"):
        draw([Recording("one", np.zeros((50, 12), np.uint8))], 1, 1, 60, np.random.default_rng(0))
