"""All ears by name: our own, and those that others made."""

from __future__ import annotations

import runpy
from pathlib import Path

import torch
from torch import Tensor, nn

from installation.content import find
from installation.errors import ContentError, ImmersionsError
from installation.listen import checkpoint, ear, pairs, plans, statistics
from installation.listen.anatomy import frames_per_loop
from installation.listen.crepe import Crepe
from installation.listen.foreign import ForeignEar
from installation.listen.hearer import SECONDS, Hearer
from installation.listen.pair import Pair
from installation.listen.pesto import Pesto
from installation.listen.plans import ForeignPlan
from installation.listen.statistics import Statistics

KINDS: dict[str, type[ForeignEar]] = {"crepe": Crepe, "pesto": Pesto}
OWN = "ear.py"


def load(name: str, device: torch.device | str = "cpu") -> Hearer:
    """The ear in models/NAME, or the two of a name such as house+piano.

    Statistics that are missing are measured once and kept.

    Raises ContentError, or PackageError where it needs a Python package that is not installed.
    """
    if both := pairs.names(name):
        pairs.together(*map(plans.read, both))  # both must be ours
        return Pair(*(ear.load(one, device) for one in both))
    plan = plans.read(name)
    if not isinstance(plan, ForeignPlan):
        return ear.load(name, device)
    plans.provided(plan)
    folder = find("models", name)
    made = KINDS[plan.kind] if plan.kind in KINDS else own(folder / OWN)
    foreign = made(plan, device)
    shipped = folder / checkpoint.STATISTICS
    if shipped.exists():
        found = checkpoint.load_measured(nn.Module(), foreign.anatomy, shipped)
    else:
        files = [path for path in (folder / "model.toml", folder / OWN, foreign.weights) if path and path.exists()]
        found = ear.kept(name, files, nn.Module(), foreign.anatomy, lambda: measured(foreign))
    foreign.statistics = found.to(foreign.device)
    return foreign


def own(path: Path) -> type[ForeignEar]:
    """The class `Ear` in a file beside model.toml. Raises ContentError."""
    try:
        made = runpy.run_path(str(path)).get("Ear")
    except ImmersionsError:
        raise
    except Exception as error:  # whatever a foreign file raises
        raise ContentError(f"{path} cannot be used: {type(error).__name__}: {error}. Mend the file.") from None
    if not (isinstance(made, type) and issubclass(made, ForeignEar)):
        raise ContentError(f"{path} has no class Ear(ForeignEar). docs/another-ear.md shows one.")
    return made


def measured(foreign: ForeignEar) -> Statistics:
    """Rest, spread and variance over the start clips. Raises ContentError where the ear is not as model.toml says."""
    frames = frames_per_loop(SECONDS, foreign.stride)
    hiss, *music = [foreign.stimulus(foreign.mono(clip)[None], frames) for clip in ear.examples()]
    _check(foreign, foreign.answers(hiss), frames)
    return statistics.measured(foreign.answers, hiss, music)


def _check(foreign: ForeignEar, answers: dict[str, Tensor], frames: int) -> None:
    for layer in foreign.anatomy:
        found = list(answers[layer.name].shape) if layer.name in answers else "nothing"
        wanted = [1, layer.channels, layer.bins, frames // layer.stride]
        if found != wanted:
            raise ContentError(
                f"The layer {layer.name!r} of {foreign.name!r} answers {found} where model.toml asks for {wanted}: "
                "batch, channels, bins and steps. Make both alike."
            )
