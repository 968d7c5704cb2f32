"""How a fader takes hold of a parameter that stands elsewhere: by a jump, by picking it up, or scaled."""

from dataclasses import dataclass

from installation.control.acts import Grip

NEAR = 1 / 64  # of a fader's way: two steps of a 7-bit fader, as good as met
FASTEST = 4.0  # times the fader's own move that a scaled one moves its parameter: near its end it would jump


@dataclass(slots=True)
class Place:
    """Where one fader stands, and where it has sent its parameter; shares 0..1 of the way."""

    share: float
    aim: float


class Grips:
    """What is known of every fader's place. Shares 0..1 of the way come in, and go out where the parameter follows."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Place] = {}  # by parameter and hand
        self._met: dict[str, str] = {}  # parameter -> the hand that has picked it up

    @property
    def ghosts(self) -> dict[str, float]:
        """Where faders stand that do not move their parameter yet, by its name."""
        return {name: place.share for (name, hand), place in self._places.items() if self._met.get(name) != hand}

    def follow(
        self, name: str, hand: str, grip: Grip, share: float, stands: float, wanted: float, grain: float = 0.0
    ) -> float | None:
        """Where the parameter is to go, or None while the fader has not met it.

        share    where the fader is now
        stands   where the parameter is
        wanted   where it is going
        grain    what lies within this of each other is one value of the parameter
        """
        if grip == "jump":
            self.forget(name)
            return share
        before = self._places.get((name, hand))
        place = self._places[name, hand] = Place(share, wanted)
        if grip == "scaled":
            if before is None:
                return None
            self._met[name] = hand  # it follows from its first move on
            start = before.aim if abs(before.aim - wanted) <= grain else wanted
            place.aim = scaled(before.share, share, start)
            return place.aim
        passed = before is not None and (before.share - stands) * (share - stands) <= 0.0
        if self._met.get(name) == hand or passed or abs(share - stands) <= NEAR:
            self._met[name] = hand
            return share
        return None

    def forget(self, name: str) -> None:
        """Nobody has hold of this parameter any more; every fader has to meet it anew."""
        self._met.pop(name, None)
        for key in [key for key in self._places if key[0] == name]:
            del self._places[key]

    def gone(self, hand: str) -> None:
        """This device was pulled out, or plays other parameters now: where its faders stand is unknown."""
        for key in [key for key in self._places if key[1] == hand]:
            del self._places[key]
        for name in [name for name, holder in self._met.items() if holder == hand]:
            del self._met[name]

    def clear(self) -> None:
        """Nobody has hold of anything."""
        self._places.clear()
        self._met.clear()


def scaled(before: float, share: float, start: float) -> float:
    """Where a parameter goes from its start when its fader moves: both come to the end together."""
    room, left = (1.0 - before, 1.0 - start) if share > before else (before, start)
    return start + (share - before) * min(left / room if room > 0.0 else 0.0, FASTEST)
