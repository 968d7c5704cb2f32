"""A model's folder: weights as they were trained, and the statistics that were measured with them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from installation.data import Anatomy
from installation.errors import ContentError, StorageError
from installation.listen.network import Network
from installation.listen.statistics import Statistics

WEIGHTS = "weights.safetensors"
STATISTICS = "statistics.safetensors"
KINDS = ("rest", "spread", "variance")  # of what is measured


def save(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write all or nothing: a reader never sees half a file. Raises StorageError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, beside)
        beside.replace(path)
    except (OSError, SafetensorError) as error:
        beside.unlink(missing_ok=True)
        raise StorageError(
            f"{path} could not be written: {error}. Make room on the disk, or allow writing there."
        ) from None


def load_weights(network: Network, path: Path) -> None:
    """Fill a network from a file. Raises ContentError where it was made for another network."""
    found = _load(path)
    wanted = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    for name in sorted(wanted.keys() | found.keys()):
        ours, theirs = (list(part[name].shape) if name in part else "nothing" for part in (wanted, found))
        if ours != theirs:
            raise ContentError(
                f"{path} has {theirs} for {name!r}, but model.toml beside it asks for {ours}. "
                "Take both files from one training."
            )
    network.load_state_dict({name: value.float() for name, value in found.items()}, strict=False)


def save_measured(network: nn.Module, statistics: Statistics, path: Path) -> None:
    """Write what was measured with a network: its batch statistics, rest, spread and variance."""
    measured = {f"{kind}.{name}": value for kind in KINDS for name, value in getattr(statistics, kind).items()}
    save({**_moving(network), **measured}, path)


def load_measured(network: nn.Module, anatomy: Anatomy, path: Path) -> Statistics:
    """The statistics in a file; the network takes its batch statistics from it. Raises ContentError."""
    found = _load(path)
    wanted = {name: value.shape for name, value in _moving(network).items()}
    for layer in anatomy:
        wanted |= {
            f"rest.{layer.name}": torch.Size([layer.channels, layer.bins]),
            f"spread.{layer.name}": torch.Size([]),
            f"variance.{layer.name}": torch.Size([layer.channels, layer.bins]),
        }
    if {name: value.shape for name, value in found.items()} != wanted:
        raise ContentError(
            f"{path} was measured with another network. Delete it; it is measured again on the next start."
        )
    network.load_state_dict({name: found[name] for name in _moving(network)}, strict=False)
    return Statistics(*({layer.name: found[f"{kind}.{layer.name}"] for layer in anatomy} for kind in KINDS))


def _moving(network: nn.Module) -> dict[str, Tensor]:
    """The batch statistics."""
    return {name: value for name, value in network.named_buffers() if not name.endswith("num_batches_tracked")}


def _load(path: Path) -> dict[str, Tensor]:
    try:
        found: dict[str, Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ContentError(f"{path} cannot be read: {error}. Copy the model's folder again.") from None
    return found
