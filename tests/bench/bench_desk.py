"""How fast the operator's desk draws the whole body of 34 392 neurons, and how soon it is there.

python tests/bench/bench_desk.py [model]
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from pages import chromium, playing

from installation.body import body

SCREENS = ((1280, 800), (1920, 1080))
SECONDS = 5
COUNT = """seconds => new Promise(done => {
    let pictures = 0; const begun = performance.now(), draw = desk.stage.picture.draw;
    desk.stage.picture.draw = function (light) { pictures++; draw.call(this, light) };
    setTimeout(() => { desk.stage.picture.draw = draw; done(1000 * pictures / (performance.now() - begun)) },
               1000 * seconds) })"""
DRAWING = """() => { const { stage } = desk, light = stage.memory.light, begun = performance.now();
    for (let n = 0; n < 10; n++) stage.picture.draw(light); return (performance.now() - begun) / 10 }"""
NEAR = "() => { desk.stage.view.fit(); desk.stage.view.zoom(300, 200, 12) }"


def spent() -> float:
    """CPU seconds of all of the browser's processes, which this one has started by way of Playwright."""
    known: dict[int, tuple[int, float, str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue  # it has just ended
        fields = rest.split()
        known[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"), name

    def ours(process: int) -> bool:
        return process == os.getpid() or (process in known and ours(known[process][0]))

    return sum(time for number, (_, time, name) in known.items() if name.startswith("chrom") and ours(number))


def main(model: str) -> None:
    """Print frames a second, milliseconds of one drawing, first paint, for every screen, far and near."""
    whole = body(model)
    print(f"{whole.anatomy.units:,} neurons of {model}")
    print("screen       view   pictures/s   CPU ms a picture, all of the browser   ms a drawing   first paint, ms")
    with playing(whole) as station, chromium() as browser:
        for wide, high in SCREENS:
            page = browser.new_context(viewport={"width": wide, "height": high}).new_page()
            page.set_default_timeout(90_000)
            page.goto(f"http://127.0.0.1:{station.port}/desk")
            page.wait_for_function("() => globalThis.desk?.stage.memory.thoughts.size > 0 && desk.known.now")
            time.sleep(1)
            paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            for view, how in (("far", "() => desk.stage.view.fit()"), ("near", NEAR)):
                page.evaluate(how)
                before, rate = spent(), page.evaluate(COUNT, SECONDS)
                cost, drawing = 1000 * (spent() - before) / max(1.0, rate * SECONDS), page.evaluate(DRAWING)
                print(f"{wide:4} x {high:4}  {view:4} {rate:12.1f} {cost:38.1f} {drawing:14.1f} {paint:17.0f}")
            page.context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "paper")
