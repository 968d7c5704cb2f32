"""What a training leaves on disk: weights, the state to go on from, a diary of figures and a picture of the curves."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from safetensors.torch import save as as_safetensors
from torch import nn

from installation import whole
from installation.errors import ContentError, StorageError

log = logging.getLogger(__name__)

STATE, WEIGHTS, PAGES, CURVES = "state.pt", "weights.safetensors", "diary.jsonl", "curves.png"


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises StorageError for a full or forbidden disk."""
    try:
        whole.write(path, body)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. What was there before is kept; free some space and resume."
        ) from error


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Everything needed to go on exactly here."""
    body = io.BytesIO()
    torch.save(state, body)
    write_whole(folder / STATE, body.getvalue())


def load_state(folder: Path) -> dict[str, Any]:
    """The last state in the folder, on the CPU. Raises ContentError where there is none or it is cut off."""
    path = folder / STATE
    if not path.exists():
        raise ContentError(f"{path} is not there, so nothing can be resumed. Leave out --resume to begin anew.")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise ContentError(f"{path} is damaged ({error}). Begin anew from weights.safetensors beside it.") from None
    return state


def save_weights(folder: Path, network: nn.Module) -> None:
    """All weights as float16, and the batch statistics, which need more digits, as float32."""
    kept = {name: value.half() for name, value in network.named_parameters()}
    kept |= {name: value for name, value in network.named_buffers() if not name.endswith("num_batches_tracked")}
    body = as_safetensors({name: value.detach().cpu().contiguous() for name, value in kept.items()})
    write_whole(folder / WEIGHTS, body)


class Diary:
    """The figures of a training, one line of JSON each, told to the log, to TensorBoard and as a picture."""

    def __init__(self, folder: Path, tell: Callable[[str], None] = log.info) -> None:
        self.folder = folder
        self.pages: list[dict[str, Any]] = []
        self._tell = tell
        self._board: Any = None
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, page: dict[str, Any]) -> None:
        """Add a page. Raises StorageError."""
        self.pages.append(page)
        self._tell(in_words(page))
        try:
            with (self.folder / PAGES).open("a", encoding="utf-8") as file:
                file.write(json.dumps(page) + "\n")
        except OSError as error:
            raise StorageError(f"{self.folder / PAGES} cannot be written: {error.strerror}.") from error
        self._to_tensorboard(page)

    def _to_tensorboard(self, page: dict[str, Any]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter  # an optional extra
        except ImportError:
            return
        if self._board is None:
            self._board = SummaryWriter(str(self.folder / "tensorboard"))
        for name, value in _numbers(page).items():
            self._board.add_scalar(name, value, page["step"])

    def draw(self) -> None:
        """Loss, share of right answers per predicted step, and of what was not told beside them, as a picture."""
        lessons = [page for page in self.pages if "loss" in page]
        tests = [page for page in self.pages if "held" in page]
        figure = Figure(figsize=(16, 4), layout="constrained")
        loss, right, untold = figure.subplots(1, 3)
        loss.plot([page["step"] for page in lessons], [page["loss"] for page in lessons], label="training")
        loss.plot([page["step"] for page in tests], [page["held"]["loss"] for page in tests], "o-", label="kept apart")
        loss.set(xlabel="step", ylabel="loss (nats)")
        for number in range(len(lessons[0]["right"]) if lessons else 0):
            shade = 0.15 + 0.7 * number / max(1, len(lessons[0]["right"]) - 1)
            right.plot(
                [page["step"] for page in lessons], [page["right"][number] for page in lessons], color=(shade, 0.4, 0.9)
            )
        for name in ("nearest", "farthest"):
            right.plot(
                [page["step"] for page in tests],
                [page["held"][name] for page in tests],
                "o-",
                label=f"kept apart, {name}",
            )
        right.set(xlabel="step", ylabel="right answers, one line a predicted step", ylim=(0, 1))
        for name in ("pitches", "strikes"):
            untold.plot([page["step"] for page in lessons], [page[name] for page in lessons], label=name)
        untold.set(xlabel="step", ylabel="share not told", ylim=(0, 1.1))
        for axes in (loss, right, untold):
            if axes.get_legend_handles_labels()[0]:
                axes.legend()
        body = io.BytesIO()
        figure.savefig(body, format="png", dpi=100)
        write_whole(self.folder / CURVES, body.getvalue())


def _numbers(page: dict[str, Any]) -> dict[str, float]:
    """All figures of a page by name, lists and tables spread out."""
    found: dict[str, float] = {}
    for name, value in page.items():
        if isinstance(value, dict):
            found |= {f"{name}/{key}": number for key, number in value.items()}
        elif isinstance(value, list):
            found |= {f"{name}/{number + 1:02}": part for number, part in enumerate(value)}
        elif name not in {"step", "left"}:
            found[name] = value
    return found


def in_words(page: dict[str, Any]) -> str:
    """A page as one line for a person."""
    start = f"step {page['step']}, {page['seconds']:.0f} s"
    if held := page.get("held"):
        return (
            f"{start}: kept apart: loss {held['loss']:.3f} (chance {held['chance_loss']:.2f}), "
            f"right of {held['candidates']:.0f}: {held['nearest']:.1%} .. {held['farthest']:.1%}, "
            f"within the recording, of {held['same_candidates']:.0f}: "
            f"{held['same_nearest']:.1%} .. {held['same_farthest']:.1%}"
        )
    return (
        f"{start}, {page['left']:.0f} s left: loss {page['loss']:.3f}, right {page['right'][0]:.1%} .. "
        f"{page['right'][-1]:.1%}, pitches {page['pitches']:.0%} and onsets {page['strikes']:.0%} untold, "
        f"rate {page['rate']:.1e}, heard {page['heard_hours']:.1f} h of {page['data_hours']:.1f} h"
    )
