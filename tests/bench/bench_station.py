"""What visitors cost: from a touch to the changed target, and a picture's time with fifty phones that hammer.

python tests/bench/bench_station.py [seconds of each half]
"""

import asyncio
import json
import multiprocessing
import random
import sys
import time
from pathlib import Path
from statistics import median

import moderngl
from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).parents[1]))
from station import Browser, asked, dream, hear, opened_station, order_for, until

from installation.body import body
from installation.data import Frame, Look
from installation.render.renderer import Renderer

PHONES = 50
ROUNDS = 12
SIZE = (640, 360)


def crowd(port: int, codes: object, going: object) -> None:
    """Fifty phones that came in by codes; each hammers as fast as its page lets it while `going` is set."""

    async def phone(number: int) -> None:
        chance = random.Random(number)
        origin, code = f"http://127.0.0.1:{port}", await asyncio.to_thread(codes.get)
        async with connect(f"ws://127.0.0.1:{port}/ws", origin=origin, compression=None, open_timeout=None) as line:
            await line.send(json.dumps({"do": "hello", "few": True, "key": code}))
            reading = asyncio.create_task(read(line))
            while not reading.done():
                if going.is_set():
                    slide = {"do": "slide", "name": "stage.closeness", "share": chance.random()}
                    touch = {"do": "touch", "unit": chance.randrange(20_000)}
                    await line.send(json.dumps(chance.choice([slide, touch])))
                await asyncio.sleep(0.08 if going.is_set() else 0.2)

    async def read(line: object) -> None:
        async for _ in line:
            pass

    async def all_of_them() -> None:
        await asyncio.gather(*(phone(number) for number in range(PHONES)))

    asyncio.run(all_of_them())


def memory(pid: int) -> float:
    """Megabytes that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def pictures(renderer: Renderer, station: object, heard: object, seconds: float) -> list[float]:
    """CPU milliseconds of this process for each picture and everything that the station asks of it meanwhile."""
    took, end, number = [], time.monotonic() + seconds, 0
    while time.monotonic() < end:
        begun = time.process_time()
        station.acts({})
        place = number * 0.017 % 1
        renderer.draw(Frame(number, 4 * place, Look(), heard, None, place))
        renderer.gl.finish()
        hear(station, heard, place)
        took.append(1000 * (time.process_time() - begun))
        number += 1
    return took


def main(seconds: float) -> None:
    house, context = body("house"), multiprocessing.get_context("spawn")
    heard, going = dream(house), context.Event()
    with opened_station(order_for(house, host="0.0.0.0", address="http://127.0.0.1")) as station:
        hear(station, heard)
        with Browser(station.port) as browser:
            browser.wait(lambda b: b.you)
            took = []
            for turn in range(50):
                begun = time.monotonic()
                browser.say(do="touch", unit=100 * turn)
                asked(station, "target")
                took.append(1000 * (time.monotonic() - begun))
                time.sleep(0.05)
            browser.say(do="again")
        print(f"touch to changed target    {median(took):6.1f} ms median, {sorted(took)[47]:.1f} ms the 48th of 50")
        codes = context.Queue()
        guests = context.Process(target=crowd, args=(station.port, codes, going), daemon=True)
        guests.start()
        given = ""
        for _ in range(PHONES):
            given = until(lambda last=given: (code := station.seen.address.partition("#")[2]) != last and code)
            codes.put(given)
        with moderngl.create_context(standalone=True, backend="egl", require=330) as gl:
            renderer = Renderer(gl, house.layout, house.anatomy, SIZE)
            pictures(renderer, station, heard, 3.0)
            more, calm, held = [], 0.0, []
            for _ in range(ROUNDS):
                medians = []
                for wild in (False, True):
                    (going.set if wild else going.clear)()
                    time.sleep(0.5)
                    medians.append(median(pictures(renderer, station, heard, seconds)))
                calm, hammered = medians
                more.append(100 * (hammered / calm - 1))
                held.append(memory(station._process.pid))
        print(
            f"a picture's CPU            {calm:6.1f} ms; with {PHONES} phones {median(more):+.1f} %, of {ROUNDS} pairs"
        )
        print(f"their acts                 {'came' if guests.is_alive() else 'STOPPED: the phones were turned away'}")
        print(f"the station's memory       {held[0]:6.0f} MB after the first round, {held[-1]:.0f} MB after the last")
        guests.kill()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
