"""Codes that open the station to a phone: each is good for one visitor and a short while."""

import secrets
from dataclasses import dataclass

LENGTH = 9  # bytes: 72 bits, nobody guesses them
SHOWN = 60.0  # seconds that a code stands in the picture, if nobody uses it
GOOD = 150.0  # seconds that it opens: whoever scanned it last has time to walk up


@dataclass(slots=True)
class Code:
    text: str
    made: float


class Codes:
    """The code that is shown now, and those before it that still open. Time is given, never looked up."""

    def __init__(self, now: float) -> None:
        self._codes = [_fresh(now)]

    def shown(self, now: float) -> str:
        """The code to show at this moment; after a while, or once it is used, it is another."""
        self._codes = [code for code in self._codes if now - code.made < GOOD]
        if not self._codes or now - self._codes[-1].made >= SHOWN:
            self._codes.append(_fresh(now))
        return self._codes[-1].text

    def use(self, text: str, now: float) -> bool:
        """Whether this code opens; it never does again."""
        for code in self._codes:
            if secrets.compare_digest(code.text.encode(), text.encode()) and now - code.made < GOOD:
                self._codes.remove(code)
                if not self._codes or code.made > self._codes[-1].made:
                    self._codes.append(_fresh(now))
                return True
        return False


def _fresh(now: float) -> Code:
    return Code(secrets.token_urlsafe(LENGTH), now)
