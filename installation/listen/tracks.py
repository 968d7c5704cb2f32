"""Which of fifteen tracks that share tempo, key and sounds is this? Asked in disguise, of an ear and of its rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from installation.listen.contrast import reach
from installation.listen.dataset import Recording
from installation.listen.evaluation import hear
from installation.listen.network import Network
from installation.listen.probes import classify
from installation.listen.taught import teach

FITTED, TESTED = 0.6, 0.3  # the first and the last part of each track; between them lies more than an ear remembers


def parts(tracks: Sequence[Recording]) -> tuple[list[Recording], list[Recording]]:
    """The part of each track that probes are fitted on, and the part they are asked about."""
    fit = [Recording(t.name, t.levels[: int(FITTED * len(t.levels))], t.labels) for t in tracks]
    test = [Recording(t.name, t.levels[int((1 - TESTED) * len(t.levels)) :], t.labels) for t in tracks]
    return fit, test


def tell_tracks(tracks: Sequence[Recording], listeners: dict[str, Network], seed: int = 0) -> dict[str, Any]:
    """Share of moments whose track is told, per listener and for the plain scalogram, as tables of Result.

    In the test other equalisers, gains and noise lie on the music, and another track 12 dB below.
    """
    fit, test = parts(tracks)
    results: dict[str, Any] = {}
    for name, network in listeners.items():
        ears = reach(network, tracks[0].levels.shape[1])
        known = hear(network, fit, ears)
        asked = hear(network, test, ears, torch.Generator(_device(network)).manual_seed(seed))
        for listener, answers in known.ears.items():
            called = name if listener == "ear" else listener
            if called not in results:
                there = asked.ears[listener]
                results[called] = asdict(classify(answers, answers.recording, there, there.recording))
    return results


def taught(tracks: Sequence[Recording], network: Network, steps: int, seed: int = 0) -> Network:
    """A network that is taught to tell these tracks, and nothing else; its weights are changed."""
    fit, _ = parts(tracks)
    numbers = {id(recording): number for number, recording in enumerate(fit)}

    def track(recording: Recording, times: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.full(len(times), numbers[id(recording)])

    return teach(network, fit, {"track": (track, True)}, steps, seed)


def _device(network: Network) -> torch.device:
    return next(network.parameters()).device
