"""A performance without an audience: the show is dreamt loop by loop, in fixed steps, and written down as a take."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from installation.data import RATE, Clip, Dream, Target
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.length import lasting
from installation.dream.optimize import Optimizer
from installation.dream.vigil import Vigil, Ways
from installation.listen import clips, survey
from installation.listen.hearer import Hearer
from installation.sound.mixing import length
from installation.stage import Show
from installation.starting import start_clip
from installation.take import Header, Take, TakeWriter

log = logging.getLogger(__name__)

THREADS = 1  # of torch, always the same: sums in another order would be another dream; two beside another busy
# process are slower than one
STEPS = 10  # of the optimiser in each loop, as many as a small machine manages live

Progress = Callable[[int, int], None]  # (loops done, loops in all)


def perform(
    show: Show,
    ear: Hearer,
    seed: int,
    seconds: float,
    folder: Path,
    progress: Progress | None = None,
    judge: Callable[[Dream], Dream] = judge,
) -> Take:
    """Dream the first `seconds` of a show and write the take into a new folder; `judge` makes each dream ready.

    Same show, ear, seed, machine and versions: the same take. Raises StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    controls = show.controls
    header = Header(show.name, ear.name, ear.anatomy.fingerprint, seed, seconds)
    writer = TakeWriter(folder, header)
    start = start_clip(show.program)
    generator = torch.Generator().manual_seed(seed)
    optimizer = Optimizer(ear, start, show.at(0.0, controls).target, knobs(controls), generator)
    ways = Ways(ear.anatomy, partial(survey.asked, ear), tuple(clips.files()), lambda name: like(start, name, seed))
    dreaming = Dreaming(show, optimizer, Vigil(ways, seed))
    begin, number = 0.0, 0
    total = max(1, round(seconds / show.loop + 0.499))
    while begin < seconds - 1e-6:
        dream = judge(dreaming.next(begin, number))
        writer.loop(number, begin, dream)
        begin += length(dream) / RATE
        number += 1
        if progress is not None:
            progress(number, max(total, number))
    return Take.read(folder)


class Dreaming:
    """A dreamer without a clock: so many steps for each loop, and like the live one it never stays stuck."""

    def __init__(self, show: Show, optimizer: Optimizer, vigil: Vigil) -> None:
        self._show, self._optimizer, self._vigil = show, optimizer, vigil
        self._asked: Target | None = None

    def next(self, begin: float, number: int) -> Dream:
        """The dream for the loop that begins at this second: the start clip as it is, then ever further steps."""
        wanted = knobs(self._show.controls)
        self._optimizer.turn(replace(wanted, learning_rate=wanted.learning_rate * self._vigil.heat))
        if (target := self._show.at(begin, self._show.controls).target) != self._asked:  # what helped stays till then
            self._optimizer.aim(target)
            self._asked = target
        if number:
            for _ in range(STEPS):
                self._optimizer.step()
        dream = lasting(self._optimizer.dream(number), self._show.loop)
        if dream.step and (done := self._vigil.after(dream, self._optimizer)):
            log.info(done)
        return dream


def like(loop: Clip, name: str, seed: int) -> Clip:
    """The start clip of this name in a loop of the same length."""
    return clips.clip(name, loop.samples.shape[1], seed)
