"""The mixing desk: how loud the dreams are, and which of them is let through to be heard."""

import logging
import time
from collections.abc import Callable

from installation.control.takeover import Takeover
from installation.data import Controls, Dream
from installation.render.activity import Light
from installation.sound.player import Player
from installation.sound.volume import quieter, volume

log = logging.getLogger(__name__)

LONGEST = 900.0  # seconds that a loop is held if nobody touches anything; then the show goes on by itself

Shone = tuple[Dream, Light | None]


class Desk:
    """Lets every dream be heard from the next seam on; while it holds, only what is dropped.

    player   plays it
    light    called with a dream before it may be heard, so that its light is there before its sound
    first    the start clip, at full volume; the player plays it at this one already
    """

    def __init__(self, player: Player, light: Callable[[Dream, Light], None], first: Dream, volume: float) -> None:
        self._player, self._light = player, light
        self._volume = volume
        self._through: Shone = (first, None)  # the newest that was let through
        self._newest: Shone = self._through
        self._held: float | None = None  # since when the loop is held
        self._start: Shone = self._through  # what the dreams began with
        self._comparing = False

    @property
    def holding(self) -> bool:
        """Whether the loop that sounds goes on until another is dropped."""
        return self._held is not None

    @property
    def comparing(self) -> bool:
        """Whether the start clip is heard instead of the dreams."""
        return self._comparing

    def ready(self, dream: Dream, light: Light) -> None:
        """Take in a newer dream: it is heard from the next seam on, or waits."""
        self._newest = dream, light
        self._offer(self._offered)
        if not self.holding:
            self._through = self._offered

    def begun(self, dream: Dream, light: Light) -> None:
        """Take in the start clip, once it is known how the ear hears it."""
        self._start = dream, light

    def compare(self, comparing: bool) -> None:
        """Let the start clip be heard from the next seam on, or the newest dream again; a held loop is held."""
        self._comparing = comparing
        self._offer(self._offered)
        if not self.holding:
            self._through = self._offered

    def hold(self, holding: bool) -> None:
        """Let the loop that sounds go on, or let the newest dream follow again."""
        self._held = time.monotonic() if holding else None
        if not holding:
            self.drop()
        self._player.hold(holding)

    def drop(self) -> None:
        """Let the dream that waits be heard from the next seam on."""
        if self.holding:
            self._held = time.monotonic()
        self._through = self._offered
        self._player.drop()

    def turn(self, before: Controls, takeover: Takeover, now: float) -> None:
        """Do what hands have asked for since the controls stood as before."""
        controls = takeover.values
        if controls["sound.drop"] > 0.5 >= before["sound.drop"]:
            self.drop()
            takeover.release("sound.drop")  # the next press is another drop
        if controls["sound.hold"] != before["sound.hold"] and "sound.hold" in takeover.held:
            self.hold(controls["sound.hold"] > 0.5)  # one that hands have let alone stays as it is
        if self._held is not None and now - self._held > LONGEST:
            log.info("nobody has touched the held loop for %g minutes; the show goes on", LONGEST / 60)
            self.hold(False)
        if (wanted := volume(Controls(controls))) != self._volume:
            self._volume = wanted
            if self._through is not self._offered:
                self._offer(self._through)
                self._player.drop()
            self._offer(self._offered)

    @property
    def _offered(self) -> Shone:
        """What is to be heard next."""
        return self._start if self._comparing else self._newest

    def _offer(self, shone: Shone) -> None:
        dream, light = shone
        played = quieter(dream, self._volume)
        if light is not None:
            self._light(played, light)
        try:
            self._player.offer(played)
        except OSError as error:  # no memory to share with the sound process
            log.error("the dream %d cannot be handed to the sound, the loop goes on: %s", played.number, error)
