"""Ableton Link: another musician in the network leads, while there is one."""

import subprocess
import sys
import time

import numpy as np
import pytest
from museum import until
from test_midi_jack import jack  # noqa: F401

from installation.control.ableton import Link

pytestmark = pytest.mark.alone

OLDER = 1.5  # seconds; of two sessions less than half a second apart in age, Link takes either
PEER = """
import sys, asyncio, aalink
async def join():
    link = aalink.Link(float(sys.argv[1]))
    link.quantum, link.enabled = 4, True
    return link
link = asyncio.run(join())
for line in sys.stdin:
    if line.strip():
        link.tempo = float(line)
    print(link.num_peers, link.tempo, link.phase, flush=True)
"""


@pytest.fixture
def musician():
    """Another musician in the same network: a process of its own with Ableton's own code."""
    pytest.importorskip("aalink", reason="Ableton Link comes with: pip install 'immersions[link]'")
    process = subprocess.Popen(
        [sys.executable, "-c", PEER, "128"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(tempo=""):
        process.stdin.write(f"{tempo}\n")
        process.stdin.flush()
        return [float(number) for number in process.stdout.readline().split()]

    yield ask
    process.kill()
    process.communicate()


def test_link_leads_while_there_is_another_musician(musician):
    musician()
    time.sleep(OLDER)
    link = Link(120.0)
    try:
        assert link.beat(0.0) is None
        until(lambda: link.others >= 1, 60)
        until(lambda: link.beat(0.0).tempo == pytest.approx(128, abs=0.01), 60)
        apart = []
        for _ in range(20):
            before = time.monotonic()
            _, _, phase = musician()
            now = (before + time.monotonic()) / 2
            apart.append((link.beat(now).at(now) - phase + 2) % 4 - 2)
        assert abs(np.median(apart)) < 0.02  # beats
        musician("133.5")
        until(lambda: link.beat(0.0).tempo == pytest.approx(133.5, abs=0.01), 60)
    finally:
        link.leave()
    assert link.beat(0.0) is None
