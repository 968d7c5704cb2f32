"""Shaders are pasted together, and a fault is told by file and line."""

import pytest

from installation.content import every
from installation.errors import ContentError
from installation.render import shaders


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes shaders into a folder of the user's own."""
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))

    def write(**files):
        for name, text in files.items():
            path = tmp_path / "shaders" / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


def test_an_include_is_pasted_once(own):
    own(lib__one_glsl="float one() { return 1.0; }\n", a_frag='#include "lib/one.glsl"\n#include "lib/one.glsl"\nend')
    text, files = shaders.source("a.frag")
    assert text.count("float one()") == 1
    assert files == ["a.frag", "lib/one.glsl"]


def test_a_fault_names_file_line_and_what_stands_there(gl, own):
    own(bad_frag="// a broken shader\nout vec4 color;\nvoid main() {\n    color = vec4(radios);\n}\n")
    with pytest.raises(ContentError, match=r"^shaders/bad.frag:4: .*radios.*\n    color = vec4\(radios\);"):
        shaders.program(gl, "fullscreen.vert", "bad.frag")


def test_a_fault_in_an_include_is_told_there_and_not_in_the_shader_that_includes_it(gl, own):
    own(
        lib__half_glsl="float half_of(float x) {\n    return x * 0.5 + nothing;\n}\n",
        good_frag='#include "lib/half.glsl"\nout vec4 color;\nvoid main() { color = vec4(half_of(1.0)); }\n',
    )
    with pytest.raises(ContentError, match=r"^shaders/lib/half.glsl:2: .*nothing"):
        shaders.program(gl, "fullscreen.vert", "good.frag")


def test_a_fault_after_an_include_keeps_its_line(gl, own):
    own(
        lib__one_glsl="float one() {\n    return 1.0;\n}\n",
        a_frag='#include "lib/one.glsl"\n\nout vec4 color;\nvoid main() { color = oops; }\n',
    )
    with pytest.raises(ContentError, match=r"^shaders/a.frag:4: .*oops"):
        shaders.program(gl, "fullscreen.vert", "a.frag")


def test_a_missing_include_names_the_line_that_asks_for_it(own):
    own(a_frag='// words\n#include "lib/gloww.glsl"\n')
    with pytest.raises(ContentError, match=r"shaders/a.frag:2: .*lib/gloww.glsl"):
        shaders.source("a.frag")


def test_an_unknown_log_is_shown_whole():
    assert "something odd" in str(shaders.explain("something odd", ["a.frag"]))


@pytest.mark.parametrize(
    "log",
    ["0:2(7): error: `x' undeclared", '0(2) : error C1503: undefined variable "x"', "ERROR: 0:2: 'x' : undeclared"],
    ids=["mesa", "nvidia", "apple"],
)
def test_the_drivers_words_are_understood(own, log):
    own(a_frag="one\ntwo\n")
    assert str(shaders.explain(f"GLSL Compiler failed\n\nvertex_shader\n=====\n{log}\n", ["a.frag"])).startswith(
        "shaders/a.frag:2: "
    )


def test_every_shader_says_what_it_is():
    for path in (*every("shaders", "*.*"), *every("shaders", "post/*"), *every("shaders", "lib/*")):
        first = path.read_text().splitlines()[0]
        assert first.startswith(f"// {path.stem}: "), path
