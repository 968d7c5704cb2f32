"""Which of fifteen tracks that share tempo, key and sounds is this? Asked in disguise, of an ear and of its rivals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from installation.listen.augment import PLAIN, plain
from installation.listen.contrast import Reach, reach
from installation.listen.dataset import Recording
from installation.listen.evaluation import CONTEXTS, hear, pieces
from installation.listen.network import Network
from installation.listen.probes import Answers, classify

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


def supervised(tracks: Sequence[Recording], network: Network, steps: int, seed: int = 0) -> dict[str, Any]:
    """The same question to a network that learns nothing but it, from its first weights on: a table of Result.

    network   changed by the training
    """
    fit, test = parts(tracks)
    ears, device = reach(network, tracks[0].levels.shape[1]), _device(network)
    random = np.random.default_rng(seed)
    clips, which = _cut(fit, ears)
    head = nn.Linear(network.plan.context, len(tracks)).to(device)
    optimizer = torch.optim.AdamW([*network.parameters(), *head.parameters()], 1e-3)
    network.train()
    for _ in range(steps):
        chosen = random.choice(len(clips), min(8, len(clips)), replace=False)
        said = head(_contexts(network, torch.from_numpy(clips[chosen]).to(device))).flatten(0, 1)
        right = torch.from_numpy(which[chosen]).to(device).repeat_interleave(CONTEXTS)
        loss = nn.functional.cross_entropy(said, right)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    network.eval()
    with torch.no_grad():
        known, asked = hear(network, fit, ears), hear(network, test, ears, torch.Generator(device).manual_seed(seed))
        said_of = [Answers(head(part.ears["ear"].values), part.ears["ear"].recording) for part in (known, asked)]
    return asdict(classify(said_of[0], said_of[0].recording, said_of[1], said_of[1].recording))


def _cut(recordings: Sequence[Recording], ears: Reach) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All pieces, [pieces, fine frames, bins] bytes, and whose they are."""
    found = [(fine, number) for number, recording in enumerate(recordings) for fine, _ in pieces(recording, ears)]
    return np.stack([fine for fine, _ in found]), np.array([number for _, number in found])


def _contexts(network: Network, clips: Tensor) -> Tensor:
    """c of pieces, [pieces, contexts, channels]."""
    level = plain(clips, int((clips.shape[1] - 1) / PLAIN))
    return network.summarise(network.encode(level, "valid"), "valid")[..., :CONTEXTS].transpose(1, 2)


def _device(network: Network) -> torch.device:
    return next(network.parameters()).device
