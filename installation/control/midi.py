"""MIDI devices come, play and go while the show runs; without them it runs on."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from installation.control.acts import Act, Gone, News, Touch
from installation.control.device import Device
from installation.control.learning import Lesson, taught
from installation.control.mapping import Map
from installation.control.maps import every_map, keep
from installation.control.midi_clock import CLOCK, MidiClock
from installation.control.parameters import parameter
from installation.control.ports import Close, Input, RtMidi, Send, System, bare, partner
from installation.errors import ImmersionsError, WorkerStuck
from installation.worker import Worker

log = logging.getLogger(__name__)

SCAN = 1.0  # seconds between two looks at what is plugged in
AHEAD = 64  # messages to devices that wait to be sent; a device that takes none is told the rest later
OFTEN = 0.02  # seconds between two rounds of feedback
GOODBYE = 5.0  # seconds that the system has to let all ports go
WITHOUT = "python-rtmidi is not installed, so no MIDI device is heard. Add it with: pip install python-rtmidi"


class Midi:
    """All MIDI hands: `with Midi() as midi`, then ask for `acts` and `tell` the news once a frame.

    port     part of an input's name, which also gets the generic map, or several; none for every device that has a map
    maps     what is known about devices; all of `scenes/maps` if not given
    system   makes the machine's MIDI; a test gives its own
    beat     part of the name of the input that sets the tempo; empty for any that is heard anyway
    """

    def __init__(
        self,
        port: str | Sequence[str] = "",
        maps: Sequence[Map] | None = None,
        system: Callable[[], System] = RtMidi,
        beat: str = "",
    ) -> None:
        self.clock = MidiClock()
        self._beat = beat
        self._ports = [part for part in ([port] if isinstance(port, str) else port) if part]
        self._maps = every_map() if maps is None else maps
        self._make = system
        self._system: System | None = None
        self._open: dict[str, Input] = {}
        self._devices: dict[str, Device] = {}  # by the name of their input
        self._speakers: dict[str, tuple[str, Send, Close]] = {}  # the same, with the name of their output
        self._refused: set[str] = set()
        self._failed = False
        self._left: deque[str] = deque()
        self._outbox: SimpleQueue[tuple[Send, bytes]] = SimpleQueue()
        self._lesson: Lesson | None = None
        self._told = 0.0
        self._scanning = Lock()
        self._looking = Worker("midi", self._step)
        self._sending = Worker("midi feedback", self._send)

    @property
    def devices(self) -> list[str]:
        """The names of all inputs that are heard now."""
        return sorted(self._open)

    @property
    def spoken_to(self) -> list[str]:
        """The names of all devices that are told where things stand."""
        return sorted(self._speakers)

    @property
    def banks(self) -> dict[str, int]:
        """Which bank each device plays."""
        return {name: device.bank for name, device in list(self._devices.items())}

    @property
    def learning(self) -> str:
        """The parameter that waits for a control to be moved, "" for none."""
        return self._lesson.parameter if self._lesson is not None else ""

    def told(self) -> dict[str, Any]:
        """All devices that play, and what each of their controls does, ready for JSON."""
        devices = sorted(self._devices.items())
        return {"devices": [device.told() for _, device in devices], "learning": self.learning}

    def __enter__(self) -> Self:
        try:
            self._system = self._make()
        except ImportError:
            log.info(WITHOUT)
        except Exception as error:  # whatever a driver says: without hands the show goes on
            log.info("MIDI cannot be used on this machine (%s); the show runs without it.", error)
        else:
            self._look()
            self._looking.__enter__()
            self._sending.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._system is None:
            return
        try:
            self._looking.__exit__(None, None, None)
            self._sending.__exit__(None, None, None)
        except WorkerStuck as stuck:
            log.warning("MIDI hangs and is left behind: %s", stuck)
            return
        ending = Thread(target=self._let_go, name="midi end", daemon=True)
        ending.start()
        ending.join(GOODBYE)
        if ending.is_alive():
            log.warning("MIDI does not let its ports go and is left behind.")

    def _let_go(self) -> None:
        assert self._system is not None
        for name in list(self._open):
            self._close(name)
        self._system.close()

    def acts(self, wanted: Mapping[str, float]) -> list[Act]:
        """What hands have asked for since the last call, in order.

        wanted   where every parameter is going (`Takeover.wanted`)
        """
        goal, acts, now = dict(wanted), list[Act](), time.monotonic()
        while self._left:
            acts.append(Gone(self._left.popleft()))
        for device, data in self._heard(now):
            if self._lesson is not None:
                self._lesson.hear(device.name, data, now)
                continue
            for act in device.hear(data, goal, now):
                acts.append(act)
                if isinstance(act, Touch):
                    goal[act.name] = act.value
        if self._lesson is not None:
            self._learn(self._lesson, now)
        return acts

    def learn(self, name: str) -> None:
        """Let the control that is moved next, of any device that is heard, play this parameter; "" learns nothing.

        Raises ContentError for a name that the table lacks.
        """
        self._lesson = Lesson(parameter(name).name, time.monotonic()) if name else None

    def _learn(self, lesson: Lesson, now: float) -> None:
        if (found := lesson.learnt(now)) is None:
            self._lesson = None if lesson.over(now) else lesson
            return
        name, knob = found
        self._lesson = None
        if (device := self._devices.get(name)) is None:
            return  # it was pulled out meanwhile
        device.map = taught(device.map if device.map.port else device.map.of(bare(name)), knob)
        log.info("%s of %s plays %s from now on", f"{knob.place.kind} {knob.place.number}", name, knob.parameter)
        try:
            keep(device.map)
        except ImmersionsError as error:
            log.warning("what was learnt is forgotten with this run: %s", error)

    def tell(self, news: News) -> None:
        """Let motor faders and lights stand where the parameters do; call once a frame."""
        now = time.monotonic()
        if now - self._told < OFTEN or self._outbox.qsize() > AHEAD:
            return
        self._told = now
        for name, (_, send, _) in list(self._speakers.items()):
            if device := self._devices.get(name):
                for message in device.say(news, now):
                    self._outbox.put((send, message))

    def scan(self) -> None:
        """Hear what was plugged in, and forget what was pulled out. Any thread may ask."""
        with self._scanning:
            self._scan()

    def _scan(self) -> None:
        assert self._system is not None
        there, outputs = self._system.inputs(), self._system.outputs()
        for name in [name for name in self._open if name not in there]:
            self._close(name)
            log.info("the MIDI device %s is gone; it will be heard again when it is back.", name)
        for name in [name for name, (output, *_) in self._speakers.items() if output not in outputs]:
            self._hush(name)
        self._refused &= {*there, *outputs}
        for name in there:
            if name not in self._open and name not in self._refused and (self._map(name) or self._sets_tempo(name)):
                self._listen(name, self._map(name))
        for name, device in self._devices.items():
            if name not in self._speakers and device.map.told:
                self._speak(name, partner(name, outputs, device.map.port))

    def _heard(self, now: float) -> Iterator[tuple[Device, bytes]]:
        """What devices have said since the last time; the clock is taken in by the way."""
        for name, port in list(self._open.items()):
            device = self._devices.get(name)
            counts = not self._beat or self._sets_tempo(name)
            for moment, data in port.heard(now):
                if data and data[0] in CLOCK:
                    if counts:
                        self.clock.receive(name, data, moment)
                elif device:
                    yield device, data

    def _listen(self, name: str, fitting: Map | None) -> None:
        assert self._system is not None
        try:
            self._open[name] = self._system.listen(name)
        except Exception as error:  # taken by another program, or pulled out this very moment
            self._refused.add(name)
            log.warning(
                "the MIDI device %s refuses: %s. Close the program that uses it and plug it in again.", name, error
            )
            return
        if fitting:
            self._devices[name] = Device(name, fitting)
        log.info("the MIDI device %s is heard%s.", name, f" with the map {fitting.name}" if fitting else "")

    def _speak(self, name: str, output: str | None) -> None:
        assert self._system is not None
        if output is None or output in self._refused or any(output == taken for taken, *_ in self._speakers.values()):
            return
        try:
            send, close = self._system.speak(output)
        except Exception as error:  # taken by another program, or pulled out this very moment
            self._refused.add(output)
            log.warning("the MIDI device %s is heard, but its motors and lights refuse: %s.", name, error)
            return
        self._devices[name].unheard()
        self._speakers[name] = (output, send, close)

    def _sets_tempo(self, name: str) -> bool:
        return bool(self._beat) and self._beat.lower() in name.lower()

    def _map(self, name: str) -> Map | None:
        """The map for a device; the generic one only for a device that was asked for."""
        asked = any(part.lower() in name.lower() for part in self._ports)
        if self._ports and not asked:
            return None
        own = (known for known in self._maps if known.port and known.port.lower() in name.lower())
        generic = (known for known in self._maps if asked and not known.port)
        return next(own, None) or next(generic, None)

    def _close(self, name: str) -> None:
        self._hush(name)
        if self._devices.pop(name, None):
            self._left.append(name)
        self._end(name, self._open.pop(name).close)

    def _hush(self, name: str) -> None:
        if speaker := self._speakers.pop(name, None):
            self._end(speaker[0], speaker[2])

    def _end(self, name: str, close: Close) -> None:
        try:
            close()
        except Exception as error:  # it may be gone already
            log.debug("closing %s: %s", name, error)

    def _send(self) -> None:
        try:
            send, message = self._outbox.get(timeout=0.1)
        except Empty:
            return
        try:
            send(message)
        except Exception as error:  # pulled out this very moment: all is sent again when it is back
            log.debug("a MIDI device takes nothing: %s", error)

    def _step(self) -> None:
        self._looking.rest(SCAN)
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
