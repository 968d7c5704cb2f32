import pytest

from installation.clock import AudioClock, HandClock, Tick, WallClock

MS = 1_000_000  # ns


def test_wall_clock_begins_at_nought_and_runs_on():
    clock = WallClock()
    first = clock.now()
    assert 0 <= first <= clock.now() < 5


def test_hand_clock_moves_only_by_hand():
    clock = HandClock()
    assert clock.now() == clock.now() == 0
    clock.advance(1.5)
    assert clock.now() == 1.5
    with pytest.raises(ValueError, match="forwards"):
        clock.advance(-1)


def test_audio_clock_stands_until_the_first_tick():
    assert AudioClock(lambda: None).now() == 0


def test_audio_clock_carries_on_after_a_tick_less_latency_and_delay():
    now = 1_000 * MS
    clock = AudioClock(lambda: Tick(1_000 * MS, 48_000, 200 * MS), 0.1, lambda: now)
    assert clock.now() == pytest.approx(1 - 0.2 - 0.1)
    now += 50 * MS
    assert clock.now() == pytest.approx(0.75)
    now += 60_000 * MS  # the sound process is long dead
    assert clock.now() == pytest.approx(60.75)


def test_audio_clock_never_runs_backwards():
    tick, now = Tick(0, 48_000, 0), 0
    clock = AudioClock(lambda: tick, monotonic_ns=lambda: now)
    assert clock.now() == 1
    tick = Tick(0, 48_000, 30 * MS)
    assert clock.now() == 1
    now = 40 * MS
    assert clock.now() == pytest.approx(1.01)
