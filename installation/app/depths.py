"""How one ear hears at two speeds: shallow layers at once, deep ones, which change slowly, on another thread."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from installation.data import RATE, Activations, Floats, Scalogram
from installation.mailbox import Mailbox
from installation.worker import Worker

if TYPE_CHECKING:  # torch must not be loaded by the show's own process
    from installation.listen.ear import Ear

FRAMES = 32  # of the scalogram that are lit: two thirds of a second, in which any light has come and gone
QUICK = 1.7  # seconds of sound that the layers heard at once may depend on, with the frames that are lit
POLITE = 19  # niceness of the thread that hears the deep layers
SHARE = 3.0  # times as long as they took, the deep layers leave the processors to the shallow ones
GLANCE = 0.02  # seconds between two looks for new sound


class Depths:
    """Answers to the newest sound, inside a `with` block. Deep layers are as they were when they last had time."""

    def __init__(self, ear: Ear, threads: int) -> None:
        self._ear, self._threads = ear, threads
        self.window = ear.window(FRAMES)  # samples that `glimpse` wants
        names = [layer.name for layer in ear.anatomy]
        self._last = max((name for name in names if ear.window(FRAMES, name) <= QUICK * RATE), key=names.index)
        self._whole = self._last == names[-1]  # nothing lies deeper
        self._sounds: Mailbox[Floats] = Mailbox()
        self._deep: Activations | None = None
        self._worker = Worker("deep layers", self._step)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.__exit__(kind, error, trace)

    def glimpse(self, latest: Floats) -> tuple[Scalogram, Activations]:
        """What the ear answers to the end of this sound, [window]."""
        self._worker.check()
        self._sounds.post(latest)
        newest = latest[-self._ear.window(FRAMES, self._last) :]
        scalogram, shallow = self._ear.glimpse(newest, FRAMES, self._last)
        if self._deep is None:
            return scalogram, shallow
        return scalogram, Activations({**self._deep.layers, **shallow.layers})

    def _step(self) -> None:
        sound = None if self._whole else self._sounds.take()
        if sound is None:
            self._worker.rest(GLANCE)
            return
        if self._deep is None:
            _give_way(self._threads)
        begun = time.monotonic()
        self._deep = self._ear.glimpse(sound, FRAMES)[1]
        self._worker.rest(SHARE * (time.monotonic() - begun))


def _give_way(threads: int) -> None:
    """Let the shallow layers go first; threads of torch are counted for each thread that asks."""
    import torch

    torch.set_num_threads(threads)
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITE)
