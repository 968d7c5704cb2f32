"""Which pitches sound on is asked beside what comes next, of what was heard and of nothing else."""

from __future__ import annotations

import pytest
import torch

from installation.listen.anatomy import read
from installation.listen.contrast import Reach, predict_everywhere, reach
from installation.listen.harmony import SHARE, SILENCE, WINDOWS, Harmony, outstanding
from installation.listen.network import Network

EARS = Reach(stride=4, before=22, encodings=5, context_step=2, shared=(22, 0))
BINS, OCTAVE, PREDICTIONS = 72, 12, 7
WINDOW = 4 * 6 // SHARE


def test_what_stands_out_of_its_octave_is_kept_whatever_colour_lies_on_it() -> None:
    sharp = outstanding(BINS, OCTAVE)
    assert sharp.shape == (24, BINS)  # two registers of three octaves
    silence = sharp @ torch.full((BINS, 1), 0.4)
    assert silence.abs().max() < 1e-5
    notes = torch.zeros(BINS, 1)
    notes[[5, 17, 29, 41]] = 0.3  # one pitch class: three octaves of the low register, one of the high
    heard = (sharp @ notes)[:, 0]
    assert heard.argmax() == 5
    assert heard[12:].argmax() == 5
    assert float(heard[5]) == pytest.approx(3 * float(heard[17]), rel=0.1)
    slope = (sharp @ (notes + torch.linspace(0.5, 0.1, BINS)[:, None]))[:, 0]
    assert (slope - heard)[6:18].abs().max() < 0.15 * heard[5]


@pytest.mark.parametrize("grid", [0, 1])
def test_stretches_are_the_one_just_heard_and_those_to_come(grid: int) -> None:
    harmony = Harmony(3, BINS, OCTAVE)
    newest = (EARS.encodings - 1 + grid) * EARS.stride + EARS.before  # frames that the grid's only context heard
    level = torch.zeros(1, BINS, 120)
    level[:, 30, newest:] = 0.5  # a bell that begins right after them
    sound = (harmony.outstanding @ level[0, :, -1]).view(-1, OCTAVE)
    bell = (sound / (sound.square().mean(-1, keepdim=True).sqrt() + SILENCE)).flatten()
    c = torch.zeros(1 + grid, 1, 1, 3)

    def asked(*stretches: torch.Tensor) -> float:
        harmony.map.bias.data = torch.cat(stretches)
        both = [harmony(part, level, EARS, PREDICTIONS).item() for part in (c, c[:grid]) if len(part)]
        return (1 + grid) * both[0] - grid * both[-1]  # of this grid alone

    silence = torch.zeros_like(bell)
    size = bell.square().mean().item()
    assert asked(silence, bell) == pytest.approx(0, abs=1e-3)
    assert asked(bell, bell) == pytest.approx(0.5 * size, abs=0.01)
    assert asked(silence, silence) == pytest.approx(0.5 * size, abs=0.01)


def test_silence_asks_for_nothing_and_gives_no_slope_that_is_no_number() -> None:
    network = Network(read("tiny"))
    plan = network.plan
    ears = reach(network, plan.front_end.bins)
    harmony = Harmony(plan.context, plan.front_end.bins, plan.front_end.bins_per_octave)
    level = torch.zeros(2, plan.front_end.bins, ears.frames(4, plan.predictions, ears.first))
    _, _, c = predict_everywhere(network, level, ears, ears.first)
    assert c.shape[0] == ears.context_step
    assert c.shape[1] == 2
    share = harmony(c, level, ears, plan.predictions)
    share.backward()
    assert share == 0
    assert all(bool(weight.grad.isfinite().all()) for weight in harmony.parameters() if weight.grad is not None)


def test_a_linear_map_of_c_learns_the_pitches() -> None:
    random = torch.Generator().manual_seed(0)
    harmony = Harmony(24 * WINDOWS, BINS, OCTAVE)
    level = torch.rand(3, BINS, 150, generator=random)
    c = torch.randn(2, 3, 5, 24 * WINDOWS, generator=random)
    before = harmony(c, level, EARS, PREDICTIONS).item()
    optimizer = torch.optim.LBFGS(harmony.parameters(), max_iter=100)

    def ask() -> torch.Tensor:
        optimizer.zero_grad()
        share: torch.Tensor = harmony(c, level, EARS, PREDICTIONS)
        share.backward()
        return share

    optimizer.step(ask)
    assert before == pytest.approx(1, abs=0.05)
    assert harmony(c, level, EARS, PREDICTIONS) < 0.1  # 30 contexts, 96 channels
