"""Where everything that hands do comes together, and from where all hands are told how things stand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

from installation import texts
from installation.app.caller import Caller
from installation.app.wishes import Wishes
from installation.control.acts import Act, Cue, Gone, Lent, News, Touch
from installation.control.midi import Midi
from installation.control.osc import Osc
from installation.control.osc_query import OscQuery
from installation.control.parameters import TABLE
from installation.control.takeover import Takeover
from installation.data import Anatomy, Clip, Controls, Target
from installation.errors import ContentError, one_of
from installation.settings import Settings
from installation.stage.show import SPEECHLESS
from installation.target import write

FADE = 1.5  # seconds in which a panic takes the light away
BRINGS_LIGHT = ("go", "scene")  # cues after which it comes back

log = logging.getLogger(__name__)

Does = Callable[[str], object]


class Source(Protocol):
    """Hands of one kind."""

    def acts(self, wanted: Mapping[str, float]) -> Iterable[Act]:
        """What they have asked for since the last call; `wanted` is where every parameter is going."""
        ...

    def tell(self, news: News) -> None:
        """Take in where things stand. Once a frame; it must not wait."""
        ...


class Hands:
    """All hands, inside a `with` block in which devices are heard. `step` once a frame, then `tell`.

    takeover   where every parameter stands, between the hands and the show
    midi       the devices, whose clock may lead
    does       cue -> what is done with the text that comes with it; it may raise ContentError
    lend       what is done with a sound that a visitor lends
    did        hand, what it did, about what: since the last `tell`
    """

    def __init__(self, settings: Settings, rest: Controls, anatomy: Anatomy, caller: Caller) -> None:
        patience = settings.hands.patience or float("inf")
        language = texts.FALLBACK if settings.show.language == SPEECHLESS else settings.show.language
        self.takeover = Takeover(rest, patience)
        self.midi = Midi(settings.show.midi, beat=settings.tempo.midi)
        self.osc = Osc(settings.osc, texts.load(language))
        self.does: dict[str, Does] = {"go": lambda _: caller.go(), "scene": caller.call, "release": self._release}
        self.does["learn"] = lambda name: self.midi.learn(name)
        self.lend: Callable[[Clip], object] = lambda _: None
        self.did: list[tuple[str, str, str]] = []
        self._network = settings.osc.network
        self._wishes = Wishes(anatomy, patience)
        self._sources: list[Source] = [self.midi, self.osc]
        self._waiting: list[Act] = []
        self._stack = ExitStack()
        self._faded = 1.0, 1.0, 0.0  # the light that was, the light to be, and since when it is on its way
        self._said: tuple[Target | None, str] = None, ""
        self._message = ""

    def __enter__(self) -> Self:
        self._stack.enter_context(self.midi)
        self._stack.enter_context(self.osc)
        if self.osc.port:
            self._stack.enter_context(OscQuery(self.osc.port, self._network, self.osc.look))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def join(self, source: Source) -> None:
        """Hear other hands, too."""
        self._sources.append(source)

    def step(self, now: float) -> Controls:
        """Do what hands have asked for, at this second, and let every parameter go on its way."""
        asked = [act for source in self._sources for act in source.acts(self.takeover.wanted)]
        doing, self._waiting = steps([*self._waiting, *newest(asked)])
        for act in doing:
            self._do(act, now)
        controls = self.takeover.step(now)
        self._wishes.step(now)
        self._wishes.keep(controls)
        return controls

    def rest(self, controls: Controls, holding: bool) -> None:
        """Take in where the show wants every control; a loop that is held stays so when hands let go of the button."""
        self.takeover.rest = Controls({**controls.values, "sound.hold": float(holding)})

    def call(self, cue: Cue, now: float) -> None:
        """Do what a cue asks for; what cannot be done is told and changes nothing."""
        self.did.append((cue.hand, cue.name, cue.text))
        try:
            if cue.name == "panic":
                self._fade(0.0, now)
            elif cue.name == "target":
                self._wishes.tell(cue.hand, cue.text, now)
            elif cue.name in self.does:
                if cue.name in BRINGS_LIGHT:
                    self._fade(1.0, now)
                self.does[cue.name](cue.text)
            else:
                raise ContentError(f"there is no cue {cue.name!r} here. {one_of(cue.name, self.does)}")
            self._message = ""
        except ContentError as error:
            self._message = str(error)
            log.warning("%s asked for what cannot be done: %s", cue.hand or "somebody", error)

    def light(self, now: float) -> float:
        """How much of the light hands leave, 0..1: none after a panic."""
        light, goal, since = self._faded
        return light + (goal - light) * min(1.0, (now - since) / FADE)

    @property
    def panicking(self) -> bool:
        """Whether the light is gone, or going, since somebody asked for it."""
        return self._faded[1] == 0.0

    @property
    def message(self) -> str:
        """What could not be done, and why; "" once something could."""
        return self._message

    @property
    def wording(self) -> str:
        """What is dreamt of, as text, as it was told last."""
        return self._said[1]

    def target(self, target: Target) -> Target:
        """What is dreamt of: what hands have told, or else what the show wants."""
        return self._wishes.target(target)

    @property
    def words(self) -> str:
        """The target that operators and instruments have told, as text; "" for none."""
        return self._wishes.words

    @property
    def chosen(self) -> bool:
        """Whether hands decide what is dreamt of."""
        return self.takeover.values["dream.hand"] > 0 or self._wishes.told

    def tell(self, target: Target, cues: Iterable[str], **facts: str | float) -> None:
        """Let everybody who shows it know where things stand.

        target   that is dreamt of
        cues     that the show can be called to
        facts    what else is worth telling
        """
        if target is not self._said[0]:
            self._said = target, write(target)
        told = {**facts, "target": self._said[1], "message": self._message or facts.get("message", "")}
        hands = self.takeover
        news = News(
            hands.stands, hands.ghosts, hands.held, told, tuple(cues), hands.holders, hands.rest.values,
        )  # fmt: skip
        for source in self._sources:
            source.tell(news)
        self.did.clear()

    def told(self) -> dict[str, object]:
        """What a technician wants to know."""
        return {
            "midi": self.midi.devices,
            "midi_feedback": self.midi.spoken_to,
            "midi_banks": self.midi.banks,
            "osc_port": self.osc.port,
            "osc_messages": self.osc.heard,
            "osc_listeners": self.osc.listeners,
            "held_by_hands": sorted(self.takeover.held),
            "ghosts": dict(self.takeover.ghosts),
        }

    def _do(self, act: Act, now: float) -> None:
        if isinstance(act, Gone):
            self.takeover.gone(act.hand)
        elif isinstance(act, Cue):
            self.call(act, now)
        elif isinstance(act, Lent):
            self.did.append((act.hand, "lends", "a sound"))
            self.lend(act.clip)
        else:
            before = self.takeover.holder(act.name)
            self.takeover.touch(act, now)
            if self.takeover.holder(act.name) == act.hand != before:
                self.did.append((act.hand, "takes", act.name))

    def _fade(self, goal: float, now: float) -> None:
        self._faded = self.light(now), goal, now

    def _release(self, name: str) -> None:
        if name:
            self.takeover.release(name)
        else:
            self.takeover.let_go()
            self._wishes.let_go()


def newest(acts: Sequence[Act]) -> list[Act]:
    """The same acts without those that a later one makes idle: of each hand's wishes for one thing only the last.

    What is switched on and off is no such wish: somebody has pressed and let go.
    """
    kept: list[Act] = []
    known: set[tuple[str, str]] = set()
    for act in reversed(acts):
        if isinstance(act, Touch) and act.name in TABLE and TABLE[act.name].curve != "switch":
            thing = act.hand, act.name
        elif isinstance(act, Cue) and act.name == "target":
            thing = act.hand, ""
        else:
            kept.append(act)
            continue
        if thing not in known:
            known.add(thing)
            kept.append(act)
    return kept[::-1]


def steps(acts: Sequence[Act]) -> tuple[list[Act], list[Act]]:
    """What is done now, and what with the next frame: a switch that is pressed and let go within one is seen by nobody.

    Of what waits for one switch the last two are enough.
    """
    now: list[Act] = []
    waiting: dict[str, list[Act]] = {}
    pressed: set[str] = set()
    for act in acts:
        if isinstance(act, Touch) and act.name in pressed:
            waiting[act.name] = [*waiting.get(act.name, []), act][-2:]
            continue
        if isinstance(act, Touch) and act.name in TABLE and TABLE[act.name].curve == "switch":
            pressed.add(act.name)
        now.append(act)
    return now, [act for held in waiting.values() for act in held]
