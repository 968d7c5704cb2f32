"""The frozen ear answers, and slopes, as its network does."""

import pytest
import torch
from torch import Tensor

from installation.listen import frozen
from installation.listen.anatomy import Plan, anatomy, read
from installation.listen.frozen import Frozen
from installation.listen.network import Network
from installation.listen.statistics import calibrate, measure

torch.set_num_threads(1)


def music(plan: Plan, frames: int, seed: int) -> Tensor:
    """Four scalograms that differ in loudness, timbre, rhythm and detail."""
    bins, generator = plan.front_end.bins, torch.Generator().manual_seed(seed)
    shapes = ((4, 1, 1), (4, bins, 1), (4, 1, frames), (4, bins, frames))
    return torch.stack([torch.rand(shape, generator=generator).expand(shapes[-1]) for shape in shapes]).mean(0)


def settled(plan: Plan) -> Network:
    network = Network(plan)
    calibrate(network, music(plan, 64, seed=2))
    return network.requires_grad_(False).eval()


@pytest.mark.parametrize(("name", "frames"), [("tiny", 64), ("tiny", 192), ("paper", 64), ("causal", 64), ("ear", 192)])
def test_every_neuron_answers_as_in_the_network(name: str, frames: int) -> None:
    plan = read(name)
    network, level = settled(plan), music(plan, frames, seed=3)[:2]
    statistics = measure(network, torch.zeros_like(level[:1]), [level[:1]])
    wanted, found = network.responses(level), Frozen(network).responses(level)
    assert list(found) == [layer.name for layer in anatomy(plan)]
    for layer, answer in found.items():
        apart = statistics.normalised(layer, answer) - statistics.normalised(layer, wanted[layer])
        assert apart.abs().max() <= 1e-4, layer  # spreads


@pytest.mark.parametrize("name", ["tiny", "paper", "causal"])
@pytest.mark.parametrize("packs", [True, False])
def test_the_slope_is_the_networks(name: str, packs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In double precision, where rounding flips no rectifier and no pooling; packed weights are single."""
    plan = read(name)
    if not packs:
        monkeypatch.setattr(frozen, "_packs", lambda x: False)
    network = settled(plan) if packs else settled(plan).double()
    level = music(plan, 64, seed=3)[:2].to(next(network.parameters()).dtype).requires_grad_()
    weight = torch.randn(2, plan.context, 1, 64 // plan.stride, generator=torch.Generator().manual_seed(4))
    deepest = anatomy(plan).layers[-1].name
    slopes = [
        torch.autograd.grad((ear.responses(level)[deepest] * weight).sum(), level)[0]
        for ear in (network, Frozen(network))
    ]
    apart = (slopes[0] - slopes[1]).norm() / slopes[0].norm()
    assert apart <= (2e-2 if packs else 1e-9)


def test_the_packed_weights_slope_as_the_plain_ones() -> None:
    """Each kernel alone has no rectifier that rounding could flip."""
    network = settled(read("paper"))
    generator = torch.Generator().manual_seed(5)
    for block in Frozen(network)._blocks[2:5]:
        for kernel in (block.conv1, block.conv2):
            x = torch.randn(2, kernel.there.weight.shape[1], 40, 12, generator=generator).requires_grad_()
            answer = kernel(x)
            slope = torch.randn(answer.shape, generator=generator)
            (found,) = torch.autograd.grad(answer, x, slope)
            around = torch.cat([x, x, x], 3).double()
            line = torch.nn.functional.conv2d(
                around, kernel.there.weight.double(), kernel.there.bias.double(), padding=(kernel.there.padding, 0)
            )
            start = 12 - kernel.there.back
            (wanted,) = torch.autograd.grad(line[..., start : start + 12], x, slope.double())
            torch.testing.assert_close(answer.double(), line[..., start : start + 12], rtol=1e-5, atol=1e-4)
            torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-4)


def test_only_what_is_asked_for_is_heard() -> None:
    network = settled(read("tiny"))
    ear, level = Frozen(network), music(network.plan, 64, seed=3)[:1]
    assert list(ear.responses(level, "block0.conv2")) == ["scalogram", "block0.conv1", "block0.conv2"]
    with pytest.raises(KeyError, match="block9"):
        ear.responses(level, "block9")
    with pytest.raises(ValueError, match="no multiple of 2"):
        ear.responses(level[..., :50])
