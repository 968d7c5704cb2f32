"""A sound of their own that a visitor lends: taken in within limits, laid on a circle, and kept in memory only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from installation.data import RATE, Clip, Floats
from installation.station.house import House
from installation.station.limits import Buckets

SECONDS = 4.0
SEAM = 0.25  # seconds that are recorded beyond it, in which the end flows into the beginning
RATES = range(8_000, 192_001)  # Hz of microphones
OFTEN = (1 / 10, 3.0)  # sounds a second of one guest in the long run, and at once
PATIENCE = 10.0  # seconds that a sound may be on its way
LEVEL = 0.1  # RMS that a sound is brought to, as start clips have it: -20 dBFS
LOUDEST = 0.9  # peak that none is brought above
QUIET = 1e-3  # RMS, -60 dBFS: whatever is below is no sound that anybody made


class Lending:
    """Takes in what visitors lend. `tell` is called after each, to pass it on at once."""

    def __init__(self, house: House, tell: Callable[[], None]) -> None:
        self._house, self._tell = house, tell
        self._often = Buckets(*OFTEN)

    async def take(self, request: Request) -> Response:
        """The guest whose key comes along lends the samples, int16, little-endian, of one channel at `?rate=` Hz.

        204 taken; 400 no such sound; 403 not theirs to lend; 408 too slow; 413 too long; 422 nothing to be heard;
        429 too often.
        """
        headers = request.headers
        guest = self._house.again(headers.get("x-guest", ""))
        own = self._house.doors.own(headers.get("origin", ""), headers.get("host", ""))
        if not own or guest is None or not self._house.lends(guest):
            return _said(403)
        if not self._often.take(guest.key, time.monotonic()):
            return _said(429)
        if (rate := _rate(request.query_params.get("rate", ""))) is None:
            return _said(400)
        most = 2 * round((SECONDS + 2 * SEAM) * rate)  # bytes
        try:
            async with asyncio.timeout(PATIENCE):
                data = await _body(request, most)
        except (TimeoutError, ClientDisconnect):
            return _said(408)
        if data is None:
            return _said(413)
        if len(data) % 2 or len(data) < 2 * round((SECONDS + SEAM) * rate):
            return _said(400)
        clip = await asyncio.to_thread(circle, np.frombuffer(data, "<i2"), rate)
        if clip is None:
            return _said(422)
        self._house.lend(guest, clip, time.monotonic())
        self._tell()
        return Response(status_code=204)


def circle(samples: np.typing.NDArray[np.int16], rate: int) -> Clip | None:
    """Four seconds and a bit as a loop without a seam, [1, 192 000] at RATE; None for what nobody can hear.

    samples   [at least (SECONDS + SEAM) * rate]

    What comes after the four seconds flows into their beginning, at even power. On a circle a change of rate is exact:
    it has no ends.
    """
    length, seam = round(SECONDS * rate), round(SEAM * rate)
    sound = samples[: length + seam].astype(np.float64) / 32768
    along = np.linspace(0, np.pi / 2, seam, endpoint=False)
    loop = sound[:length].copy()
    loop[:seam] = np.sin(along) * sound[:seam] + np.cos(along) * sound[length:]
    spectrum = np.fft.rfft(loop)
    spectrum[: round(SECONDS * 20)] = 0  # nobody hears it, and it would cost loudness
    wanted = round(SECONDS * RATE)
    found: Floats = (np.fft.irfft(spectrum[: wanted // 2], wanted) * (wanted / length)).astype(np.float32)
    rms = float(np.sqrt(np.mean(np.square(found))))
    if rms < QUIET:
        return None
    gain = min(LEVEL / rms, LOUDEST / float(np.abs(found).max()))
    return Clip(found[None] * np.float32(gain))


async def _body(request: Request, most: int) -> bytes | None:
    """What comes along, or None as soon as it is more than so many bytes."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > most:
            return None
    return bytes(data)


def _rate(text: str) -> int | None:
    rate = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return rate if rate in RATES else None


def _said(status: int) -> Response:
    return PlainTextResponse("This sound was not taken.", status)
