"""Do hands answer at once, and does a storm of messages cost a frame?    python tests/bench/bench_hands.py [seconds]

Hands turn a parameter over OSC, from a process of their own, and over MIDI: does the next frame have it? Then both send
1000 messages a second for a minute while pictures are drawn, between rounds of calm, so that what else the machine does
meets both alike. Beside a whole frame stands what hands cost the thread that draws.
"""

import multiprocessing
import random
import statistics
import sys
import time
from pathlib import Path

import moderngl

sys.path.insert(0, str(Path(__file__).parent.parent))
from pythonosc.udp_client import SimpleUDPClient
from station import dream
from test_hands import ANATOMY, SHOW, Called
from test_midi import Cable

from installation.app.hands import Hands
from installation.body import body
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.osc_tree import tree
from installation.control.parameters import TABLE, defaults
from installation.data import Frame, Look
from installation.render.renderer import Renderer
from installation.settings import Settings
from installation.texts import load as words

FRAME = 1 / 60  # seconds
WORK = 0.01  # CPU seconds of a frame
SLACK = 0.005  # seconds that a message may take to arrive
RATE = 1000  # messages a second
TURNS = 100  # turns whose delay is measured
ROUNDS = 12  # of calm, and as many of storm
PAUSE = 0.5  # seconds after a change of weather that do not count
SIZE = (640, 360)  # of the pictures
FADERS = [knob for knob in load("bcf2000").knobs if knob.parameter.startswith("dream.") and knob.kind == "fader"]


def hands():
    """All hands, on ports of a test."""
    cable = Cable("BCF2000")
    made = Hands(Settings.model_validate({"osc": {"in": 0}}), defaults(), ANATOMY, Called())
    made.midi = made._sources[0] = Midi("", [load("bcf2000")], lambda: cable)
    return made, cable


def frame(hands):
    """One frame: how long it took, the CPU seconds of the hands in it, and the controls."""
    begun, cost = time.perf_counter(), -time.thread_time()
    controls = hands.step(time.monotonic())
    cost += time.thread_time()
    until = time.thread_time() + WORK
    while time.thread_time() < until:
        pass
    cost -= time.thread_time()
    hands.tell(SHOW, ["go"], scene="descent", loop=1, score=0.5, tempo=120.0, message="")
    return time.perf_counter() - begun, cost + time.thread_time(), controls


def turner(port, moments):
    """In a process of its own: turn a switch every now and then, and say when."""
    client, dice, turns = SimpleUDPClient("127.0.0.1", port), random.Random(1), []
    for number in range(TURNS):
        time.sleep(dice.uniform(0.1, 0.2))
        turns.append((time.monotonic(), float(1 - number % 2)))
        client.send_message("/immersions/dream/adam", turns[-1][1])
    moments.put(turns)


def storm(port, going, sent):
    """In a process of its own: while `going`, move everything that is no switch, so many times a second."""
    client, paths, number, told = SimpleUDPClient("127.0.0.1", port), moved(), 0, time.monotonic()
    while True:
        now = time.monotonic()
        due = round((now - told) * RATE) if going.is_set() else 0
        if due or not going.is_set():
            told = now
        for _ in range(due):
            client.send_message(paths[number % len(paths)], (number % 997) / 997)
            number += 1
        sent.value = number
        time.sleep(0.002)


def moved():
    """The addresses of everything that is no switch and not of the sound."""
    return [path for path, method in tree(words(), ()).methods.items() if method.share and "/sound/" not in path]


def delays(way):
    """Of every turn: seconds to the frame that has it, and how many frames begun 5 ms after it or later lacked it."""
    made, cable = hands()
    context = multiprocessing.get_context("spawn")
    moments, turns, seen, dice = context.Queue(), [], [], random.Random(2)
    name = "dream.adam" if way == "OSC" else "dream.keep"
    with made:
        process = context.Process(target=turner, args=(made.osc.port, moments), daemon=True)
        if way == "OSC":
            process.start()
        due, until = time.monotonic() + 0.5, float("inf")
        while (begun := time.monotonic()) < until:
            if way == "MIDI" and begun >= due and len(turns) < TURNS:
                turns.append((time.monotonic(), float(1 - len(turns) % 2)))
                cable.receivers["BCF2000"](bytes([0xB0, 75, round(127 * turns[-1][1])]))
                due = begun + dice.uniform(0.1, 0.2)
                begun = time.monotonic()
            spent, _, controls = frame(made)
            seen.append((begun, controls[name]))
            if way == "OSC" and not turns and not moments.empty():
                turns = moments.get()
            if len(turns) == TURNS and until == float("inf"):
                until = time.monotonic() + 0.5
            time.sleep(max(0.0, FRAME - spent))
        if way == "OSC":
            process.join(5)
    late = []
    for moment, value in turns:
        after = [(begun, stands) for begun, stands in seen if begun >= moment]
        number = next(number for number, (_, stands) in enumerate(after) if stands == value)
        late.append((after[number][0] - moment, sum(begun >= moment + SLACK for begun, _ in after[:number])))
    return late


class Faders:
    """A MIDI desk whose faders move a thousand times a second; the driver hands over what came since the last frame."""

    def __init__(self, cable):
        self.receive, self.sent, self.told = cable.receivers["BCF2000"], 0, time.monotonic()

    def come(self, storming):
        now = time.monotonic()
        for _ in range(round((now - self.told) * RATE) if storming else 0):
            self.receive(bytes([0xB0, FADERS[self.sent % len(FADERS)].place.number, self.sent % 128]))
            self.sent += 1
        self.told = now


def weather(seconds):
    """Frames of calm and of storm, [round] of (ms by the clock, ms of CPU that hands cost), and what was sent."""
    house, context = body("house"), multiprocessing.get_context("spawn")
    heard, going, sent = dream(house), context.Event(), context.Value("l", 0)
    made, cable = hands()
    calm, wild = [], []
    with made, moderngl.create_context(standalone=True, backend="egl", require=330) as gl:
        renderer = Renderer(gl, house.layout, house.anatomy, SIZE)
        process = context.Process(target=storm, args=(made.osc.port, going, sent), daemon=True)
        process.start()
        faders, number = Faders(cable), 0
        for turn in range(2 * ROUNDS):
            storming = turn % 2 == 1
            (going.set if storming else going.clear)()
            begin, found = time.monotonic(), []
            while time.monotonic() < begin + PAUSE + seconds / ROUNDS:
                faders.come(storming)
                begun, cost = time.perf_counter(), -time.thread_time()
                made.step(time.monotonic())
                cost += time.thread_time()
                place = number * 0.017 % 1
                renderer.draw(Frame(number, 4 * place, Look(), heard, None, place))
                gl.finish()
                cost -= time.thread_time()
                made.tell(SHOW, ["go"], scene="descent", loop=1, score=0.5, tempo=120.0, message="")
                cost += time.thread_time()
                took = time.perf_counter() - begun
                if time.monotonic() > begin + PAUSE:
                    found.append((1000 * took, 1000 * cost))
                time.sleep(max(0.0, FRAME - took))
                number += 1
            (wild if storming else calm).append(found)
        going.clear()
        time.sleep(PAUSE)
        process.kill()
        arrived = settled(made, faders)
    return calm, wild, sent.value, faders.sent, arrived


def settled(made, faders):
    """Whether the last value of everything counts, after one more message to each of them."""
    client = SimpleUDPClient("127.0.0.1", made.osc.port)
    for path in moved():
        client.send_message(path, 0.25)
    for knob in FADERS:
        faders.receive(bytes([0xB0, knob.place.number, 32]))
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        frame(made)
    wanted = made.takeover.wanted
    mine = {knob.parameter for knob in FADERS}
    osc = [e for e in TABLE.values() if not e.name.startswith("sound.") and e.name not in mine]
    arrived = all(wanted[e.name] == e.value(0.25) for e in osc if e.name != "dream.hand")
    return arrived and all(wanted[knob.parameter] in (TABLE[knob.parameter].value(32 / 127),
                           TABLE[knob.parameter].value(0.25)) for knob in FADERS)  # fmt: skip


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for way in ("MIDI", "OSC"):
        turns = delays(way)
        late = [delay * 1000 for delay, _ in turns]
        lacked = sum(lacked for _, lacked in turns)
        print(f"{way}: from a turn to the frame that has it, ms: median {statistics.median(late):.1f}, "
              f"worst {max(late):.1f}; frames 5 ms after it that lacked it: {lacked} of {len(turns)}")  # fmt: skip
    calm, wild, osc, midi, arrived = weather(seconds)
    for what, part in (("whole frames", 0), ("hands alone, CPU", 1)):
        for name, rounds in (("calm", calm), ("storm", wild)):
            values = [found[part] for frames in rounds for found in frames]
            worst = statistics.quantiles(values, n=100)[98]
            print(f"{what} in the {name}, ms: median {statistics.median(values):.2f}, p99 {worst:.2f}")
    more = [
        statistics.median(took for took, _ in stormy) / statistics.median(took for took, _ in quiet) - 1
        for quiet, stormy in zip(calm, wild, strict=True)
    ]
    print(f"a frame in the storm: {100 * statistics.median(more):+.1f} %, median of {ROUNDS} pairs")
    print(f"{osc} messages over OSC, {midi} over MIDI: "
          f"{'every last value arrived' if arrived else 'MISSED: a last value is lost'}")  # fmt: skip
