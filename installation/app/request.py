"""What was asked for on the command line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A live show to be played.

    seconds   after which it ends by itself; None goes on for ever
    began     time.monotonic() of the command
    resume    go on where the same show was cut off a moment ago
    safe      dream nothing: loops from the bank are played
    watch     take what is edited while it plays; None: where the content is the user's own
    port      of the visitors' page; None for no page
    """

    show: str
    model: str
    seconds: float | None = None
    headless: bool = False
    began: float = 0.0
    resume: bool = False
    safe: bool = False
    watch: bool | None = None
    port: int | None = None

    @property
    def alone(self) -> bool:
        """Whether a supervisor asked for it, and nobody is there who could mend a setting."""
        return self.resume or self.safe
