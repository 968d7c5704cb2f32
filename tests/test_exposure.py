"""What the room hears, once a meter has been read; a ceiling that holds; the dose of a day."""

import json

import numpy as np
import pytest

from installation.data import RATE
from installation.errors import ContentError
from installation.guard.exposure import FILE, Calibration, Dose, known, pink_noise
from installation.guard.loudness import loudness, true_peak


def test_pink_noise_has_the_same_power_in_every_octave():
    noise = pink_noise(4.0)
    power = np.abs(np.fft.rfft(noise.samples[0])) ** 2
    pitches = np.fft.rfftfreq(noise.samples.shape[1], 1 / RATE)
    octaves = [power[(pitches >= low) & (pitches < 2 * low)].sum() for low in 31.25 * 2.0 ** np.arange(9)]
    assert np.ptp(10 * np.log10(octaves)) < 0.5
    assert loudness(noise.samples) == pytest.approx(-23.0, abs=0.05)
    assert 20 * np.log10(true_peak(noise.samples)) < -6.0


def test_the_room_is_known_after_a_calibration(tmp_path):
    assert known(tmp_path) is None
    Calibration(71.0, when="2026-11-23").keep(tmp_path)
    calibration = known(tmp_path)
    assert calibration.level(-23.0) == 71.0
    assert calibration.level(-29.0) == pytest.approx(65.0)


@pytest.mark.parametrize(("ceiling", "played"), [(80.0, -23.0), (71.0, -23.0), (65.0, -29.0)])
def test_a_ceiling_lowers_what_is_played_and_never_raises_it(ceiling, played):
    assert Calibration(71.0).capped(-23.0, ceiling) == pytest.approx(played)


@pytest.mark.parametrize("wrong", [b"", b"{}", b"[]", b'{"dba": 400}', b'{"dba": "loud"}', b"\xff"])
def test_a_broken_calibration_is_none(tmp_path, wrong):
    (tmp_path / FILE).write_bytes(wrong)
    assert known(tmp_path) is None


@pytest.mark.parametrize("reading", [0.0, -23.0, 200.0, float("nan")])
def test_what_no_meter_reads_is_told(reading):
    with pytest.raises(ContentError, match="does not read"):
        Calibration(reading)


def test_a_dose_follows_h870():
    dose = Dose()
    dose.add(40 * 3600, 80.0)
    assert dose.week == pytest.approx(1.0)
    assert Dose.hours(83.0) == pytest.approx(20.0, rel=0.01)
    quiet = Dose()
    quiet.add(8 * 3600, 65.0)
    assert quiet.week < 0.01


def test_it_is_written_whole(tmp_path):
    Calibration(71.0).keep(tmp_path)
    assert json.loads((tmp_path / FILE).read_text())["dba"] == 71.0
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
