"""The sound process: its callback, its shared memory, its device."""

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from museum import Recorder, find, museum, open_museum, until  # noqa: F401

from installation.clock import Tick
from installation.data import RATE
from installation.sound.board import Board
from installation.sound.feed import AHEAD, BLOCK, SECOND, Feed
from installation.sound.mixing import Seam
from installation.sound.resampling import Resampler

pytestmark = pytest.mark.alone


@pytest.fixture
def board():
    board = Board()
    yield board
    board.close()


def card(feed, now, blocks, latency=0.1, underflow=False, dac=True):
    """A sound card that asks for blocks on time from `now` on, ns."""
    heard = []
    for n in range(blocks):
        moment = SimpleNamespace(outputBufferDacTime=5 + latency if dac else 0.0, currentTime=5.0)
        out = np.full((BLOCK, feed.speakers), 9, np.float32)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "monotonic_ns", lambda n=n: now + n * BLOCK * SECOND // feed.rate)
            feed.callback(out, BLOCK, moment, SimpleNamespace(output_underflow=underflow))
        heard.append(out)
    return np.concatenate(heard)


def ramp(count):
    return np.repeat(np.arange(1, count + 1, dtype=np.float32)[:, None] / 100_000, 2, 1)


# ---- the callback


def test_callback_begins_on_the_sample_that_is_due(board):
    feed = Feed(board, 2, RATE)
    feed.begin(0, round(0.15 * SECOND), ramp(AHEAD))
    sound = card(feed, 0, 8)  # 0.1 s of latency: the first beat is due 0.05 s after the first call
    np.testing.assert_array_equal(sound[:2400], 0)
    np.testing.assert_array_equal(sound[2400:], ramp(8 * BLOCK - 2400))
    tick = board.read()
    heard = tick.ns + tick.latency - tick.samples * SECOND // RATE
    assert heard == pytest.approx(0.15 * SECOND, abs=1e5)


def test_callback_leaves_out_what_is_overdue_but_never_all_there_is(board):
    feed = Feed(board, 2, RATE)
    feed.begin(0, round(0.05 * SECOND), ramp(AHEAD))  # at the first call, what leaves in 0.1 s was due 0.05 s before
    np.testing.assert_array_equal(card(feed, 0, 1), ramp(AHEAD)[2400 : 2400 + BLOCK])
    feed = Feed(board, 2, RATE)
    feed.begin(0, -SECOND, ramp(AHEAD))
    np.testing.assert_array_equal(card(feed, 0, 1), ramp(AHEAD)[AHEAD // 2 : AHEAD // 2 + BLOCK])


def test_callback_lets_nothing_through_that_is_no_sound(board):
    feed = Feed(board, 2, RATE)
    samples = ramp(AHEAD)
    samples[10:20], samples[20:30], samples[30:40], samples[40:50], samples[50:60] = np.nan, np.inf, -np.inf, 1.5, -7
    feed.begin(0, round(0.1 * SECOND), samples)
    sound = card(feed, 0, 1)
    assert (sound[10:40] == 0).all()
    assert (sound[40:50] == 1).all()
    assert (sound[50:60] == -1).all()
    np.testing.assert_array_equal(sound[60:], samples[60:BLOCK])


def test_callback_counts_what_is_missing_and_goes_on_where_it_was(board):
    feed = Feed(board, 2, RATE)
    feed.begin(0, round(0.1 * SECOND), ramp(1500))
    sound = card(feed, 0, 3)
    assert (sound[1500:] == 0).all()
    feed.write(ramp(3000)[1500:])
    np.testing.assert_array_equal(card(feed, SECOND, 1), ramp(3000)[1500 : 1500 + BLOCK])
    assert board.underruns == 2
    assert board.blocks == 4


def test_callback_takes_no_memory(board):
    """The callback's own arrays are all made before; what it makes are views and numbers, which Python reuses."""
    import tracemalloc

    feed = Feed(board, 2, RATE)
    feed.begin(0, 0, ramp(AHEAD))
    out = np.zeros((BLOCK, 2), np.float32)
    moment = SimpleNamespace(outputBufferDacTime=5.1, currentTime=5.0)
    status = SimpleNamespace(output_underflow=False)
    feed.callback(out, BLOCK, moment, status)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    feed.callback(out, BLOCK, moment, status)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert peak < BLOCK  # bytes; a mask alone, made anew, would be twice that


def test_first_report_of_latency_is_left_out(board):
    feed = Feed(board, 2, RATE)
    card(feed, 0, 1, dac=False)
    assert feed.latency == round(0.2 * SECOND)
    card(feed, 0, 1, latency=0.07)
    assert feed.latency == pytest.approx(0.07 * SECOND, abs=10)


def test_clock_follows_a_drifting_device_smoothly_and_a_gap_at_once(board):
    feed = Feed(board, 2, RATE)
    feed.begin(0, round(0.1 * SECOND), ramp(AHEAD))

    def origin():
        tick = board.read()
        return tick.ns + tick.latency - tick.samples * SECOND // RATE

    card(feed, 0, 1)
    before = origin()
    feed.write(ramp(BLOCK))
    card(feed, BLOCK * SECOND // RATE + 5_000_000, 1)  # 5 ms late, once
    assert abs(origin() - before) < 500_000
    for n in range(12):  # half a second late, and staying so
        feed.write(ramp(BLOCK))
        card(feed, (n + 2) * BLOCK * SECOND // RATE + SECOND // 2, 1)
    assert origin() - before == pytest.approx(SECOND // 2, abs=5_000_000)


def test_closing_fades_out_within_a_block(board):
    feed = Feed(board, 2, RATE)
    feed.begin(0, round(0.1 * SECOND), np.full((AHEAD, 2), 0.5, np.float32))
    card(feed, 0, 1)
    feed.close(0)
    sound = card(feed, BLOCK * SECOND // RATE, 2)
    assert np.abs(np.diff(sound[:, 0])).max() < 1e-3
    assert (sound[BLOCK - 1 :] == 0).all()


def test_ring_goes_round(board):
    feed = Feed(board, 2, RATE)
    sound = ramp(6 * AHEAD)
    feed.begin(0, round(0.1 * SECOND), sound[: AHEAD - 100])
    heard, at, now = [], AHEAD - 100, 0
    while at + 5 * BLOCK < len(sound):
        heard.append(card(feed, now, 3))
        now += 3 * BLOCK * SECOND // RATE
        room = feed.room()
        feed.write(sound[at : at + room])
        at += room
    np.testing.assert_array_equal(np.concatenate(heard), sound[: len(heard) * 3 * BLOCK])
    assert board.underruns == 0


# ---- the shared memory


class Meddled:
    """Shared numbers into which somebody writes in the middle of the reading, so many times."""

    def __init__(self, numbers, write, times):
        self.numbers, self.write, self.times = numbers, write, times

    def __getitem__(self, place):
        if place == 2 and self.times:
            self.times -= 1
            self.write(self.times)
        return self.numbers[place]


def test_a_torn_tick_is_read_again(board):
    board.write(9, 90, 900)
    writer = Board(board.name)
    whole = board._numbers
    board._numbers = Meddled(whole, lambda n: writer.write(n, 10 * n, 100 * n), 3)
    assert board.read() == Tick(0, 0, 0)  # what was written last, all of it
    board._numbers = whole
    writer.close()


def test_a_writer_that_died_while_writing_leaves_the_last_whole_tick(board):
    board.write(1, 2, 3)
    assert board.read() == Tick(1, 2, 3)
    board._numbers[0] += 1  # as in the middle of a write
    board._numbers[1] = 99
    assert board.read() == Tick(1, 2, 3)
    successor = Board(board.name)
    successor.write(4, 5, 6)
    assert board.read() == Tick(4, 5, 6)
    successor.close()


def test_seams_arrive_in_order_and_old_ones_go(board):
    assert board.seams() == []
    for n in range(100):
        board.enter(Seam(n, n * 1.5, 1.5, n // 2))
    assert [seam.number for seam in board.seams()] == list(range(84, 100))
    assert board.seams()[-1] == Seam(99, 148.5, 1.5, 49)


def test_numbers_stay_readable_after_closing():
    board = Board()
    board.beat(1, 2, 3)
    board.write(4, 5, 6)
    board.close()
    assert (board.blocks, board.underruns, board.read()) == (2, 3, Tick(4, 5, 6))


# ---- a device that refuses 48 kHz


def test_device_that_refuses_48_khz_gets_a_resampler(tmp_path: Path):
    import sounddevice

    from installation.sound import process

    sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)[:, None].repeat(2, 1).astype(np.float32)

    def refuse(device, channels, kind, samplerate):
        if samplerate != 44_100:
            raise sounddevice.PortAudioError("Invalid sample rate")

    board = Board()
    with open_museum(tmp_path, 44_100) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sounddevice, "check_output_settings", refuse)
        sounddevice._terminate()
        sounddevice._initialize()
        with Recorder(server, tmp_path / "sound") as recorder:
            stream, feed, _ = process.open_device("pulse", lambda speakers, rate: Feed(board, speakers, rate), 2)
            try:
                assert feed.rate == 44_100
                at = 0

                def source(count):
                    nonlocal at
                    at += count
                    return sine[np.arange(at - count, at) % len(sine)]

                until(lambda: feed.blocks >= process.STEADY)
                read = Resampler(source, RATE, feed.rate).read
                feed.begin(0, time.monotonic_ns() + SECOND // 2, read(feed.room()))

                def enough():
                    if feed.room() >= BLOCK:
                        feed.write(read(BLOCK))
                    return np.count_nonzero(recorder.samples()[:, 0]) > 20_000

                until(enough)
            finally:
                stream.abort()
                stream.close()
        sound = recorder.samples()
        sounddevice._terminate()
    board.close()
    begin = np.flatnonzero(np.abs(sound[:, 0]) > 0.01)[0]
    part = sound[begin + 1000 : begin + 20_000, 0]
    crossings = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
    assert 44_100 / np.median(np.diff(crossings)) == pytest.approx(440, rel=0.01)
    assert np.abs(np.diff(part)).max() < 0.5 * 2 * np.pi * 440 / 44_100 * 1.01  # no gap, no click
