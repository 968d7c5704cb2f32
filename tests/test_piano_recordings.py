"""Recordings of the piano: as loud as asked, in many rooms, written whole or not at all."""

import json
import re
import shutil
from itertools import islice

import numpy as np
import pytest
from scipy.signal import sosfreqz
from soundfont import write as soundfont
from test_piano import HEADER, save, song

from installation.data import RATE
from installation.errors import DeviceError, StorageError
from installation.repertoire.fluid import Hall, fluidsynth
from installation.repertoire.piano import recordings
from installation.repertoire.piano.performance import perform
from installation.repertoire.piano.recordings import Plan, plans, record, work, write
from installation.repertoire.piano.room import Room, biquad, limited, render, room
from installation.repertoire.piano.scores import pieces, read


@pytest.fixture(scope="module")
def font(tmp_path_factory):
    try:
        fluidsynth()
    except DeviceError as error:
        pytest.skip(str(error))
    return soundfont(tmp_path_factory.mktemp("fonts") / "tone.sf2")


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    right, left = song()
    brief = [[note for note in hand if note[0] < 16] for hand in (right, left)]
    names = {"chopin/028-1-BH-004.mid": brief, "chopin/028-1-BH-007.mid": [right, left]}
    for name, hands in names.items():
        save(folder / name, hands)
    (folder / "scores.csv").write_text(HEADER + "".join(f"{name},Chopin,Prélude,CC BY 4.0,x,1,1\n" for name in names))
    return folder


@pytest.fixture(scope="module")
def brief(scores):
    return perform(read(pieces(scores)[0]), 0)


def test_a_recording_has_the_level_of_its_room_and_no_clipping(brief, font):
    for level in (-27.0, -15.0):
        sound = render(brief, font, Room(level=level))
        assert sound.shape == (2, round(brief.seconds * RATE))
        assert np.abs(sound).max() <= 1
        assert 20 * np.log10(np.sqrt(np.mean(sound**2))) == pytest.approx(level, abs=1.5)  # the limiter takes a little


def test_the_same_arguments_give_the_same_samples(brief, font):
    once, again, other = (render(brief, font, Room(), seed, mono=True) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert once.shape[0] == 1
    assert not np.array_equal(once, other)  # the hiss


def test_width_and_hall(brief, font):
    wide, narrow = (render(brief, font, Room(hall=Hall(0.1, width=80), width=width, hiss=-120)) for width in (1.0, 0.0))
    assert np.abs(wide[0] - wide[1]).max() > 0.01
    assert np.abs(narrow[0] - narrow[1]).max() < 1e-4


def test_rooms_differ_within_what_tuners_and_engineers_do():
    rooms = [room(np.random.default_rng(seed)) for seed in range(60)]
    assert all(438 <= each.tuning <= 444 and 0 <= each.hall.level < 0.2 for each in rooms)
    assert {each.program for each in rooms} == {0, 1}
    assert len({each.level for each in rooms}) == 60
    assert any(each.hall.level == 0 for each in rooms)


@pytest.mark.parametrize(
    ("band", "at", "elsewhere"),
    [((200.0, 6.0, 0.0), 20, 8000), ((1000.0, -5.0, 1.0), 1000, 30), ((5000.0, 4.0, 0.0), 20_000, 100)],
)
def test_equalisers_lift_where_they_should(band, at, elsewhere):
    _, gains = sosfreqz([biquad(*band)], [at, elsewhere], fs=RATE)
    decibels = 20 * np.log10(np.abs(gains))
    assert decibels[0] == pytest.approx(band[1], abs=0.3)
    assert decibels[1] == pytest.approx(0, abs=0.3)


def test_the_limiter_leaves_quiet_music_alone_and_never_clips():
    quiet = np.random.default_rng(0).uniform(-0.5, 0.5, (2, RATE)).astype(np.float32)
    assert limited(quiet) is quiet
    loud = quiet.copy()
    loud[:, RATE // 2 : RATE // 2 + 500] *= 6
    held = limited(loud)
    assert np.abs(held).max() <= 1
    np.testing.assert_array_equal(held[:, : RATE // 4], loud[:, : RATE // 4])


def test_short_pieces_are_repeated_and_long_ones_cut(scores, font, monkeypatch):
    monkeypatch.setattr(recordings, "SECONDS", (14.0, 25.0))
    for piece in pieces(scores):
        _, labels = record(read(piece), Plan(piece, 0, 0), font)
        assert 14 <= labels["seconds"] < 32
        assert labels["beats"] == sorted(labels["beats"])
        assert labels["beats"][-1] < labels["seconds"]


def test_workers_share_the_plans_and_go_on_where_they_stopped(scores, font, tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "SECONDS", (3.0, 5.0))
    for worker in (0, 1):
        assert work(scores, font, tmp_path, (worker, 2), 7, lambda written: written < 12) >= 12
    names = sorted(path.stem for path in tmp_path.glob("*.npy"))
    assert len(names) == len(set(names)) >= 4
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    work(scores, font, tmp_path, (0, 2), 7, lambda written: written < 1)
    assert before.items() <= {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}.items()
    for name in names:
        labels = json.loads((tmp_path / f"{name}.json").read_text())
        samples = np.load(tmp_path / f"{name}.npy")
        assert samples.dtype == np.int16
        assert samples.ndim == 1
        assert len(samples) == round(labels["seconds"] * RATE)
        assert labels["name"] == name
        assert labels["group"].startswith("chopin-28-")
        assert labels["title"] == "Prélude"
    assert not list(tmp_path.glob(".*"))


def test_plans_bring_every_interpretation_once_under_names_of_their_own(scores):
    several = list(plans(pieces(scores), 3))
    names = [plan.name for plan in several]
    assert len(names) == len(set(names)) == 24
    assert {plan.interpretation for plan in several} == set(range(12))
    assert all(re.fullmatch(r"[A-Za-z0-9+-]+", name) for name in names)
    assert names == [plan.name for plan in plans(pieces(scores), 3)]
    assert names != [plan.name for plan in plans(pieces(scores), 4)]
    assert len(list(islice(plans(pieces(scores), 4), 5))) == 5


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "full").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="make room or choose another folder"):
        write(tmp_path / "full", np.zeros((1, 10), np.float32), {"name": "x"})


def test_a_disk_that_fills_up_leaves_no_half_recording(tmp_path, monkeypatch):
    def fill(file, array):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", fill)
    with pytest.raises(StorageError, match="No space left on device"):
        write(tmp_path, np.zeros((1, 10), np.float32), {"name": "x"})
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_score_that_cannot_be_read_is_named_and_left_out(scores, font, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(recordings, "SECONDS", (3.0, 5.0))
    shutil.copytree(scores, tmp_path / "scores")
    (tmp_path / "scores/chopin/028-1-BH-004.mid").write_bytes(b"torn")
    work(tmp_path / "scores", font, tmp_path / "out", (0, 1), 0, lambda written: written < 40)
    assert "028-1-BH-004.mid is no MIDI file" in caplog.text
    assert list((tmp_path / "out").glob("*BH-007*.npy"))
