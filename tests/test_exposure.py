"""What the room hears, once a meter has been read; a ceiling that holds; the dose of a day."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from installation.data import RATE
from installation.errors import ContentError
from installation.guard.exposure import DOSE, FILE, Calibration, Dose, known, pink_noise
from installation.guard.loudness import loudness, true_peak

MONDAY = date(2026, 11, 23)


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
    dose.add(MONDAY, 40 * 3600, 80.0)
    assert dose.week(MONDAY) == pytest.approx(1.0)
    assert Dose.hours(83.0) == pytest.approx(20.0, rel=0.01)
    quiet = Dose()
    quiet.add(MONDAY, 8 * 3600, 65.0)
    assert quiet.week(MONDAY) < 0.01


def test_a_dose_is_of_a_day_and_of_the_week_that_ends_with_it():
    dose = Dose()
    for day in range(10):
        dose.add(MONDAY + timedelta(day), 8 * 3600, 80.0)  # a fifth of what a week allows
    last = MONDAY + timedelta(9)
    assert dose.today(last) == pytest.approx(0.2)
    assert dose.week(last) == pytest.approx(7 * 0.2)
    assert dose.week(last + timedelta(3)) == pytest.approx(4 * 0.2)
    assert dose.today(last + timedelta(1)) == 0.0


def test_a_dose_outlives_the_show_and_whatever_happens_to_the_clock(tmp_path):
    for start in range(3):
        dose = Dose.read(tmp_path)
        dose.add(MONDAY, 3600, 80.0)
        dose.add(MONDAY + timedelta(400 * start), 60, 80.0)  # for a minute the clock was wrong
        dose.keep(tmp_path)
    assert Dose.read(tmp_path).today(MONDAY) == pytest.approx(3 / 40 + 1 / 2400)
    many = Dose.read(tmp_path)
    for day in range(100):
        many.add(MONDAY + timedelta(day), 60, 80.0)
    many.keep(tmp_path)
    assert len(json.loads((tmp_path / DOSE).read_text())) <= 30


@pytest.mark.parametrize(
    "wrong", [b"", b"{", b"[]", b'{"monday": 1}', b'{"2026-11-23": "much"}', b'{"2026-11-23": NaN}', b"\xff"]
)
def test_a_broken_dose_begins_anew(tmp_path, wrong):
    (tmp_path / DOSE).write_bytes(wrong)
    assert Dose.read(tmp_path).week(MONDAY) == 0.0


def test_it_is_written_whole(tmp_path):
    Calibration(71.0).keep(tmp_path)
    assert json.loads((tmp_path / FILE).read_text())["dba"] == 71.0
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
