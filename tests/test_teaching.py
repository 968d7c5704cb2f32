"""From a folder of recordings to a model that can be loaded, by the commands."""

import json

import numpy as np
import pytest
import soundfile

from installation.content import find
from installation.data import RATE
from installation.errors import ContentError, StorageError
from installation.layout import store
from installation.listen import clips, ear
from installation.workshop import examining, music, teaching


def quiet(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """Four recordings of 40 s."""
    folder = tmp_path_factory.mktemp("songs")
    for name in ("beat-mika", "beat-safari", "piano", "tabla"):
        soundfile.write(folder / f"{name}.flac", np.tile(clips.clip(name, 4 * RATE).mono, 10), RATE)
    (folder / "broken.mp3").write_bytes(b"this is no music")
    return folder


@pytest.fixture(scope="module")
def tracks(tmp_path_factory):
    """Two tracks of 112 s."""
    folder = tmp_path_factory.mktemp("tracks")
    for name in ("beat-mika", "beat-safari"):
        soundfile.write(folder / f"{name}.flac", np.tile(clips.clip(name, 4 * RATE).mono, 28), RATE)
    return folder


def test_a_trained_folder_is_a_model(songs, tracks, tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    monkeypatch.setenv("IMMERSIONS_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "models" / "mine"
    told = teaching.train("tiny", songs, out, 0.002, False, None, "cpu")
    mine = ear.load("mine")
    assert mine.trained_hours == told["trained_hours"] > 0
    assert mine.plan.steps == told["steps"] > 0
    assert mine.anatomy.fingerprint == ear.load("tiny").anatomy.fingerprint
    assert (out / "statistics.safetensors").is_file()
    layout = store.load(tmp_path / "layouts" / "mine.npz")
    assert layout.fingerprint == mine.anatomy.fingerprint
    elsewhere = teaching.layout_of(tmp_path / "mine")
    assert elsewhere == tmp_path / "mine" / "mine.npz"
    more = teaching.train("tiny", songs, out, 0.001, False, out / "weights.safetensors", "cpu")
    assert more["trained_hours"] > told["trained_hours"]
    figures = examining.evaluate(examining.Question("mine", songs, twins=tracks, keep=True))
    assert figures["recordings"] == 4
    assert [name.rsplit("/", 1)[-1] for name in figures["skipped"]] == ["broken.mp3"]
    json.dumps(figures)
    assert set(figures["probes"]["track"]) == {"ear", "untrained", "mean", "mean and spread", "supervised"}
    kept = ear.load("mine").plan.scores
    assert kept["nearest"] == pytest.approx(figures["listening"]["nearest"], abs=1e-4)
    assert kept["track"] == pytest.approx(figures["probes"]["track"]["ear"]["figure"], abs=1e-4)
    assert {row[0] for row in examining.rows(figures)} >= {"nearest, right of 128", "track"}
    with pytest.raises(ContentError, match="must last 100 s"):
        examining.evaluate(examining.Question("mine", songs, twins=songs))
    (nothing := tmp_path / "nothing").mkdir()
    with pytest.raises(ContentError, match="holds 0 recordings; probes"):
        examining.evaluate(examining.Question("mine", songs, fit=nothing))
    examining.evaluate(examining.Question("mine", songs, keep=True))
    assert "track" not in ear.load("mine").plan.scores  # figures are replaced as a whole


def test_only_the_head_of_a_model_file_is_rewritten():
    text = (find("models", "tiny") / "model.toml").read_text()
    again = teaching.rewritten(text, {"trained_hours": 2.5, "steps": 7})
    assert again.count("trained_hours") == 1
    assert "trained_hours = 2.5" in again
    assert again.partition("\n[")[2] == text.partition("\n[")[2]
    assert "[scores]" not in teaching.rewritten(again + "\n[scores]\nloss = 4.0\n", {})


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ContentError, match="no such folder"):
        teaching.train("tiny", tmp_path / "nowhere", tmp_path / "out", 0.001, False, None, "cpu")
    with pytest.raises(ContentError, match="no such folder"):
        music.piano(tmp_path / "nowhere", 1.0, 0, tmp_path, 1, quiet)


def test_club_music_is_rendered_with_its_labels(tmp_path):
    assert music.house(0.01, 3, tmp_path, 1, quiet) == 1
    sound = np.load(tmp_path / "house-0000003.npy")
    labels = json.loads((tmp_path / "house-0000003.json").read_text())
    assert len(sound) == pytest.approx(6 * 60 * RATE, rel=0.2)
    assert labels["seconds"] == pytest.approx(len(sound) / RATE)


def test_more_music_than_the_disk_holds_is_refused_before_it_begins(tmp_path):
    with pytest.raises(StorageError, match="GB left"):
        music.room_for(9_999, tmp_path)
    with pytest.raises(ContentError, match="0 hours"):
        music.room_for(0, tmp_path)
