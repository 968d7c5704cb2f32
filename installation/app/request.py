"""What was asked for on the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A live show to be played.

    seconds   after which it ends by itself; None goes on for ever
    began     time.monotonic() of the command
    """

    show: str
    model: str
    seconds: float | None = None
    headless: bool = False
    began: float = 0.0
