"""A soundfont of a few kilobytes: one dying tone that serves as every instrument asked for."""

import struct
from pathlib import Path

import numpy as np

RATE = 32_000  # Hz of the sample
KEY = 69  # where the sample sounds as recorded
SAMPLE, INSTRUMENT, MODES = 53, 41, 54  # generators of the format


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def tone() -> bytes:
    """Two seconds of 440 Hz with overtones, 16 bit."""
    time = np.arange(2 * RATE) / RATE
    waves = sum(np.sin(2 * np.pi * 440 * part * time) / part**2 for part in (1, 2, 3))
    return np.round(12_000 * waves * np.exp(-2 * time)).astype("<i2").tobytes()


def write(path: Path, presets: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (128, 0))) -> Path:
    """An SF2 file with these (bank, program); all of them sound alike."""
    end = len(presets)
    tables = {
        b"phdr": b"".join(
            struct.pack("<20sHHH3I", b"tone", p, bank, at, 0, 0, 0) for at, (bank, p) in enumerate(presets)
        )
        + struct.pack("<20sHHH3I", b"EOP", 0, 0, end, 0, 0, 0),
        b"pbag": b"".join(struct.pack("<HH", at, 0) for at in range(end + 1)),
        b"pmod": bytes(10),
        b"pgen": struct.pack("<HH", INSTRUMENT, 0) * end + bytes(4),
        b"inst": struct.pack("<20sH", b"tone", 0) + struct.pack("<20sH", b"EOI", 1),
        b"ibag": struct.pack("<4H", 0, 0, 2, 0),
        b"imod": bytes(10),
        b"igen": struct.pack("<4H", MODES, 0, SAMPLE, 0) + bytes(4),
        b"shdr": struct.pack("<20s5IBbHH", b"tone", 0, 2 * RATE, 8, 2 * RATE - 8, RATE, KEY, 0, 0, 1)
        + struct.pack("<20s5IBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    info = (
        b"INFO" + chunk(b"ifil", struct.pack("<HH", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"tone\0\0")
    )
    data = b"sdta" + chunk(b"smpl", tone() + bytes(92))
    lists = chunk(b"LIST", info) + chunk(b"LIST", data)
    lists += chunk(b"LIST", b"pdta" + b"".join(chunk(name, body) for name, body in tables.items()))
    path.write_bytes(chunk(b"RIFF", b"sfbk" + lists))
    return path
