"""How good an ear is: linear probes ask what it knows of recordings, beside what a plain scalogram tells."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from installation.listen.augment import FINE_RATE, PLAIN, Ears, Variation, plain, transpose
from installation.listen.contrast import Reach, reach
from installation.listen.dataset import Bytes, Recording
from installation.listen.network import Network
from installation.listen.probes import UNKNOWN, Answers, Result, beat_phase, classify, regress, spans

log = logging.getLogger(__name__)

CONTEXTS = 32  # contexts c in a piece that is heard at once
KEYED = ("chord root", "key")  # questions whose answers rise and fall with the music
DISGUISE = Variation(
    frame=(PLAIN / FINE_RATE, PLAIN / FINE_RATE), pitch=0, neighbour=1, neighbour_gain=(-12, -12), codec=0,
    untouched=0, jitter=0, dropout=0,
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What was answered to some recordings, and when.

    ears    name of the listener -> its answers: "ear" (c), "mean" and "mean and spread" of the scalogram it heard
    times   [moments] seconds in the recording, the newest sound that each answer heard
    raised  [moments] semitones by which the music was moved up, -6..5; 0 where it was heard as it is
    """

    ears: dict[str, Answers]
    times: NDArray[np.float64]
    raised: NDArray[np.int64]


def pieces(recording: Recording, ears: Reach, contexts: int = CONTEXTS) -> Iterator[tuple[Bytes, NDArray[np.float64]]]:
    """A recording cut so that all its contexts follow one another: bytes [fine frames, bins], seconds [contexts]."""
    span = ears.before + ears.stride * (ears.encodings - 1)  # frames that one context hears
    step = ears.stride * ears.context_step
    frames = span + step * (contexts - 1)
    for start in range(0, len(recording.levels) // int(PLAIN) - frames, step * contexts):
        fine = recording.levels[int(start * PLAIN) : int((start + frames) * PLAIN) + 1]
        yield fine, (start + span + step * np.arange(contexts)) * PLAIN / FINE_RATE


@torch.no_grad()
def hear(
    network: Network,
    recordings: Sequence[Recording],
    ears: Reach,
    disguise: torch.Generator | None = None,
    most: int = 24,
    keys: torch.Generator | None = None,
) -> Heard:
    """What a network in evaluation mode answers to recordings, evenly chosen pieces of each, at most so many.

    disguise   if given: other equaliser, gain and noise, and another recording 12 dB below
    keys       if given: each piece is moved by any number of semitones within an octave
    """
    device, training = next(network.parameters()).device, network.training
    network.eval()
    kept: list[tuple[Bytes, NDArray[np.float64], int]] = []
    for number, recording in enumerate(recordings):
        cut = list(pieces(recording, ears))
        chosen = {int(place) for place in np.linspace(0, len(cut) - 1, min(most, len(cut)))} if cut else set()
        kept += [(*cut[place], number) for place in sorted(chosen)]
    if not kept:
        raise ValueError("all recordings are shorter than what one context hears")
    order = np.random.default_rng(0).permutation(len(kept))  # so that neighbours in a batch are other recordings
    up = torch.randint(-6, 6, (len(order),), generator=keys) if keys else torch.zeros(len(order), dtype=torch.int64)
    answers, means, spreads = [], [], []
    for begin in range(0, len(order), 16):
        some = [kept[place] for place in order[begin : begin + 16]]
        clips = torch.from_numpy(np.stack([fine for fine, _, _ in some])).to(device)
        frames = int((clips.shape[1] - 1) / PLAIN)
        level = Ears(DISGUISE, disguise).vary(clips, frames) if disguise else plain(clips, frames)
        if keys:
            moved = up[begin : begin + 16].to(device) * (network.plan.front_end.bins_per_octave / 12)
            level = transpose(level, moved)
        c = network.summarise(network.encode(level, "valid"), "valid")[..., :CONTEXTS]
        span = ears.before + ears.stride * (ears.encodings - 1)
        window = level.unfold(2, span, ears.stride * ears.context_step)  # [pieces, bins, contexts, frames]
        answers.append(c.transpose(1, 2).flatten(0, 1))
        means.append(window.mean(-1).transpose(1, 2).flatten(0, 1))
        spreads.append(window.std(-1).transpose(1, 2).flatten(0, 1))
    network.train(training)
    times = np.concatenate([kept[place][1] for place in order])
    who = np.repeat([kept[place][2] for place in order], CONTEXTS)
    mean = torch.cat(means)
    ours = {
        "ear": torch.cat(answers).float(),
        "mean": mean,
        "mean and spread": torch.cat([mean, torch.cat(spreads)], 1),
    }
    raised = up.repeat_interleave(CONTEXTS).numpy()
    return Heard({name: Answers(values, who) for name, values in ours.items()}, times, raised)


Labels = Callable[[Recording, NDArray[np.float64]], NDArray[Any]]


def _phase(recording: Recording, times: NDArray[np.float64]) -> NDArray[Any]:
    beats = recording.labels.get("beats") or [0.0, 0.0]
    phase = 2 * np.pi * beat_phase(beats, times) if len(beats) > 2 else np.full(len(times), np.nan)
    return np.stack([np.cos(phase), np.sin(phase)], 1)


def _tempo(recording: Recording, times: NDArray[np.float64]) -> NDArray[Any]:
    found = spans(recording.labels.get("bpm"), times)
    return np.array([[np.nan if value is None or value[0] is None else float(value[0])] for value in found])


def _class(label: str, number: Callable[[Any], int]) -> Labels:
    def find(recording: Recording, times: NDArray[np.float64]) -> NDArray[Any]:
        table = recording.labels.get(label)
        found = spans(table, times) if table is not None else [None] * len(times)
        return np.array([UNKNOWN if value is None or value[0] is None else number(value) for value in found])

    return find


def _composers(recordings: Sequence[Recording]) -> Labels:
    names = sorted({str(recording.labels["composer"]) for recording in recordings if "composer" in recording.labels})
    return _class("composer", lambda value: names.index(str(value[0])))


def questions(recordings: Sequence[Recording]) -> dict[str, tuple[Labels, bool]]:
    """What can be asked about these recordings: name -> how the truth is found, and whether it is a class."""
    asked: dict[str, tuple[Labels, bool]] = {
        "beat phase": (_phase, False),
        "bpm": (_tempo, False),
        "chord root": (_class("chords", lambda value: int(value[0])), True),
        "key": (_class("key", lambda value: int(value[0]) + 12 * (value[1] == "minor")), True),
    }
    if any("composer" in recording.labels for recording in recordings):
        asked["composer"] = (_composers(recordings), True)
    return asked


def probe(fit: Sequence[Recording], test: Sequence[Recording], listeners: dict[str, Network]) -> dict[str, Any]:
    """Fit every question's probe on some recordings and ask it on others, for each listener and the plain scalogram.

    Probes are fitted on music in all keys: a few dozen recordings have too few of their own to tell a root by.

    listeners   name -> network, for instance "ear" and "untrained"
    returns     question -> listener -> Result as a table
    """
    results: dict[str, Any] = {}
    asked = questions([*fit, *test])
    for name, network in listeners.items():
        ears = reach(network, fit[0].levels.shape[1])
        known, fresh = hear(network, fit, ears, keys=torch.Generator().manual_seed(0)), hear(network, test, ears)
        for question, (truth, is_class) in asked.items():
            wanted, right = (_labels(truth, part, where) for part, where in ((known, fit), (fresh, test)))
            if question in KEYED:
                wanted = _moved(wanted, known.raised)
            for listener in known.ears:
                if listener != "ear" and listener in results.get(question, {}):
                    continue  # the plain scalogram is the same for all
                called = name if listener == "ear" else listener
                ask: Any = classify if is_class else regress
                try:
                    result: Result = ask(known.ears[listener], wanted, fresh.ears[listener], right)
                except ValueError as error:
                    log.info("%s is not asked: %s", question, error)
                    continue
                results.setdefault(question, {})[called] = asdict(result)
    return results


def _labels(truth: Labels, heard: Heard, recordings: Sequence[Recording]) -> NDArray[Any]:
    """The truth at every moment, in order."""
    who = heard.ears["ear"].recording
    first = truth(recordings[int(who[0])], heard.times[:1])
    labels = np.empty((len(who), *first.shape[1:]), first.dtype)
    for number in np.unique(who):
        there = who == number
        labels[there] = truth(recordings[int(number)], heard.times[there])
    return labels


def _moved(labels: NDArray[np.int64], semitones: NDArray[np.int64]) -> NDArray[np.int64]:
    """Roots 0..11, or keys (major 0..11, minor 12..23), of music that was moved up."""
    return np.where(labels == UNKNOWN, UNKNOWN, labels - labels % 12 + (labels + semitones) % 12)


def untrained(network: Network) -> Network:
    """The same network with weights from its seed; give it batch statistics of music before it listens."""
    return Network(copy.deepcopy(network.plan)).to(next(network.parameters()).device)
