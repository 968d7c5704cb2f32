"""The level of the original: silence 0, a full-scale sine 0.93, 20 dB are 0.222."""

import pytest
import torch

from installation.listen.levels import level


@pytest.mark.parametrize(("power", "wanted"), [(0.0, 0.0), (0.25, 0.933), (1e-9, 0.0334)])
def test_known_levels(power: float, wanted: float) -> None:
    assert level(torch.tensor(power)).item() == pytest.approx(wanted, abs=5e-4)


def test_twenty_decibels_are_the_same_everywhere_above_the_floor() -> None:
    powers = torch.tensor([1e-4, 1e-2, 1.0])
    assert level(powers).diff().tolist() == pytest.approx([0.2222, 0.2222], abs=5e-4)


def test_silence_has_a_finite_slope() -> None:
    power = torch.zeros(3, requires_grad=True)
    level(power).sum().backward()
    assert power.grad is not None
    assert torch.isfinite(power.grad).all()
