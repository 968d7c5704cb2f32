"""Where a training begins: weights with which a network passes on what it hears, instead of a blur of it.

With weights drawn at random sixteen layers of rectifiers and poolings leave next to nothing of a sound in z. So each
kernel begins as a shift in pitch and time with a little noise, and channels come in pairs of opposite sign: what the
rectifier takes from one, the other keeps, and the whole looks linear at first (Balduzzi et al., "The shattered
gradients problem", 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from installation.listen.network import EncoderBlock, Network, SummaryBlock

NOISE = 0.3  # size of the random part of a kernel in the encoder; the shift has 1


@torch.no_grad()
def begin(network: Network, generator: torch.Generator | None = None) -> Network:
    """Give a network the weights that its training begins with; the generator is the plan's seed's without one.

    Encoder kernels shift their pairs of channels to the lower or upper end of the kernel, in turns, so that all of
    them together hear every pitch. The encoder's skips begin silent, the summary's kernels as noise in pairs.
    """
    generator = generator or torch.Generator().manual_seed(network.plan.seed)
    for number, block in enumerate(network.encoder):
        assert isinstance(block, EncoderBlock)
        for conv, signed, turn in ((block.conv1, number == 0, max(0, number - 1)), (block.conv2, False, number)):
            kernel = _noise(conv, signed, NOISE, generator)
            _shift(kernel, turn, generator)
            _pair(conv, kernel, signed)
        if isinstance(block.skip, nn.Conv2d):
            block.skip.weight.zero_()
    for number, part in enumerate(network.summary):
        assert isinstance(part, SummaryBlock)
        _pair(part.conv, _noise(part.conv, number == 0, 1.0, generator), number == 0)
    return network


def _noise(conv: nn.Conv2d, signed: bool, size: float, generator: torch.Generator) -> Tensor:
    """[pairs out, pairs in (channels, where what comes in is signed), pitch, time]"""
    wide, narrow, pitch, time = conv.weight.shape
    sources = narrow if signed else max(1, narrow // 2)
    spread = size / (sources * pitch * time) ** 0.5
    kernel: Tensor = spread * torch.randn(max(1, wide // 2), sources, pitch, time, generator=generator)
    return kernel


def _shift(kernel: Tensor, turn: int, generator: torch.Generator) -> None:
    """Each pair hears one pair below, a whole kernel lower or higher; `turn` says which of them go up."""
    pairs, sources, pitch, time = kernel.shape
    copies = -(-pairs // sources)
    for pair in range(pairs):
        up = pair // sources / (copies - 1) if copies > 1 else pair >> turn % max(1, (pairs - 1).bit_length()) & 1
        when = int(torch.randint(time, (1,), generator=generator))
        kernel[pair, pair % sources, round((pitch - 1) * up), when] += 1


def _pair(conv: nn.Conv2d, kernel: Tensor, signed: bool) -> None:
    """The upper half of the channels answers what the lower half answers, with the other sign."""
    pairs, sources = kernel.shape[:2]
    weight = conv.weight
    if weight.shape[0] < 2 or (not signed and weight.shape[1] < 2):
        return  # a single channel has no partner
    if signed:
        weight[:pairs], weight[pairs : 2 * pairs] = kernel, -kernel
    else:
        both = torch.cat([kernel, -kernel], 1)  # [pairs, 2 * sources, pitch, time]
        weight[:pairs, : 2 * sources], weight[pairs : 2 * pairs, : 2 * sources] = both, -both
    if conv.bias is not None:
        conv.bias.zero_()
