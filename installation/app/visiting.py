"""Visitors in the live show: the station beside it, if it is wanted, and what belongs to it in picture and sound."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import moderngl

from installation import texts
from installation.app.hands import Hands
from installation.body import Body
from installation.data import Dream, Heard, Look
from installation.output.cards import Card
from installation.render.marks import Mark, Marks
from installation.settings import Settings
from installation.stage.show import SPEECHLESS
from installation.station.qr import squares
from installation.station.station import NOBODY, Station, Venue, order


class Visiting:
    """The visitors' page of a run. Until it is opened there is none, and nothing happens."""

    def __init__(self, settings: Settings, body: Body) -> None:
        self._settings, self._body = settings, body
        self._dome = settings.dome.lens if settings.dome.on else None
        self._station: Station | None = None
        self._marks: Marks | None = None
        self._address = ""  # that the code in the picture tells

    def open(
        self, port: int | None, hands: Hands, stack: ExitStack, ceiling: tuple[float, float] | None = None
    ) -> Station | None:
        """Open the page at a port, where there is one; `stack` closes it. Raises ContentError for its settings.

        ceiling   dBA that nothing passes, and those of 0 LUFS; None where nobody has read a meter
        """
        if port is None:
            return None
        settings, body = self._settings, self._body
        language = texts.FALLBACK if settings.show.language == SPEECHLESS else settings.show.language
        cards = tuple(card.value for card in Card)
        sound = settings.sound
        venue = Venue(settings.show.name, body.model, cards, sound.loudness, ceiling, sound.room == "ring")
        begun = order(body.anatomy, body.layout.positions, body.plan, settings.station, language, port, venue)
        self._station = stack.enter_context(Station(begun))
        hands.join(self._station)
        return self._station

    def ready(self, dream: Dream) -> None:
        """A dream may be heard soon."""
        if self._station is not None:
            self._station.ready(dream)

    def heard(self, heard: Heard) -> None:
        """What is heard now."""
        if self._station is not None:
            self._station.heard(heard)

    def mark(self, picture: moderngl.Texture, look: Look) -> None:
        """Draw everybody's ring, and the code for phones, over a finished picture."""
        seen = self._station.seen if self._station else NOBODY
        if not (seen.places or seen.address) and self._marks is None:
            return
        if self._marks is None or self._marks.gl is not picture.ctx:  # the window is another one now
            self._marks, self._address = Marks(picture.ctx, self._body.layout), ""
        if seen.address != self._address:
            self._address = seen.address
            self._marks.show(squares(seen.address) if seen.address else None)
        places = [Mark(*place) for place in seen.places]
        self._marks.draw(picture, places, look.camera, look.fade, self._dome, time.monotonic(), look.titles)

    def told(self) -> dict[str, Any]:
        """What a technician wants to know."""
        station = self._station
        return {
            "station_port": station.port if station else 0,
            "station_restarts": station.restarts if station else 0,
            "visitors": len(station.seen.places if station else NOBODY.places),
        }
