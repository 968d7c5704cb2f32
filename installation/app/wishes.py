"""What hands have told the dream to be of, in words: theirs for a while, then the show's again."""

from dataclasses import dataclass

from installation.content import recordings
from installation.data import Anatomy, Controls, Target
from installation.errors import TargetError, one_of
from installation.region import box
from installation.region import recordings as named
from installation.stage.curves import coarse
from installation.stage.fitting import fit, meant, pointed
from installation.target import MADE, check, merged, parse, write

STAY = frozenset({"visitors"})  # hands that say themselves when they let go


@dataclass(frozen=True, slots=True)
class Wish:
    """A target, and the second at which it was told."""

    target: Target
    told: float


class Wishes:
    """The targets that hands have told; the newest leads. Time is given, never looked up.

    patience   seconds after which a target that nobody has told again is the show's once more
    """

    def __init__(self, anatomy: Anatomy, patience: float) -> None:
        self._anatomy, self._patience = anatomy, patience
        self._wishes: dict[str, Wish] = {}  # by hand, the newest last
        self._kept = Target(())
        self._share = 0.0  # of what is dreamt of that hands decide

    @property
    def told(self) -> bool:
        """Whether there is any."""
        return bool(self._wishes)

    def tell(self, hand: str, text: str, now: float) -> None:
        """A hand wants this to be dreamt of; without any text it lets go. Raises TargetError, pointing at the fault."""
        if text.strip():
            target = fit(self._spelt(parse(text)), self._anatomy)
            known = {*recordings(), *MADE}
            if strange := [name for term in target.terms for name in named(term) if name not in known]:
                raise TargetError(f"hands name recordings, not files: {strange[0]!r}. {one_of(strange[0], known)}")
            check(target, self._anatomy)
            self._wishes.pop(hand, None)
            self._wishes[hand] = Wish(target, now)
        else:
            self._wishes.pop(hand, None)

    def _spelt(self, target: Target) -> Target:
        """The same target with all the layers of a block or kind instead of its name: `block1`, `ar`."""
        whole = Target(())
        for term in target.terms:
            alone, where = Target((term,)), box(term)
            layers = [] if where is None or where.layer in self._anatomy else meant(where.layer, self._anatomy)
            for layer in layers:
                whole += alone.on(lambda _, layer=layer: layer) * (1 / len(layers))  # type: ignore[misc]
            whole += alone if not layers else Target(())
        return whole

    @property
    def words(self) -> str:
        """What operators and instruments have told, as text; "" where they have told nothing."""
        told = [wish.target for hand, wish in self._wishes.items() if hand not in STAY]
        return write(told[-1]) if told else ""

    def let_go(self) -> None:
        """Everything is the show's again."""
        self._wishes.clear()

    def step(self, now: float) -> None:
        """Let go of what was told too long ago."""
        for hand, wish in list(self._wishes.items()):
            if hand not in STAY and now - wish.told >= self._patience:
                del self._wishes[hand]

    def keep(self, controls: Controls) -> None:
        """Keep what hands point at as soon as they want to, for as long as they do."""
        if controls["dream.keep"] < 0.5:
            self._kept = Target(())
        elif not self._kept.terms:
            self._kept = pointed(controls, self._anatomy)
        self._share = coarse(controls["dream.hand"])

    def target(self, target: Target) -> Target:
        """What is dreamt of, by hands or, where they have told nothing, by the show; with it what they keep."""
        if self._wishes:
            target = next(reversed(self._wishes.values())).target
        return merged(target + self._kept * self._share) if self._kept.terms and self._share else target
