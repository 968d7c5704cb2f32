"""Everything a training needs, put together: from a plan and folders of recordings to an ear."""

from __future__ import annotations

from typing import Any

from installation.errors import ContentError


def open_fabric(device: str = "auto", processes: int | str = "auto") -> Any:
    """Lightning's Fabric, launched: one device, or all that torchrun gives. Raises ContentError where it is missing.

    device   "auto", "cpu" or "cuda"; half precision (bfloat16) wherever the device gains by it
    """
    try:
        from lightning_fabric import Fabric
    except ImportError:
        try:
            from lightning.fabric import Fabric  # the same under its other name
        except ImportError:
            raise ContentError("Training needs lightning-fabric. Install it: pip install 'immersions[train]'") from None
    import torch

    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    fabric = Fabric(
        accelerator="cuda" if cuda else "cpu",
        devices=processes if processes != "auto" or cuda else 1,
        precision="bf16-mixed" if cuda else "32-true",
    )
    fabric.launch()
    return fabric
