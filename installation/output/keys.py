"""What the keys of a window mean, and the lock that makes them all dead in a museum."""

import enum

KEYS = """Space   next scene
H   hold this loop, or let go
D   drop the waiting dream
Esc   fade out; once more: stop
F   full screen
T   test cards
W   bend this output
Tab   hide this
Ctrl+Alt+K   kiosk: all other keys are dead, or alive again
F1   help"""


class Wish(enum.Enum):
    """What somebody at the keyboard asks for."""

    NEXT = "go on to the next scene"
    FADE = "fade out now"
    STOP = "end the show"
    HIDE = "hide what is not the piece"
    HOLD = "hold this loop, or let go"
    DROP = "let the waiting dream be heard"


MEANINGS = {"SPACE": Wish.NEXT, "H": Wish.HOLD, "D": Wish.DROP, "TAB": Wish.HIDE}  # by pyglet's names
CHORD = "K", ("CTRL", "ALT")


class Lock:
    """Whether the keys are dead, in all windows at once; a chord turns it over, nothing has to be started again.

    locked   only the chord is heard, there is no cursor, and a window cannot be closed by its frame
    """

    def __init__(self, locked: bool = False) -> None:
        self.locked = locked

    def pressed(self, symbol: str, held: tuple[str, ...]) -> bool:
        """Whether a key, with those held, must not be heard by anybody else."""
        if symbol == CHORD[0] and set(CHORD[1]) <= set(held):
            self.locked = not self.locked
            return True
        return self.locked
