"""What the ear has for music rather than for noise is known, kept with the model it belongs to, and offered first."""

import shutil

import numpy as np
import pytest
import torch

from installation.body import body
from installation.control.parameters import defaults
from installation.data import Region, Span
from installation.errors import StorageError
from installation.listen import clips, ear, liking, survey
from installation.listen.anatomy import frames_per_loop
from installation.stage import Show


@pytest.fixture(scope="module")
def tiny():
    torch.set_num_threads(1)
    return ear.load("tiny")


@pytest.fixture(scope="module")
def found(tiny):
    return survey.survey(tiny)


def test_the_best_channel_answers_music_more_than_noise_and_more_than_the_worst_does(tiny, found):
    samples = 192_000
    frames = frames_per_loop(4.0, tiny.stride)
    best, *_, worst = liking.ranked(found, "ar1")
    noise = survey.noises(samples, 0.1)[0]
    music, hiss = (tiny.hear(clip, frames)[1].layers["ar1"].astype(np.float32).mean((1, 2))
                   for clip in (clips.clip("beat-mika", samples), noise))  # fmt: skip
    assert (music - hiss)[best] > (music - hiss)[worst]
    assert found["ar1"][best].mean() > found["ar1"][worst].mean()


def test_channels_are_ranked_within_a_part_of_the_pitches():
    values = {"low": np.array([[1.0, 0.0], [0.0, 3.0], [0.5, 0.5]], np.float32)}
    assert liking.ranked(values, "low") == [1, 0, 2]
    assert liking.ranked(values, "low", Span(0.0, 0.5)) == [0, 2, 1]
    assert liking.liked(values, "low", Span(1, 1, whole=True), Span(0.5, 1.0)) == 3.0
    assert liking.liked(values, "unknown", Span()) == 0.0


def test_it_is_asked_once_and_kept(tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("IMMERSIONS_CACHE", str(tmp_path))
    once = survey.asked(tiny)
    monkeypatch.setattr(survey, "survey", lambda ear: pytest.fail("it was known already"))
    again = survey.asked(tiny)
    for name, values in once.items():
        np.testing.assert_allclose(again[name], values, atol=2e-3)


def test_a_model_that_has_learnt_since_is_asked_again(tiny, found, content, tmp_path):
    folder = tmp_path / "models" / "tiny"
    shutil.copytree("models/tiny", folder)
    liking.keep(found, folder / liking.FILE, liking.key(folder))
    assert liking.shipped("tiny", tiny.anatomy)
    (folder / "model.toml").write_text((folder / "model.toml").read_text() + "\n# learnt more\n")
    assert not liking.shipped("tiny", tiny.anatomy)


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_file_is_no_liking(tiny, found, content, tmp_path, damage):
    folder = tmp_path / "models" / "tiny"
    shutil.copytree("models/tiny", folder)
    file = folder / liking.FILE
    liking.keep(found, file, liking.key(folder))
    file.write_bytes(file.read_bytes()[:900] if damage is None else damage)
    assert liking.shipped("tiny", tiny.anatomy) == {}


def test_a_disk_that_refuses_is_told(found):
    with pytest.raises(StorageError, match="cannot be written"):
        liking.keep(found, liking.Path("/dev/null/liking.npz"), "key")


@pytest.mark.parametrize("model", ["house", "crepe", "pesto"])
def test_shipped_ears_know_what_they_like(model):
    shown = body(model)
    assert set(shown.liking) == {layer.name for layer in shown.anatomy}
    last = shown.anatomy.layers[-1]
    best, *_, worst = liking.ranked(shown.liking, shown.anatomy.layers[-2].name)
    values = shown.liking[shown.anatomy.layers[-2].name].mean(1)
    assert values[best] > 0 > values[worst] or values[best] > values[worst] + 0.1
    assert shown.liked(Region(last.name)) == pytest.approx(float(shown.liking[last.name].mean()), abs=1e-5)


def test_a_wandering_show_dreams_more_of_what_the_ear_likes():
    shown = body("house")

    def wandering(liked):
        show = Show.load("immersions", defaults(), shown.anatomy, shown.layout, 7, liked)
        return [show.course.turns("").wandering_box(number) for number in range(60)]

    def mean(targets):
        here = Show.load("immersions", defaults(), shown.anatomy)._here
        return np.mean([shown.liked(here(region)) for target in targets for region in target.regions])

    assert mean(wandering(shown.liked)) > mean(wandering(lambda region: 0.0)) + 0.3
    assert wandering(shown.liked) == wandering(shown.liked)
