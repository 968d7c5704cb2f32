"""The sound devices of this machine, found by name."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

from installation.errors import DeviceError, one_of

ASK = (sys.executable, "-m", "installation.sound.devices")
PATIENCE = 8.0  # seconds; a frozen sound server never answers
NO_PORTAUDIO = "PortAudio is missing; install it with: sudo apt install libportaudio2 libasound2-plugins"


class Device(NamedTuple):
    """A sound device as PortAudio sees it."""

    number: int
    name: str
    inputs: int  # channels
    outputs: int
    rate: float  # Hz, the one it likes

    @classmethod
    def of(cls, found: Any) -> Self:
        inputs, outputs = found["max_input_channels"], found["max_output_channels"]
        return cls(found["index"], found["name"], inputs, outputs, found["default_samplerate"])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the chatter of ALSA and JACK off the terminal."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def devices() -> tuple[Device, ...]:
    """All sound devices there are now; asked in a fresh process, because PortAudio looks only once.

    Raises DeviceError where PortAudio is missing or the sound server does not answer.
    """
    try:
        done = subprocess.run(ASK, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise DeviceError(f"the sound server did not answer within {PATIENCE:g} s; restart it.") from None
    if done.returncode:
        raise DeviceError(done.stdout.strip() or NO_PORTAUDIO)
    return tuple(Device(*found) for found in json.loads(done.stdout))


class Question:
    """The same question, for somebody who cannot wait for the answer."""

    def __init__(self) -> None:
        self._asked = subprocess.Popen(ASK, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._since = time.monotonic()

    def answer(self) -> tuple[Device, ...] | None:
        """All devices, none where nobody knows, or None while there is no answer yet."""
        if self._asked.poll() is None:
            if time.monotonic() - self._since < PATIENCE:
                return None
            self._asked.kill()
        said, _ = self._asked.communicate()
        return tuple(Device(*found) for found in json.loads(said)) if self._asked.returncode == 0 else ()


def pick(wanted: str, there: Sequence[Device], default: int, inputs: bool = False) -> Device:
    """The device whose name holds `wanted`, a whole name first; for "" the default, or else any.

    Raises DeviceError, naming what there is.
    """
    kind = "input" if inputs else "output"
    usable = [device for device in there if (device.inputs if inputs else device.outputs) > 0]
    if not wanted:
        for device in usable:
            if device.number == default:
                return device
        if usable:
            return usable[0]
        raise DeviceError(f"there is no sound {kind} device")
    for fits in (str.__eq__, str.__contains__):
        for device in usable:
            if fits(device.name.lower(), wanted.lower()):
                return device
    hint = one_of(wanted, (device.name for device in usable))
    raise DeviceError(f"no sound {kind} device is called {wanted!r}. {hint}")


def here() -> list[Device]:
    """The devices as this process sees them, which is as they were when it first asked. Raises DeviceError."""
    with quiet():
        try:
            import sounddevice  # not above: the show itself does without PortAudio
        except OSError:
            raise DeviceError(NO_PORTAUDIO) from None
    return [Device.of(found) for found in sounddevice.query_devices()]


if __name__ == "__main__":
    try:
        print(json.dumps(here()))
    except DeviceError as error:
        print(error)
        sys.exit(1)
