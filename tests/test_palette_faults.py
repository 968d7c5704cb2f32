"""Palettes of one's own survive what artists write, and colour what they are asked to."""

import pytest
from night import load, scene

from installation.control.parameters import defaults
from installation.errors import ContentError
from installation.stage import PALETTES

COLOURS = 'shallow = [0.5, 0.2, 262]\ndeep = "#ffdc28"\nshine = [0.98, 0.05, 95]\n'
PALETTE_FAULTS = {
    "an unknown key": (COLOURS + "glow = 1\n", "palettes/mine.toml:4: a palette has no 'glow'."),
    "a colour too few": (COLOURS.replace("deep", "# deep"), "palettes/mine.toml: the palette has no 'deep'."),
    "a colour of two numbers": (
        COLOURS.replace("[0.5, 0.2, 262]", "[0.5, 0.2]"),
        "palettes/mine.toml:1: shallow = [0.5, 0.2] should be [lightness, chroma, hue]",
    ),
    "a colour in per cent": (
        COLOURS.replace("0.5,", "50,"),
        "palettes/mine.toml:1: shallow has a lightness of 50; 0 to 1 are possible.",
    ),
    "a colour by name": (COLOURS.replace("#ffdc28", "amber"), "palettes/mine.toml:2: deep = 'amber' should be"),
    "too far a sweep": (COLOURS + "sweep = 9\n", "palettes/mine.toml:4: sweep = 9 should be a number of turns"),
    "broken TOML": (COLOURS + "sweep =\n", "palettes/mine.toml:4: this is not valid TOML"),
}


def own_palette(folder, text):
    (folder / "scenes" / "palettes").mkdir()
    (folder / "scenes" / "palettes" / "mine.toml").write_text(text)


@pytest.mark.parametrize("fault", PALETTE_FAULTS)
def test_what_is_wrong_with_a_palette_is_told(two, tmp_path, fault):
    text, words = PALETTE_FAULTS[fault]
    own_palette(tmp_path, text)
    with pytest.raises(ContentError) as error:
        load()
    assert words in str(error.value)


def test_an_artists_own_palette_colours_scenes_and_shows(two, tmp_path):
    own_palette(tmp_path, COLOURS)
    two(
        night_toml='[[scene]]\nname = "one"\npalette = "mine"\n',
        two_py=scene("Two", body='from installation.stage import PALETTES\n        self.mine = PALETTES["mine"]'),
    )
    deep = load().at(0.0, defaults()).look.deep
    assert deep == pytest.approx(PALETTES["original"].deep, abs=5e-3)  # #ffdc28 is what the original had
    assert load("two").at(0.0, defaults()).scene == "two"
    two(night_toml='[[scene]]\nname = "one"\npalette = "mien"\n')
    with pytest.raises(ContentError, match=r"night\.toml:3: palette = 'mien' should be one of .*mine"):
        load()


def test_colours_that_some_eyes_cannot_tell_apart_are_told(two, tmp_path, caplog):
    own_palette(
        tmp_path, COLOURS.replace("[0.5, 0.2, 262]", "[0.7, 0.15, 140]").replace('"#ffdc28"', "[0.7, 0.15, 40]")
    )
    load()
    assert "mine.toml: first and last layers look alike to protan and deutan eyes" in caplog.text
