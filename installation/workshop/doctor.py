"""What this machine has of all that the show needs, and what to do about what is missing."""

import importlib.metadata
import importlib.util
import os
import platform
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from installation import __version__
from installation.body import body
from installation.content import cache, every
from installation.errors import ImmersionsError
from installation.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    part: str
    fine: bool
    found: str
    do: str = ""  # where something is missing


def examine() -> Iterator[Finding]:
    """Look at everything, one by one; nothing that fails stops the rest."""
    for part, look in LOOKS.items():
        try:
            yield from look(part)
        except ImmersionsError as error:
            yield Finding(part, False, str(error), "see there")
        except Exception as error:  # a doctor does not faint
            yield Finding(part, False, f"{type(error).__name__}: {error}", "please report this")


def machine(part: str) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = (3, 11) <= sys.version_info[:2] <= (3, 13)
    found = f"Immersions {__version__}, Python {version}, {platform.system()}, {os.cpu_count()} processors"
    yield Finding(part, fine, found, "" if fine else "install Python 3.11, 3.12 or 3.13")


def picture(part: str) -> Iterator[Finding]:
    from installation.output import offscreen

    with offscreen.context() as gl:
        yield Finding(part, True, f"{gl.info['GL_RENDERER']}, OpenGL {gl.version_code / 100:.1f}")


def displays(part: str) -> Iterator[Finding]:
    if not (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32")):
        yield Finding(part, True, "none; the show renders offscreen", "set DISPLAY to show it in a window")
        return
    from installation.output import displays as screens

    for name, (wide, high) in screens.displays():
        yield Finding(part, True, f"{name}: {wide} x {high}")


def sound(part: str) -> Iterator[Finding]:
    from installation.sound.devices import devices

    there = devices()
    for device in there:
        yield Finding(part, True, f"{device.name}: {device.outputs} out, {device.inputs} in, {device.rate:.0f} Hz")
    if not any(device.outputs for device in there):
        yield Finding(part, True, "no output; the show plays into a silent clock", "plug in or switch on a sound card")


def midi(part: str) -> Iterator[Finding]:
    if importlib.util.find_spec("rtmidi") is None:
        yield Finding(part, True, "python-rtmidi is not installed", "pip install python-rtmidi, if hands are wanted")
        return
    from installation.control.maps import every_map
    from installation.control.ports import RtMidi

    try:
        system = RtMidi()
    except OSError as error:
        yield Finding(part, True, f"{error}; the show runs without hands")
        return
    inputs, outputs = system.inputs(), system.outputs()
    system.close()
    yield Finding(part, True, ", ".join(inputs) or "no input is plugged in")
    yield Finding(part, True, f"told back: {', '.join(outputs) or 'no output is plugged in'}")
    known = [map.name for map in every_map() for name in inputs if map.port and map.port.lower() in name.lower()]
    if inputs:
        found = f"with a map of their own: {', '.join(known) or 'none'}"
        yield Finding(part, True, found, "" if known else 'name one in [show] midi, or: immersions midi learn "NAME"')


def osc(part: str) -> Iterator[Finding]:
    settings = Settings.load().osc
    if not settings.on:
        yield Finding(part, True, "off")
        return
    for kind, what in ((socket.SOCK_DGRAM, "heard"), (socket.SOCK_STREAM, "found by OSCQuery")):
        where = f"{what} on port {settings.in_}"
        with socket.socket(socket.AF_INET, kind) as door:
            try:
                door.bind(("127.0.0.1", settings.in_))
            except OSError:
                yield Finding(part, True, f"{where}, which is taken now", "if no show runs, set [osc] in to another")
            else:
                yield Finding(part, True, where)
    if importlib.util.find_spec("zeroconf") is None:
        yield Finding(part, True, "not announced on the network", "pip install 'immersions[osc]', if that is wanted")


def network(part: str) -> Iterator[Finding]:
    import torch

    where = "CUDA, " + torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    yield Finding(part, True, f"torch {torch.__version__} on {where}")
    yield Finding(part, True, f"torchaudio {importlib.metadata.version('torchaudio')}")


def models(part: str) -> Iterator[Finding]:
    for path in every("models", "*/model.toml"):
        name = path.parent.name
        try:
            found = body(name)
        except ImmersionsError as error:
            yield Finding(f"{part} {name}", name == "tiny", str(error), "make its layout: immersions layout")
        else:
            hours = found.plan.trained_hours
            trained = f"trained on {hours:g} h" if hours else "made by others" if hours is None else "untrained"
            yield Finding(f"{part} {name}", True, f"{found.anatomy.units:,} neurons, {trained}")


def folders(part: str) -> Iterator[Finding]:
    folder = cache()
    writable = os.access(folder, os.W_OK)
    yield Finding(part, writable, f"cache {folder}", "" if writable else "make it writable, or set IMMERSIONS_CACHE")
    if own := os.environ.get("IMMERSIONS_CONTENT"):
        there = os.path.isdir(own)  # noqa: PTH112
        yield Finding(part, there, f"own content {own}", "" if there else "make that folder or unset the variable")


LOOKS: dict[str, Callable[[str], Iterator[Finding]]] = {
    "machine": machine,
    "OpenGL": picture,
    "display": displays,
    "sound": sound,
    "MIDI": midi,
    "OSC": osc,
    "torch": network,
    "model": models,
    "folders": folders,
}
