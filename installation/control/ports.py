"""The MIDI ports of a machine, as far as hands need them."""

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

SEQUENCER = Path("/dev/snd/seq")
WAITING = 16384  # messages that wait for a picture that takes long; a cable carries a thousand a second

Send = Callable[[bytes], None]
Close = Callable[[], None]


class Input(Protocol):
    """An input that is open."""

    def heard(self, now: float) -> Sequence[tuple[float, bytes]]:
        """Every message since the last call, each with the second at which it came. It never waits.

        now   seconds of time.monotonic()
        """
        ...

    def close(self) -> None:
        """Hear it no more. Any thread may."""
        ...


class System(Protocol):
    """The MIDI of a machine."""

    def inputs(self) -> Sequence[str]:
        """The names of all inputs that are there now."""
        ...

    def outputs(self) -> Sequence[str]:
        """The names of all outputs that are there now."""
        ...

    def listen(self, name: str) -> Input:
        """Hear an input from now on."""
        ...

    def speak(self, name: str) -> tuple[Send, Close]:
        """How to send a message to an output, and how to close it."""
        ...

    def close(self) -> None:
        """Let the system go."""
        ...


class RtMidi:
    """The machine's own MIDI. Its scanners live as long as the show: making new ones loses messages of open ports.

    Raises ImportError where python-rtmidi is missing, and rtmidi's errors where the machine has no MIDI.
    """

    def __init__(self, interface: int | None = None) -> None:
        import rtmidi

        if interface is None and sys.platform.startswith("linux") and not SEQUENCER.exists():
            raise OSError(f"the kernel has no MIDI sequencer {SEQUENCER}")  # ALSA itself would write to the terminal
        self._rtmidi: Any = rtmidi
        self._interface = rtmidi.API_UNSPECIFIED if interface is None else interface
        self._inputs = rtmidi.MidiIn(self._interface, "immersions")
        self._outputs = rtmidi.MidiOut(self._interface, "immersions")

    def inputs(self) -> Sequence[str]:
        return _names(self._inputs)

    def outputs(self) -> Sequence[str]:
        return _names(self._outputs)

    def listen(self, name: str) -> Input:
        port = self._rtmidi.MidiIn(self._interface, "immersions", queue_size_limit=WAITING)
        port.ignore_types(timing=False)  # the clock is heard, too
        _opened(port, name, "hands")
        return Polled(port)

    def speak(self, name: str) -> tuple[Send, Close]:
        port = self._rtmidi.MidiOut(self._interface, "immersions")
        _opened(port, name, "feedback")
        spoken = Spoken(port)
        return spoken.send, spoken.close

    def close(self) -> None:
        self._inputs.delete()
        self._outputs.delete()


class Polled:
    """One of rtmidi's inputs, asked for what has come.

    A function for it to call would need Python's lock in a thread of the system: who closes the port holds that lock
    and waits for this thread, for ever.
    """

    def __init__(self, port: Any) -> None:
        self._port: Any = port
        self._lock = Lock()
        self._asked = self._moment = 0.0

    def heard(self, now: float) -> Sequence[tuple[float, bytes]]:
        found: list[tuple[float, bytes]] = []
        if not self._lock.acquire(blocking=False):  # it is being closed
            return found
        try:
            while self._port is not None and len(found) < WAITING and (event := self._port.get_message()) is not None:
                data, since = event  # seconds since the message before it
                self._moment = min(max(self._moment + since, self._asked), now)
                found.append((self._moment, bytes(data)))
            self._asked = now
        finally:
            self._lock.release()
        return found

    def close(self) -> None:
        with self._lock:
            _closed(self._port)
            self._port = None


class Spoken:
    """One of rtmidi's outputs, which one thread may close while another sends."""

    def __init__(self, port: Any) -> None:
        self._port: Any = port
        self._lock = Lock()

    def send(self, message: bytes) -> None:
        """Send this; to a port that was closed nothing is sent."""
        with self._lock:
            if self._port is not None:
                self._port.send_message(message)

    def close(self) -> None:
        """Send no more."""
        with self._lock:
            _closed(self._port)
            self._port = None


def _opened(port: Any, name: str, ours: str) -> None:
    """Connect a port to another program's of this name; one that cannot be is not left behind. Raises what rtmidi does.

    ours   what this end is called
    """
    try:
        port.open_port(port.get_ports().index(name), ours)
    except Exception:
        _closed(port)
        raise


def _closed(port: Any) -> None:
    """Let a port go, at once: rtmidi keeps what is only forgotten."""
    if port is not None:
        port.close_port()
        port.delete()


def _names(scanner: Any) -> list[str]:
    """The names of all ports; one that is pulled out while they are counted makes the count begin again."""
    for _ in range(3):
        with suppress(Exception):
            return [str(name) for name in scanner.get_ports()]
    return [str(name) for name in scanner.get_ports()]


def partner(name: str, outputs: Sequence[str], part: str) -> str | None:
    """The output of the device whose input has this name.

    part   of its name by which the device is known, where the two are named apart
    """
    if name in outputs:
        return name
    own = bare(name)
    alike = [output for output in outputs if bare(output) == own]
    known = [output for output in outputs if part and part.lower() in output.lower()]
    return next(iter([*alike, *known]), None)


def bare(name: str) -> str:
    """A port's name without the numbers at its end, by which some systems tell inputs, outputs and sockets apart."""
    return re.sub(r"[\s\d:.]+$", "", name).lower()
