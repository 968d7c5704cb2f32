"""Somebody at three pages of the station who never stops and never thinks: does the show come back when they leave?

python tests/bench/monkey.py [MINUTES] [SEED] [MODEL]

The real show, and real browsers: touches, drags, keys, held buttons, sliders, resized windows, lost networks, reloads,
pages closed and opened, sounds lent. Then nobody moves any more. Wanted: nobody of the show has died, no page has
complained, the station's memory is flat (but for loops to take home, which may hold 96 MB), and after the patience of
45 s nothing of it all is left: no place is touched, no parameter held, the start clip is the show's, and every page
invites its next visitor.
"""

import contextlib
import json
import random
import sys
import tempfile
import time
import wave
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import pages
from evening import Evening, content
from pages import PHONE, SELDOM, SMALL, UPRIGHT
from playwright.sync_api import Browser, Error, Page
from test_lending import hum

PATIENCE = 45.0  # seconds of the settings
LATE = 15.0  # seconds more for a machine that has much to do
KEYS = [
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "Tab",
    "Shift+Tab",
    "Enter",
    "Space",
    "Escape",
    "Home",
    "End",
]
SIZES = [SMALL, PHONE, UPRIGHT, {"width": 320, "height": 480}, {"width": 900, "height": 300}]
OFFLINE = (0.2, 4.0)  # seconds without a network
PAUSES = (0.0, 0.15)  # seconds between two deeds
SETTINGS = """\
[picture]
size = [160, 90]
frame_rate = 30
[sound]
device = "none"
[osc]
on = false
[station]
port = 0
microphone = true
"""


class Monkey:
    """One at one page, which it closes now and then. `complaints` are what its pages say in their consoles."""

    def __init__(self, browser: Browser, address: str, chance: random.Random) -> None:
        self._browser, self._address, self._chance = browser, address, chance
        self.did: Counter[str] = Counter()
        self.complaints: list[str] = []
        self._offline = 0.0  # until when
        self._page = self._opened()
        kinds = {
            self.touch: 12, self.drag: 6, self.key: 10, self.press: 10, self.slide: 6, self.hold: 3, self.resize: 2,
            self.lose: 1, self.reload: 1, self.leave: 1, self.lend: 1,
        }  # fmt: skip
        self._kinds, self._weights = list(kinds), list(kinds.values())

    def act(self) -> None:
        """One deed; a page that is just being loaded may refuse it."""
        if self._offline and time.monotonic() > self._offline:
            self._page.context.set_offline(False)
            self._offline = 0.0
        deed = self._chance.choices(self._kinds, self._weights)[0]
        try:
            deed()
            self.did[deed.__name__] += 1
        except Error:
            self.did["refused"] += 1
        time.sleep(self._chance.uniform(*PAUSES))

    def rest(self) -> Page:
        """Nothing more, with the network back and every key let go."""
        self._page.context.set_offline(False)
        with contextlib.suppress(Error):
            self._page.mouse.up()
        return self._page

    def touch(self) -> None:
        self._page.mouse.click(*self._place())

    def drag(self) -> None:
        self._page.mouse.move(*self._place())
        self._page.mouse.down()
        self._page.mouse.move(*self._place(), steps=self._chance.randint(2, 8))
        if self._chance.random() < 0.9:  # else it forgets to let go
            self._page.mouse.up()

    def key(self) -> None:
        self._page.keyboard.press(self._chance.choice(KEYS))

    def press(self) -> None:
        """Any button there is, as a screen reader would."""
        many = self._page.evaluate("document.querySelectorAll('button').length")
        script = "n => document.querySelectorAll('button')[n]?.click()"
        self._page.evaluate(script, self._chance.randrange(max(1, many)))

    def slide(self) -> None:
        turn = "s.value = v; s.dispatchEvent(new Event('input'))"
        script = f"([n, v]) => {{ const s = document.querySelectorAll('input')[n]; if (s) {{ {turn} }} }}"
        self._page.evaluate(script, [self._chance.randrange(2), self._chance.random()])

    def hold(self) -> None:
        self._page.locator("#compare").hover(timeout=500)
        self._page.mouse.down()
        time.sleep(self._chance.uniform(0, 0.5))
        self._page.mouse.up()

    def resize(self) -> None:
        self._page.set_viewport_size(self._chance.choice(SIZES))

    def lose(self) -> None:
        self._page.context.set_offline(True)
        self._offline = time.monotonic() + self._chance.uniform(*OFFLINE)

    def reload(self) -> None:
        self._page.reload(wait_until="commit", timeout=5_000)

    def leave(self) -> None:
        self._page.context.close()
        self._offline = 0.0
        self._page = self._opened()

    def lend(self) -> None:
        self._page.evaluate("document.querySelector('#lend').click(), document.querySelector('#lend-yes').click()")

    def _place(self) -> tuple[float, float]:
        size = self._page.viewport_size or SMALL
        return self._chance.uniform(0, size["width"]), self._chance.uniform(0, size["height"])

    def _opened(self) -> Page:
        page = self._browser.new_context(
            viewport=self._chance.choice(SIZES), has_touch=self._chance.random() < 0.5, permissions=["microphone"]
        ).new_page()
        page.add_init_script(SELDOM)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self._address, wait_until="commit", timeout=60_000)
        return page


def memory(evening: Evening) -> float:
    """Megabytes of the station's process."""
    found = evening.processes("_pydantic_core")
    pids = [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes() and serves(pid)]
    return max((int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6 for pid in pids), default=0.0)


def serves(pid: int) -> bool:
    """Whether a process has the web server in it, and no network of neurons."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    return "argon2" in maps and "libtorch" not in maps


def main(minutes: float, seed: int, model: str) -> bool:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sound = folder / "hum.wav"
        with wave.open(str(sound), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(hum(48_000, seconds=8.0).tobytes())
        flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={sound}"]
        run = ["evening", "--model", model, "--headless"]
        with (
            Evening(folder, *run, own=content(folder), settings=SETTINGS) as evening,
            pages.chromium(*flags) as browser,
        ):
            evening.until(lambda: evening.status().get("station_port"), 240.0)
            address = f"http://127.0.0.1:{evening.status()['station_port']}/"
            monkeys = [Monkey(browser, address, random.Random(seed + number)) for number in range(3)]
            end, held, told = time.monotonic() + 60 * minutes, [], 0.0
            while time.monotonic() < end:
                for monkey in monkeys:
                    monkey.act()
                if time.monotonic() - told > 30.0:
                    told = time.monotonic()
                    held.append(memory(evening))
            left = [monkey.rest() for monkey in monkeys]
            begun, kept = time.monotonic(), dict[str, object]()

            def back() -> bool:
                newest = max(evening.run.glob("take-*/loops.jsonl"))  # a long run has several takes
                lent = json.loads(newest.read_text().splitlines()[-1]).get("lent")
                status = evening.status()
                kept.update(visitors=status["visitors"], hands=status["held_by_hands"], lent=lent)
                return not any(kept.values())

            try:
                evening.until(back, PATIENCE + LATE)
            except AssertionError:
                print(f"not given back: {kept}")
                return False
            took = time.monotonic() - begun
            invited = sum("Touch the body" in page.locator("#here").inner_text() for page in left)
            status = evening.status()
            did = sum((monkey.did for monkey in monkeys), Counter())
            complaints = [one for monkey in monkeys for one in monkey.complaints]
            takes = [path.read_text() for path in sorted(evening.run.glob("take-*/hands.jsonl"))]
            acts = Counter(json.loads(line)["does"] for take in takes for line in take.splitlines())
            words = evening.words()
            said = [line.strip() for line in words.splitlines() if "ERROR" in line]
            if "Traceback" in words:
                said.append(words[words.index("Traceback") :][:2000])
    third = max(1, len(held) // 3)
    print(f"deeds             {did.total()} in {minutes:g} minutes: {dict(did.most_common())}")
    print(f"acts in the take  {dict(acts.most_common())}")
    print(f"the show          back after {took:.1f} s of {PATIENCE:g}; {invited} of {len(left)} pages invite anew")
    print(f"restarts          station {status['station_restarts']}, dreamer {status['optimiser_restarts']}")
    print(f"station's memory  {max(held[:third]):.0f} MB in the first third, {max(held[-third:]):.0f} MB in the last")
    print(f"complaints        pages {len(complaints)} {complaints[:3]}, show {len(said)} {said[:3]}")
    well = not (complaints or said or status["station_restarts"] or status["optimiser_restarts"])
    return well and took <= PATIENCE + LATE and invited == len(left)


if __name__ == "__main__":
    given = sys.argv[1:]
    minutes, seed, model = (
        (float(given[0]) if given else 10.0),
        int(given[1]) if given[1:] else 1,
        (given[2:] or ["tiny"])[0],
    )
    sys.exit(not main(minutes, seed, model))
