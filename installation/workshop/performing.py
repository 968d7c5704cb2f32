"""A performance without an audience: the show is dreamt loop by loop, in fixed steps, and written down as a take."""

from collections.abc import Callable
from pathlib import Path

import torch

from installation.data import RATE, Dream
from installation.dream.judge import judge
from installation.dream.knobs import knobs
from installation.dream.length import lasting
from installation.dream.optimize import Optimizer
from installation.listen.hearer import Hearer
from installation.sound.mixing import length
from installation.stage import Show
from installation.starting import start_clip
from installation.take import Header, Take, TakeWriter

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
    begin, number = 0.0, 0
    total = max(1, round(seconds / show.loop + 0.499))
    while begin < seconds - 1e-6:
        dream = judge(next_dream(optimizer, show, begin, number))
        writer.loop(number, begin, dream)
        begin += length(dream) / RATE
        number += 1
        if progress is not None:
            progress(number, max(total, number))
    return Take.read(folder)


def next_dream(optimizer: Optimizer, show: Show, begin: float, number: int) -> Dream:
    """The dream for the loop that begins at this second: the start clip as it is, then ever further steps."""
    optimizer.aim(show.at(begin, show.controls).target)
    if number:
        for _ in range(STEPS):
            optimizer.step()
    return lasting(optimizer.dream(number), show.loop)
