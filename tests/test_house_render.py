"""Tracks repeat from their seed, differ between seeds, and are where and what their labels say."""

import json
from itertools import pairwise

import numpy as np
import pytest

from installation.data import RATE
from installation.errors import StorageError
from installation.repertoire.house import Sources, render_set, shelf, track
from installation.repertoire.house.effects import lowpassed
from installation.repertoire.house.harmony import QUALITIES


@pytest.fixture(scope="module")
def some():
    return [track(seed) for seed in range(8)]


def test_the_same_seed_gives_the_same_samples(some):
    again = track(3)
    assert np.array_equal(some[3].samples, again.samples)
    assert some[3].labels == again.labels


def test_two_tracks_differ_in_tempo_key_kit_and_structure(some):
    labels = [one.labels for one in some]
    assert len({one.bpm for one in labels}) >= 7
    assert len({(one.tonic, one.mode) for one in labels}) >= 6
    assert len({tuple(one.patches.items()) for one in labels}) == 8
    assert len({tuple(name for _, name in one.sections) for one in labels}) >= 4
    assert len({one.style for one in labels}) >= 4


def test_every_track_is_finite_within_full_scale_and_never_long_silent(some):
    for one in some:
        sound = one.samples[0]
        assert one.samples.dtype == np.float32
        assert np.isfinite(sound).all()
        assert 0.1 < np.abs(sound).max() <= 1
        music = sound[: int(one.labels.end * RATE)]
        seconds = np.sqrt(np.mean(music[: len(music) // RATE * RATE].reshape(-1, RATE) ** 2, axis=1))
        quiet = "".join("x" if level < 1e-4 else "." for level in seconds)
        assert "xxx" not in quiet, one.labels.style


def test_loudness_is_varied(some):
    levels = [20 * np.log10(one.samples.std()) for one in some]
    assert max(levels) - min(levels) > 4
    assert min(levels) > -28


def test_kicks_lie_on_the_beats_that_the_labels_name():
    one = track(5, style="techno", bpm=128.0)
    beat = 60 / 128
    start = next(time for time, name in one.labels.sections if name in ("groove", "drop"))
    first = one.labels.first_beat + np.ceil((start - one.labels.first_beat) / beat) * beat
    low = lowpassed(one.samples[0] ** 2, 100)
    beats = first + beat * np.arange(28)
    on = [low[int((time + 0.01) * RATE) : int((time + 0.06) * RATE)].mean() for time in beats]
    off = [low[int((time - 0.06) * RATE) : int((time - 0.01) * RATE)].mean() for time in beats]
    assert np.mean(np.array(on) > np.array(off)) > 0.8


def test_labelled_chords_can_be_heard():
    """The tones of the labelled chord are stronger than those of the same chord moved by a tritone or a semitone."""
    right = total = 0
    for seed in range(3):
        one = track(seed, style="deep house")
        for (start, root, quality), (end, *_) in pairwise(one.labels.chords):
            if root < 0 or end - start < 1.5:
                continue
            classes = chroma(one.samples[0, int(start * RATE) : int(end * RATE)])
            scores = [sum(classes[(root + move + tone) % 12] for tone in QUALITIES[quality]) for move in (0, 1, 6, 11)]
            right += int(np.argmax(scores) == 0)
            total += 1
    assert total > 12
    assert right > 0.6 * total


def chroma(sound):
    """Energy of each pitch class between 150 and 1200 Hz, [12]."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    f = np.fft.rfftfreq(len(sound), 1 / RATE)
    band = (f > 150) & (f < 1200)
    classes = np.round(12 * np.log2(f[band] / 440) + 69).astype(int) % 12
    return np.bincount(classes, power[band], 12)


def test_chord_labels_follow_each_other_inside_the_track(some):
    for one in some:
        times = [time for time, *_ in one.labels.chords]
        assert times == sorted(times)
        assert times[-1] < one.labels.end <= one.samples.shape[1] / RATE


def test_a_set_is_as_long_as_asked_and_hands_over_on_the_bar():
    samples, tracks = render_set(3, 4.0)
    assert samples.shape == (1, 4 * 60 * RATE)
    assert np.abs(samples).max() <= 1
    assert len(tracks) >= 2
    for old, new in pairwise(tracks):
        assert new.start <= old.end + 0.01
        if old.bpm == new.bpm and old.end - new.start > 1:  # mixed in time: both downbeats fall together
            bars = (new.first_beat - old.first_beat) * old.bpm / 240
            assert bars == pytest.approx(round(bars), abs=2e-3)


def test_a_set_of_no_length_is_refused():
    with pytest.raises(ValueError, match="up to 600 minutes"):
        render_set(1, 0.0)


def test_stored_recordings_have_their_labels_beside_them(tmp_path):
    path = shelf.store(tmp_path, 11, 1.5)
    table = json.loads(path.with_suffix(".json").read_text())
    samples = np.load(path)
    assert samples.dtype == np.int16
    assert len(samples) == 90 * RATE
    assert table["seconds"] == 90
    beats = np.array(table["beats"])
    assert np.all(np.diff(beats) > 0.1)
    assert set(table["downbeats"]) <= set(table["beats"])
    assert not list(tmp_path.glob(".*.part"))
    for name in ("bpm", "key", "chords", "sections", "tracks"):
        starts = [row[0] for row in table[name]]
        assert starts == sorted(starts)
        assert starts[0] <= 5
        assert starts[-1] < 90


def test_storing_where_a_file_is_in_the_way_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be written"):
        shelf.store(tmp_path / "file", 1, 0.2)


def test_twins_share_tempo_key_and_patches_but_not_their_notes():
    first, second = shelf.twins(9, tracks=2, seconds=60.0)
    for name in ("bpm", "key", "families"):
        assert [row[1:] for row in first[1][name]] == [row[1:] for row in second[1][name]]
    assert first[1]["tracks"] != second[1]["tracks"]
    count = min(len(first[0]), len(second[0]))
    assert count >= 60 * RATE
    assert abs(np.corrcoef(first[0][:count], second[0][:count])[0, 1]) < 0.5


def test_recordings_are_used_where_there_are_any():
    ring = (30_000 * np.exp(-np.arange(9600) / 2000) * np.sin(np.arange(9600) * 0.3)).astype(np.int16)
    names = [f"{part}/ring{number}" for part in ("kick", "clap", "hat", "open", "perc", "air") for number in range(3)]
    notes = {f"24000/{family}/0/60": ring for family in ("piano", "bass", "pad", "lead")}
    sources = Sources(dict.fromkeys(names, ring), notes)
    patches = [name for seed in range(3) for name in track(seed, sources).labels.patches.values()]
    assert any("ring" in name for name in patches)
    assert np.abs(sources.note("24000/piano/0", 64)).max() == pytest.approx(1, abs=0.02)
