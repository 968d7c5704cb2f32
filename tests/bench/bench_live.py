"""Does everything together keep up?    python tests/bench/bench_live.py [seconds] [model]

Plays the show headless at 720p on two processors into a sound server of its own that records it, once while dreaming
and once with the optimiser stopped, and compares with what was promised.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from evening import Evening
from museum import Recorder, find, open_museum

from installation.control.parameters import defaults
from installation.data import RATE
from installation.listen import ear
from installation.stage import Show
from installation.take import Take
from installation.workshop.filming import Projection

AGREED = RATE  # samples that must be the same in a row to call a place found


def evening(folder, seconds, model, dreaming):
    """One run of the default show; its last status, its take and what was recorded."""
    folder.mkdir()
    (folder / "sound").mkdir()
    with open_museum(folder / "sound") as server, Recorder(server, folder / "heard") as recorder:
        arguments = ("--model", model, "--headless", "--seconds", str(seconds))
        with Evening(folder, *arguments, own=None) as show:
            os.sched_setaffinity(show.process.pid, sorted(os.sched_getaffinity(0))[:2])
            if not dreaming:
                show.until(lambda: show.processes("libtorch_cpu"))
                os.kill(show.processes("libtorch_cpu")[0], signal.SIGSTOP)
            show.process.wait(seconds + 60)
            show.end()
            return show.status(), show.run / "take-0001", recorder.samples(), show.words()


def captured(take, model, heard):
    """Samples in a row that were recorded exactly as the take renders them, and seconds that were compared."""
    found = Take.read(take)
    show = Show.load("immersions", defaults(), ear.load(model).anatomy, None, found.header.seed)
    projection = Projection(found, show, ear.load(model))
    whole = projection.sound(0, round(found.seconds * RATE)).T  # [samples, speakers]
    start = int(np.flatnonzero(np.abs(whole[:, 0]) > 0.01)[0]) + RATE // 2  # well inside the first loop
    try:
        at = find(whole[start : start + AGREED], heard)
    except AssertionError:
        return 0, len(whole)
    one, other = whole[start:], heard[at:]
    length = min(len(one), len(other)) - RATE // 2  # at the end the show fades out, the take does not
    differ = np.flatnonzero((one[:length] != other[:length]).any(axis=1))
    return (int(differ[0]) if len(differ) else length), length


def steps_per_loop(take):
    """Steps between the dreams of one loop and the next, on average after the first dream."""
    loops = [loop for loop in Take.read(take).loops if loop.step]
    return (loops[-1].step - loops[0].step) / max(1, loops[-1].loop - loops[0].loop) if len(loops) > 1 else 0.0


def table(busy, idle, steps, same, compared):
    ratio = busy["frame_ms_p99"] / idle["frame_ms_p99"] if idle else float("nan")
    return [
        ("first picture, s", busy["seconds_to_first_picture"], "<= 2", busy["seconds_to_first_picture"] <= 2),
        ("first own dream, s", busy["seconds_to_first_dream"], "<= 20", (busy["seconds_to_first_dream"] or 99) <= 20),
        ("frames a second", busy["frames"] / busy["seconds"], ">= 10", busy["frames"] / busy["seconds"] >= 10),
        ("steps a loop", steps, ">= 10", steps >= 10),
        ("CPU seconds a step", busy["cpu_seconds_per_step"], "<= 0.25", busy["cpu_seconds_per_step"] <= 0.25),
        ("underruns", busy["underruns"], "0", busy["underruns"] == 0),
        ("captured bit-exact, s", same / RATE, f"{compared / RATE:.1f}", same == compared),
        ("frame time p99, ms", busy["frame_ms_p99"], "", True),
        ("the same without dreaming, ms", idle.get("frame_ms_p99", float("nan")), "", True),
        ("ratio of the two", ratio, "<= 2", ratio <= 2),
        ("place apart, median, ms", busy["apart_ms_median"], "<= 20", busy["apart_ms_median"] <= 20),
        ("place apart, p99, ms", busy["apart_ms_p99"], "<= 40", busy["apart_ms_p99"] <= 40),
    ]


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    model = sys.argv[2] if len(sys.argv) > 2 else "ear"
    with tempfile.TemporaryDirectory() as name:
        os.environ["IMMERSIONS_CACHE"] = f"{name}/cache"
        os.environ["IMMERSIONS_STATE"] = f"{name}/state"
        ear.load(model)  # an ear that was never measured is measured now, and not while the show begins
        busy, take, heard, words = evening(Path(name) / "busy", seconds, model, dreaming=True)
        steps, (same, compared) = steps_per_loop(take), captured(take, model, heard)
        idle, *_ = evening(Path(name) / "idle", min(seconds, 20.0), model, dreaming=False)
    print(f"{'':32} {'measured':>10} {'limit':>8}   load {os.getloadavg()[0]:.1f}")
    print({key: busy[key] for key in ("frames", "dreams", "seconds", "frame_ms_median", "loop", "optimiser_restarts")})
    print({key: idle[key] for key in ("frames", "seconds", "frame_ms_median")}, words[-400:].strip())
    for what, measured, limit, kept in table(busy, idle, steps, same, compared):
        print(f"{what:32} {measured:10.2f} {limit:>8}   {'' if kept else 'MISSED'}")
