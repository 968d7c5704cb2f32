"""Do hands answer at once, and does a storm of messages cost a frame?    python tests/bench/bench_hands.py [seconds]

Hands turn a parameter over OSC, from a process of their own, and over MIDI: does the next frame have it? Then both send
1000 messages a second for a minute, while frames are made as if they took the CPU 10 ms. Beside the time of the clock,
which others on the machine stretch, stands what hands cost the thread that draws.
"""

import multiprocessing
import random
import statistics
import sys
import time
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parent.parent))
from pythonosc.udp_client import SimpleUDPClient
from test_hands import ANATOMY, SHOW, Called
from test_midi import Cable

from installation.app.hands import Hands
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.osc_tree import tree
from installation.control.parameters import TABLE, defaults
from installation.settings import Settings
from installation.texts import load as words

FRAME = 1 / 60  # seconds
WORK = 0.01  # CPU seconds of a frame
SLACK = 0.005  # seconds that a message may take to arrive
RATE = 1000  # messages a second
TURNS = 100  # turns whose delay is measured
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


def storm(port, seconds, rate):
    """In a process of its own: move everything that is no switch, so many times a second, and at last a given value."""
    client, began, sent = SimpleUDPClient("127.0.0.1", port), time.monotonic(), 0
    paths = [path for path, method in tree(words(), ()).methods.items() if method.share and "/sound/" not in path]
    while (gone := time.monotonic() - began) < seconds:
        while sent < gone * rate:
            client.send_message(paths[sent % len(paths)], (sent % 997) / 997)
            sent += 1
        time.sleep(0.002)
    for path in paths:
        client.send_message(path, 0.25)


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


def frames(seconds, storming):
    """Of every frame: ms that it took, and CPU ms of the hands in it; and whether every last value arrived."""
    made, cable = hands()
    context = multiprocessing.get_context("spawn")
    took, cost, arrived = [], [], True
    with made:
        process = context.Process(target=storm, args=(made.osc.port, seconds, RATE), daemon=True)
        playing = Thread(target=play, args=(cable, seconds), daemon=True)
        if storming:
            process.start()
            playing.start()
        until = time.monotonic() + seconds + (2.0 if storming else 0.0)
        while time.monotonic() < until:
            spent, hand, _ = frame(made)
            took.append(spent * 1000)
            cost.append(hand * 1000)
            time.sleep(max(0.0, FRAME - spent))
        if storming:
            process.join(10)
            playing.join(10)
            for _ in range(5):  # what was switched on and off at once takes a frame each
                frame(made)
            wanted = made.takeover.wanted
            mine = {knob.parameter for knob in FADERS}
            osc = [e for e in TABLE.values() if not e.name.startswith("sound.") and e.name not in mine]
            arrived = all(wanted[e.name] == e.value(0.25) for e in osc if e.name != "dream.hand")
            arrived &= all(wanted[knob.parameter] in (TABLE[knob.parameter].value(32 / 127),
                           TABLE[knob.parameter].value(0.25)) for knob in FADERS)  # fmt: skip
    return took, cost, arrived, made.osc.heard


def play(cable, seconds):
    """Move the faders of a desk a thousand times a second, and at last all to a quarter."""
    began, sent, receive = time.monotonic(), 0, cable.receivers["BCF2000"]
    while (gone := time.monotonic() - began) < seconds:
        while sent < gone * RATE:
            receive(bytes([0xB0, FADERS[sent % len(FADERS)].place.number, sent % 128]))
            sent += 1
        time.sleep(0.002)
    for knob in FADERS:
        receive(bytes([0xB0, knob.place.number, 32]))


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for way in ("MIDI", "OSC"):
        turns = delays(way)
        late = [delay * 1000 for delay, _ in turns]
        lacked = sum(lacked for _, lacked in turns)
        print(f"{way}: from a turn to the frame that has it, ms: median {statistics.median(late):.1f}, "
              f"worst {max(late):.1f}; frames 5 ms after it that lacked it: {lacked} of {len(turns)}")  # fmt: skip
    calm = frames(min(seconds, 20.0), False)
    wild = frames(seconds, True)
    for name, (took, cost, _, _) in (("calm", calm), ("storm", wild)):
        for what, values in (("whole frames", took), ("hands alone, CPU", cost)):
            worst = statistics.quantiles(values, n=100)[98]
            print(f"{what} in the {name}, ms: median {statistics.median(values):.2f}, p99 {worst:.2f}")
    print(f"{wild[3]} messages over OSC, {RATE * seconds:.0f} over MIDI: "
          f"{'every last value arrived' if wild[2] else 'MISSED: a last value is lost'}")  # fmt: skip
