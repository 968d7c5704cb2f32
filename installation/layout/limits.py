"""What cannot be laid out is said before the work begins."""

import os

import torch
from torch import Tensor

from installation.errors import ContentError

PROGRAM = 300_000_000  # bytes of the program itself; whole runs took 0.32 GiB for 34 392 neurons, 0.36 for 66 248
PER_VERTEX, PER_CONNECTION = 4_000, 200  # bytes, with room to spare


def needed(vertices: int, connections: int = 0) -> int:
    """Bytes of memory that a layout takes, connections counted where they are kept one by one."""
    return PROGRAM + PER_VERTEX * vertices + PER_CONNECTION * connections


def checked_size(vertices: int, connections: int = 0, memory: int | None = None) -> None:
    """Raises ContentError for a graph without vertices, and for one that this machine's memory cannot hold."""
    if vertices < 1:
        raise ContentError("There is nothing to lay out: the graph has no vertices. Give it at least one.")
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if memory is None else memory
    if needed(vertices, connections) > there:
        raise ContentError(
            f"A layout of {vertices:,} vertices needs about {needed(vertices, connections) / 2**30:,.1f} GiB of "
            f"memory, and this machine has {there / 2**30:,.1f} GiB. Lay out a smaller graph, or use a larger machine."
        )


def checked_charges(charges: Tensor, vertices: int) -> Tensor:
    """The charges as float32. Raises ContentError where one is missing, is no number, or is not positive."""
    if charges.shape != (vertices,):
        raise ContentError(f"There are {vertices:,} vertices, but charges {list(charges.shape)}. Give one for each.")
    wrong = (~(torch.isfinite(charges) & (charges > 0))).nonzero()
    if len(wrong):
        first = int(wrong[0])
        raise ContentError(
            f"Charges must be positive numbers, but vertex {first} has {float(charges[first]):g} "
            f"({len(wrong):,} of {vertices:,} are wrong). Leave the charges out, or mend them."
        )
    return charges.float()
