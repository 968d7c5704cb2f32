"""The MIDI ports of a machine, as far as hands need them."""

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

SEQUENCER = Path("/dev/snd/seq")

Receive = Callable[[bytes], None]
Send = Callable[[bytes], None]
Close = Callable[[], None]


class System(Protocol):
    """The MIDI of a machine."""

    def inputs(self) -> Sequence[str]:
        """The names of all inputs that are there now."""
        ...

    def outputs(self) -> Sequence[str]:
        """The names of all outputs that are there now."""
        ...

    def listen(self, name: str, receive: Receive) -> Close:
        """Call `receive` with every message from now on, from any thread; returns how to close it."""
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
        self._pulled: list[Any] = []  # deaf and dumb; to close one that the system still calls may hang for ever

    def inputs(self) -> Sequence[str]:
        return _names(self._inputs)

    def outputs(self) -> Sequence[str]:
        return _names(self._outputs)

    def listen(self, name: str, receive: Receive) -> Close:
        port = self._rtmidi.MidiIn(self._interface, "immersions")
        port.ignore_types(timing=False)  # the clock is heard, too
        port.set_callback(lambda event, _: receive(bytes(event[0])))
        port.open_port(port.get_ports().index(name), "hands")

        def close() -> None:
            port.cancel_callback()
            self._pulled.append(port)

        return close

    def speak(self, name: str) -> tuple[Send, Close]:
        port = self._rtmidi.MidiOut(self._interface, "immersions")
        port.open_port(port.get_ports().index(name), "feedback")

        return port.send_message, lambda: self._pulled.append(port)

    def close(self) -> None:
        self._inputs.delete()
        self._outputs.delete()


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
