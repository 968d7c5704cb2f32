"""The optimiser is killed, frozen, raises, loses its numbers or its memory: nobody hears it, and it comes back."""

import os
import resource
import signal
import time

import numpy as np
import pytest
from evening import Evening, content
from museum import Recorder, museum, until  # noqa: F401

from installation.data import RATE
from installation.dream import dreamer as module
from installation.dream import process
from installation.dream.dreamer import Dreamer
from installation.dream.knobs import Knobs
from installation.target import parse

pytestmark = pytest.mark.alone

LOOP = 64_000  # samples of a loop of the show `evening`
SOUNDING = "[picture]\nsize = [96, 54]\nframe_rate = 10\n"


def breaks_down(connection, order):
    """The real process, whose first lives end badly: it raises, has no memory left, and calculates with no numbers."""
    from installation.dream.optimize import Optimizer

    step = Optimizer.step

    def broken(self):
        if self.steps == 2 and order.seed == 0:
            raise RuntimeError("the driver says no")
        if self.steps == 2 and order.seed == 1:
            taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
            resource.setrlimit(resource.RLIMIT_AS, (taken, taken))
            np.ones(1 << 28)  # two gigabytes: what a loop of another length may need
        if self.steps == 2 and order.seed == 2:
            stimulus = self.ear.stimulus
            self.ear.stimulus = lambda *given: stimulus(*given) * float("nan")
        return step(self)

    Optimizer.step = broken
    process.run(connection, order)


def test_whatever_breaks_in_it_the_optimiser_comes_back_from_the_last_good_dream(monkeypatch, caplog):
    monkeypatch.setattr(module, "PAUSES", (0.05,))
    with Dreamer("tiny", "low noise", parse("ar2"), 4 / 3, Knobs(batch=1), 0, run=breaks_down) as dreaming:
        numbers, ended = [], time.monotonic() + 120
        while not (dreaming.restarts == 3 and dreaming.steps > 4):
            if (dream := dreaming.deliver()) is not None:
                numbers.append(dream.number)
                assert np.isfinite(dream.clip.samples).all()
            assert time.monotonic() < ended, caplog.text
            time.sleep(0.01)
        dreaming.check()
    assert "the driver says no" in caplog.text
    assert "MemoryError" in caplog.text
    assert "left the finite numbers" in caplog.text
    assert numbers == sorted(set(numbers))


def goes_on(recorder, loops=3):
    """Whether there is a stretch of so many loops, from now on, in which every loop is the one before, to the sample.

    A machine with other work may starve the sound for a moment, which is not what is asked here: the next will do.
    """
    begin = recorder.count() + 2 * LOOP  # what was on its way may still be heard
    for _ in range(6):
        until(lambda begin=begin: recorder.count() > begin + (loops + 1) * LOOP + RATE, 60)
        sound = recorder.samples()[begin : begin + (loops + 1) * LOOP]
        assert np.abs(sound).max() > 0.01
        if np.abs(sound[LOOP:] - sound[:-LOOP]).max() < 1e-4:
            return True
        begin += LOOP
    return False


def test_an_optimiser_that_is_frozen_or_killed_leaves_no_trace_in_what_is_heard(museum, tmp_path):  # noqa: F811
    with (
        Recorder(museum, tmp_path / "sound") as recorder,
        Evening(
            tmp_path, "evening", "--model", "tiny", "--headless", own=content(tmp_path), settings=SOUNDING
        ) as evening,
    ):
        evening.until(lambda: evening.status().get("dreams", 0) >= 1)
        (optimiser,) = evening.processes("libtorch_cpu")
        os.kill(optimiser, signal.SIGSTOP)
        assert goes_on(recorder)
        dreams = evening.status()["dreams"]
        os.kill(optimiser, signal.SIGKILL)
        evening.until_said("the dreamer stopped")
        evening.until(lambda: evening.status()["dreams"] > dreams)
        assert evening.status()["sound_restarts"] == 0
        sound = recorder.samples()
    begin = np.flatnonzero(np.abs(sound).max(axis=1) > 0)[0]
    assert longest_silence(sound[begin:]) < 0.05 + evening_underruns(evening)


def longest_silence(sound):
    """Seconds in which nothing at all was heard."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 0)
    return float(np.diff(loud).max()) / RATE


def evening_underruns(evening):
    """Seconds that a machine with other work may have starved the sound: blocks of 1024 samples."""
    return evening.status()["underruns"] * 1024 / RATE
