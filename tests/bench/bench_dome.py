"""How long does a dome of 8192 pixels take, at once and in tiles?    python tests/bench/bench_dome.py [MODEL [SIDE]]

All neurons lit, all effects. With a graphics card its own clock is asked (a timer query): at most 16 ms is wanted of
the picture drawn at once. Beside it CPU milliseconds over all threads, and the most memory that the process had.
"""

import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import process_time

import moderngl
import numpy as np
from bench_frame import music

from installation.body import body
from installation.data import Dome, Frame, Look
from installation.output import offscreen
from installation.render.mosaic import Mosaic
from installation.render.renderer import Renderer

ROUNDS, WARM = 5, 1
LIMIT = 16.0  # ms


def times(gl: moderngl.Context, work: Callable[[], object]) -> tuple[float, float]:
    """The medians of a round: milliseconds on the graphics card's clock, and on the CPU."""
    card, own = [], []
    for _ in range(WARM + ROUNDS):
        query = gl.query(time=True)
        start = process_time()
        with query:
            work()
        gl.finish()
        own.append(1e3 * (process_time() - start))
        card.append(query.elapsed / 1e6)
    return median(card[WARM:]), median(own[WARM:])


def main(name: str, side: int) -> None:
    """Print a line for each way."""
    shown = body(name)
    dream = music(shown.anatomy, 1.0, np.random.default_rng(0))
    frame = Frame(0, 0.0, replace(Look(), haze=0.3, pulses=1.0), dream, None, 0.3)
    gl = offscreen.context()
    print(f"{shown.anatomy.units:,} neurons, {side} x {side}, {gl.info['GL_RENDERER']}")
    print(f"limit: {LIMIT:g} ms by timer, drawn at once")
    made = (shown.layout, shown.anatomy, (side, side), Dome())
    for kind in (Renderer, Mosaic):
        maker = kind(gl, *made)
        draw = maker.draw if isinstance(maker, Renderer) else maker.picture
        card, own = times(gl, lambda draw=draw: draw(frame))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{kind.__name__:10} timer {card:9.1f} ms   CPU {own:9.1f} ms   {most:6.0f} MB at most")
        maker.release()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "house", int(sys.argv[2]) if len(sys.argv) > 2 else 8192)
