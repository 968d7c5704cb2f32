"""The start clips: enough of them, with licences, seamless, on the grid."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.content import find
from installation.data import RATE, Clip
from installation.errors import SoundFileError
from installation.listen import clips

SAMPLES = 4 * RATE


def test_eight_or_more_pieces_of_music_ship_beside_silence_and_low_noise() -> None:
    assert clips.names()[:2] == ["silence", "low noise"]
    assert len(clips.files()) >= 8


def test_every_clip_has_its_line_in_the_licences() -> None:
    text = find("scenes", "clips/LICENCES.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip() for line in text.splitlines() if "| CC0 |" in line}
    assert listed == {path.name for path in clips.files().values()}


@pytest.mark.parametrize("name", sorted(clips.files()))
def test_a_clip_is_two_bars_at_120_bpm_and_closes(name: str) -> None:
    samples, rate = soundfile.read(clips.files()[name], dtype="float32")
    assert (samples.shape, rate) == ((SAMPLES,), RATE)
    assert 0.02 < np.sqrt(np.mean(samples**2)) < 0.3
    assert abs(samples[0] - samples[-1]) <= np.abs(np.diff(samples)).max()
    assert abs(samples.mean()) < 1e-3


def test_low_noise_is_minus_40_dbfs_and_follows_its_seed() -> None:
    noise = clips.clip("low noise", SAMPLES, seed=1).samples
    assert 20 * np.log10(np.sqrt(np.mean(noise**2))) == pytest.approx(-40, abs=0.1)
    np.testing.assert_array_equal(noise, clips.clip("low noise", SAMPLES, seed=1).samples)
    assert not np.array_equal(noise, clips.clip("low noise", SAMPLES, seed=2).samples)


def test_silence_is_silent() -> None:
    assert not clips.clip("silence", SAMPLES).samples.any()


def test_a_start_is_a_name_a_path_or_a_clip(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "mine.wav", np.full((1_000, 2), 0.25), RATE)
    assert clips.clip("piano", 64_000).samples.shape == (1, 64_000)
    assert clips.clip(str(tmp_path / "mine.wav"), 64_000).samples.shape == (2, 64_000)
    assert clips.clip(Clip(np.zeros((1, 10), np.float32)), 64_000).samples.shape == (1, 64_000)


def test_an_unknown_start_is_told_with_the_nearest_name() -> None:
    with pytest.raises(SoundFileError, match="Did you mean 'piano'"):
        clips.clip("paino", SAMPLES)


def test_own_clips_are_found_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scenes" / "clips"
    folder.mkdir(parents=True)
    soundfile.write(folder / "mine.wav", np.full(1_000, 0.25), RATE)
    soundfile.write(folder / "piano.flac", np.full(1_000, 0.25), RATE)
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    assert "mine" in clips.names()
    assert clips.files()["piano"] == folder / "piano.flac"
