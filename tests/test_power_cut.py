"""The power fails in the middle of every write, a few hundred times: what lies on disk is old or new, never half."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.alone

ROUNDS = 80  # for each kind of file

# A process without threads forks a writer, kills it at a random moment, and looks at what is there.
CUT = """
import os, random, signal, sys, time
from pathlib import Path

folder, kind, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
write, check = __import__("power_cuts").KINDS[kind]
write(folder, 0)
check(folder)
dice = random.Random(kind)
begin = time.monotonic()
for number in range(5):
    write(folder, number)
usual = (time.monotonic() - begin) / 5
for number in range(rounds):
    child = os.fork()
    if child == 0:
        at = number
        while True:
            at += 1
            write(folder, at)
    time.sleep(dice.uniform(0.0, 3 * usual))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    check(folder)
print("whole")
"""


@pytest.mark.parametrize("kind", ["daybook", "calibration", "last good", "bank", "report"])
def test_what_was_written_is_whole(tmp_path, kind):
    program = f"import sys; sys.path.insert(0, {str(__file__.rsplit('/', 1)[0])!r})\n{CUT}"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), kind, str(ROUNDS)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("whole\n"), done.stderr[-2000:]
