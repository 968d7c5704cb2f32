"""Looks mix without jumps, and hands trim them."""

from dataclasses import fields, replace

import pytest

from installation.control.parameters import defaults
from installation.data import Camera, Controls, Look
from installation.stage.camera import orbit
from installation.stage.light import coloured, faults, mix, trimmed
from installation.stage.palettes import PALETTES

BRIGHT = Look(orbit(2.0, turns=0.1), glow=2.0, haze=0.5, exposure=1.0, shallow=(1.0, 0.0, 0.0))
DARK = Look(orbit(4.0), glow=1.0, haze=0.1, exposure=-1.0, shallow=(0.0, 0.0, 1.0))


def test_every_number_of_a_look_is_mixed():
    middle = mix(DARK, BRIGHT, 0.25)
    assert middle.glow == pytest.approx(1.25)
    assert middle.haze == pytest.approx(0.2)
    assert middle.exposure == pytest.approx(-0.5)
    assert middle.shallow == pytest.approx((0.25, 0.0, 0.75))
    assert mix(DARK, BRIGHT, 0.0) is DARK
    assert mix(DARK, BRIGHT, 1.0) is BRIGHT


def test_a_new_number_of_look_is_mixed_too():
    for part in fields(Look):
        if part.name == "camera":
            continue
        value = getattr(Look(), part.name)
        other = tuple(x + 1 for x in value) if isinstance(value, tuple) else value + 1
        mixed = getattr(mix(Look(), replace(Look(), **{part.name: other}), 0.5), part.name)
        half = tuple(x + 0.5 for x in value) if isinstance(value, tuple) else value + 0.5
        assert mixed == pytest.approx(half), part.name


def test_untouched_hands_leave_a_look_as_it_is():
    assert trimmed(BRIGHT, defaults()) == BRIGHT


def test_hands_trim_the_light():
    hands = Controls({**defaults().values, "stage.glow": 1.5, "stage.exposure": 0.5, "stage.fade": 0.0})
    look = trimmed(BRIGHT, hands)
    assert (look.glow, look.exposure, look.fade) == (3.0, 1.5, 0.0)


def test_a_palette_colours_a_look():
    assert coloured(Look(), PALETTES["ember"]).deep == PALETTES["ember"].deep


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look(), ""),
        (None, "NoneType instead of a Look"),
        (Look(glow=float("nan")), "glow is nan"),
        (Look(deep=(0.0, float("inf"), 0.0)), "deep"),
        (Look(Camera(eye=(0.0, 0.0, 0.0))), "stands in the very point"),
        (Look(Camera(eye=(0.0, float("nan"), 1.0))), "not finite"),
        (Look(Camera(angle=0.0)), "1 to 170"),
    ],
)
def test_what_cannot_be_shown_is_told(look, words):
    assert words in faults(look)
    assert bool(words) == bool(faults(look))
