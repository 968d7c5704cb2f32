"""Threads end well, and their errors come home; the newest value in a mailbox wins."""

import threading

import pytest

from installation.errors import WorkerStuck
from installation.mailbox import Mailbox
from installation.worker import Worker

pytestmark = pytest.mark.alone


def test_the_newest_value_wins():
    box: Mailbox[int] = Mailbox()
    box.post(1)
    box.post(2)
    assert box.take() == 2
    assert box.take() is None


def test_leaving_the_block_ends_the_thread():
    running = threading.Event()
    with Worker("steps", running.set) as worker:
        assert running.wait(5)
    assert worker.stopping
    assert not any(thread.name == "steps" for thread in threading.enumerate())


def test_its_error_comes_home():
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Worker("fails", fail):
        pass


def test_the_blocks_own_error_is_the_one_seen():
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(KeyError), Worker("fails", fail):
        raise KeyError


def test_a_thread_that_hangs_is_named():
    release = threading.Event()
    with pytest.raises(WorkerStuck, match="hangs did not stop"), Worker("hangs", release.wait, patience=0.05):  # type: ignore[arg-type]
        pass
    release.set()


def test_a_rest_ends_when_the_block_is_left():
    def rest() -> None:
        worker.rest(60)

    worker = Worker("rests", rest, patience=5)
    with worker:
        pass
