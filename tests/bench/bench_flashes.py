"""Do hostile shows pass a public checker once they are calmed, and how much light do they keep?

python tests/bench/bench_flashes.py [MODEL]     `tiny` by default; `house` takes half an hour
"""

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from iris_pse_detection.result import FlashResult
from strobes import LOOP, dream, play, strobe, watched

from installation.body import Body, body
from installation.data import Camera, Look
from installation.output import offscreen
from installation.render.renderer import Renderer
from installation.safety import Safety
from installation.settings import Guard

SIZE = (192, 108)
NEAR = Look(Camera(eye=(0.0, 0.0, 1.5)), size=1.4, glow=1.5, rest=0.02, haze=0.3)
RED = {"shallow": (1.0, 0.0, 0.0), "deep": (1.0, 0.0, 0.0), "shine": (1.0, 0.0, 0.0)}
GREEN = {"shallow": (0.0, 1.0, 0.0), "deep": (0.0, 1.0, 0.0), "shine": (0.0, 1.0, 0.0)}
DIM = replace(NEAR, exposure=-4.5, haze=0.0)  # brighter red would turn white


def even(seconds: float) -> Look:
    return NEAR


def switched(rate: float, **other):
    """A scene whose look changes so many times a second."""
    return lambda seconds: replace(NEAR, **other) if seconds * rate % 1.0 < 0.5 else NEAR


@dataclass(frozen=True)
class Case:
    name: str
    rate: int  # pictures a second
    dream: dict | None  # of `strobe`; None: all neurons answer all the time
    looks: object = even


CASES = [
    *(Case(f"dream, all of it, {hz:g} Hz, {fps} fps", fps, {"rate": hz})
      for hz, fps in ((2, 30), (3, 60), (4, 30), (5, 60), (7, 30), (8, 60), (10, 30), (11, 60), (15, 30), (15, 60))),
    *(Case(f"dream, {area:.0%} of it, {hz:g} Hz", 30, {"rate": hz, "area": area})
      for area, hz in ((0.2, 5), (0.25, 3), (0.35, 3), (0.5, 4), (0.7, 5), (0.85, 10))),
    *(Case(f"dream, checkerboard of {n}, {hz:g} Hz", 30, {"rate": hz, "squares": n})
      for n, hz in ((2, 3), (3, 5), (4, 6))),
    *(Case(f"dream, short flashes, {hz:g} Hz", 60, {"rate": hz, "duty": 0.2}) for hz in (3, 5)),
    *(Case(f"exposure, {hz:g} Hz, {fps} fps", fps, None, switched(hz, exposure=-6.0))
      for hz, fps in ((3, 30), (8, 60), (15, 30))),
    *(Case(f"fade, {hz:g} Hz", 30, None, switched(hz, fade=0.0)) for hz in (2, 5, 12)),
    Case("glow and exposure of a strobing dream, 4 Hz", 30, {"rate": 6}, switched(4, exposure=-4.0)),
    Case("camera here and there, 5 Hz", 30, None, switched(5, camera=Camera(eye=(0.0, 0.0, 9.0)))),
    Case("size, 4 Hz", 30, None, switched(4, size=0.2)),
    Case("red and green, 5 Hz", 30, None, lambda t: replace(DIM, **(RED if t * 5 % 1 < 0.5 else GREEN))),
    Case("red and black, 3 Hz", 60, None, lambda t: replace(DIM, fade=float(t * 3 % 1 < 0.5), **RED)),
    Case("red neurons, 2.5 Hz", 30, {"rate": 2.5}, lambda t: replace(DIM, exposure=-3.5, **RED)),
]  # fmt: skip


def played(case: Case, shown: Body, renderer: Renderer, guarded: bool):
    safety = Safety(shown.anatomy, shown.layout, SIZE, None, LOOP, Guard())
    answers = strobe(shown.layout, **(case.dream or {"rate": 0.0}))
    dreams = [dream(shown.anatomy, answers, number) for number in range(2)]
    began = time.process_time()
    film = play(renderer, safety if guarded else None, dreams, case.looks, case.rate)
    return watched(film, SIZE, case.rate, safety.fields), time.process_time() - began


if __name__ == "__main__":
    shown = body(sys.argv[1] if len(sys.argv) > 1 else "tiny")
    failed = passed = 0
    with offscreen.context() as gl:
        renderer = Renderer(gl, shown.layout, shown.anatomy, SIZE)
        for case in CASES:
            (raw, _), (calm, seconds) = (played(case, shown, renderer, guarded) for guarded in (False, True))
            fails = raw.result >= FlashResult.ExtendedFail
            good = calm.result == FlashResult.Pass and calm.mean >= 0.5 * raw.mean
            failed, passed = failed + fails, passed + (fails and good)
            print(
                f"{case.name:48} {raw.result.name:>15} -> {calm.result.name:15} light kept {calm.mean / raw.mean:5.0%}"
                f"   {seconds:5.1f} CPU s{'' if good or not fails else '   <-- not good enough'}", flush=True,
            )  # fmt: skip
    print(f"{failed} cases fail the checker as they came; {passed} of them pass it once calmed, with half their light")
