"""Words over the picture: they come and go calmly, in the chosen language or not at all, flat and in a dome."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from night import scene

from installation import texts
from installation.control.parameters import defaults
from installation.data import Dome, Look, Title
from installation.errors import ContentError
from installation.render import letters
from installation.render.mosaic import Mosaic
from installation.render.renderer import Renderer
from installation.stage import Show
from installation.stage.light import mix

SIZE = (320, 180)


@pytest.fixture
def speaking(content, tmp_path):
    """A show of one scene with words of its own and words by key."""
    (tmp_path / "scenes" / "texts").mkdir()
    for code, said in (("en", "What is it?"), ("de", "Was ist es?")):
        path = tmp_path / "scenes" / "texts" / f"{code}.toml"
        path.write_text(f'language = "{code}"\n[titles]\nasked = "{said}"\n')

    def write(more="", after="black"):
        words = '[[words]]\ntext = "asked"\nat = 1\nuntil = 3\n[[words]]\ntext = "Immersions"\nat = 2.5\nuntil = 5\n'
        head = f'title = "Night"\nafter = "{after}"\n[[scene]]\nname = "one"\nloops = 10\n'
        content(one_py=scene("One", "ar0", "1.0"), night_toml=head + words + more)

    return write


def said_at(show, loops):
    """Text -> light of all that is seen after so many loops."""
    return {title.text: title.light for title in show.at(loops * show.loop, show.controls).look.titles}


def test_words_come_and_go_calmly_and_in_time(speaking):
    speaking()
    show = Show.load("night", defaults())
    assert said_at(show, 1.0) == said_at(show, 0.5) == said_at(show, 6.0) == {}
    assert said_at(show, 2.0) == {"What is it?": 1.0}
    assert said_at(show, 2.8).keys() == {"What is it?", "Immersions"}
    lights = [said_at(show, step / 120).get("Immersions", 0.0) for step in range(720)]  # thirty pictures a second
    assert max(lights) == 1.0
    assert max(abs(b - a) for a, b in pairwise(lights)) < 0.04  # nothing flashes


def test_words_are_said_in_the_chosen_language_or_not_at_all(speaking):
    speaking()
    assert "Was ist es?" in said_at(Show.load("night", defaults(), language="de"), 2.0)
    assert said_at(Show.load("night", defaults(), language="none"), 2.0) == {}
    with pytest.raises(ContentError, match="no texts in the language 'xx'"):
        Show.load("night", defaults(), language="xx")


def test_a_show_that_begins_again_says_its_words_again(speaking):
    speaking(after="loop")
    show = Show.load("night", defaults())
    assert said_at(show, 2.0) == said_at(show, 6.0 + 2.0) == {"What is it?": 1.0}  # its cross-fade takes 4 of 10 loops


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[[words]]\ntext = "x"\nat = 2\n', r"night\.toml:14: these words have no until"),
        ('[[words]]\ntext = "x"\nat = 2\nuntil = 1\n', r"night\.toml:17: these words stay for -1 loops"),
        ('[[words]]\ntext = "x"\nat = 2\nuntil = 4\nplace = "top"\n', r"night\.toml:18: place = 'top' .*middle, above"),
        ('[[words]]\ntext = "x"\nat = 2\nuntil = 4\nsize = 2\n', r"night\.toml:18: size = 2 should be a number, 0\.01"),
        ('[[words]]\ntxt = "x"\nat = 2\nuntil = 4\n', r"night\.toml:15: .*no 'txt'.*Did you mean 'text'"),
        (f'[[words]]\ntext = "{"x" * 401}"\nat = 2\nuntil = 4\n', r"night\.toml:15: .*at most 400 letters"),
        ("[words]\nat = 1\n", r"night\.toml.* (begun with|Cannot|key)"),
    ],
)
def test_faults_are_told_with_their_line(speaking, more, told):
    speaking(more)
    with pytest.raises(ContentError, match=told):
        Show.load("night", defaults())


def test_a_scene_may_speak_and_its_faults_are_told(content):
    text = scene("One").replace("(3.0)", '(3.0), titles=(Title("here", "PLACE"),)').replace("import", "import Title,")
    content(one_py=text.replace("PLACE", "left"))
    assert said_at(Show.load("one", defaults()), 3.0) == {"here": 1.0}
    content(one_py=text.replace("PLACE", "corner"))
    with pytest.raises(ContentError, match="its title 'here' stands 'corner'"):
        Show.load("one", defaults())


def test_words_fade_where_two_looks_mix():
    spoken = Look(titles=(Title("a"),))
    assert mix(spoken, Look(), 0.25).titles == (Title("a", light=0.75),)
    assert mix(Look(), spoken, 0.25).titles == (Title("a", light=0.25),)


@pytest.fixture
def shown(gl, body, dreamt, framed):
    """Draws a picture with these titles."""
    anatomy, layout = body

    def draw(*titles, size=SIZE, dome=None, **look):
        renderer = Renderer(gl, layout, anatomy, size, dome)
        renderer.draw(framed(dreamt({}), 0.3, titles=titles, **look))
        picture = renderer.read().astype(int)
        renderer.release()
        return picture

    return draw


def changed(pictures):
    """Rows and columns of what differs, as shares of the picture: top, bottom, left, right."""
    one, other = pictures
    rows, columns = np.nonzero(np.abs(one - other).max(2) > 24)
    return (*np.quantile(rows / len(one), (0, 1)), *np.quantile(columns / one.shape[1], (0, 1)))


@pytest.mark.parametrize(
    ("place", "rows", "columns"),
    [
        ("middle", (0.4, 0.6), (0.2, 0.8)),
        ("above", (0.05, 0.25), (0.2, 0.8)),
        ("below", (0.75, 0.95), (0.2, 0.8)),
        ("left", (0.75, 0.95), (0.05, 0.6)),
        ("right", (0.75, 0.95), (0.4, 0.95)),
    ],
)
def test_words_stand_where_they_are_placed(shown, place, rows, columns):
    top, bottom, left, right = changed((shown(), shown(Title("Où? Größe", place, 0.1))))
    assert rows[0] < top < bottom < rows[1]
    assert columns[0] < left < right < columns[1]


def test_the_same_words_are_the_same_pixels(shown):
    title = Title("Immersions", size=0.2)
    assert np.array_equal(shown(title), shown(title))
    assert np.array_equal(shown(), shown(replace(title, light=0.0)))
    assert not shown(title, fade=0.0).any()


def test_a_line_that_is_too_long_is_set_smaller(shown):
    long = "How does music sound to artificial ears?"
    for size in (SIZE, (180, 320)):
        _, _, left, right = changed((shown(size=size), shown(Title(long, size=0.1), size=size)))
        assert 0.05 < left < 0.15
        assert 0.85 < right < 0.95


@pytest.mark.parametrize("lens", [None, Dome(fov=200, tilt=20)])
def test_words_in_tiles_are_those_of_the_whole(gl, body, dreamt, framed, lens):
    anatomy, layout = body
    titles = (Title("Immersions", size=0.2), Title("left and\nright", "left", 0.06))
    frame, size = framed(dreamt({}), 0.3, titles=titles), (300, 260)
    pictures = []
    for drawing in (Renderer(gl, layout, anatomy, size, lens), Mosaic(gl, layout, anatomy, size, lens, side=128)):
        pictures.append(drawing.picture(frame).astype(int))
        drawing.release()
    assert pictures[0].max() > 200
    assert np.abs(pictures[0] - pictures[1]).max() <= 1


@pytest.mark.parametrize("lens", [Dome(), Dome(fov=220, tilt=30)])
def test_in_a_dome_words_stand_in_front_within_the_safe_action(shown, lens):
    size = (400, 400)
    both = [
        shown(*titles, size=size, dome=lens)
        for titles in ((), (Title("Immersions", "below", 0.1), Title("Immersions", "above", 0.1)))
    ]
    rows, columns = np.nonzero(np.abs(both[0] - both[1]).max(2) > 24)
    right, front = (columns + 0.5 - 200) / 200, (rows + 0.5 - 200) / 200  # of the circle; the front is below
    angle, turn = np.hypot(right, front) * np.radians(lens.fov / 2), np.arctan2(right, front)
    x, y, z = np.sin(angle) * np.sin(turn), np.sin(angle) * np.cos(turn), np.cos(angle)
    tilt = np.radians(lens.tilt)  # the rim's front is lowered by it
    level, up = y * np.cos(tilt) + z * np.sin(tilt), -y * np.sin(tilt) + z * np.cos(tilt)
    assert np.degrees(np.arcsin(up)).min() > 5
    assert np.degrees(np.arcsin(up)).max() < 75
    assert np.abs(np.degrees(np.arctan2(x, level))).max() < 50


def test_the_typeface_has_the_letters_of_its_languages():
    nothing = letters.written("\ue000", 24)
    for letter in "äöüÄÖÜßẞàâæçéèêëîïôœùûÿÀÇÉŒñÑáíóúü¿¡«»„“”…·ąčěłřşž":
        glyph = letters.written(letter, 24)
        assert glyph.shape != nothing.shape or not np.array_equal(glyph, nothing), letter


def test_a_picture_of_one_pixel_has_room_for_words(shown):
    assert shown(Title("Immersions", size=0.3), size=(1, 1)).shape == (1, 1, 3)


def test_a_broken_font_is_told_before_anything_is_shown(content, tmp_path, shown):
    (tmp_path / "scenes" / "fonts").mkdir()
    (tmp_path / "scenes" / "fonts" / "titles.otf").write_bytes(b"no font")
    letters.typeface.cache_clear()
    try:
        with pytest.raises(ContentError, match=r"the font .*titles\.otf cannot be read"):
            shown()
    finally:
        letters.typeface.cache_clear()


@pytest.mark.parametrize("code", ["en", "de", "fr", "es"])
def test_every_language_has_all_titles(code):
    files = {path.stem: texts.read(path)["titles"].keys() for path in texts.every("scenes", "texts/*.toml")}
    assert files[code] == files["en"]
