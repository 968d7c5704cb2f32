"""What the sound process writes and the show reads: a little shared memory, without a lock."""

from multiprocessing.shared_memory import SharedMemory

import numpy as np

from installation.clock import Tick
from installation.pace import Pace
from installation.sound.mixing import Seam

FIELDS = ("sequence", "ns", "samples", "latency", "beat", "blocks", "underruns", "seams", "paces")  # int64 each
SEAM = np.dtype([("number", "i8"), ("start", "f8"), ("length", "f8"), ("loop", "i8"), ("turn", "f8")])
PACE = np.dtype([("sample", "i8"), ("at", "f8"), ("speed", "f8"), ("change", "f8"), ("lasts", "i8")])
ROWS = 32  # seams and paces kept; the reader looks at half of them, so that none is overwritten under its eyes
TRIES = 1000  # a writer needs microseconds; one that died while writing never ends


class Board:
    """Shared by two processes, one of which writes. Without a name it is made, with one it is found.

    A tick lies under a sequence counter, odd while it is written: a torn one is read again.
    """

    def __init__(self, name: str | None = None) -> None:
        seams = 8 * len(FIELDS)
        paces = seams + ROWS * SEAM.itemsize
        size = paces + ROWS * PACE.itemsize
        self._own = name is None
        self._memory = SharedMemory(name, create=self._own, size=size)
        self._numbers = np.ndarray(len(FIELDS), np.int64, self._memory.buf)
        self._seams = np.ndarray(ROWS, SEAM, self._memory.buf, seams)
        self._paces = np.ndarray(ROWS, PACE, self._memory.buf, paces)
        if self._own:
            self._numbers[:] = 0
        self._sequence = int(self._numbers[0]) // 2 * 2  # a writer before us may have died while writing
        self._latest: Tick | None = None

    @property
    def name(self) -> str:
        return self._memory.name

    def close(self) -> None:
        """Let go of the memory, and end it if it was made here. The last numbers stay readable."""
        self._latest = self.read()
        self._numbers, self._seams, self._paces = self._numbers.copy(), self._seams.copy(), self._paces.copy()
        self._memory.close()
        if self._own:
            self._memory.unlink()

    def write(self, ns: int, samples: int, latency: int) -> None:
        """Tell the newest tick. For the one writer."""
        numbers = self._numbers
        numbers[0] = self._sequence + 1
        numbers[1] = ns
        numbers[2] = samples
        numbers[3] = latency
        self._sequence += 2
        numbers[0] = self._sequence

    def read(self) -> Tick | None:
        """The newest whole tick, or None before the first."""
        for _ in range(TRIES):
            before = int(self._numbers[0])
            if before % 2:
                continue
            tick = Tick(int(self._numbers[1]), int(self._numbers[2]), int(self._numbers[3]))
            if before == int(self._numbers[0]):
                self._latest = tick if before else None
                break
        return self._latest

    def beat(self, ns: int, blocks: int, underruns: int) -> None:
        """Show that the sound card still asks, and what came of it. For the one writer."""
        self._numbers[4] = ns
        self._numbers[5] = blocks
        self._numbers[6] = underruns

    @property
    def beaten(self) -> int:
        """When the sound card asked last, in ns."""
        return int(self._numbers[4])

    @property
    def blocks(self) -> int:
        """How often the sound card asked."""
        return int(self._numbers[5])

    @property
    def underruns(self) -> int:
        """How often it did not get all it asked for."""
        return int(self._numbers[6])

    def enter(self, seam: Seam) -> None:
        """Tell a seam that is certain. For the one writer."""
        count = int(self._numbers[7])
        self._seams[count % ROWS] = seam
        self._numbers[7] = count + 1

    def seams(self) -> list[Seam]:
        """The latest seams, oldest first."""
        count = int(self._numbers[7])
        rows = [self._seams[n % ROWS].copy() for n in range(max(0, count - ROWS // 2), count)]
        return [
            Seam(int(r["number"]), float(r["start"]), float(r["length"]), int(r["loop"]), float(r["turn"]))
            for r in rows
        ]

    def pace(self, pace: Pace) -> None:
        """Tell how fast the line will run. For the one writer."""
        count = int(self._numbers[8])
        self._paces[count % ROWS] = pace
        self._numbers[8] = count + 1

    def paces(self, known: int) -> tuple[int, list[Pace]]:
        """How many paces were told, and those of the latest that are told since there were `known`."""
        count = int(self._numbers[8])
        rows = [self._paces[n % ROWS].copy() for n in range(max(0, known, count - ROWS // 2), count)]
        return count, [
            Pace(int(r["sample"]), float(r["at"]), float(r["speed"]), float(r["change"]), int(r["lasts"])) for r in rows
        ]
