"""From a scalogram's power to the levels that the network hears."""

import torch
from torch import Tensor

FLOOR = 1e-9  # power added everywhere; -90 dB, the quietest sound still told apart from silence
SCALE = 20.723  # -ln(FLOOR): digital silence is 0


def level(power: Tensor) -> Tensor:
    """How loud each bin is: 0 digital silence, 0.93 a full-scale sine (power 0.25), 0.222 are 20 dB.

    power   any shape, linear, >= 0
    """
    return (torch.log(power + FLOOR) + SCALE) / SCALE
