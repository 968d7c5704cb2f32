"""Anatomies read from torch networks."""

import pytest
import torch
from torch import Tensor, nn

from installation.data import Link
from installation.errors import ContentError
from installation.layout.cuts import cut
from installation.layout.edges import connections
from installation.layout.tracing import traced


def test_a_chain_is_read_with_its_pooling_folded_in() -> None:
    net = nn.Sequential(
        nn.Conv1d(2, 4, 3, padding=1), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(4, 8, 3), nn.Flatten(),
        nn.Linear(8 * 8, 5),
    )  # fmt: skip
    found = traced(net, 2, 20)
    assert [(layer.name, layer.channels, layer.bins) for layer in found] == [
        ("input", 2, 20), ("0", 4, 20), ("4", 8, 8), ("6", 5, 1)
    ]  # fmt: skip
    assert found.links == (
        Link("input", "0", kernel=3, offset=-1), Link("0", "4", kernel=6, stride=2), Link("4", "6", kernel=8)
    )  # fmt: skip


class Skip(nn.Module):
    """A residual block whose skip may have a projection."""

    def __init__(self, wide: int, stride: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(4, wide, 3, stride, 1)
        self.two = nn.Conv2d(wide, wide, 3, 1, 1)
        self.skip = nn.Identity() if wide == 4 else nn.Conv2d(4, wide, 1, stride)

    def forward(self, signal: Tensor) -> Tensor:
        return torch.relu(self.skip(signal) + self.two(torch.relu(self.one(signal))))


def test_a_skip_joins_each_neuron_with_its_equal() -> None:
    found = traced(Skip(4, 1), 4, 10)
    assert found.links == (
        Link("input", "one", kernel=3, offset=-1),
        Link("one", "two", kernel=3, offset=-1),
        Link("input", "two", kernel=1, dense=False),
    )


def test_a_projection_on_a_skip_is_no_layer_of_its_own() -> None:
    found = traced(Skip(8, 2), 4, 10)
    assert [(layer.name, layer.bins) for layer in found] == [("input", 10), ("one", 5), ("two", 5)]
    assert Link("input", "two", kernel=1, stride=2) in found.links
    assert all({link.source, link.target} <= {layer.name for layer in found} for link in found.links)


def signal_reaches(net: nn.Module, bins: int) -> Tensor:
    """Which input bins each output bin depends on, found by the gradient."""
    signal = torch.rand(1, 1, bins, requires_grad=True)
    answer = net(signal).sum(1)[0]
    rows = [torch.autograd.grad(value, signal, retain_graph=True)[0][0, 0] != 0 for value in answer]
    return torch.stack(rows)


@pytest.mark.parametrize(("kernel", "stride", "padding", "pool"), [(3, 1, 1, 2), (5, 2, 2, 3), (4, 3, 0, 2)])
def test_windows_are_those_that_the_gradient_sees(kernel: int, stride: int, padding: int, pool: int) -> None:
    second = nn.Conv1d(3, 2, kernel, stride, padding)
    first = nn.Conv1d(1, 3, 1)
    for part in (first, second):
        nn.init.uniform_(part.weight, 0.5, 1.0)
    net = nn.Sequential(first, nn.AvgPool1d(pool), second)
    found = traced(net, 1, 36)
    link = found.links[-1]
    seen = signal_reaches(net, 36)
    for b in range(found["2"].bins):
        window = range(b * link.stride + link.offset, b * link.stride + link.offset + link.kernel)
        assert seen[b].nonzero()[:, 0].tolist() == [at for at in window if 0 <= at < 36]


def test_the_cuts_have_the_neurons_of_the_papers_pictures() -> None:
    vgg, resnet = cut("vgg16"), cut("resnet18")
    assert (vgg.units, resnet.units) == (21_984, 66_248)
    assert sum(connections(vgg, link) for link in vgg.links) == 3_178_608
    assert sum(connections(resnet, link) for link in resnet.links) == 37_298_752


class Branching(nn.Module):
    def forward(self, signal: Tensor) -> Tensor:
        return signal if signal.sum() > 0 else -signal


@pytest.mark.parametrize(
    ("net", "said"),
    [
        (nn.Sequential(nn.LSTM(4, 4)), "0 is a LSTM"),
        (nn.Sequential(nn.Conv1d(4, 4, 3, groups=2)), "0 has groups"),
        (nn.Sequential(nn.Conv1d(4, 4, 50)), "spans 50 bins"),
        (Branching(), "cannot be traced"),
    ],
)
def test_what_cannot_be_followed_is_named(net: nn.Module, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        traced(net, 4, 10)
