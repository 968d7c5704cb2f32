"""The dreamer never holds up the show: it delivers in time, outlives its process and leaves nothing behind."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from installation.data import RATE, Activations, Clip, Dream, Scalogram
from installation.dream import dreamer as module
from installation.dream import process
from installation.dream.dreamer import Dreamer
from installation.dream.knobs import Knobs
from installation.dream.process import Alive, Begin, Due, Failed, Order
from installation.errors import ContentError
from installation.target import parse

pytestmark = pytest.mark.alone

TARGET = parse("ar2")
OTHER = parse("ar1")
PATIENCE = 60.0  # seconds; only a failure waits so long


def a_dream(order, number, target=None):
    """A light dream whose first sample tells the process and whose step tells the seed."""
    samples = np.zeros((1, 480), np.float32)
    samples[0, 0] = os.getpid() / 2**23
    scalogram = Scalogram(np.zeros((4, 16), np.float32), 40.0, 24, 1 / 48)
    activations = Activations({"ar2": np.ones((6, 1, 4), np.float16)})
    return Dream(number, Clip(samples), activations, scalogram, target or order.target, 0.0, order.seed)


def dreams_fast(connection, order):
    """A process that dreams 100 times a second and does what it is told."""
    target, number = order.target, order.number
    connection.send(Alive(0, 0))
    try:
        while True:
            if connection.poll(0.01):
                match connection.recv():
                    case Knobs(batch=64):
                        raise MemoryError
                    case Knobs(batch=63):
                        signal.pause()
                    case Begin("nowhere") as wish:
                        connection.send(Failed("there is no clip 'nowhere'.", refused=wish))
                    case Begin() | Due() | Knobs():
                        pass
                    case wish:
                        target = wish
            connection.send(Alive(number, 0))
            connection.send(a_dream(order, number, target))
            number += 1
    except (EOFError, OSError):
        return


def has_no_such_model(connection, order):
    connection.send(Failed("models/nowhere was asked for, but is not there."))


def trips_at_first(connection, order):
    if order.seed < 2:
        raise SystemExit(3)
    dreams_fast(connection, order)


def dreamer(run=dreams_fast, **arguments):
    return Dreamer("tiny", "low noise", TARGET, 4 / 3, Knobs(), seed=0, run=run, **arguments)


def wait_for(what, patience=PATIENCE):
    """The first true answer to a question asked again and again."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if answer := what():
            return answer
        threading.Event().wait(0.005)  # leaves the processor to the process
    raise AssertionError("it never happened")


def process_of(dream):
    return round(float(dream.clip.samples[0, 0]) * 2**23)


def runs(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(module, "PAUSES", (0.01,))


def test_importing_the_dreamer_does_not_import_torch():
    code = "import sys, installation.dream.dreamer, installation.dream.judge; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_real_process_delivers_dreams_of_the_target():
    start = Clip((0.01 * np.random.default_rng(0).standard_normal((1, 64_000))).astype(np.float32))
    with Dreamer("tiny", start, TARGET, 64_000 / RATE, Knobs(batch=1), seed=0) as dreaming:
        heard = wait_for(dreaming.deliver)
        assert heard.step == 0  # the start, so that the body glows before anything is dreamt
        dream = wait_for(dreaming.deliver)
        assert dream.target == TARGET
        assert dream.clip.samples.shape == (1, 64_000)
        assert dream.step > 0
        assert set(dream.activations.layers) >= {"scalogram", "ar2"}
        assert not dream.activations.layers["ar2"].flags.writeable
        dreaming.aim(OTHER)
        dreaming.turn(Knobs(batch=2))
        dreaming.begin("silence")
        later = wait_for(lambda: (new := dreaming.deliver()) and new.target == OTHER and new)
        assert later.number > dream.number
        assert later.step < 1000
        dreaming.due(time.monotonic())
        assert wait_for(dreaming.deliver).number > later.number
        dreaming.begin(start, lent=True)
        began = wait_for(lambda: (new := dreaming.deliver()) and new.lent and new)
        assert began.step == 0  # whoever compares hears what the dream began with
        assert np.corrcoef(began.clip.samples[0], start.samples[0])[0, 1] > 0.99
        dreaming.begin("silence")
        assert wait_for(lambda: (new := dreaming.deliver()) and not new.lent and new).number > began.number
        assert dreaming.restarts == 0


class HandOptimizer:
    """Takes as long for a step as the hand says, for each copy."""

    steps = resets = 0

    def __init__(self, now, seconds_per_copy):
        self.now, self.cost, self.published, self.batches = now, seconds_per_copy, [], []
        self.batch = 1

    def turn(self, knobs):
        self.batch = knobs.batch

    def step(self):
        self.now[0] += self.cost * self.batch
        self.batches.append(self.batch)

    def dream(self, number):
        self.now[0] += 0.1
        self.published.append(self.now[0])
        return a_dream(Order("", "", TARGET, 4.0, Knobs(), 0, 1), number)


class DeafConnection:
    """Closes after so many dreams."""

    def __init__(self, optimizer, dreams):
        self.optimizer, self.dreams = optimizer, dreams

    def poll(self):
        if len(self.optimizer.published) >= self.dreams:
            raise EOFError

    def send(self, message):
        pass


def run_by_hand(monkeypatch, seconds_per_copy, dreams):
    now = [100.0]
    monkeypatch.setattr(process.time, "monotonic", lambda: now[0])
    body = object.__new__(process._Process)
    body.optimizer = HandOptimizer(now, seconds_per_copy)
    body.connection = DeafConnection(body.optimizer, dreams)
    body.order = Order("", "", TARGET, 4.0, Knobs(batch=8), 0, 1)
    body.knobs, body.copies, body.due, body.publishing, body.number = body.order.knobs, 1, 100.0, 0.0, 0
    body.broken = 0
    body.vigil = process.Vigil(process.Ways(None, dict, (), None), 0)  # a start clip alone is nothing to watch over
    with pytest.raises(EOFError):
        body.run()
    return body.optimizer


def test_the_start_is_published_at_once_and_a_dream_before_each_seam(monkeypatch):
    published = run_by_hand(monkeypatch, 0.3, 20).published
    assert published[0] == pytest.approx(100.1)
    early = 100.0 + 4.0 * np.arange(1, 20) - published[1:]
    assert early.min() >= 0
    assert early.max() < 1.0


@pytest.mark.parametrize(("seconds_per_copy", "copies"), [(0.5, 1), (0.04, 4), (0.01, 8)])
def test_as_many_copies_are_heard_as_there_is_time_for(monkeypatch, seconds_per_copy, copies):
    assert run_by_hand(monkeypatch, seconds_per_copy, 4).batches[-1] == copies


def test_the_newest_target_wins():
    with dreamer() as dreaming:
        wait_for(dreaming.deliver)
        for _ in range(50):
            dreaming.aim(TARGET)
        dreaming.aim(OTHER)
        wait_for(lambda: (new := dreaming.deliver()) and new.target == OTHER)


def test_a_killed_process_is_started_again_from_the_last_dream(caplog):
    with dreamer() as dreaming:
        first = wait_for(dreaming.deliver)
        os.kill(process_of(first), signal.SIGKILL)
        second = wait_for(lambda: (new := dreaming.deliver()) and process_of(new) != process_of(first) and new)
        assert dreaming.restarts == 1
        assert second.number > first.number
        assert second.step == first.step + 1  # another seed: the same accident need not happen again
        dreaming.check()
    assert "started again" in caplog.text


def test_a_silent_process_is_replaced():
    with dreamer(silent=0.3) as dreaming:
        first = wait_for(dreaming.deliver)
        os.kill(process_of(first), signal.SIGSTOP)
        wait_for(lambda: (new := dreaming.deliver()) and process_of(new) != process_of(first))
        assert not runs(process_of(first))
        assert dreaming.restarts == 1


def test_a_wish_that_no_process_can_bear_is_given_up():
    with dreamer() as dreaming:
        wait_for(dreaming.deliver)
        dreaming.turn(Knobs(batch=64))
        wait_for(lambda: dreaming.restarts)
        wait_for(dreaming.deliver)
        dreaming.check()


def test_processes_that_fail_at_once_are_tried_again():
    with dreamer(run=trips_at_first) as dreaming:
        wait_for(dreaming.deliver)
        assert dreaming.restarts == 2


def test_what_can_never_be_dreamt_is_told_with_words():
    with dreamer(run=has_no_such_model) as dreaming, pytest.raises(ContentError, match="nowhere"):
        wait_for(lambda: dreaming.check())
    assert dreaming.restarts == 0


def test_a_wish_that_cannot_be_fulfilled_is_logged_and_the_dream_goes_on(caplog):
    with caplog.at_level(logging.WARNING), dreamer() as dreaming:
        wait_for(dreaming.deliver)
        dreaming.begin("nowhere")
        wait_for(lambda: "goes on as before" in caplog.text)
        wait_for(dreaming.deliver)
        assert dreaming.restarts == 0


@pytest.mark.parametrize("state", ["dreaming", "stopped", "loading"])
def test_no_process_is_left_behind(state):
    with dreamer() as dreaming:
        if state == "loading":
            left = wait_for(lambda: dreaming._process and dreaming._process.pid)
        else:
            left = process_of(wait_for(dreaming.deliver))
        if state == "stopped":
            os.kill(left, signal.SIGSTOP)
    assert not runs(left)
