"""A MIDI clock tells tempo and beat, however unevenly it ticks."""

import time

import numpy as np
import pytest
from test_midi import soon
from test_midi_jack import jack  # noqa: F401

from installation.control.midi import Midi, RtMidi
from installation.control.midi_clock import MidiClock
from installation.control.parameters import defaults

pytestmark = pytest.mark.alone

TICK, START, CONTINUE, STOP = bytes([0xF8]), bytes([0xFA]), bytes([0xFB]), bytes([0xFC])


def ticking(clock, tempo, seconds, begin=0.0, jitter=0.0, lost=0.0, seed=0):
    """Pulses as a device would send them; the moment after the last."""
    random = np.random.default_rng(seed)
    moments = (begin + np.arange(0, seconds, 60 / tempo / 24)).tolist()
    for moment in moments:
        if random.random() >= lost:
            clock.receive("a", TICK, moment + random.uniform(0, jitter))
    return moments[-1] + 60 / tempo / 24


@pytest.mark.parametrize("tempo", [60.0, 97.3, 120.0, 174.0])
def test_a_clock_tells_its_tempo_and_its_beats(tempo):
    clock = MidiClock()
    clock.receive("a", START, 10.0)
    end = ticking(clock, tempo, 6, begin=10.0)
    beat = clock.beat(end)
    assert beat.tempo == pytest.approx(tempo, rel=1e-6)
    assert beat.at(end) == pytest.approx((end - 10) * tempo / 60, abs=1e-6)
    assert beat.bar == 4


def test_before_half_a_beat_nobody_knows_and_then_it_is_known():
    clock = MidiClock()
    end = ticking(clock, 120, 0.2)
    assert clock.beat(end) is None
    end = ticking(clock, 120, 0.3, begin=end)
    assert clock.beat(end).tempo == pytest.approx(120)
    assert clock.beat(end).bar == 1  # nobody has said where a bar begins


def test_an_uneven_clock_becomes_an_even_beat():
    """Pulses that come up to 3 ms late: the tempo is true to two thousandths, the beat to a millisecond."""
    clock = MidiClock()
    clock.receive("a", START, 0.0)
    ends, errors, tempos = 0.0, [], []
    end = ticking(clock, 125, 8, jitter=0.003)
    for second in range(20):
        end = ticking(clock, 125, 1, begin=end, jitter=0.003, seed=second + 1)
        ends = end + 0.5
        errors.append(clock.beat(ends).at(ends) * 60 / 125 - ends + 0.0015)
        tempos.append(clock.beat(ends).tempo)
    assert np.abs(errors).max() < 0.002
    assert np.std(errors) < 0.001
    np.testing.assert_allclose(tempos, 125, rtol=2e-3)


def test_pulses_that_get_lost_cost_no_beats():
    clock = MidiClock()
    clock.receive("a", START, 0.0)
    clock.receive("a", TICK, 0.0)
    end = ticking(clock, 120, 2, begin=60 / 120 / 24)
    end = ticking(clock, 120, 30, begin=end, lost=0.05, jitter=0.001)
    assert clock.beat(end).at(end) == pytest.approx(end * 2, abs=0.01)


def test_a_clock_that_stops_goes_on_at_its_last_tempo_and_is_followed_again():
    clock = MidiClock()
    clock.receive("a", START, 0.0)
    end = ticking(clock, 130, 4)
    clock.receive("a", STOP, end)
    later = end + 100
    assert clock.beat(later).tempo == pytest.approx(130)
    assert clock.beat(later).at(later) == pytest.approx(later * 130 / 60, abs=1e-3)
    clock.receive("a", START, later)
    again = ticking(clock, 128, 3, begin=later)
    assert clock.beat(again).tempo == pytest.approx(128, rel=1e-3)
    assert clock.beat(again).at(again) == pytest.approx((again - later) * 128 / 60, abs=0.02)


def test_a_new_tempo_is_known_within_a_second():
    clock = MidiClock()
    end = ticking(clock, 120, 5)
    end = ticking(clock, 90, 1, begin=end)
    assert clock.beat(end).tempo == pytest.approx(90, rel=0.01)
    end = ticking(clock, 124, 5, begin=end)
    assert clock.beat(end).tempo == pytest.approx(124, rel=1e-3)


def test_continue_and_a_song_position_say_where_the_music_is():
    clock = MidiClock()
    end = ticking(clock, 120, 2)
    clock.receive("a", bytes([0xF2, 8, 0]), end)  # eight sixteenths: two beats
    clock.receive("a", CONTINUE, end)
    end = ticking(clock, 120, 1, begin=end)
    assert clock.beat(end).at(end) == pytest.approx(4, abs=0.01)


def test_the_first_of_two_clocks_leads_until_it_stops():
    clock = MidiClock()
    for n in range(200):
        clock.receive("a", TICK, n / 48)
        clock.receive("b", TICK, n / 48 + 0.005)
    assert clock.beat(4.0).tempo == pytest.approx(120)
    for n in range(100):
        clock.receive("b", TICK, 10 + n / 40)
    assert clock.beat(13.0).tempo == pytest.approx(100)


def test_nonsense_and_impossible_clocks_do_no_harm():
    clock = MidiClock()
    random = np.random.default_rng(0)
    now = 0.0
    for _ in range(3_000):
        now += float(random.choice([0.0, 1e-6, 0.001, 0.02, 3.0]))
        message = random.choice([0xF8, 0xFA, 0xFB, 0xFC, 0xF2, 0x90])
        clock.receive("a", bytes([message, 3][: int(random.integers(0, 3))]), now)
        beat = clock.beat(now)
        assert beat is None or 60 <= beat.tempo <= 180
        assert beat is None or np.isfinite(beat.at(now))


def test_a_real_clock_through_a_real_server_is_followed(jack, monkeypatch):  # noqa: F811
    monkeypatch.setattr("installation.control.midi.SCAN", 1000.0)  # the test looks for devices itself
    with Midi(maps=[], system=lambda: RtMidi(jack.API_UNIX_JACK), beat="drum") as midi:
        device = jack.MidiOut(jack.API_UNIX_JACK, "drum machine")
        device.open_virtual_port("clock")
        soon(lambda: midi.scan() or midi.devices)

        def play(pulses):
            begin = time.monotonic()
            for n in range(pulses):
                time.sleep(max(0.0, begin + n / 48 - time.monotonic()))
                device.send_message([0xF8])
                if n % 2:
                    midi.acts(defaults().values)  # a picture in 42 ms: slower than the pulses come
            return begin

        soon(lambda: play(12) and midi.clock.beat(0.0))  # a cable that was just plugged in loses some
        device.send_message([0xFA])
        begin = play(24 * 4)
        now = time.monotonic()
        beat = midi.clock.beat(now)
        assert midi.clock.beat(now + 60).tempo == beat.tempo  # and it goes on when the clock is pulled out
        device.close_port()
        device.delete()
    assert beat.tempo == pytest.approx(120, rel=0.05)  # a busy machine wakes up late; at rest it is 120.0
    behind = (beat.at(now) - (now - begin) * 2) * 0.5  # seconds
    assert abs(behind) < 0.15  # at rest a few milliseconds
