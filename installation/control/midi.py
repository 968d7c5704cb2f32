"""MIDI devices come, play and go while the show runs; without them it runs on."""

import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import mido

from installation.control.mapping import Map, every_map
from installation.control.midi_clock import CLOCK, MidiClock
from installation.control.takeover import Touch
from installation.errors import WorkerStuck
from installation.worker import Worker

log = logging.getLogger(__name__)

SEQUENCER = Path("/dev/snd/seq")
SCAN = 1.0  # seconds between two looks at what is plugged in
WAITING = 4096  # messages; of more in one frame the oldest are forgotten, the newest counts
WITHOUT = "python-rtmidi is not installed, so no MIDI device is heard. Add it with: pip install python-rtmidi"

Receive = Callable[[bytes], None]


class System(Protocol):
    """The MIDI of a machine, as far as we need it."""

    def ports(self) -> Sequence[str]:
        """The names of all inputs that are there now."""
        ...

    def open(self, name: str, receive: Receive) -> Callable[[], None]:
        """Call `receive` with every message from now on, from any thread; returns how to close it."""
        ...

    def close(self) -> None:
        """Let the system go."""
        ...


class RtMidi:
    """The machine's own MIDI. One scanner lives as long as the show: making new ones loses messages of open ports.

    Raises ImportError where python-rtmidi is missing, and rtmidi's errors where the machine has no MIDI.
    """

    def __init__(self, interface: int | None = None) -> None:
        import rtmidi

        if interface is None and sys.platform.startswith("linux") and not SEQUENCER.exists():
            raise OSError(f"the kernel has no MIDI sequencer {SEQUENCER}")  # ALSA itself would write to the terminal
        self._rtmidi: Any = rtmidi
        self._interface = rtmidi.API_UNSPECIFIED if interface is None else interface
        self._scanner = rtmidi.MidiIn(self._interface, "immersions")

    def ports(self) -> Sequence[str]:
        return [str(name) for name in self._scanner.get_ports()]

    def open(self, name: str, receive: Receive) -> Callable[[], None]:
        port = self._rtmidi.MidiIn(self._interface, "immersions")
        port.ignore_types(timing=False)  # the clock is heard, too
        port.set_callback(lambda event, _: receive(bytes(event[0])))
        port.open_port(port.get_ports().index(name), "hands")

        def close() -> None:
            port.cancel_callback()
            port.close_port()
            port.delete()

        return close

    def close(self) -> None:
        self._scanner.delete()


class Midi:
    """All MIDI hands: `with Midi() as midi`, then ask for `touches` once a frame.

    port     part of an input's name, which also gets the generic map; empty for every device that has its own map
    maps     what is known about devices; all of `scenes/maps` if not given
    system   makes the machine's MIDI; a test gives its own
    beat     part of the name of the input that sets the tempo; empty for any that is heard anyway
    """

    def __init__(
        self,
        port: str = "",
        maps: Sequence[Map] | None = None,
        system: Callable[[], System] = RtMidi,
        beat: str = "",
    ) -> None:
        self.clock = MidiClock()
        self._beat = beat
        self._port = port
        self._maps = every_map() if maps is None else maps
        self._make = system
        self._system: System | None = None
        self._open: dict[str, Callable[[], None]] = {}
        self._refused: set[str] = set()
        self._failed = False
        self._inbox: deque[tuple[str, Map, bytes]] = deque(maxlen=WAITING)
        self._parsers: dict[str, mido.Parser] = {}
        self._worker = Worker("midi", self._step)

    @property
    def devices(self) -> list[str]:
        """The names of all inputs that are heard now."""
        return sorted(self._open)

    def __enter__(self) -> Self:
        try:
            self._system = self._make()
        except ImportError:
            log.info(WITHOUT)
        except Exception as error:  # whatever a driver says: without hands the show goes on
            log.info("MIDI cannot be used on this machine (%s); the show runs without it.", error)
        else:
            self._look()
            self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._system is None:
            return
        try:
            self._worker.__exit__(None, None, None)
        except WorkerStuck as stuck:
            log.warning("MIDI hangs and is left behind: %s", stuck)
            return
        for name in list(self._open):
            self._close(name)
        self._system.close()

    def touches(self, wanted: Mapping[str, float]) -> list[Touch]:
        """What hands have asked for since the last call, in order.

        wanted   where every parameter is going (`Takeover.wanted`)
        """
        goal, touches = dict(wanted), []
        while self._inbox:
            name, fitting, data = self._inbox.popleft()
            parser = self._parsers.setdefault(name, mido.Parser())
            parser.feed(data)
            for message in parser:
                if touch := fitting.touch(message, goal):
                    goal[touch.name] = touch.value
                    touches.append(touch)
        return touches

    def scan(self) -> None:
        """Hear what was plugged in, and forget what was pulled out."""
        assert self._system is not None
        there = self._system.ports()
        for name in [name for name in self._open if name not in there]:
            self._close(name)
            log.info("the MIDI device %s is gone; it will be heard again when it is back.", name)
        self._refused &= set(there)
        for name in there:
            if name in self._open or name in self._refused:
                continue
            if (fitting := self._map(name)) or self._sets_tempo(name):
                self._listen(name, fitting)

    def _listen(self, name: str, fitting: Map | None) -> None:
        assert self._system is not None
        counts = not self._beat or self._sets_tempo(name)

        def receive(data: bytes) -> None:
            if data and data[0] in CLOCK:
                if counts:
                    self.clock.receive(name, data, time.monotonic())
            elif fitting:
                self._inbox.append((name, fitting, data))

        try:
            self._open[name] = self._system.open(name, receive)
        except Exception as error:  # taken by another program, or pulled out this very moment
            self._refused.add(name)
            log.warning(
                "the MIDI device %s refuses: %s. Close the program that uses it and plug it in again.", name, error
            )
        else:
            log.info("the MIDI device %s is heard%s.", name, f" with the map {fitting.name}" if fitting else "")

    def _sets_tempo(self, name: str) -> bool:
        return bool(self._beat) and self._beat.lower() in name.lower()

    def _map(self, name: str) -> Map | None:
        """The map for a device; the generic one only for a device that was asked for."""
        if self._port.lower() not in name.lower():
            return None
        own = (known for known in self._maps if known.port and known.port.lower() in name.lower())
        generic = (known for known in self._maps if self._port and not known.port)
        return next(own, None) or next(generic, None)

    def _close(self, name: str) -> None:
        try:
            self._open.pop(name)()
        except Exception as error:  # it may be gone already
            log.debug("closing %s: %s", name, error)

    def _step(self) -> None:
        self._worker.rest(SCAN)
        self._look()

    def _look(self) -> None:
        try:
            self.scan()
        except Exception as error:  # the next look may succeed
            if not self._failed:
                log.warning("looking for MIDI devices failed and is tried again: %s", error)
            self._failed = True
        else:
            self._failed = False
