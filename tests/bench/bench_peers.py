"""How fast is the picture beside what others offer for many points?    python tests/bench/bench_peers.py FOLDER [MODEL]

The others are no part of the project. Put them where they are in nobody's way, and name that folder:

    pip install --target FOLDER --no-deps vispy freetype-py hsluv kiwisolver pygfx pylinalg rendercanvas wgpu uharfbuzz

All draw the same neurons, all lit, at 1280x720 and deliver an array, each in a process of its own; rounds go in turns,
so that what else the machine does meets all alike. Milliseconds, CPU of all threads and by the clock, medians. pygfx
draws through Vulkan: without a graphics card that needs lavapipe (Debian: mesa-vulkan-drivers).
"""

import multiprocessing
import os
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np

SIZE = (1280, 720)
ROUNDS = 15
WARM_UP = 3
AWAY = 2.6  # of the camera, in radii of the body
ANGLE = 45.0  # degrees of view, vertically

Draw = Callable[[int], np.ndarray]  # the number of a round -> [height, width, colours] uint8


def body(model: str):
    from installation.content import find
    from installation.layout.store import load

    return load(find("layouts", f"{model}.npz"))


def flat(model: str) -> tuple[np.ndarray, float]:
    """Where the neurons fall, [units, 2] in -1..1 of the picture's height, and their radius at rest, pixels."""
    from installation.render.particles import FACE, spacing

    layout = body(model)
    scale = 1 / (AWAY * np.tan(np.radians(ANGLE) / 2))
    return layout.positions[:, :2] * scale, FACE * spacing(layout) * scale * SIZE[1] / 2


def widths(radius: float, level: np.ndarray) -> np.ndarray:
    """How wide the points are that this project draws for neurons that answer so much, pixels."""
    drawn = np.maximum(radius * (1 + 0.9 * level), 0.8)
    return (2 * (drawn + np.maximum(0.8, 0.22 * drawn))).astype(np.float32)


def answers(units: int) -> np.ndarray:
    """How each neuron answers in 16 rounds, [16, units] 0..1."""
    return np.random.default_rng(0).random((16, units), np.float32)


def ours(model: str, half: bool = False) -> Draw:
    from bench_frame import music

    from installation.data import Camera, Frame, Look
    from installation.listen import anatomy as ear
    from installation.output import offscreen
    from installation.render.renderer import Renderer

    anatomy = ear.anatomy(ear.read(model))
    dream = music(anatomy, 1.0, np.random.default_rng(0))
    look = Look(camera=Camera(eye=(0.0, 0.0, AWAY), angle=ANGLE))
    renderer = Renderer(offscreen.context(), body(model), anatomy, SIZE, half=half)

    def draw(number: int) -> np.ndarray:
        renderer.draw(Frame(number, 0.0, look, dream, None, (number % 16) / 16))
        return renderer.read()

    return draw


def ours_half(model: str) -> Draw:
    return ours(model, half=True)


def bare(model: str) -> Draw:
    """What the original used: points of eight bits straight into the picture, without glow."""
    from vispy import app, gloo

    app.use_app("egl")
    canvas = app.Canvas(size=SIZE, show=False)
    places, radius = flat(model)
    program = gloo.Program(
        """
        attribute vec2 place; attribute float answer; uniform vec2 scale; uniform float radius; varying vec3 colour;
        void main() {
            gl_Position = vec4(place * scale, 0.0, 1.0);
            float drawn = max(radius * (1.0 + 0.9 * answer), 0.8);
            gl_PointSize = 2.0 * (drawn + max(0.8, 0.22 * drawn));
            colour = vec3(0.2, 0.5, 1.0) * (0.2 + 0.8 * answer);
        }
        """,
        """
        varying vec3 colour;
        void main() {
            float away = length(2.0 * gl_PointCoord - 1.0);
            gl_FragColor = vec4(colour * (1.0 - smoothstep(0.7, 1.0, away)), 1.0);
        }
        """,
    )
    levels = answers(len(places))
    program["place"] = places.astype(np.float32)
    program["answer"] = gloo.VertexBuffer(levels[0])
    program["scale"], program["radius"] = (SIZE[1] / SIZE[0], 1.0), radius
    target = gloo.FrameBuffer(gloo.Texture2D((SIZE[1], SIZE[0], 4)))

    def draw(number: int) -> np.ndarray:
        canvas.set_current()
        with target:
            gloo.set_viewport(0, 0, *SIZE)
            gloo.set_state(blend=True, depth_test=False, blend_func=("one", "one"))
            gloo.clear("black")
            program["answer"].set_data(levels[number % 16])
            program.draw("points")
            return gloo.read_pixels((0, 0, *SIZE), alpha=False)

    return draw


def markers(model: str) -> Draw:
    from vispy import app, scene

    app.use_app("egl")
    canvas = scene.SceneCanvas(size=SIZE, show=False, bgcolor="black")
    places, radius = flat(model)
    middle = (places * (1, -1) + (SIZE[0] / SIZE[1], 1)) * SIZE[1] / 2
    points = scene.visuals.Markers(parent=canvas.scene)
    points.set_gl_state(blend=True, depth_test=False, blend_func=("one", "one"))
    levels = answers(len(places))

    def draw(number: int) -> np.ndarray:
        level = levels[number % 16]
        colours = np.array([0.2, 0.5, 1.0, 1.0]) * (0.2 + 0.8 * level[:, None])
        points.set_data(middle, size=widths(radius, level), face_color=colours, edge_width=0)
        return canvas.render(alpha=False)

    return draw


def pygfx_points(model: str) -> Draw:
    import pygfx
    from rendercanvas.offscreen import OffscreenRenderCanvas

    canvas = OffscreenRenderCanvas(size=SIZE, pixel_ratio=1)
    renderer = pygfx.renderers.WgpuRenderer(canvas, pixel_ratio=1)
    places, radius = flat(model)
    levels = answers(len(places))
    geometry = pygfx.Geometry(
        positions=np.pad(places, ((0, 0), (0, 1))).astype(np.float32),
        sizes=widths(radius, levels[0]),
        colors=np.ones((len(places), 4), np.float32),
    )
    material = pygfx.PointsMaterial(size_mode="vertex", color_mode="vertex", alpha_mode="add")
    scene = pygfx.Scene().add(pygfx.Points(geometry, material))
    camera = pygfx.OrthographicCamera(2 * SIZE[0] / SIZE[1], 2)
    canvas.request_draw(lambda: renderer.render(scene, camera))

    def draw(number: int) -> np.ndarray:
        level = levels[number % 16]
        geometry.colors.data[:, :3] = np.array([0.2, 0.5, 1.0]) * (0.2 + 0.8 * level[:, None])
        geometry.sizes.data[:] = widths(radius, level)
        geometry.colors.update_full()
        geometry.sizes.update_full()
        return np.asarray(canvas.draw())

    return draw


WAYS = {
    "bare 8-bit points, vispy.gloo": bare,
    "this project": ours,
    "this project, light at half": ours_half,
    "vispy Markers": markers,
    "pygfx": pygfx_points,
}


def stand(connection: Connection, way: Callable[[str], Draw], folder: str, model: str) -> None:
    """The process of one way: draws whenever it is asked, and tells how long that took; a text if it cannot."""
    sys.path += [folder, str(Path(__file__).parent)]
    os.environ.setdefault("EGL_PLATFORM", "surfaceless")  # vispy would ask for a screen
    try:
        draw = way(model)
        connection.send(np.asarray(draw(0))[..., :3].mean())
    except Exception as error:  # whatever others raise, the rest is measured
        connection.send(f"{type(error).__name__}: {error}")
        return
    while (number := connection.recv()) is not None:
        clock, processor = perf_counter(), process_time()
        draw(number)
        connection.send((1e3 * (process_time() - processor), 1e3 * (perf_counter() - clock)))


def main(folder: str, model: str = "ear") -> None:
    context = multiprocessing.get_context("spawn")
    standing: dict[str, Connection] = {}
    for name, way in WAYS.items():
        here, there = context.Pipe()
        context.Process(target=stand, args=(there, way, folder, model), daemon=True).start()
        answer = here.recv()
        if isinstance(answer, str):
            print(f"{name:32} left out: {answer}")
        else:
            standing[name] = here
            print(f"{name:32} draws, mean {answer:.1f} of 255")
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in standing}
    for number in range(WARM_UP + ROUNDS):
        for name, connection in standing.items():
            connection.send(number)
            times[name].append(connection.recv())
    for connection in standing.values():
        connection.send(None)
    least = {name: [median(part) for part in zip(*found[WARM_UP:], strict=True)] for name, found in times.items()}
    reference = least.get("bare 8-bit points, vispy.gloo", [float("nan")] * 2)
    print(f"\n{'':32}{'CPU ms':>10}{'clock ms':>10}{'of bare, CPU':>14}{'clock':>8}")
    for name, (cpu, clock) in least.items():
        print(f"{name:32}{cpu:10.1f}{clock:10.1f}{cpu / reference[0]:14.2f}{clock / reference[1]:8.2f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(*sys.argv[1:])
    else:
        print("left out: the others are in no folder yet; see the first lines of this file")
