"""An ear that others made, as the piece hears with it: what is to be written for a new one are two methods."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from installation.data import Activations, Clip, Floats, Scalogram
from installation.errors import ContentError
from installation.listen.hearer import Hearer
from installation.listen.plans import ForeignPlan, anatomy

EDGE = 2  # frames that a resampled circle rings for, where silence is followed by sound


class ForeignEar(Hearer):
    """Answers for each frame alone, or for one and its surroundings, never from what it remembers.

    To bring another, give it `reach`, `stimulus` and `answers`, and perhaps `pitches`; docs/another-ear.md shows how.

    reach     seconds on either side of a frame that its answers depend on
    weights   the file that they come from, if there is one
    """

    pitches = 0
    reach: float
    weights: Path | None = None

    def __init__(self, plan: ForeignPlan, device: torch.device | str = "cpu") -> None:
        super().__init__(plan, anatomy(plan), device)
        self.plan = plan

    @property
    def margin(self) -> int:
        """Frames on either side of a piece that lead into it, a multiple of the stride."""
        reach = max(self.reach * self.front.rate, self.front.lengths[0] / 2)  # samples
        frames = -(-int(reach) // self.samples_per_frame) + EDGE
        return -(-frames // self.stride) * self.stride

    def down_to(self, upto: str | Collection[str] | None) -> list[str]:
        """The layers that must be heard for `upto` (None: all), shallow to deep. Raises KeyError for an unknown one."""
        names = [layer.name for layer in self.anatomy]
        if upto is None:
            return names
        asked = {upto} if isinstance(upto, str) else set(upto)
        if unknown := asked - set(names):
            raise KeyError(f"no layer {sorted(unknown)[0]!r}")
        return names[: 1 + max(names.index(name) for name in asked)]

    def listen(self, clip: Clip, frames: int) -> Iterator[tuple[Scalogram, Activations]]:
        """A whole recording as a line, silence around it, in pieces of so many frames of 1 000 samples.

        Raises ValueError where frames are no multiple of the network's stride.
        """
        if frames < 1 or frames % self.stride:
            raise ValueError(f"a piece must be a multiple of {self.stride} frames, got {frames}")
        mono, margin = self.mono(clip), self.margin
        size, beside = frames * self.samples_per_frame, margin * self.samples_per_frame
        pieces = max(1, -(-len(mono) // size))
        line = torch.nn.functional.pad(mono, (beside, beside + pieces * size - len(mono)))
        for start in range(0, pieces * size, size):
            yield self.piece(line[start : start + size + 2 * beside], margin, frames)

    def stream(self, frames: int) -> Recent:
        """Hears what comes in, and answers for so many of the newest frames."""
        return Recent(self, frames)

    @torch.no_grad()
    def piece(self, sound: Tensor, lead: int, frames: int) -> tuple[Scalogram, Activations]:
        """The answers to `frames` frames after `lead` ones; `sound` [samples] goes on beyond both, as a circle."""
        whole, end = len(sound) // self.samples_per_frame, lead + frames
        shown = self.level(sound[None], whole)[..., lead:end]
        answers = {}
        for name, answer in self.responses(sound[None], whole).items():
            stride = self.anatomy[name].stride
            answers[name] = answer[..., end // stride - max(1, frames // stride) : end // stride]
        return self.scalogram(shown, self.samples_per_frame / self.front.rate), self.activations(answers)


class Recent:
    """Answers to the newest sound as if silence followed; each time all that its answers depend on is heard again."""

    def __init__(self, ear: ForeignEar, frames: int) -> None:
        self._ear, self._frames, self._margin = ear, frames, ear.margin
        self.samples_per_frame = ear.samples_per_frame
        self._rest = torch.zeros(0, device=ear.device)  # samples that are no whole frame yet
        self._sound = torch.zeros((self._margin + frames) * self.samples_per_frame, device=ear.device)
        self.heard = 0  # frames, all

    def hear(self, samples: Floats) -> tuple[Scalogram, Activations] | None:
        """The answers to the last frames; None before there is a whole one.

        samples   [samples] what came since the last call, any number of them
        """
        sound = torch.cat([self._rest, torch.from_numpy(samples).to(self._ear.device)])
        whole = len(sound) // self.samples_per_frame
        new, self._rest = sound.tensor_split([whole * self.samples_per_frame])
        self._sound = torch.cat([self._sound, new])[-len(self._sound) :]
        self.heard += whole
        if self.heard == 0:
            return None
        after = self._sound.new_zeros(self._margin * self.samples_per_frame)
        return self._ear.piece(torch.cat([self._sound, after]), self._margin, self._frames)


def shipped(package: str, file: str) -> Path:
    """A file that an installed package carries; the package itself is not imported. Raises ContentError."""
    found = find_spec(package)
    for place in (found and found.submodule_search_locations) or ():
        if (path := Path(place) / file).is_file():
            return path
    raise ContentError(f"The Python package {package!r} was asked for its {file}, but has none. Install it again.")


class Stranger(dict[str, object]):
    """Stands for what a file holds beside numbers: it is read, but nothing of it is run."""

    def __init__(self, *given: object) -> None:
        super().__init__()


def learnt(path: Path) -> dict[str, Tensor]:
    """The weights in a file of torch. Raises ContentError."""
    try:
        strangers = torch.serialization.get_unsafe_globals_in_checkpoint(path)
        with torch.serialization.safe_globals([(Stranger, name) for name in strangers]):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises what its many readers raise
        what = str(error).split("\n")[0]
        raise ContentError(f"The weights {path} cannot be read: {what}. Install the package again.") from None
    weights: dict[str, Tensor] = found.get("state_dict", found)
    return weights
