"""When something strikes is asked beside what comes next, of what follows the moment and of nothing else."""

from __future__ import annotations

import pytest
import torch

from installation.listen.contrast import Reach
from installation.listen.pulse import PACE, Pulse, onsets

EARS = Reach(stride=4, before=22, encodings=5, context_step=2, shared=(22, 0))
BINS, OCTAVE, PREDICTIONS = 72, 12, 7
PERIOD = 20  # frames
LENGTH = EARS.stride // PACE


def beats(phase: int, frames: int = 200) -> torch.Tensor:
    """A kick that dies away in the lowest octave, over steady chords: [1, bins, frames]."""
    level = torch.full((1, BINS, frames), 0.3)
    age = (torch.arange(frames) - phase) % PERIOD
    level[:, :OCTAVE] += 0.5 * 0.7**age
    return level


def test_onsets_are_where_something_begins_in_its_band_alone_and_of_one_size() -> None:
    found = onsets(beats(7), OCTAVE, 1)
    assert found.shape == (1, 3, 200)  # three bands of two octaves
    assert (found[0, 0] > 1).nonzero()[:, 0].tolist() == list(range(7, 200, PERIOD))
    assert float(found[0, 0].square().mean()) == pytest.approx(1, abs=0.05)
    assert found[0, 1:].abs().max() < 1e-3
    louder = onsets(0.2 * beats(7), OCTAVE, 1)
    assert (louder - found).abs().max() < 0.3


def test_frames_that_are_taken_together_begin_where_they_are_asked() -> None:
    found = onsets(beats(7), OCTAVE, LENGTH)[0, 0]
    assert len(found) == 200 - LENGTH + 1
    assert found[:20].topk(LENGTH).indices.sort().values.tolist() == list(range(8 - LENGTH, 8))


@pytest.mark.parametrize("grid", [0, 1])
def test_what_follows_the_moment_is_asked(grid: int) -> None:
    pulse = Pulse(3, BINS, OCTAVE, EARS.stride, PREDICTIONS)
    level = beats(3, frames=70)
    newest = (EARS.encodings - 1 + grid) * EARS.stride + EARS.before
    c = torch.zeros(1 + grid, 1, 1, 3)

    def untold(guess: torch.Tensor) -> float:
        pulse.map.bias.data = guess
        both = [pulse(part, level, EARS).item() for part in (c, c[:grid]) if len(part)]
        return (1 + grid) * both[0] - grid * both[-1]  # of this grid alone

    come = onsets(level, OCTAVE, LENGTH)[0]
    asked = newest + LENGTH * torch.arange(EARS.stride * (PREDICTIONS - 1) // LENGTH)
    assert untold(come[:, asked].flatten()) == pytest.approx(0, abs=1e-6)
    assert untold(come[:, asked - LENGTH].flatten()) > 0.3


def test_silence_asks_for_nothing_and_gives_no_slope_that_is_no_number() -> None:
    pulse = Pulse(3, BINS, OCTAVE, EARS.stride, PREDICTIONS)
    c = torch.ones(1, 2, 4, 3, requires_grad=True)
    share = pulse(c, torch.zeros(2, BINS, 120), EARS)
    share.backward()
    assert share == 0
    assert c.grad is not None
    assert bool(c.grad.isfinite().all())


def test_a_linear_map_of_where_in_the_beat_it_is_tells_the_onsets() -> None:
    pulse = Pulse(2 * 4, BINS, OCTAVE, EARS.stride, PREDICTIONS)
    level = torch.cat([beats(phase) for phase in range(PERIOD)])
    newest = EARS.newest(2, 6)[:, None] - torch.arange(PERIOD)[:, None]  # [grids, batch, contexts] since a kick
    turns = 2 * torch.pi * newest[..., None] * torch.arange(1, 5) / PERIOD
    c = torch.cat([turns.cos(), turns.sin()], -1)
    before = pulse(c, level, EARS).item()
    optimizer = torch.optim.LBFGS(pulse.parameters(), max_iter=100)

    def ask() -> torch.Tensor:
        optimizer.zero_grad()
        share: torch.Tensor = pulse(c, level, EARS)
        share.backward()
        return share

    optimizer.step(ask)
    assert before > 0.2  # of the lowest of three bands alone
    assert pulse(c, level, EARS).item() < 0.3 * before
