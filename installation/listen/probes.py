"""What an ear knows, asked plainly: one linear map from its answers to beat, tempo, chord or composer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from installation.listen.trial import interval_of

RIDGES = (1e-4, 1e-3, 1e-2, 1e-1)  # strengths tried; a part of the training recordings chooses
UNKNOWN = -1


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """What an ear answers to some recordings.

    values      [moments, features]
    recording   [moments] number of the recording
    """

    values: Tensor
    recording: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Answers:
        return Answers(self.values[torch.from_numpy(chosen).to(self.values.device)], self.recording[chosen])


@dataclass(frozen=True, slots=True)
class Result:
    """A probe's figure on recordings it was not fitted on, with the 95 % interval over recordings."""

    figure: float
    low: float
    high: float
    chance: float  # what the most frequent class gives; 0 for R2
    recordings: int
    moments: int


def regress(fit: Answers, wanted: NDArray[Any], test: Answers, truth: NDArray[Any]) -> Result:
    """R2 of a ridge regression.   wanted, truth   [moments, outputs], NaN where nothing is known"""
    fit, wanted = _known(fit, wanted)
    test, truth = _known(test, truth)
    y = torch.from_numpy(wanted).to(fit.values)
    model = _choose(fit, y, lambda guess, right: -float((guess - right).square().mean()))
    guess = model(test.values).cpu().numpy()
    wrong, spread = (guess - truth) ** 2, (truth - wanted.mean(0)) ** 2
    sums = _per_recording(test.recording, np.stack([wrong.mean(1), spread.mean(1)], 1))
    low, middle, high = interval_of(sums, lambda total: 1 - total[..., 0] / total[..., 1])
    return Result(middle, low, high, 0.0, len(sums), len(truth))


def classify(fit: Answers, wanted: NDArray[np.int64], test: Answers, truth: NDArray[np.int64]) -> Result:
    """Share of right answers of a linear (logistic) classifier.   wanted, truth   [moments] classes or UNKNOWN"""
    fit, wanted = fit[wanted != UNKNOWN], wanted[wanted != UNKNOWN]
    classes = np.unique(wanted)
    known = np.isin(truth, classes)
    test, truth = test[known], truth[known]
    if not len(classes) or not len(truth):
        raise ValueError("no moment has a label that was also heard in training")
    y = torch.from_numpy(np.searchsorted(classes, wanted)).to(fit.values.device)
    model = _logistic(fit.values, y, len(classes))
    right = classes[model(test.values).argmax(1).cpu().numpy()] == truth
    sums = _per_recording(test.recording, np.stack([right, np.ones(len(right))], 1))
    low, middle, high = interval_of(sums, lambda total: total[..., 0] / total[..., 1])
    chance = float(np.mean(truth == np.bincount(wanted).argmax()))
    return Result(middle, low, high, chance, len(sums), len(truth))


def _known(answers: Answers, labels: NDArray[Any]) -> tuple[Answers, NDArray[Any]]:
    known = np.isfinite(labels).all(1)
    if not known.any():
        raise ValueError("no moment has this label")
    return answers[known], labels[known]


def _per_recording(recording: NDArray[np.int64], values: NDArray[Any]) -> NDArray[Any]:
    """Sums of each recording's moments, [recordings, values]."""
    names, place = np.unique(recording, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, place, values)
    return sums


Model = Callable[[Tensor], Tensor]


def _scaled(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.mean(0), x.std(0).clamp_min(1e-4)


def _ridge(x: Tensor, y: Tensor, strength: float) -> Model:
    middle, spread = _scaled(x)
    centre = y.mean(0)
    a = ((x - middle) / spread).double()
    square = a.T @ a + strength * len(a) * torch.eye(a.shape[1], dtype=a.dtype, device=a.device)
    weights = torch.linalg.solve(square, a.T @ (y - centre).double()).to(x.dtype)
    return lambda new: (new - middle) / spread @ weights + centre


def _choose(fit: Answers, y: Tensor, score: Callable[[Tensor, Tensor], float]) -> Model:
    """The ridge whose strength does best on a quarter of the recordings, fitted on all of them."""
    names = np.unique(fit.recording)
    apart = torch.from_numpy(np.isin(fit.recording, names[::4])).to(y.device)
    if len(names) < 4:
        return _ridge(fit.values, y, RIDGES[1])
    x = fit.values
    tries = {s: score(_ridge(x[~apart], y[~apart], s)(x[apart]), y[apart]) for s in RIDGES}
    return _ridge(x, y, max(tries, key=lambda strength: tries[strength]))


def _logistic(x: Tensor, y: Tensor, classes: int, decay: float = 1e-3, rounds: int = 60) -> Model:
    middle, spread = _scaled(x)
    a = (x - middle) / spread
    weights = torch.zeros(x.shape[1], classes, device=x.device, requires_grad=True)
    bias = torch.zeros(classes, device=x.device, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=rounds, history_size=10, line_search_fn="strong_wolfe")

    def ask() -> Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(a @ weights + bias, y) + decay * weights.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(ask)  # type: ignore[no-untyped-call]
    w, b = weights.detach(), bias.detach()
    return lambda new: (new - middle) / spread @ w + b


def spans(table: Any, times: NDArray[np.float64]) -> list[Any]:
    """The values of `[start, value...]` spans at these times; None before the first. A bare value holds throughout."""
    if not isinstance(table, Sequence) or isinstance(table, str):
        return [[table]] * len(times)
    starts = np.array([row[0] for row in table], dtype=np.float64)
    places = np.searchsorted(starts, times, "right") - 1
    return [list(table[place][1:]) if place >= 0 else None for place in places]


def beat_phase(beats: Sequence[float], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each time stands between two beats, 0..1; NaN before the first and after the last."""
    marks = np.asarray(beats, dtype=np.float64)
    phase = np.interp(times, marks, np.arange(len(marks)), np.nan, np.nan)
    return np.asarray(phase % 1)
