"""What a trained ear says about its own body: who is lively, which connections are strong."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from installation.data import Floats, Link
from installation.layout.charges import by_variance
from installation.layout.making import Learnt
from installation.listen import anatomy, checkpoint
from installation.listen.ear import Ear, measure
from installation.listen.hearer import Hearer
from installation.listen.network import EncoderBlock, Network, SummaryBlock
from installation.workshop.breathing import breath


def listener(folder: Path) -> Ear:
    """The trained ear in a model's folder, wherever that is. Raises ContentError where the folder is not whole."""
    plan = anatomy.read_file(folder / "model.toml", folder.name)
    network = Network(plan)
    checkpoint.load_weights(network, folder / checkpoint.WEIGHTS)
    measured = folder / checkpoint.STATISTICS
    if measured.exists():
        return Ear(plan, network, checkpoint.load_measured(network, network.anatomy, measured), "cpu")
    return Ear(plan, network, measure(network, trained=True), "cpu")


def said(ear: Hearer, trained: bool, breathing: bool) -> Learnt:
    """Charges from how much each neuron varies on music, and how strong all connections are, of a trained ear.

    One with weights from a seed says neither; both may say how they breathe. Of ears that others made only the
    charges are known. Raises ContentError.
    """
    pushes = breath(ear) if breathing else None
    if not trained:
        return Learnt(breath=pushes)
    variance = {name: value.cpu().numpy() for name, value in ear.statistics.variance.items()}
    weights = magnitudes(ear.network) if isinstance(ear, Ear) else None
    return Learnt(by_variance(ear.anatomy, variance), weights, pushes)


@torch.no_grad()
def magnitudes(network: Network) -> dict[Link, Floats]:
    """How strong the connections of every link with weights are, [target channels, source channels, kernel] each.

    A connection's strength is the root of its squared weights over time, as its neuron's batch norm scales them; the
    prediction's over all its steps. Where bins are pooled on the way, it is the largest that the pooling may pass on.
    """
    links = {(link.source, link.target): link for link in network.anatomy.links}
    names = iter(network.names)
    strengths: dict[tuple[str, str], Tensor] = {}
    before = next(names)
    for block in network.encoder:
        assert isinstance(block, EncoderBlock)
        first, second = next(names), next(names)
        strengths[before, first] = pooled(scaled(block.conv1, block.norm1), block.pool)
        strengths[first, second] = scaled(block.conv2, block.norm2)
        if isinstance(block.skip, nn.Conv2d):
            strengths[before, second] = block.skip.weight.abs()[..., 0].expand(-1, -1, block.pool)
        before = second
    z = before
    for part in network.summary:
        assert isinstance(part, SummaryBlock)
        name = next(names)
        strengths[before, name] = scaled(part.conv, part.norm)
        before = name
    predicted = network.predictor.weight.view(-1, network.plan.encoding, network.plan.context)  # [steps, z, c]
    strengths[before, z] = predicted.norm(dim=0)[..., None]
    return {links[ends]: value.cpu().numpy().astype(np.float32) for ends, value in strengths.items()}


def scaled(conv: nn.Conv2d, norm: nn.Module) -> Tensor:
    """[target channels, source channels, pitch] of a convolution and the batch norm behind it."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_var is not None
    spread = (norm.running_var + norm.eps).sqrt()
    strength: Tensor = conv.weight.norm(dim=3)
    return strength / spread[:, None, None]


def pooled(weights: Tensor, pool: int) -> Tensor:
    """[..., pitch] -> [..., pitch + pool - 1]: what a bin says to the largest of `pool` neighbours."""
    padded = nn.functional.pad(weights, (pool - 1, pool - 1))
    most: Tensor = padded.unfold(-1, pool, 1).amax(-1)
    return most
