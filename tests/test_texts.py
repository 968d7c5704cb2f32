"""Every parameter and every scene has words in every language."""

import re
from pathlib import Path

import pytest

from installation import texts
from installation.control.parameters import TABLE
from installation.errors import ContentError
from installation.stage.importing import scene_names


def test_each_language_is_named_in_itself():
    names = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
    assert texts.languages().items() >= names.items()


@pytest.mark.parametrize("code", ["en", "de", "fr", "es"])
def test_everything_has_words_in_every_language(code):
    """Read from the file itself: what is missing would be filled up with English."""
    tables = texts.read(next(path for path in texts.every("scenes", "texts/*.toml") if path.stem == code))
    assert tables["parameters"].keys() == TABLE.keys()
    assert tables["scenes"].keys() == set(scene_names())
    assert all(words.name and words.about.endswith(".") for words in texts.load(code).parameters.values())


def test_the_visitors_page_says_the_same_in_every_language():
    spoken = {path.stem: texts.read(path)["station"] for path in texts.every("scenes", "texts/*.toml")}
    assert all(words.keys() == spoken["en"].keys() for words in spoken.values())
    for key, words in spoken["en"].items():
        holes = set(re.findall(r"{\w+}", words))
        assert all(set(re.findall(r"{\w+}", other[key])) == holes and other[key] for other in spoken.values()), key


def test_the_wall_text_has_at_most_120_words_in_every_language():
    label = (Path(texts.__file__).parents[1] / "docs" / "label.md").read_text(encoding="utf-8")
    languages = label.split("\n## ")[1:]
    assert [text.split("\n")[0] for text in languages] == ["English", "Deutsch", "Français", "Español"]
    for text in languages:
        body = text.split("\n\n", 2)[2]
        assert 90 <= len(re.findall(r"[\w'\u2019-]+", body)) <= 120


def test_languages_differ():
    assert texts.load("de").parameters["dream.layer"].name == "Schicht"
    assert texts.load("fr").scene("one_cell") == "Une seule cellule"
    assert texts.load("en").scene("my_own") == "my own"


def test_a_language_that_is_not_there_is_told():
    with pytest.raises(ContentError, match=r"'xx'\. There is de, en, es, fr\."):
        texts.load("xx")


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    (tmp_path / "scenes" / "texts").mkdir(parents=True)
    return tmp_path / "scenes" / "texts"


def test_a_venue_adds_a_language_and_what_it_lacks_is_said_in_english(own):
    (own / "it.toml").write_text('language = "Italiano"\n[scenes]\ndescent = "Discesa"\n')
    italian = texts.load("it")
    assert (italian.language, italian.scene("descent"), italian.scene("listening")) == (
        "Italiano",
        "Discesa",
        "Listening",
    )
    assert italian.parameters["dream.layer"].name == "Layer"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("language = \n", "texts/it.toml is not valid TOML"),
        ("", "does not name its language"),
        ('language = "x"\n[parameters]\n"a.b" = "c"\n', 'texts/it.toml: "a.b" should be'),
        ('language = "x"\nscenes = 3\n', "every line of [scenes]"),
    ],
)
def test_what_is_wrong_with_texts_is_told(own, text, words):
    (own / "it.toml").write_text(text)
    with pytest.raises(ContentError) as error:
        texts.load("it")
    assert words in str(error.value)
