"""The same music heard elsewhere: other tempo, pitch, room, loudness, codec and neighbours, made on scalograms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

FLOOR = 1e-9  # power that is silence, as in the level's definition
SPAN = -math.log(FLOOR)  # level 1 is power 1; one level is 90 dB
STEPS = 255  # a level is kept as a byte: 0.35 dB a step
DECIBEL = math.log(10) / 10
FINE_RATE = 96  # fine frames a second: 500 samples at 48 kHz
PLAIN = 2.0  # fine frames in a frame of 20.83 ms


@dataclass(frozen=True, slots=True)
class Variation:
    """How strongly training varies what is heard. Ranges are drawn evenly, once per recording in the batch:

    if every clip had its own, telling them apart by their equaliser would be easier than listening.
    """

    frame: tuple[float, float] = (0.018, 0.026)  # seconds that one frame lasts: tempo
    pitch: float = 12.0  # bins up or down
    equaliser: float = 5.0  # dB up or down at each of 8 points along the pitch
    gain: tuple[float, float] = (-13.0, 4.0)  # dB
    noise: tuple[float, float] = (-95.0, -45.0)  # dB of an even noise floor
    neighbour: float = 0.25  # share of clips under which another one sounds
    neighbour_gain: tuple[float, float] = (-24.0, -8.0)  # dB
    codec: float = 0.3  # share of clips that went through a lossy codec
    untouched: float = 0.3  # share of recordings that keep tempo, pitch, colour and loudness, as in a listening test
    jitter: float = 0.01  # spread of noise on each level
    dropout: float = 0.02  # share of levels that fall silent


AS_IT_IS = Variation(untouched=1.0, dropout=0.0)  # but for a little noise on each level


def to_bytes(power: Tensor) -> Tensor:
    """Levels as bytes.   power   any shape, >= 0"""
    return (to_level(power) * STEPS).round_().clamp_(0, STEPS).to(torch.uint8)


def to_power(kept: Tensor) -> Tensor:
    """The power that a byte stands for; 0 stays silent."""
    return (torch.expm1(kept.float() * (SPAN / STEPS)) * FLOOR).clamp_min_(0)


def to_level(power: Tensor) -> Tensor:
    """0 for silence, about 0.93 for a full-scale sine, 20 dB are 0.222."""
    return torch.log1p(power / FLOOR) / SPAN


def stretch(power: Tensor, width: Tensor, frames: int) -> Tensor:
    """Mean power over frames of another length.

    power     [batch, fine frames, bins]
    width     [batch] fine frames in a new frame, 1..3
    returns   [batch, bins, frames], beginning at the first fine frame
    """
    start = width[:, None] * torch.arange(frames, device=power.device)  # [batch, frames]
    end = start + width[:, None]
    first = start.floor().long()
    total = power.new_zeros(power.shape[0], frames, power.shape[2])
    for more in range(4):  # a frame of up to three fine ones touches four
        at = first + more
        share = (torch.minimum(end, at + 1.0) - torch.maximum(start, at.float())).clamp_min(0)  # [batch, frames]
        index = at.clamp_max(power.shape[1] - 1)[..., None].expand(-1, -1, power.shape[2])
        total.addcmul_(power.gather(1, index), share[..., None])
    return (total / width[:, None, None]).transpose(1, 2)


def transpose(power: Tensor, bins: Tensor) -> Tensor:
    """Move everything up by so many bins (fractions too); what comes from outside is silent.

    power   [batch, bins, frames];   bins   [batch]
    """
    source = torch.arange(power.shape[1], device=power.device) - bins[:, None]  # [batch, bins]
    low = source.floor().long()
    part = source - low
    moved = torch.zeros_like(power)
    for at, share in ((low, 1 - part), (low + 1, part)):
        inside = (at >= 0) & (at < power.shape[1])
        index = at.clamp(0, power.shape[1] - 1)[..., None].expand(-1, -1, power.shape[2])
        moved.addcmul_(power.gather(1, index), (share * inside)[..., None])
    return moved


def equaliser(points: Tensor, bins: int) -> Tensor:
    """Gains in power along the pitch, straight between points.   points [batch, points] dB -> [batch, bins, 1]"""
    curve = torch.nn.functional.interpolate(points[:, None], bins, mode="linear", align_corners=True)
    return torch.exp(curve.transpose(1, 2) * DECIBEL)


def codec(power: Tensor, cutoff: Tensor, depth: Tensor) -> Tensor:
    """What a lossy codec leaves: nothing above its cutoff, nothing far below a loud neighbour in pitch.

    power    [batch, bins, frames]
    cutoff   [batch] bins that stay;   depth   [batch] dB under the loudest within half an octave that is lost
    """
    loudest = torch.nn.functional.max_pool2d(power[:, None], (25, 1), 1, (12, 0))[:, 0]
    heard = power >= loudest * torch.exp(-depth * DECIBEL)[:, None, None]
    kept = torch.arange(power.shape[1], device=power.device) < cutoff[:, None]  # [batch, bins]
    return power * (heard & kept[..., None])


class Ears:
    """Draws how each recording is heard, on the generator's device.

    each   clips of one recording that follow one another in a batch and are heard alike
    """

    def __init__(self, variation: Variation, random: torch.Generator, each: int = 1) -> None:
        self.variation = variation
        self.random = random
        self.each = each

    def _draw(self, count: int, low: float, high: float) -> Tensor:
        """One number for each clip, [count], the same for clips of one recording."""
        numbers = torch.rand(-(-count // self.each), generator=self.random, device=self.random.device)
        return (low + (high - low) * numbers).repeat_interleave(self.each)[:count]

    def _points(self, count: int, size: float) -> Tensor:
        points = torch.rand(-(-count // self.each), 8, generator=self.random, device=self.random.device)
        return (size * (2 * points - 1)).repeat_interleave(self.each, 0)[:count]

    def vary(self, kept: Tensor, frames: int) -> Tensor:
        """Levels as a network in training hears them.

        kept      [batch, fine frames, bins] bytes; fine frames for the longest frame, see `fine_frames`
        returns   [batch, bins, frames], 0..1 and a little over
        """
        v, batch, bins = self.variation, len(kept), kept.shape[2]
        changed = self._draw(batch, 0, 1) >= v.untouched
        width = torch.where(changed, self._draw(batch, *v.frame) * FINE_RATE, PLAIN)
        power = stretch(to_power(kept), width, frames)
        power = transpose(power, self._draw(batch, -v.pitch, v.pitch) * changed)
        joined = (self._draw(batch, 0, 1) < v.neighbour) & changed
        under = torch.where(joined, self._draw(batch, *v.neighbour_gain), -300.0)
        power = power + power.roll(self.each, 0) * torch.exp(under * DECIBEL)[:, None, None]
        points = self._points(batch, v.equaliser) + self._draw(batch, *v.gain)[:, None]
        power = power * equaliser(points * changed[:, None], bins)
        floor = torch.exp(torch.where(changed, self._draw(batch, *v.noise), -120.0) * DECIBEL)[:, None, None]
        hiss = torch.rand(power.shape, generator=self.random, device=power.device).clamp_min(1e-6).log()
        power = power - floor * hiss
        lossy = (self._draw(batch, 0, 1) < v.codec) & changed
        cutoff = torch.where(lossy, self._draw(batch, 0.8 * bins, bins), bins)
        power = codec(power, cutoff, torch.where(lossy, self._draw(batch, 25, 45), 300.0))
        return self._rough(to_level(power))

    def _rough(self, level: Tensor) -> Tensor:
        """Noise on every level, and a few that fall silent."""
        if self.variation.jitter > 0:
            noise = torch.randn(level.shape, generator=self.random, device=level.device)
            level = (level + self.variation.jitter * noise).clamp_min(0)
        if self.variation.dropout > 0:
            chance = torch.rand(level.shape, generator=self.random, device=level.device)
            level = level * (chance >= self.variation.dropout)
        return level


def twins(level: Tensor, count: int, bins_per_octave: int, random: torch.Generator) -> Tensor:
    """The clips, and the first `count` of them once more in another key, up to a tritone away.

    A clip and its twin differ in nothing but their harmony, so only an ear that hears harmony can tell them apart.

    level   [batch, bins, frames] -> [batch + count, bins, frames]
    """
    if not count:
        return level
    semitones = torch.randint(1, 7, (count,), generator=random, device=level.device)
    up = 2 * torch.randint(2, (count,), generator=random, device=level.device) - 1
    return torch.cat([level, transpose(level[:count], semitones * up * (bins_per_octave / 12))])


def fine_frames(frames: int, seconds: float) -> int:
    """How many fine frames so many frames of these seconds need."""
    return math.ceil(frames * seconds * FINE_RATE) + 1


def plain(kept: Tensor, frames: int) -> Tensor:
    """Levels without any variation, at 20.83 ms a frame.   kept [batch, fine frames, bins] -> [batch, bins, frames]"""
    return to_level(stretch(to_power(kept), torch.full((len(kept),), PLAIN, device=kept.device), frames))
