"""Learning a MIDI device by moving its controls, one parameter after the other, at the terminal."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from installation.control import maps
from installation.control.learning import PATIENCE, Learner, taught
from installation.control.mapping import Map
from installation.control.parameters import parameter
from installation.control.ports import RtMidi, System
from installation.errors import ContentError, DeviceError, one_of

GLANCE = 0.02  # seconds
USUAL = (
    "stage.closeness", "stage.turn", "stage.lift", "stage.glow", "dream.layer", "dream.channel_position",
    "dream.channel_width", "dream.pitch_position", "dream.pitch_width", "dream.learning_rate", "sound.volume",
    "sound.hold", "sound.drop", "dream.restart",
)  # fmt: skip

Say = Callable[[str], None]


def system() -> System:
    """The machine's MIDI. Raises DeviceError."""
    try:
        return RtMidi()
    except ImportError:
        raise DeviceError("python-rtmidi is not installed. Add it with: pip install python-rtmidi") from None
    except Exception as error:  # whatever a driver says
        raise DeviceError(f"MIDI cannot be used on this machine: {error}. Plug the device in and try again.") from None


def ports(there: System) -> Iterator[tuple[str, str]]:
    """Every input there is, with the map that plays it; "" for none."""
    known = maps.every_map()
    for name in there.inputs():
        own = (map.name for map in known if map.port and map.port.lower() in name.lower())
        yield name, next(own, "")


def learn(there: System, port: str, name: str, wanted: Sequence[str], say: Say, patience: float = PATIENCE) -> Path:
    """Ask for a control for every wanted parameter and keep what was learnt; where the map lies.

    port   part of an input's name
    name   of the map; an own one of this name is added to; empty for the port's
    Raises DeviceError where there is no such input, ContentError where nothing was learnt.
    """
    entries = [parameter(one) for one in wanted or USUAL]
    inputs = there.inputs()
    if (found := next((one for one in inputs if port.lower() in one.lower()), None)) is None:
        raise DeviceError(f"there is no MIDI input with {port!r} in its name. {one_of(port, inputs)}")
    fresh = Map(name, port, ()) if name else Map("", "", ()).of(port)
    learnt = maps.read(path) if (path := maps.path_of(fresh.name)).is_file() else fresh
    device = there.listen(found)
    try:
        for number, entry in enumerate(entries, 1):
            device.heard(time.monotonic())  # what was moved before it was asked for
            say(f"{number} of {len(entries)}: move what is to play {entry.name} (or wait to leave it out)")
            learner, until = Learner(), time.monotonic() + patience
            while (now := time.monotonic()) < until:
                for moment, data in device.heard(now):
                    learner.hear(data, moment)
                    until = now + patience
                if (knob := learner.learnt(now)) is not None:
                    learnt = taught(learnt, replace(knob, parameter=entry.name))
                    say(f"    {knob.kind}: {knob.place.kind} {knob.place.number} on channel {knob.place.channel}")
                    break
                time.sleep(GLANCE)
    except KeyboardInterrupt:
        say("that is all")
    finally:
        device.close()
    if not learnt.knobs:
        raise ContentError(
            "no control was moved, so nothing is kept. Move each one from end to end when it is asked for."
        )
    return maps.keep(learnt)
