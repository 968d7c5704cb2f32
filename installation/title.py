"""Words over the picture: what is said, where it stands, and how much of it is there."""

from dataclasses import dataclass

PLACES = ("middle", "above", "below", "left", "right")  # `left` and `right`: in the lower corners
LONGEST = 400  # letters: more cannot be read while it is there


@dataclass(frozen=True, slots=True)
class Title:
    """A few words on the picture.

    text    lines divided by line breaks; a key of [titles] in scenes/texts, or the words themselves
    place   one of PLACES
    size    of the letters, in heights of the picture
    light   0 not there .. 1
    """

    text: str
    place: str = "middle"
    size: float = 0.05
    light: float = 1.0
