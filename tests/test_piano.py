"""The pianist: what is written is played, with the freedoms that people take."""

from itertools import pairwise

import mido
import numpy as np
import pytest

from installation.errors import ContentError
from installation.repertoire.piano.harmony import chords, keys, profiles
from installation.repertoire.piano.performance import LEAD_IN, perform
from installation.repertoire.piano.phrases import breaths, lines, phrases
from installation.repertoire.piano.scores import excerpt, pieces, read, repeated

HEADER = "file,composer,title,licence,source,seconds,notes\n"
ROOTS = (0, 9, 5, 7)  # C, a, F, G, a bar each
MINOR = 9
BARS = 32


def save(path, hands, tempo=100.0, upbeat=0, meter=(4, 4)):
    """A MIDI file of staves of (start, length, pitch) in quarters; `upbeat` quarters come before the first bar."""
    file = mido.MidiFile(ticks_per_beat=480)
    conductor = mido.MidiTrack()
    conductor.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
    conductor.append(mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1]))
    conductor.append(mido.MetaMessage("key_signature", key="C"))
    file.tracks.append(conductor)
    for hand in hands:
        events = [(round(480 * start), 1, pitch) for start, length, pitch in hand]
        events += [(round(480 * (start + length)), 0, pitch) for start, length, pitch in hand]
        track, now = mido.MidiTrack(), 0
        for tick, down, pitch in sorted(events):
            track.append(mido.Message("note_on", note=pitch, velocity=90 * down, time=tick - now))
            now = tick
        file.tracks.append(track)
    path.parent.mkdir(exist_ok=True, parents=True)
    file.save(path)


def song():
    """A melody of quarters over chords of a bar; every fourth bar is one long note."""
    right, left = [], []
    for bar in range(BARS):
        root = 60 + ROOTS[bar % 4]
        third = root + (3 if ROOTS[bar % 4] == MINOR else 4)
        steps = [root + 12] if bar % 4 == 3 else [root + 12, third + 12, root + 19, third + 12]
        right += [(4 * bar + at, 4 / len(steps), pitch) for at, pitch in enumerate(steps)]
        left += [(4 * bar, 4, pitch - 12) for pitch in (root - 12, third, root + 7)]
    return [right, left]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Scores as an edition ships them: a song, another edition of a prelude, a table."""
    folder = tmp_path_factory.mktemp("scores")
    rows = {
        "chopin/028_1-12-1a-C-004.mid": "Chopin,028_1-12-1a-C-004,CC BY 4.0,first-editions",
        "chopin/028-1-BH-004.mid": "Chopin,028-1-BH-004,CC BY 4.0,first-editions",
        "mutopia/ChopinFF_Chop-28-4_0.mid": "ChopinFF,Prelude,Public Domain,MutopiaProject/ChopinFF/O28/C/C.ly",
        "mutopia/BachJS_BWV-830-2_0.mid": "BachJS,Air,Public Domain,MutopiaProject/BachJS/BWV830/BWV-830/BWV-830-2.ly",
        "mutopia/BachJS_BWV-830_1.mid": "BachJS,Partita,Public Domain,MutopiaProject/BachJS/BWV830/BWV-830/BWV-830.ly",
    }
    for name in rows:
        save(folder / name, song())
    (folder / "scores.csv").write_text(HEADER + "".join(f"{name},{row},60,300\n" for name, row in rows.items()))
    return folder


@pytest.fixture(scope="module")
def score(folder):
    return read(pieces(folder)[0])


def test_editions_and_movements_of_one_work_stay_together(folder):
    works = [piece.work for piece in pieces(folder)]
    assert works == ["chopin-28-4"] * 3 + ["bachjs-bwv830-bwv-830"] * 2
    assert {piece.composer for piece in pieces(folder)} == {"Chopin", "BachJS"}


def test_every_note_is_read_with_its_hand_and_place(score):
    right, left = song()
    assert len(score.pitch) == len(right) + len(left)
    assert sorted(zip(score.start, score.length, score.pitch, strict=True)) == sorted(right + left)
    assert (score.hand == 0).sum() == len(right)
    np.testing.assert_allclose(score.beats[score.downbeat], 4 * np.arange(BARS))


def test_an_upbeat_moves_the_bars(tmp_path, folder):
    late = [[(start + 1, length, pitch) for start, length, pitch in hand] for hand in song()]
    late[0].insert(0, (0, 1, 79))
    save(tmp_path / "chopin/028-1-BH-001.mid", late)
    (tmp_path / "scores.csv").write_text(HEADER + "chopin/028-1-BH-001.mid,Chopin,x,CC0,y,1,1\n")
    score = read(pieces(tmp_path)[0])
    np.testing.assert_allclose(score.beats[score.downbeat][:3], [1, 5, 9])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (None, "no scores.csv"),
        (HEADER, "names no piece"),
        ("file,title\na.mid,b\n", "has no column composer, licence, source"),
        (HEADER + "gone.mid,Bach,x,CC0,y,1,1\n", "1 files that are not there, such as gone.mid"),
    ],
)
def test_a_table_that_is_wrong_is_named(tmp_path, table, words):
    if table is not None:
        (tmp_path / "scores.csv").write_text(table)
    with pytest.raises(ContentError, match=words):
        pieces(tmp_path)


@pytest.mark.parametrize(("body", "words"), [(b"", "no MIDI file"), (b"RIFFxxxx", "no MIDI file"), (None, "no notes")])
def test_a_file_that_is_no_music_is_named(tmp_path, body, words):
    save(tmp_path / "a.mid", [[]])
    if body is not None:
        (tmp_path / "a.mid").write_bytes(body)
    (tmp_path / "scores.csv").write_text(HEADER + "a.mid,Bach,x,CC0,y,1,1\n")
    with pytest.raises(ContentError, match=words):
        read(pieces(tmp_path)[0])


def test_the_melody_is_the_top_and_the_bass_the_bottom(score):
    melody, bass = lines(score)
    assert np.array_equal(melody, score.hand == 0)
    assert score.pitch[bass].max() < 60
    assert bass.sum() == BARS


def test_a_line_breathes_after_its_long_notes():
    start = np.array([0, 1, 2, 3, 6, 7, 8, 9, 12.0])
    assert np.argmax(breaths(start, np.diff(start, append=13.0), np.full(9, 60))) in (4, 8)


def test_phrases_are_four_bars_ending_on_the_long_notes(score):
    melody, _ = lines(score)
    borders = phrases(score, melody, 120).borders
    assert borders[0] == 0
    assert np.isin(borders[1:-1] % 16, (0, 12)).all()  # before or after the long note
    assert 8 <= np.median(np.diff(borders)) <= 20


def test_harmony_and_key_are_heard(score):
    classes, lowest = profiles(score)
    found = chords(classes, lowest)
    assert np.mean([root == ROOTS[beat // 4 % 4] for beat, (root, _) in enumerate(found)]) > 0.9
    assert found[4] == (9, "min")
    assert max(set(answers := keys(score, classes)), key=answers.count) == (0, "major")


def test_the_same_seed_plays_the_same_and_another_differently(score):
    first, again, other = (perform(score, seed) for seed in (3, 3, 4))
    assert first == again
    assert [note.start for note in first.notes] != [note.start for note in other.notes]


def test_all_notes_are_played_transposed_in_order(score):
    for transposed in (-5, 0, 6):
        notes = perform(score, 1, transposed).notes
        assert sorted(note.pitch - transposed for note in notes) == sorted(score.pitch.tolist())
        assert min(note.start for note in notes) == pytest.approx(LEAD_IN)
        assert all(note.seconds > 0 and 1 <= note.velocity <= 127 for note in notes)


def test_a_key_is_up_before_it_is_struck_again(score):
    for seed in range(4):
        notes = perform(score, seed).notes
        for pitch in {note.pitch for note in notes}:
            same = sorted((note.start, note.seconds) for note in notes if note.pitch == pitch)
            assert all(start + seconds <= later for (start, seconds), (later, _) in pairwise(same))


def test_people_are_not_metronomes(score):
    """Over a dozen pianists: tempo varies 4 to 30 %, the melody leads by 10 to 40 ms and is louder, the end slows."""
    spread, leads, louder, slowing = [], [], [], []
    melody, _ = lines(score)
    chordal = np.flatnonzero((score.hand == 0) & (score.start % 4 == 0))
    for seed in range(12):
        performance = perform(score, seed)
        when = np.array([note.start for note in performance.notes])
        velocity = np.array([note.velocity for note in performance.notes])
        gaps = np.diff(performance.labels["beats"])
        spread.append(np.std(gaps[:-8]) / np.mean(gaps[:-8]))
        slowing.append(gaps[-5] / np.median(gaps))
        inner = np.array([np.flatnonzero((score.hand == 1) & (score.start == score.start[at])) for at in chordal])
        leads.append(np.median(when[inner].mean(axis=1) - when[chordal]))
        louder.append(velocity[melody].mean() - velocity[~melody].mean())
    assert 0.04 < np.median(spread) < 0.30
    assert 0.010 < np.median(leads) < 0.040
    assert 5 < np.median(louder) < 30
    assert np.median(slowing) > 1.2
    assert np.std(louder) > 1  # no two alike


def test_the_pedal_changes_with_the_harmony(score):
    for seed in range(12):
        performance = perform(score, seed)
        if not performance.pedals:
            continue
        changes = np.array([at for at, *_ in performance.labels["chords"]])
        ups = np.array([at for at, down in performance.pedals if not down][:-1])
        assert np.abs(ups[:, None] - changes).min(axis=1).max() < 0.06
        assert [down for _, down in performance.pedals[-1:]] == [False]


def test_labels_follow_the_rubato_and_the_transposition(score):
    performance = perform(score, 5, 2)
    labels, shifted = performance.labels, [note.start for note in performance.notes if note.pitch < 62]
    for beat in labels["downbeats"]:
        assert np.abs(np.array(shifted) - beat).min() < 0.1
    assert labels["key"][0][1:] == [2, "major"]
    assert [chord[1] for chord in labels["chords"][:4]] == [2, 11, 7, 9]
    assert labels["work"] == "chopin-28-4"
    assert labels["transposed"] == 2
    rate = 60 / np.mean(np.diff(labels["beats"][8:17]))
    assert labels["bpm"][1][1] == pytest.approx(rate, rel=0.01)


def test_a_tempo_that_was_never_written_is_made_playable(tmp_path):
    fast = [[(at / 8, 1 / 8, 60 + at % 12) for at in range(256)], [(at, 1, 48) for at in range(32)]]
    save(tmp_path / "a.mid", fast, tempo=60.0)
    (tmp_path / "scores.csv").write_text(HEADER + "a.mid,Bach,x,CC0,y,1,1\n")
    starts = np.array([note.start for note in perform(read(pieces(tmp_path)[0]), 0).notes])
    assert 3 < len(starts) / np.ptp(starts) < 14


def test_an_excerpt_and_a_repetition_keep_to_the_bars(score):
    part = excerpt(score, 16, 48)
    assert part.start.min() == 16
    assert part.start.max() < 48
    twice = repeated(part, 3)
    assert len(twice.pitch) == 3 * len(part.pitch)
    np.testing.assert_allclose(np.diff(twice.beats), 1)
    np.testing.assert_allclose(np.diff(twice.beats[twice.downbeat]), 4)
    assert np.array_equal(twice.pitch[: len(part.pitch)], twice.pitch[-len(part.pitch) :])
