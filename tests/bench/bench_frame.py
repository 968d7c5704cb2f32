"""How long does a frame take, part by part?    python tests/bench/bench_frame.py [MODEL]

CPU milliseconds over all threads, on whatever driver is there (llvmpipe without a graphics card).
The budgets at 1280x720 are 75 for all neurons lit and 35 for a tenth of them.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import process_time

import numpy as np

from installation.content import find
from installation.data import RATE, Activations, Anatomy, Camera, Clip, Dream, Frame, Look, Scalogram, Target
from installation.layout.store import load
from installation.listen import anatomy as ear
from installation.output import offscreen
from installation.render import activity
from installation.render.renderer import Renderer

SIZES = ((640, 360), (1280, 720), (1920, 1080))
ROUNDS = 15
FRAMES = 192


def music(anatomy: Anatomy, lit: float, rng: np.random.Generator) -> Dream:
    """A dream in which this share of all neurons answers at any time, as loud as music makes them."""
    layers = {}
    for layer in anatomy:
        shape = (layer.channels, layer.bins, FRAMES // layer.stride)
        answer = rng.gamma(1.5, 1.0, shape) * (rng.random(shape[:2]) < lit)[..., None]
        layers[layer.name] = answer.astype(np.float16)
    clip = Clip(np.zeros((1, FRAMES * RATE // 48), np.float32))
    heard = Scalogram(np.zeros((216, FRAMES), np.float32), 40.0, 24, 1 / 48)
    return Dream(0, clip, Activations(layers), heard, Target(()), score=0.0, step=0)


def milliseconds(work: Callable[[], object], finish: Callable[[], None], rounds: int = ROUNDS) -> float:
    """The median CPU time of a round; three to warm up are left out."""
    times = []
    for _ in range(rounds + 3):
        start = process_time()
        work()
        finish()
        times.append(1e3 * (process_time() - start))
    return median(times[3:])


def main(name: str) -> None:
    anatomy = ear.anatomy(ear.read(name))
    layout = load(find("layouts", f"{name}.npz"))
    gl, rng = offscreen.context(), np.random.default_rng(0)
    dreams = {share: music(anatomy, share, rng) for share in (1.0, 0.1)}
    print(f"{anatomy.units:,} neurons, {gl.info['GL_RENDERER']}, CPU ms per frame")
    print("limits at 1280x720: 75 with all lit, 35 with a tenth")
    made = milliseconds(lambda: activity.light(dreams[1.0], anatomy), gl.finish, 5)
    print(f"light of a dream {made:.0f}, once per loop and on any thread")
    look = Look(camera=Camera(eye=(0.0, 0.0, 2.6)))
    plain = replace(look, haze=0.0)
    cases = {
        "all lit": (dreams[1.0], look),
        "a tenth lit, rest dark": (dreams[0.1], replace(look, rest=0.0)),
        "all lit, with the ring": (dreams[1.0], replace(look, ring=1.0)),
        "no haze, no threads": (dreams[1.0], plain),
        "nothing lit, passes only": (dreams[1.0], replace(plain, rest=0.0, glow=0.0)),
    }
    print(f"{'':26}" + "".join(f"{w}x{h}".rjust(12) for w, h in SIZES))
    renderers = [Renderer(gl, layout, anatomy, size) for size in SIZES]
    for title, (dream, seen) in cases.items():
        frame = Frame(0, 0.0, seen, dream, None, 0.3)
        times = [milliseconds(lambda r=r, f=frame: r.draw(f), gl.finish) for r in renderers]
        print(f"{title:26}" + "".join(f"{time:12.1f}" for time in times))
    seam = Frame(0, 0.0, look, dreams[1.0], dreams[0.1], 0.02)
    times = [milliseconds(lambda r=r: r.draw(seam), gl.finish) for r in renderers]
    print(f"{'all lit, at the seam':26}" + "".join(f"{time:12.1f}" for time in times))
    times = [milliseconds(r.read, gl.finish) for r in renderers]
    print(f"{'read back':26}" + "".join(f"{time:12.1f}" for time in times))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "ear")
