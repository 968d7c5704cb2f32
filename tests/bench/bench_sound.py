"""What does the sound cost, and how true is it?    python tests/bench/bench_sound.py [seconds]

Plays into the system's sound device; without one, only the first table means anything.
"""

import resource
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import numpy as np

from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target, Verdict
from installation.sound.board import Board
from installation.sound.feed import AHEAD, BLOCK, Feed
from installation.sound.mixing import Line, Seam, flow, prepared
from installation.sound.player import Player


def milliseconds(work, rounds=30, warm_up=3):
    """CPU time of each round, the first `warm_up` left out."""
    times = []
    for _ in range(warm_up + rounds):
        start = time.process_time()
        work()
        times.append(1e3 * (time.process_time() - start))
    return times[warm_up:]


def dream(seed, level=0.1, samples=4 * RATE, channels=2):
    noise = np.random.default_rng(seed).normal(0, level, (channels, samples)).astype(np.float32)
    scalogram = Scalogram(np.zeros((216, 192), np.float32), 40.0, 24, samples / RATE / 192)
    return Dream(seed, Clip(noise), Activations({}), scalogram, Target(()), 0.0, 0, Verdict(1.0, 0.5, 0.0))


def parts():
    quiet, loud = prepared(dream(0), 2), dream(1, level=0.5)
    other = prepared(dream(2), 2)
    against = prepared(Dream(3, Clip(-dream(0).clip.samples), *[getattr(loud, n) for n in SLOTS]), 2)
    line = Line(Seam(0, 0, quiet.length, 0), quiet, lambda: None)
    board = Board()
    feed = Feed(board, 2, RATE)
    feed.begin(0, 0, np.zeros((AHEAD, 2), np.float32))
    out = np.zeros((BLOCK, 2), np.float32)
    moment = SimpleNamespace(outputBufferDacTime=5.2, currentTime=5.0)
    block = line.read(BLOCK)

    def call():
        feed.write(block)
        feed.callback(out, BLOCK, moment, SimpleNamespace(output_underflow=False))

    feed.callback(out, BLOCK, moment, SimpleNamespace(output_underflow=False))
    yield "make a loop ready, 4 s stereo", partial(prepared, dream(0), 2)
    yield "the same, with the limiter at work", partial(prepared, loud, 2)
    yield "a seam between unrelated loops", partial(flow, quiet, 4 * RATE, other)
    yield "a seam between inverted loops", partial(flow, quiet, 4 * RATE, against)
    yield "render a second", lambda: [line.read(BLOCK) for _ in range(47)]
    yield "the callback, a second", lambda: [call() for _ in range(47)]
    board.close()


SLOTS = ("activations", "scalogram", "target", "score", "step", "verdict")


def live(seconds):
    begin = time.monotonic()
    with Player(dream(0)) as player:
        player.wait()
        opened = time.monotonic() - begin
        asked, apart = [], []
        while player.heard().seconds == 0:
            time.sleep(0.001)
        for number in range(1, 1000):
            if player.heard().seconds > seconds:
                break
            player.offer(dream(number % 8))
            loop = player.heard().loop
            while player.heard().loop == loop and player.heard().seconds < seconds:
                start = time.perf_counter()
                heard = player.heard()
                asked.append(1e6 * (time.perf_counter() - start))
                apart.append(1e3 * (heard.seconds - time.monotonic()))
                time.sleep(1 / 60)
        stat = Path(f"/proc/{player.process}/stat")
        ticks = sum(map(int, stat.read_text().split()[13:15])) if stat.exists() else 0
    print(f"{'open the device':38} {1e3 * opened:9.0f} ms" + ("   (silent)" if player.silent else ""))
    print(f"{'heard()':38} median {median(asked):8.1f} us   worst {max(asked):8.1f} us")
    print(f"{'the sound process, of one core':38} {ticks / 100 / seconds:9.1%} in {seconds:g} s")
    wander = np.array(apart) - median(apart)
    usual, worst = np.percentile(np.abs(wander), [99, 100])
    print(f"{'the place wanders by':38} 99 % {usual:10.2f} ms   worst {worst:8.2f} ms")
    print(f"{'blocks, underruns, restarts':38} {player.blocks} {player.underruns} {player.restarts}")


if __name__ == "__main__":
    for name, work in parts():
        times = milliseconds(work)
        print(f"{name:38} median {median(times):8.3f} ms   worst {max(times):8.3f} ms CPU")
    live(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
    print(f"{'memory of this process':38} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MiB")
