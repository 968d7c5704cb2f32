"""The live show: what is heard is seen, and what is dreamt next is on its way."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import moderngl

from installation.app import opening, resuming
from installation.app.caller import Caller, called
from installation.app.console import Console
from installation.app.critic import Critic
from installation.app.desk import Desk
from installation.app.easel import Easel
from installation.app.ensemble import Ensemble
from installation.app.folder import RunFolder
from installation.app.hands import Hands
from installation.app.outlook import Outlook
from installation.app.request import Request
from installation.app.screen import Steady, screen, software
from installation.app.scribe import Scribe
from installation.app.status import status_of
from installation.app.understudy import FIRST, Understudy, bank
from installation.app.visiting import Visiting
from installation.app.watching import Watching
from installation.body import Body, body
from installation.control.acts import Cue
from installation.control.parameters import defaults
from installation.data import RATE, Controls, Dream, Frame, Heard, Look
from installation.dream.dreamer import Dreamer
from installation.dream.hall import Hall
from installation.dream.knobs import knobs
from installation.dream.length import lasting
from installation.dream.process import asleep
from installation.listen import plans
from installation.output.keys import Wish
from installation.settings import Settings
from installation.sound.mixing import length
from installation.sound.player import Player
from installation.sound.volume import quieter, volume
from installation.stage import Moment, Show
from installation.starting import start_clip
from installation.take import Header
from installation.target import write
from installation.watch.heart import Heart
from installation.watch.pace import Pace

log = logging.getLogger(__name__)

TELL = 1.0  # seconds between two writings of status and preview
ASLEEP: dict[str, Any] = {"run": asleep, "silent": float("inf")}  # a dreamer that never dreams
KEYS = "keyboard"  # the hand on it
EARLY = 0.9  # seconds before the seam at which a dream is wanted: it has to be judged and made visible
ROOM = 0.2  # of the time that a picture takes on the CPU, given to the optimiser before the next one
FIRST_ROOM = 1.0  # the same until the first dream is ready: the network has to be loaded


def run(request: Request, settings: Settings) -> dict[str, Any]:
    """Play a show until its end, the window's, or for so many seconds; returns the last status.

    Raises ContentError or DeviceError before the show begins; once it runs, faults are logged and bridged.
    """
    stage_body = body(request.model)
    plans.provided(stage_body.plan)
    known = (
        stage_body.anatomy, stage_body.layout, settings.show.seed, stage_body.liked,
        settings.show.language, settings.dome.on,
    )  # fmt: skip
    load = partial(Show.tried, request.show, defaults(), *known)
    with ExitStack() as stack:
        show = load()
        show.adopt()
        shown = stack.enter_context(screen(settings, request.headless))
        caller = called(request, settings, show, load, stack)
        return Live(request, settings, stage_body, caller, shown, stack).play()


class Live:
    """One run of a show; `stack` holds whatever has to be ended well."""

    def __init__(
        self, request: Request, settings: Settings, stage_body: Body, caller: Caller, shown: Steady, stack: ExitStack
    ) -> None:
        self.request, self.settings, self.caller, self.screen = request, settings, caller, shown
        show = caller.show
        self.body = stage_body
        self.scribe = Scribe()
        self.watching = Watching(settings, stack, self.scribe)
        stack.enter_context(self.scribe)
        self.hands = Hands(settings, self._resting(0.0), stage_body.anatomy, caller)
        self.hands.lend = lambda clip: self.dreamer.begin(clip, lent=True)
        self.visiting = Visiting(settings, stage_body)
        self.hands.does["compare"] = lambda text: self.desk.compare(bool(text))
        self.controls = self.hands.takeover.rest
        start, seen = start_clip(show.program), None
        if request.resume and (seen := resuming.place(show, request.model, settings.show.seed)):
            log.info("the show goes on after %.0f of its loops, where it was cut off", seen.loops)
            caller.resume(seen.entrances)
        first = caller.at(0.0, self.controls)
        heard = seen.clip if seen else start
        sound = self.watching.quietened(settings.sound)
        self.hall = Hall(stage_body.anatomy, stage_body.layout, sound, self.controls["sound.width"])
        dream = lasting(opening.opening(stage_body, heard, first.target, judge=self.hall), show.loop)
        self.known = dream  # the start clip, with what is known of how the ear hears it
        self.ensemble = Ensemble(show.program, settings.tempo, self.hands.midi.clock, stack)
        # the sound's device opens while the picture is made ready
        self.player = stack.enter_context(self._player(quieter(dream, volume(self.controls))))
        self.pace = Pace(request.began, held=software(shown.gl))
        self.easel = Easel(shown, stage_body, settings, self.pace)
        self.outlook = Outlook(stage_body, self.screen.size, show.loop, settings)
        self._picture(first, Heard(dream, None, 0.0, 0, 0.0), time.monotonic())  # before anything that takes long
        self.known, light = self.outlook.first(dream, self._look)
        self.player.explain(quieter(self.known, volume(self.controls)))
        self.easel.prepare(self.known, light)
        header = Header(
            show.name, stage_body.model, stage_body.anatomy.fingerprint, settings.show.seed, 0.0,
            settings.model_dump(mode="json"),
        )  # fmt: skip
        self.folder = RunFolder(header)
        self.scribe.lost = self.folder.gap
        log.info("look at %s: preview.jpg and status.json are rewritten every second", self.folder.path)
        stack.enter_context(self.hands)
        self.desk = Desk(self.player, self.easel.prepare, self.known, volume(self.controls))
        self.target, self.knobs, self.by_hand = first.target, knobs(self.controls), False
        self.clip = first.clip
        self.dreamer = stack.enter_context(
            Dreamer(
                stage_body.model, start, first.target, show.loop, self.knobs, settings.show.seed,
                threads=settings.dream.threads, device=settings.dream.device, resume=seen.clip if seen else None,
                **(ASLEEP if request.safe else {}),
            )
        )  # fmt: skip
        keep = partial(opening.keep, stage_body)
        stored = bank(stage_body.model, stage_body.anatomy)
        patience = 1.0 if request.safe else FIRST
        self.understudy = Understudy(stored, lambda: (self.dreamer.samples, self.target), first=patience)
        self.heart = Heart.watched()
        self.critic = stack.enter_context(
            Critic(self.dreamer, stage_body.anatomy, keep, self.hall, self.outlook.safety, self.understudy)
        )
        ceiling = self.watching.ceiling(settings.sound)
        self.console = Console(self, self.visiting.open(request.port, self.hands, stack, ceiling), stack)
        self.player.wait()
        if self.heart is not None:
            stack.callback(self.heart.ends)  # before anything is closed

    def _look(self, seconds: float) -> Look:
        """The look at a second of the show, as hands want it now."""
        return self.caller.at(seconds / self.caller.show.loop, self.controls).look

    def _resting(self, loops: float) -> Controls:
        """Where every control stands when nobody touches it: as the show and the venue want it."""
        delays = {"sound.delay": self.settings.sound.delay, "picture.delay": self.settings.picture.delay}
        rest = {**self.caller.resting(loops).values, **delays}
        return Controls({**rest, "sound.volume": self.watching.volume(rest["sound.volume"])})

    def _player(self, first: Dream) -> Player:
        sound = self.settings.sound
        silent = sound.device == "none"
        device, patient = "" if silent else sound.device, self.request.alone
        return Player(first, device, silent=silent, patient=patient, cue=sound.cue, grid=self.ensemble.bars())

    def play(self) -> dict[str, Any]:
        """Frame after frame, until it is over."""
        told, loop, moment = 0.0, -1, self.caller.at(0.0, self.controls)
        while not self._over():
            begun = time.monotonic()
            self._hands(begun)
            self._receive()
            self.ensemble.keep_time(self.player, self.dreamer, self.controls["sound.tempo"])
            asked = time.monotonic()
            heard = self.player.heard(self.pace.ahead + self._delay())
            self.caller.step(heard.loop, heard.place, self.easel.redraw)
            self.hands.rest(self._resting(heard.loop + heard.place), self.desk.holding)
            moment = self.caller.at(heard.loop + heard.place, self.controls)
            self._ask(moment, heard, begun, heard.loop != loop)
            loop = heard.loop
            moment = self.outlook.step(heard, moment, self._look)
            tells = begun - told >= TELL
            waited = self._picture(moment, heard, asked, tells)
            if self.heart is not None:
                self.heart.beat(self.pace.frames, self.player.blocks, not self.player.silent)
            self._listen(heard, moment.scene)
            if tells:
                told, status = begun, status_of(self, moment, heard)
                self.scribe.write(self.folder.status, status, self.preview)
                self.scribe.write(self.watching.second, status, write(self.target), self.preview)
            self._leave_room(time.monotonic() - begun, waited)
        status = status_of(self, moment, self.player.heard())
        self.scribe.write(self.folder.status, status, self.preview)
        return status

    def _over(self) -> bool:
        asked = self.screen.wishes()
        self.easel.attend()
        for wish in asked:
            if wish is Wish.STOP:
                return True
            if wish is Wish.FADE:
                self.hands.call(Cue("panic", hand=KEYS), time.monotonic())
            if wish is Wish.NEXT:
                self.hands.call(Cue("go", hand=KEYS), time.monotonic())
            if wish is Wish.HOLD:
                self.desk.hold(not self.desk.holding)
            if wish is Wish.DROP:
                self.desk.drop()
        lasted = time.monotonic() - self.request.began
        return self.request.seconds is not None and lasted >= self.request.seconds

    def _hands(self, now: float) -> None:
        before, self.controls = self.controls, self.hands.step(now)
        if self.controls["dream.restart"] > 0.5 >= before["dream.restart"]:
            self.console.begin()
            self.hands.takeover.release("dream.restart")  # the next press is another one
        self.hall.width = self.controls["sound.width"]
        self.desk.turn(before, self.hands.takeover, now)

    def _delay(self) -> float:
        """Seconds that the picture has to be ahead of the sound at the device."""
        return (self.controls["picture.delay"] - self.controls["sound.delay"]) / 1000

    def _receive(self) -> None:
        """Make what the critic has ready visible, then let it be heard."""
        self.dreamer.check()
        if (ready := self.critic.take()) is None:
            return
        self.visiting.ready(ready.dream)
        if ready.dream.step == 0:
            if ready.dream.number == 0:  # what has been heard since the beginning
                self.easel.prepare(ready.dream, ready.light)
                self.known = ready.dream
            self.desk.begun(ready.dream, ready.light)
        else:
            self.desk.ready(ready.dream, ready.light)
            if ready.dream.number >= 0:  # it is not from the bank
                self.pace.dreamt()

    def _ask(self, moment: Moment, heard: Heard, now: float, entered: bool) -> None:
        """Tell the dreamer what has changed, and when the next dream is wanted."""
        if (target := self.hands.target(moment.target)) != self.target:
            self.target = target
            self.dreamer.aim(target)
        if moment.clip != self.clip:
            self.clip = moment.clip
            if moment.clip:
                self.dreamer.begin(moment.clip)
        if (turned := knobs(self.controls)) != self.knobs:
            self.knobs = turned
            self.dreamer.turn(turned)
        if (by_hand := self.hands.chosen) != self.by_hand:
            self.by_hand = by_hand
            self.dreamer.chosen(by_hand)
        if entered:
            seconds = length(heard.dream) / RATE / heard.speed
            self.dreamer.due(now + (1 - heard.place) * seconds - EARLY)

    def _picture(self, moment: Moment, heard: Heard, asked: float, kept: bool = True) -> float:
        """Draw and present; a picture that is finished before its time waits. Returns how long, in seconds."""
        look = moment.look
        if (light := self.hands.light(time.monotonic()) * self.watching.hours().light) < 1:
            look = replace(look, fade=look.fade * light)
        dream = self.known if heard.dream.step == heard.dream.number == 0 else heard.dream  # as the ear has heard it
        frame = Frame(self.pace.frames, heard.seconds, look, dream, heard.previous, heard.place)

        def over(picture: moderngl.Texture, look: Look) -> None:
            if kept:  # without the code for phones: who reads it is to stand before the picture
                self.preview = self.easel.renderer.read()
            self.visiting.mark(picture, look)
            self.outlook.hold_back(picture, asked)

        return self.easel.paint(frame, asked, over)

    def _listen(self, drawn: Heard, scene: str) -> None:
        """Compare what was drawn with what is heard now, write down what was heard, and tell the hands."""
        heard = self.player.heard(self._delay())
        self.visiting.heard(heard)
        self.pace.apart(drawn.seconds - heard.seconds)
        groove = self.player.groove(heard.loop)
        so_far = tuple(self.caller.entrances), self.caller.tracks
        self.scribe.write(self.folder.heard, heard, self.controls, groove, *so_far)
        if self.hands.did:
            self.scribe.write(self.folder.acted, heard, tuple(self.hands.did))
        self.hands.tell(
            self.target, self.caller.show.course.cues, scene=scene, loop=heard.loop, score=heard.dream.score,
            tempo=self.ensemble.tempo, message=self.caller.message,
        )  # fmt: skip
        self.console.step(heard, scene)

    def _leave_room(self, spent: float, waited: float) -> None:
        """Never more pictures than asked for; where the CPU draws them, leave some of it to the optimiser."""
        rest = 1 / self.settings.picture.frame_rate - spent
        if self.easel.slow:
            rest = max(rest, (ROOM if self.pace.dreams else FIRST_ROOM) * (spent - waited) - waited)
        if rest > 0:
            time.sleep(rest)
