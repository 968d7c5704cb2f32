"""What eyes make of colours: how far two of them look apart, to everybody and to those who see fewer hues."""

import numpy as np

from installation.data import Vector

LEAST = 0.2  # that first and last layers should look apart: ten times what is just seen side by side

TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)  # linear sRGB to OKLab's cones, and those to OKLab: Björn Ottosson 2020
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# severe forms, on linear RGB: Machado, Oliveira and Fernandes 2009, table for severity 1.0
EYES = {
    "most": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def apart(one: Vector, other: Vector, eyes: str = "most") -> float:
    """How different two colours of linear light look: 0.02 is just seen side by side, 1 black and white (OKLab)."""
    lab = [TO_LAB @ np.cbrt(TO_CONES @ np.clip(EYES[eyes] @ np.asarray(colour), 0, None)) for colour in (one, other)]
    return float(np.linalg.norm(lab[0] - lab[1]))


def alike(one: Vector, other: Vector) -> list[str]:
    """The eyes to which two colours look too much alike."""
    return [eyes for eyes in EYES if apart(one, other, eyes) < LEAST]
