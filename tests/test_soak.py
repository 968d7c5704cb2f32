"""A hundredth of the hurried soak: everything goes wrong, the show goes on, and nothing is left open."""

import logging
import threading
from pathlib import Path

import pytest
from hurried import FAULTS, Hurry
from hurry_show import LOOPS, content
from museum import until

pytestmark = pytest.mark.alone


@pytest.fixture
def hurry(monkeypatch, tmp_path):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(content(tmp_path)))
    with Hurry(tmp_path, 5, pages=1) as hurry:
        yield hurry


def open_ends():
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))


def test_a_thousand_loops_with_every_fault_leave_nothing_behind(hurry, caplog):
    caplog.set_level(logging.CRITICAL)
    for _ in range(50):
        hurry.loop()
    until(lambda: hurry._station.port, 60.0)
    before = open_ends()
    for kind in FAULTS:
        hurry.fault(kind)
        for _ in range(10):
            hurry.loop()
    while hurry.loops < 1000:
        hurry.loop()
    told = hurry.told()
    assert told["scenes"] >= 1000 // LOOPS
    assert told["loops"] >= 999
    assert told["from the bank"] > 0
    assert set(hurry.faults) == set(FAULTS)
    until(lambda: hurry.told()["new pages"] == 1 and hurry._station.port, 60.0)
    assert open_ends() == before
