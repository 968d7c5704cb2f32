"""A performance without an audience: the show is dreamt loop by loop, in fixed steps, and written down as a take."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import torch

from installation.control.takeover import Takeover
from installation.data import RATE, Clip, Controls, Dream, Look, Target
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.length import brought, lasting
from installation.dream.optimize import Optimizer
from installation.dream.vigil import Vigil, Ways
from installation.listen import clips, survey
from installation.listen.hearer import Hearer
from installation.safety import Safety
from installation.sound.mixing import length
from installation.sound.volume import quieter, volume
from installation.stage import Prompter, Show
from installation.starting import start_clip
from installation.take import Header, Take, TakeWriter

log = logging.getLogger(__name__)

THREADS = 1  # of torch, always the same: sums in another order would be another dream; two beside another busy
# process are slower than one
STEPS = 10  # of the optimiser in each loop, as many as a small machine manages live

STANDS = 8  # times in a loop that controls are looked at

Progress = Callable[[int, int], None]  # (loops done, loops in all)


def perform(
    show: Show,
    ear: Hearer,
    seed: int,
    seconds: float,
    folder: Path,
    progress: Progress | None = None,
    judge: Callable[[Dream], Dream] = judge,
    when: datetime | None = None,
    safety: Safety | None = None,
) -> Take:
    """Dream the first `seconds` of a show and write the take into a new folder; `judge` makes each dream ready.

    when   the hour at which it begins, for the parts of the day; without one they do not count. What waits for a go
           gets it at once.
    safety   calms what would flash

    Same show, ear, seed, machine and versions: the same take. Raises StorageError when the disk refuses.
    """
    torch.set_num_threads(THREADS)
    prompter = Prompter(show, when)
    takeover = Takeover(rest=show.resting(prompter.stands(0)))
    header = Header(show.name, ear.name, ear.anatomy.fingerprint, seed, seconds)
    writer = TakeWriter(folder, header)
    start = start_clip(show.program)
    generator = torch.Generator().manual_seed(seed)
    optimizer = Optimizer(ear, start, show.at(0.0, show.controls).target, knobs(show.controls), generator)
    clip = partial(like, start, seed=seed)
    ways = Ways(ear.anatomy, partial(survey.asked, ear), tuple(clips.files()), clip)
    dreaming = Dreaming(show.loop, optimizer, Vigil(ways, seed), clip)
    begin, number = 0.0, 0
    before: Dream | None = None
    total = max(1, round(seconds / show.loop + 0.499))
    while begin < seconds - 1e-6:
        prompt(prompter, number, None if when is None else when + timedelta(seconds=begin))
        for entrance in prompter.entrances:
            if entrance.loop == number:
                writer.entrance(entrance)
        turned = [turn(prompter, takeover, number + step / STANDS) for step in range(STANDS)]
        moment = prompter.at(number, turned[0])
        dreaming.begin(moment.clip)
        samples = round(show.loop / turned[0]["sound.tempo"] * RATE)
        dreamt = dreaming.next(number, moment.target, turned[0])
        dreamt = judge(dreamt if turned[0]["sound.tempo"] == 1.0 else brought(dreamt, samples))
        if safety is not None:
            looks = partial(look_of, prompter, turned[0])
            safety.look_ahead(number * show.loop, looks, before)
            dreamt = before = safety(dreamt)[0]
        dream = quieter(dreamt, volume(turned[0]))
        writer.loop(number, begin, dream)
        for step, controls in enumerate(turned):
            writer.controls(number, step / STANDS, controls)
        begin += length(dream) / RATE
        number += 1
        if progress is not None:
            progress(number, max(total, number))
    return Take.read(folder)


def prompt(prompter: Prompter, loop: int, when: datetime | None) -> None:
    """Call what the hour brings with this loop; nobody else is there, so what waits gets its go at once."""
    prompter.step(loop - 1, when)
    if prompter.stands(loop).waits:
        prompter.ask("go")
        prompter.step(loop - 1, when)


def look_of(prompter: Prompter, controls: Controls, seconds: float) -> Look:
    """The look at a second of the show."""
    return prompter.at(seconds / prompter.show.loop, controls).look


def turn(prompter: Prompter, takeover: Takeover, loops: float) -> Controls:
    """Where the controls stand after so many loops: on their way to where the show wants them."""
    takeover.rest = prompter.show.resting(prompter.stands(loops))
    return takeover.step(loops * prompter.show.loop)


class Dreaming:
    """A dreamer without a clock: so many steps for each loop, and like the live one it never stays stuck."""

    def __init__(self, loop: float, optimizer: Optimizer, vigil: Vigil, clip: Callable[[str], Clip]) -> None:
        self._loop, self._optimizer, self._vigil, self._clip = loop, optimizer, vigil, clip
        self._begun: str | None = None  # the start clip of the scene
        self._asked: Target | None = None

    def begin(self, clip: str) -> None:
        """Dream on from this start clip, where the scene before named another; "" goes on as it is."""
        if clip and self._begun is not None and clip != self._begun:
            self._optimizer.begin(self._clip(clip))
            self._vigil.begun()
        self._begun = clip

    def next(self, number: int, target: Target, controls: Controls) -> Dream:
        """The dream for the loop of this number: the start clip as it is, then ever further steps."""
        wanted = knobs(controls)
        self._optimizer.turn(replace(wanted, learning_rate=wanted.learning_rate * self._vigil.heat))
        if target != self._asked:  # what helped stays till then
            self._optimizer.aim(target)
            self._asked = target
        if number:
            for _ in range(STEPS):
                self._optimizer.step()
        dream = lasting(self._optimizer.dream(number), self._loop)
        if dream.step and (done := self._vigil.after(dream, self._optimizer)):
            log.info(done)
        return dream


def like(loop: Clip, name: str, seed: int) -> Clip:
    """The start clip of this name in a loop of the same length."""
    return clips.clip(name, loop.samples.shape[1], seed)
