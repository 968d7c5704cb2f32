"""The loudness of a loop is that of the loop repeated for ever."""

import av
import numpy as np
import pyloudnorm
import pytest

from installation.data import RATE
from installation.guard.loudness import RING, SILENCE, loudness, true_peak


def music(generator, length, channels=1):
    """Noise in bursts of very different level, so that the gates have something to do: [channels, length]."""
    noise = np.cumsum(generator.standard_normal((channels, length)), axis=1)
    noise -= np.linspace(0, 1, length) * (noise[:, -1:] - noise[:, :1])
    places = np.arange(length) / length
    level = 0.001 + (np.sin(2 * np.pi * 2 * places) > 0.3) + 0.1 * (np.sin(2 * np.pi * 5 * places) > 0)
    return (0.2 * level * noise / np.abs(noise).max()).astype(np.float32)


@pytest.mark.parametrize("length", [192_000, 64_000, 90_123, 12_345])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_loudness_is_that_of_the_repeated_loop(length, channels):
    samples = music(np.random.default_rng(length + channels), length, channels)
    repeated = np.tile(samples, 1 + 20 * RATE // length).T.astype(np.float64)
    reference = pyloudnorm.Meter(RATE).integrated_loudness(repeated)
    assert loudness(samples) == pytest.approx(reference, abs=0.1)


def test_a_full_scale_sine_of_997_hz_is_minus_3_lufs():
    sine = np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE, dtype=np.float32)[None]
    assert loudness(sine) == pytest.approx(-3.01, abs=0.03)


def test_the_bass_channel_does_not_count_and_those_behind_count_more():
    tone = music(np.random.default_rng(1), 48_000)
    only = {place: loudness(np.concatenate([tone * (place == c) for c in range(6)])) for place in range(6)}
    assert only[3] == SILENCE
    assert only[4] - only[0] == pytest.approx(1.5, abs=0.02)


@pytest.mark.parametrize("samples", [np.zeros((1, 100)), np.full((2, 48_000), 1e-6), np.zeros((1, 1))])
def test_silence_has_a_number(samples):
    assert loudness(samples.astype(np.float32)) == SILENCE


@pytest.mark.parametrize("length", [48_000, 4_004])
def test_a_peak_between_the_samples_is_found(length):
    cycles = length // 4
    quarter = np.sin(2 * np.pi * cycles * np.arange(length) / length + np.pi / 4).astype(np.float32)[None]
    assert np.abs(quarter[:]).max() < 0.9
    assert true_peak(quarter) == pytest.approx(1.0, abs=0.01)


def test_the_true_peak_is_never_below_the_samples():
    noise = np.random.default_rng(2).standard_normal((2, 1_001)).astype(np.float32)
    assert true_peak(noise) >= np.abs(noise).max()
    alternating = np.tile(np.float32([0.5, -0.5]), 500)[None]  # the highest frequency there is
    assert true_peak(alternating) == pytest.approx(0.5)


# ---- beside the meters of others


def ffmpeg(samples, layout, peaks):
    """Integrated loudness in LUFS and true peak, linear, as FFmpeg's ebur128 has them of a line [channels, samples]."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout=layout, time_base=f"1/{RATE}")
    meter, sink = graph.add("ebur128", f"metadata=1:peak={'true' if peaks else 'none'}"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts = RATE, 0
    graph.push(frame)
    graph.push(None)
    told = {}
    while True:
        try:
            told |= graph.pull().metadata
        except (av.error.EOFError, av.error.BlockingIOError):
            return float(told["lavfi.r128.I"]), float(told.get("lavfi.r128.true_peak", 0))


def kinds(random, channels, length):
    """Loops of every character that a meter may meet, by name: [channels, length] each."""
    noise = random.standard_normal((channels, length))
    clicks = np.zeros((channels, length))
    clicks[:, :: max(1, length // 3)] = 0.9
    angle = 2 * np.pi * np.arange(length) / length
    return {
        "music": music(random, length, channels),
        "noise at full scale": random.uniform(-1, 1, (channels, length)),
        "clicks": clicks + 1e-4 * noise,
        "direct current under noise": 0.5 + 0.05 * noise.clip(-4, 4),
        "a low tone": np.tile(0.5 * np.sin(max(1, round(40 * length / RATE)) * angle), (channels, 1)),
        "loud, then hardly anything": 0.2 * noise.clip(-4, 4) * np.where(np.arange(length) < length / 3, 1, 0.003),
    }


@pytest.mark.parametrize(("channels", "layout"), [(1, "mono"), (2, "stereo"), (4, "quad"), (6, "5.1")])
@pytest.mark.parametrize("length", [192_000, 90_413, 9_601])
def test_ffmpegs_meter_agrees_whatever_the_loop(channels, layout, length):
    seconds = 9 if length % 4_800 == 0 else 40  # a meter's blocks have to come to stand everywhere in the loop
    peaks = (channels, length) == (2, 192_000)
    for kind, loop in kinds(np.random.default_rng(length + channels), channels, length).items():
        samples = loop.astype(np.float32)
        line = np.tile(samples, 2 + seconds * RATE // length)
        integrated, peak = ffmpeg(line, layout, peaks)
        assert loudness(samples) == pytest.approx(integrated, abs=0.1), kind
        if peaks:  # FFmpeg's short filter between the samples reaches less far at the highest tones
            assert -0.1 < 20 * np.log10(true_peak(samples) / peak) < 1.0, kind


@pytest.mark.parametrize("length", [1, 2, 3, 480, 4_801])
def test_very_short_loops_are_measured_as_what_they_sound_like(length):
    """A loop of one sample is direct current, which nobody hears; the others are tones."""
    samples = np.random.default_rng(length).uniform(-0.5, 0.5, (2, length)).astype(np.float32)
    samples -= samples.mean(axis=1, keepdims=True)
    reference = pyloudnorm.Meter(RATE).integrated_loudness(np.tile(samples, 20 * RATE // length).T.astype(np.float64))
    assert loudness(samples) == (SILENCE if reference < SILENCE else pytest.approx(reference, abs=0.1))


def test_a_ring_counts_what_comes_from_the_sides_more():
    tone = music(np.random.default_rng(5), 48_000)
    only = [loudness(np.concatenate([tone * (place == c) for c in range(6)]), RATE, RING) for place in range(6)]
    assert [round(level - only[0], 1) for level in only] == [0, 0, 1.5, 0, 0, 1.5]


def test_the_true_peak_of_a_loop_goes_over_its_seam():
    """The same samples as a line end before they swing over; as a circle they do."""
    samples = np.zeros((1, 48_000), np.float32)
    samples[0, [-1, 0]] = 0.9  # two samples side by side, on either side of the seam
    assert true_peak(samples) == pytest.approx(true_peak(np.roll(samples, 1_000)), rel=1e-6)
    assert true_peak(samples) > 1.1
