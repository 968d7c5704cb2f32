"""A hundred thousand random messages in every hand: is everything in order, and what does one cost?

python tests/bench/bench_fuzz.py [messages of each kind]
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import fuzz
from station import Browser, asked, dream, hear, opened_station, order_for

from installation.body import body


def lines(count: int) -> None:
    """The same on real connections to a real station, which plays on."""
    house = body("house")
    with opened_station(order_for(house)) as station:
        hear(station, dream(house))
        cut = fuzz.lines(station, count)
        with Browser(station.port) as browser:
            browser.wait(lambda b: "1.5" in b.dreams)
            browser.say(do="touch", unit=7)
            asked(station, "target")
        assert station.restarts == 0
        print(f"{'':22} {cut} of {count // 40} connections were cut off, as they should be")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    house = body("house")
    kinds = {
        "MIDI": (fuzz.midi, count),
        "OSC": (fuzz.osc, count),
        "messages of pages": (lambda many: fuzz.wishes(house, many), count),
        "real lines": (lines, count // 10),  # each that is cut off is opened anew
    }
    for name, (harm, many) in kinds.items():
        begun = time.process_time()
        harm(many)
        spent = time.process_time() - begun
        print(f"{name:18} {many:8,} did no harm; {1e6 * spent / many:6.1f} CPU us each", flush=True)
