"""What a desk's wishes ask of the show, and what would take each of them back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from installation.control.acts import Act, Cue, Touch
from installation.control.parameters import POINTING, parameter
from installation.data import Anatomy, Target
from installation.errors import ContentError, TargetError
from installation.station.desk import lasso
from installation.station.desk.history import Change
from installation.station.desk.messages import (
    TARGET,
    Aim,
    Bend,
    Call,
    Lasso,
    Record,
    Release,
    Set,
    ShowCard,
    Start,
    Wish,
)
from installation.station.desk.presets import Preset
from installation.station.letters import Stands
from installation.target import merged, parse, write

DESKS = "desks"  # the hand that tells targets: what one desk has told, another may take back
PRESSES = {"hold": "sound.hold", "drop": "sound.drop"}
ONCE = frozenset({"dream.restart", "sound.drop"})  # what happens cannot be taken back
BOX = POINTING | {"dream.hand"}
SAME = 1e-6  # of a parameter's way


def plain(wish: Wish, hand: str) -> Act | None:
    """What a wish asks for that nobody can take back; None for others."""
    match wish:
        case Call(name="hold" | "drop"):
            return Touch(PRESSES[wish.name], float(wish.name == "drop" or bool(wish.text)), hand=hand)
        case Call():
            return Cue(wish.name, wish.text, hand)  # type: ignore[arg-type]  # hold and drop have been seen to
        case Record():
            return Cue("record", "on" if wish.on else "", hand)
        case ShowCard():
            return Cue("card", wish.name, hand)
        case Bend(act="keep"):
            return _warp(wish.output, hand, act="keep")
        case Set() if wish.name in ONCE:
            return Touch(wish.name, wish.value, hand=hand)
    return None


def change(wish: Wish, hand: str, standing: Standing, anatomy: Anatomy, now: float) -> Change:
    """What a wish changes; without `back` it changes nothing. Raises ContentError for what cannot be meant."""
    about, back, again = standing.both(wish, hand, anatomy)
    return Change(hand, about, back, again, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """How everything stands before a wish: parameters, and the facts and outputs that desks are told."""

    stands: Stands
    facts: Mapping[str, Any]
    outputs: Mapping[str, Any]

    @property
    def values(self) -> Mapping[str, float]:
        """Where all parameters stand."""
        return self.stands.values

    @property
    def told(self) -> str:
        """The target that hands have told, "" where they have not."""
        return str(self.facts.get("told", ""))

    @property
    def clip(self) -> str:
        """The start clip."""
        return str(self.facts.get("clip", ""))

    def both(self, wish: Wish, hand: str, anatomy: Anatomy) -> tuple[str, tuple[Act, ...], tuple[Act, ...]]:
        """What a wish is about, what takes it back, and what does it. Raises ContentError."""
        match wish:
            case Set():
                return wish.name, self._before([wish.name], hand), (Touch(wish.name, wish.value, hand=hand),)
            case Release(name=""):
                return "release", self._held(hand), (Cue("release", "", hand),)
            case Release():
                parameter(wish.name)
                return wish.name, self._before([wish.name], hand), (Cue("release", wish.name, hand),)
            case Aim():
                return self._aim(wish.text)
            case Lasso():
                return self._aim(self._drawn(wish, anatomy))
            case Start():
                return "clip", (Cue("clip", self.clip, hand),), (Cue("clip", wish.name, hand),)
            case Bend():
                return self._bent(wish, hand)
        raise ContentError(f"a desk cannot take {wish.do!r} back.")

    def recalled(self, preset: Preset, name: str, hand: str, now: float) -> Change:
        """Everything as a preset has it: what stands there already is left alone."""
        away = {key: value for key, value in preset.values.items() if self._away(key, value)}
        names = sorted(away, key=lambda key: (key == "dream.hand", key not in POINTING))  # to point is to take the box
        again: list[Act] = [Touch(key, away[key], hand=hand) for key in names]
        back = list(self._before(names, hand))
        if "dream.hand" not in preset.values and "dream.hand" in self.stands.holders:
            again += [Cue("release", key, hand) for key in sorted(BOX)]
            back += [Touch(key, self.values[key], hand=hand) for key in (*sorted(POINTING), "dream.hand")]
        if preset.target != self.told:
            again.append(Cue("target", preset.target, DESKS))
            back.append(Cue("target", self.told, DESKS))
        if preset.clip and preset.clip != self.clip:
            again.append(Cue("clip", preset.clip, hand))
            back.append(Cue("clip", self.clip, hand))
        return Change(hand, f"preset {name}", tuple(back), tuple(again), now)

    def _before(self, names: list[str], hand: str) -> tuple[Act, ...]:
        """What brings parameters back: into the hand where they stood, or to the show."""
        acts: list[Act] = []
        for name in names:
            parameter(name)
            if name in self.stands.holders:
                acts.append(Touch(name, self.values[name], hand=hand))
            elif name in BOX and "dream.hand" not in self.stands.holders:
                acts += [Cue("release", one, hand) for one in sorted(BOX)]
            else:
                acts.append(Cue("release", name, hand))
        return tuple(dict.fromkeys(acts))

    def _held(self, hand: str) -> tuple[Act, ...]:
        """What takes everything into the hand again that was in it."""
        held = sorted(self.stands.holders, key=lambda name: (name == "dream.hand", name))
        acts: list[Act] = [Touch(name, self.values[name], hand=hand) for name in held]
        return (*acts, Cue("target", self.told, DESKS)) if self.told else tuple(acts)

    def _away(self, name: str, value: float) -> bool:
        entry = parameter(name)
        return abs(entry.share(value) - entry.share(self.values.get(name, entry.default))) > SAME

    def _aim(self, text: str) -> tuple[str, tuple[Act, ...], tuple[Act, ...]]:
        if text.strip():
            parse(text)
        return "target", (Cue("target", self.told, DESKS),), (Cue("target", text, DESKS),)

    def _drawn(self, wish: Lasso, anatomy: Anatomy) -> str:
        """The target that a lasso makes of the one there is."""
        drawn = lasso.target(lasso.chosen(wish.units, anatomy), anatomy)
        there = str(self.facts.get("target", "")) if wish.mode != "only" else ""
        if wish.mode == "less":
            drawn = drawn * -1.0
        text = write(merged((parse(there) if there else Target(())) + drawn))
        if len(text) > TARGET:
            raise TargetError("this target has become too long. Draw one line around all that is meant.")
        return text

    def _bent(self, wish: Bend, hand: str) -> tuple[str, tuple[Act, ...], tuple[Act, ...]]:
        outputs = {output["name"]: output for output in self.outputs.get("outputs", ())}
        if wish.output not in outputs:
            known = ", ".join(outputs) or "none"
            raise ContentError(f"no output is named {wish.output!r}. There is {known}.")
        if wish.act in ("corner", "point") and wish.to is None:
            raise ContentError("a point of a warp goes somewhere: say where.")
        before = outputs[wish.output]
        again = _warp(wish.output, hand, act=wish.act, point=wish.point, to=wish.to)
        back = _warp(wish.output, hand, act="set", corners=before["corners"], net=before["net"])
        return f"warp {wish.output}", (back,), (again,)


def _warp(output: str, hand: str, **what: object) -> Cue:
    return Cue("warp", json.dumps({"output": output, **what}), hand)
