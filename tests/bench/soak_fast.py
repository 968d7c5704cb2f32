"""Does a show stay as it is for a hundred thousand loops?    python tests/bench/soak_fast.py [LOOPS]

Real parts on a clock that is moved by hand: show, optimiser on a tiny network, critic, judge, bank, understudy, desk,
silent player, takes, pictures, and the visitors' page in its own process. About every twentieth loop something goes
wrong at random: `tests/hurried.py` has the list.

Wanted: nothing raises, what is heard is judged and never runs backwards; memory, descriptors and threads do not grow
by more than 2 % over the second half.
"""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from hurried import Hurry
from hurry_show import LOOPS, SECONDS, content
from soaking import Growth, family

LOOKS = 100  # at memory, descriptors and threads
MOST = 2.0  # per cent that they may grow over the second half


def soak(loops: int, folder: Path) -> bool:
    """Play so many loops and print what became of it; whether all that is wanted was found."""
    growth, began, used = Growth(), time.monotonic(), time.process_time()
    with Hurry(folder, 1) as hurry:
        for loop in range(1, loops + 1):
            hurry.loop()
            if loop % max(1, loops // LOOKS) == 0:
                size = growth.look(loop * SECONDS, family(os.getpid()))
                if loop % max(1, loops // 10) == 0:
                    print(
                        f"{loop:7,} loops  {hurry.changes:6,} scenes  {sum(hurry.faults.values()):5,} faults  "
                        f"{size['memory']:6.1f} MiB  {size['files']:.0f} files  {size['threads']:.0f} threads  "
                        f"{time.process_time() - used:5.0f} CPU s  {time.monotonic() - began:5.0f} s",
                        flush=True,
                    )
        return report(hurry, growth, loops)


def report(hurry: Hurry, growth: Growth, loops: int) -> bool:
    """Print what was found; whether it is what is wanted."""
    print(f"heard: {hurry.told()}\nfaults: {hurry.faults}")
    fine = hurry.changes >= loops // LOOPS
    for kind in growth.KINDS:
        values = [value for _, value in growth.totals[kind]]
        quarter = len(values) // 4
        before, after = (sum(part) / len(part) for part in (values[2 * quarter : 3 * quarter], values[3 * quarter :]))
        grown = 200 * (after / before - 1)  # between the middles of two quarters: half of the second half
        fine = fine and grown < MOST
        print(f"{kind:8} {before:7.1f} -> {after:7.1f}, {grown:+.2f} % over the second half (at most {MOST:g})")
    return fine


if __name__ == "__main__":
    logging.disable()  # the thousand faults would all be told
    with tempfile.TemporaryDirectory(prefix="soak") as place:
        os.environ["IMMERSIONS_CONTENT"] = str(content(Path(place)))
        well = soak(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, Path(place))
    sys.exit(0 if well else 1)
