"""A training begins with a network that passes on what it hears, and its optimiser learns in all directions."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from installation.listen.anatomy import read
from installation.listen.beginning import begin
from installation.listen.contrast import reach
from installation.listen.muon import LIKE_ADAM, Muon, orthogonal
from installation.listen.network import EncoderBlock, Network


def _levels(seed: int, bins: int) -> Tensor:
    """Notes that come and go somewhere: [batch, bins, frames]"""
    random = torch.Generator().manual_seed(seed)
    level = torch.zeros(12, bins, 144)
    for clip in level:
        for _ in range(60):
            ranges = ((0, bins - 2), (0, 140), (4, 40))
            pitch, start, length = (int(torch.randint(*ends, (1,), generator=random)) for ends in ranges)
            clip[pitch : pitch + 2, start : start + length] += 0.5 * torch.rand((), generator=random)
    return level.clamp(0, 1)


def _readable(network: Network) -> float:
    """How much of 27 bands' mean over what each z heard one linear map finds in z, in clips it was not fitted on."""
    bins = network.plan.front_end.bins
    ears = reach(network, bins)
    network.train()
    sounds = [_levels(seed, bins) for seed in range(8)]
    with torch.no_grad():
        heard = [network.encode(level, "valid").transpose(1, 2) for level in sounds]
    bands = [torch.nn.functional.avg_pool2d(level[:, None], (bins // 27, 1))[:, 0] for level in sounds]
    there = [band.unfold(2, ears.before, ears.stride).mean(-1).transpose(1, 2) for band in bands]
    x, new = torch.cat(heard[:6]).flatten(0, 1).double(), torch.cat(heard[6:]).flatten(0, 1).double()
    y, truth = torch.cat(there[:6]).flatten(0, 1).double(), torch.cat(there[6:]).flatten(0, 1).double()
    middle = y.mean(0)
    ridge = x.T @ x + 0.1 * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    guess = new @ torch.linalg.solve(ridge, x.T @ (y - middle)) + middle
    return 1 - float((guess - truth).square().sum() / (truth - middle).square().sum())


def test_z_tells_what_was_heard_before_anything_is_learnt() -> None:
    plan = read("house")
    drawn, begun = _readable(Network(plan)), _readable(begin(Network(plan)))
    assert drawn < 0.2
    assert begun > 0.4


@pytest.mark.parametrize("model", ["tiny", "causal", "ear"])
def test_channels_come_in_pairs_of_opposite_sign(model: str) -> None:
    network = begin(Network(read(model)))
    for block in network.encoder:
        assert isinstance(block, EncoderBlock)
        for conv in (block.conv1, block.conv2):
            half = conv.weight.shape[0] // 2
            torch.testing.assert_close(conv.weight[:half], -conv.weight[half : 2 * half])
            assert conv.weight.abs().flatten(1).amax(1).min() > 0.5  # every channel hears something


def test_it_is_the_same_every_time_and_another_with_another_generator() -> None:
    plan = read("tiny")
    one, same = begin(Network(plan)), begin(Network(plan))
    other = begin(Network(plan), torch.Generator().manual_seed(99))
    for (name, a), (_, b) in zip(one.state_dict().items(), same.state_dict().items(), strict=True):
        assert torch.equal(a, b), name
    assert any(not torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("shape", [(16, 48), (48, 16), (8, 8)])
def test_momentum_is_made_orthogonal(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    sizes = torch.linalg.svdvals(orthogonal(matrix))
    assert sizes.min() > 0.5
    assert sizes.max() < 1.3
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    assert (orthogonal(matrix) * (left @ right)).sum() / min(shape) == pytest.approx(sizes.mean().item(), abs=0.05)


def _weights() -> tuple[torch.nn.Parameter, torch.nn.Parameter]:
    random = torch.Generator().manual_seed(1)
    kernel = torch.nn.Parameter(torch.randn(8, 4, 3, 1, generator=random))
    other = torch.nn.Parameter(torch.randn(5, generator=random))
    return kernel, other


def _learn(kernel: Tensor, other: Tensor, optimizer: torch.optim.Optimizer, steps: int) -> None:
    for step in range(steps):
        kernel.grad = torch.sin(kernel.detach() * 3 + step)
        other.grad = torch.sin(other.detach() * 3 + step)
        optimizer.step()


def test_kernels_take_steps_as_long_as_those_of_adam_and_the_others_are_adams() -> None:
    kernel, other = _weights()
    before, alone = kernel.detach().clone(), copy.deepcopy(other)
    _learn(kernel, other, Muon([kernel], [other], 1e-2, decay=0.0), 1)
    adam = torch.optim.AdamW([alone], 1e-2, (0.9, 0.98), weight_decay=0.0)
    alone.grad = torch.sin(alone.detach() * 3)
    adam.step()
    assert torch.equal(alone, other)
    moved = (kernel - before).square().mean().sqrt().item()
    assert moved == pytest.approx(1e-2 * LIKE_ADAM, rel=0.25)


def test_it_goes_on_from_its_state() -> None:
    kernel, other = _weights()
    optimizer = Muon([kernel], [other], 1e-2)
    _learn(kernel, other, optimizer, 3)
    state = copy.deepcopy(optimizer.state_dict())
    again, also = copy.deepcopy(kernel), copy.deepcopy(other)
    resumed = Muon([again], [also], 1e-2)
    resumed.load_state_dict(state)
    _learn(kernel, other, optimizer, 2)
    _learn(again, also, resumed, 2)
    assert torch.equal(kernel, again)
    assert torch.equal(other, also)
