"""Whatever is varied, the loop moves as far as it should, where it should, and closes."""

import pytest
import torch

from installation.data import RATE
from installation.dream.parametrise import KINDS, Adam, Gradient, Phases, Samples, Waves

SAMPLES = 64_000


def noise(seed=0, samples=SAMPLES):
    return torch.randn(samples, generator=torch.Generator().manual_seed(seed))


def sound():
    return 0.05 * (noise() - noise().mean())


def change(variables, samples, gradient, rate):
    return variables.moved(samples, variables.slope(samples, gradient), rate) - samples


@pytest.mark.parametrize("kind", range(len(KINDS)))
@pytest.mark.parametrize("rate", [1e-5, 1e-3])
def test_the_rate_is_the_rms_change_of_a_sample(kind, rate):
    variables = KINDS[kind](sound(), 1.0)
    moved = change(variables, sound(), noise(1), rate)
    assert moved.square().mean().sqrt() == pytest.approx(rate, rel=0.05)


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_step_goes_uphill_and_no_step_changes_nothing(kind):
    variables, gradient = KINDS[kind](sound(), 1.0), noise(1)
    assert (change(variables, sound(), gradient, 1e-4) * gradient).sum() > 0
    again = variables.moved(sound(), torch.zeros_like(variables.slope(sound(), gradient)), 1e-3)
    assert (again - again.mean() - sound() + sound().mean()).abs().max() < 1e-4


@pytest.mark.parametrize("kind", range(len(KINDS)))
@pytest.mark.parametrize("samples", [torch.zeros(SAMPLES), torch.eye(1, SAMPLES)[0], 1e-20 * noise(), noise().sign()])
def test_silence_a_click_and_full_scale_noise_stay_finite(kind, samples):
    variables = KINDS[kind](samples, 2.0)
    for seed in range(3):
        samples = variables.moved(samples, variables.slope(samples, noise(seed)), 100.0)
    assert torch.isfinite(samples).all()


def test_waves_favour_the_bass_by_their_tilt():
    """A tilt of a quarter makes steps along white slopes pink: equal power in each octave."""

    def power(moved, low):
        spectrum = torch.fft.rfft(moved).abs().square()
        return spectrum[round(low * SAMPLES / RATE) : round(2 * low * SAMPLES / RATE)].sum()

    def octaves(tilt):
        moved = change(Waves(sound(), tilt), sound(), noise(1), 1e-3)
        return power(moved, 200) / power(moved, 3200)

    assert octaves(0.0) == pytest.approx(1 / 16, rel=0.2)
    assert octaves(0.25) == pytest.approx(1, rel=0.2)
    assert octaves(0.5) == pytest.approx(16, rel=0.2)
    flat = change(Waves(sound(), 0.0), sound(), noise(1), 1e-3)
    plain = change(Samples(), sound(), noise(1), 1e-3)
    torch.testing.assert_close(flat, plain - plain.mean(), atol=1e-6, rtol=1e-3)


def test_phases_keep_the_long_term_spectrum():
    samples = sound()
    variables = Phases(samples)
    size = torch.fft.rfft(samples).abs()
    slope = variables.slope(samples, noise(1))
    slope[: 2 * variables.slow] = 0  # only the phases
    turned = variables.moved(samples, slope, 0.02)
    assert (turned - samples).square().mean().sqrt() > 0.01
    torch.testing.assert_close(torch.fft.rfft(turned).abs()[1:], size[1:], rtol=1e-2, atol=1e-2)


def test_the_loudness_that_goes_with_phases_is_slow_and_can_make_a_beat():
    samples = sound()
    variables = Phases(samples)
    beat = torch.cos(2 * torch.pi * 4 * torch.arange(SAMPLES) / SAMPLES)
    for _ in range(40):
        samples = variables.moved(samples, variables.slope(samples, beat * samples.sign()), 2e-3)
    loudness = samples.view(16, -1).square().mean(1).sqrt()
    assert loudness[::4].mean() > 1.5 * loudness[2::4].mean()
    harmonics = torch.fft.rfft(variables.loudness.log()).abs()
    assert harmonics[variables.slow + 1 :].max() < 0.02 * harmonics.max()


def test_plain_steps_follow_the_gradient():
    assert torch.equal(Gradient()(noise()), noise())


def test_adams_first_step_is_as_long_for_every_variable():
    adam = Adam()
    first = adam(torch.tensor([1e-3, -5.0, 0.0]))
    torch.testing.assert_close(first, torch.tensor([1.0, -1.0, 0.0]))
    for _ in range(300):
        last = adam(torch.tensor([1e-3, -5.0, 0.0]))
    torch.testing.assert_close(last, first)


def test_adam_slows_down_where_slopes_disagree():
    adam = Adam()
    for step in range(100):
        last = adam(torch.tensor([1.0, (-1.0) ** step]))
    assert last[0] > 5 * last[1].abs()
