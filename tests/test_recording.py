"""Sound files of every kind, good and bad, and loops made of them."""

import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.data import RATE, Clip, Floats
from installation.errors import SoundFileError
from installation.listen.recording import loop, read


def tone(rate: int, channels: int, seconds: float = 0.5) -> Floats:
    """A 440 Hz sine at half scale, [samples, channels]."""
    sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)
    return np.repeat(sine[:, None], channels, 1).astype(np.float32)


@pytest.mark.parametrize(
    ("ending", "rate", "channels"),
    [
        ("wav", 44_100, 1), ("wav", 8_000, 2), ("wav", 96_000, 6), ("flac", 48_000, 2), ("ogg", 22_050, 1),
        ("mp3", 44_100, 2), ("opus", 48_000, 1), ("aiff", 32_000, 2), ("wav", 44_056, 1), ("wav", 47_999, 1),
    ],
)  # fmt: skip
def test_every_format_rate_and_number_of_channels_becomes_48_khz(
    tmp_path: Path, ending: str, rate: int, channels: int
) -> None:
    path = tmp_path / f"tone.{ending}"
    form = {"opus": {"format": "OGG", "subtype": "OPUS"}}.get(ending, {})
    soundfile.write(path, tone(rate, channels), rate, **form)
    clip = read(path)
    assert clip.rate == RATE
    assert clip.samples.shape[0] == channels
    assert clip.seconds == pytest.approx(0.5, abs=0.06)  # mp3 pads its ends
    middle = clip.samples[0, 4_800:19_200]
    pitch = np.fft.rfft(middle * np.hanning(len(middle)))
    assert np.argmax(np.abs(pitch)) * RATE / len(middle) == pytest.approx(440, abs=RATE / len(middle))
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.02)


def test_eight_channels_become_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "eight.wav", tone(48_000, 8), 48_000)
    assert read(tmp_path / "eight.wav").samples.shape[0] == 1


def test_what_exceeds_full_scale_is_turned_down_and_what_is_no_number_is_0(tmp_path: Path) -> None:
    samples = 4 * tone(48_000, 1)
    samples[100] = np.nan
    soundfile.write(tmp_path / "hot.wav", samples, 48_000, subtype="FLOAT")
    clip = read(tmp_path / "hot.wav")
    assert np.abs(clip.samples).max() == pytest.approx(1.0)
    assert clip.samples[0, 100] == 0


def test_pure_silence_is_a_clip_and_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    soundfile.write(tmp_path / "still.wav", np.zeros(1_000), 48_000)
    with caplog.at_level(logging.WARNING):
        assert not read(tmp_path / "still.wav").samples.any()
    assert "pure silence" in caplog.text


@pytest.mark.parametrize("fault", ["missing", "folder", "empty", "text", "no samples", "cut off"])
def test_a_bad_file_gives_one_clear_sentence(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "bad.wav"
    match fault:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "text":
            path.write_text("this is not a sound")
        case "no samples":
            soundfile.write(path, np.zeros((0, 1)), 48_000)
        case "cut off":
            soundfile.write(tmp_path / "whole.flac", tone(48_000, 1), 48_000)
            path.write_bytes((tmp_path / "whole.flac").read_bytes()[:20])
    with pytest.raises(SoundFileError) as error:
        read(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_loop_that_divides_the_length_is_repeated_exactly() -> None:
    clip = Clip(np.random.default_rng(1).uniform(-0.5, 0.5, (2, 1_000)).astype(np.float32))
    np.testing.assert_array_equal(loop(clip, 3_000).samples, np.tile(clip.samples, 3))
    np.testing.assert_array_equal(loop(clip, 1_000).samples, clip.samples)


@pytest.mark.parametrize("samples", [12_345, 30_000, 55_555, 700])
def test_a_loop_of_any_length_begins_as_the_clip_and_closes(samples: int) -> None:
    wave = 0.5 * np.cos(2 * np.pi * 100.3 * np.arange(30_001) / RATE, dtype=np.float32)
    fitted = loop(Clip(wave[None]), samples).samples[0]
    assert len(fitted) == samples
    begin = min(samples - 480, 30_001) if samples > 960 else samples // 2
    np.testing.assert_array_equal(fitted[:begin], wave[:begin])
    assert abs(fitted[0] - fitted[-1]) <= 1.5 * np.abs(np.diff(wave)).max()
