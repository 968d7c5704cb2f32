"""The live show: what is heard is seen, and what is dreamt next is on its way."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from installation.app import opening
from installation.app.critic import Critic
from installation.app.desk import Desk, quieter, volume
from installation.app.ensemble import Ensemble, shown
from installation.app.folder import RunFolder
from installation.app.request import Request
from installation.app.screen import Screen, screen, software
from installation.app.skips import Skips
from installation.app.understudy import Understudy, bank
from installation.body import Body, body
from installation.control.midi import Midi
from installation.control.parameters import defaults
from installation.control.takeover import Takeover
from installation.data import RATE, Controls, Dream, Frame, Heard, Target
from installation.dream.dreamer import Dreamer
from installation.dream.hall import Hall
from installation.dream.knobs import knobs
from installation.dream.length import lasting
from installation.listen import clips, plans
from installation.output.window import Wish
from installation.render.renderer import Renderer
from installation.settings import Settings
from installation.sound.mixing import length
from installation.sound.player import Player
from installation.stage import Moment, Show
from installation.starting import start_clip
from installation.take import Header
from installation.watch import Pace

log = logging.getLogger(__name__)

TELL = 1.0  # seconds between two writings of status and preview
FADE = 1.5  # seconds in which Esc takes the light away
EARLY = 0.9  # seconds before the seam at which a dream is wanted: it has to be judged and made visible
ROOM = 0.2  # of the time that a picture takes on the CPU, given to the optimiser before the next one
FIRST_ROOM = 1.0  # the same until the first dream is ready: the network has to be loaded


def run(request: Request, settings: Settings) -> dict[str, Any]:
    """Play a show until its end, the window's, or for so many seconds; returns the last status.

    Raises ContentError or DeviceError before the show begins; once it runs, faults are logged and bridged.
    """
    stage_body = body(request.model)
    plans.provided(stage_body.plan)
    known = (stage_body.anatomy, stage_body.layout, settings.show.seed, stage_body.liked)
    show = Show.load(request.show, defaults(), *known)
    with ExitStack() as stack:
        shown = stack.enter_context(screen(settings.picture, request.headless))
        return Live(request, settings, stage_body, show, shown, stack).play()


class Live:
    """One run of a show; `stack` holds whatever has to be ended well."""

    def __init__(
        self, request: Request, settings: Settings, stage_body: Body, show: Show, shown: Screen, stack: ExitStack
    ) -> None:
        self.request, self.settings, self.show, self.screen = request, settings, show, shown
        self.body = stage_body
        dome = settings.dome.lens if settings.dome.on else None
        self.renderer = Renderer(shown.gl, stage_body.layout, stage_body.anatomy, shown.size, dome)
        self.slow = software(shown.gl)  # the CPU draws
        self.pace = Pace(request.began, held=self.slow)
        delays = {"sound.delay": settings.sound.delay, "picture.delay": settings.picture.delay}
        self.takeover = Takeover(rest=Controls({**show.controls.values, **delays}))
        self.controls = self.takeover.rest
        self.skips = Skips()
        self.faded: float | None = None  # when Esc was pressed
        first = show.at(0.0, show.controls)
        start = start_clip(show.program)
        self.hall = Hall(stage_body.anatomy, stage_body.layout, settings.sound, self.controls["sound.width"])
        dream = lasting(opening.opening(stage_body, start, first.target, judge=self.hall), show.loop)
        self.known = dream  # the start clip, with what is known of how the ear hears it
        self._picture(first, Heard(dream, None, 0.0, 0, 0.0), time.monotonic())  # before anything that takes long
        header = Header(
            show.name, stage_body.model, stage_body.anatomy.fingerprint, settings.show.seed, 0.0,
            settings.model_dump(mode="json"),
        )  # fmt: skip
        self.folder = RunFolder(header)
        log.info("look at %s: preview.jpg and status.json are rewritten every second", self.folder.path)
        self.hands = stack.enter_context(Midi(settings.show.midi, beat=settings.tempo.midi))
        self.ensemble = Ensemble(show.program, settings.tempo, self.hands.clock, stack)
        self.player = stack.enter_context(self._player(quieter(dream, volume(self.controls))))
        self.desk = Desk(self.player, self.renderer.prepare, dream, volume(self.controls))
        self.target, self.knobs, self.by_hand = first.target, knobs(self.controls), False
        self.dreamer = stack.enter_context(
            Dreamer(
                stage_body.model, start, first.target, show.loop, self.knobs, settings.show.seed,
                threads=settings.dream.threads, device=settings.dream.device,
            )
        )  # fmt: skip
        keep = partial(opening.keep, stage_body)
        stored = bank(stage_body.model, stage_body.anatomy)
        self.understudy = Understudy(stored, lambda: (self.dreamer.samples, self.target))
        self.critic = stack.enter_context(Critic(self.dreamer, stage_body.anatomy, keep, self.hall, self.understudy))
        self.player.wait()

    def _player(self, first: Dream) -> Player:
        sound = self.settings.sound
        silent = sound.device == "none"
        return Player(first, "" if silent else sound.device, silent=silent, cue=sound.cue, grid=self.ensemble.bars())

    def play(self) -> dict[str, Any]:
        """Frame after frame, until it is over."""
        told, loop, moment = 0.0, -1, self.show.at(0.0, self.controls)
        while not self._over():
            begun = time.monotonic()
            self._hands(begun)
            self._receive()
            self.ensemble.keep_time(self.player, self.dreamer)
            asked = time.monotonic()
            heard = self.player.heard(self.pace.ahead + self._delay())
            moment = self.skips.at(self.show, shown(heard, self.show.loop), self.controls)
            self._ask(moment.target, heard, begun, heard.loop != loop)
            loop = heard.loop
            waited = self._picture(moment, heard, asked)
            self._listen(heard)
            if begun - told >= TELL:
                told = begun
                self.folder.status(self.status(moment, heard), self.renderer.read())
            self._leave_room(time.monotonic() - begun, waited)
        status = self.status(moment, self.player.heard())
        self.folder.status(status, self.renderer.read())
        return status

    def _over(self) -> bool:
        for wish in self.screen.wishes():
            if wish is Wish.STOP:
                return True
            if wish is Wish.FADE:
                self.faded = time.monotonic()
            if wish is Wish.NEXT:
                self.faded = None
                self.skips.next(self.show, shown(self.player.heard(), self.show.loop))
            if wish is Wish.HOLD:
                self.desk.hold(not self.desk.holding)
            if wish is Wish.DROP:
                self.desk.drop()
        lasted = time.monotonic() - self.request.began
        return self.request.seconds is not None and lasted >= self.request.seconds

    def _hands(self, now: float) -> None:
        for touch in self.hands.touches(self.takeover.wanted):
            self.takeover.touch(touch, now)
        before, self.controls = self.controls, self.takeover.step(now)
        if self.controls["dream.restart"] > 0.5 >= before["dream.restart"]:
            names = clips.names()
            self.dreamer.begin(names[round(self.controls["dream.clip"] * (len(names) - 1))])
        self.hall.width = self.controls["sound.width"]
        self.desk.turn(before, self.takeover, now)

    def _delay(self) -> float:
        """Seconds that the picture has to be ahead of the sound at the device."""
        return (self.controls["picture.delay"] - self.controls["sound.delay"]) / 1000

    def _receive(self) -> None:
        """Make what the critic has ready visible, then let it be heard."""
        self.dreamer.check()
        if (ready := self.critic.take()) is None:
            return
        if ready.dream.step == 0:
            self.renderer.prepare(ready.dream, ready.light)
            self.known = ready.dream
        else:
            self.desk.ready(ready.dream, ready.light)
            if ready.dream.number >= 0:  # it is not from the bank
                self.pace.dreamt()

    def _ask(self, target: Target, heard: Heard, now: float, entered: bool) -> None:
        """Tell the dreamer what has changed, and when the next dream is wanted."""
        if target != self.target:
            self.target = target
            self.dreamer.aim(target)
        if (turned := knobs(self.controls)) != self.knobs:
            self.knobs = turned
            self.dreamer.turn(turned)
        if (by_hand := self.controls["dream.hand"] > 0) != self.by_hand:
            self.by_hand = by_hand
            self.dreamer.chosen(by_hand)
        if entered:
            seconds = length(heard.dream) / RATE / heard.speed
            self.dreamer.due(now + (1 - heard.place) * seconds - EARLY)

    def _picture(self, moment: Moment, heard: Heard, asked: float) -> float:
        """Draw and present; a picture that is finished before its time waits. Returns how long, in seconds."""
        look = moment.look
        if self.faded is not None:
            look = replace(look, fade=look.fade * max(0.0, 1 - (time.monotonic() - self.faded) / FADE))
        if self.screen.size != self.renderer.size:
            self.renderer.resize(self.screen.size)
        dream = self.known if heard.dream.step == 0 else heard.dream  # the start clip, once the ear has heard it
        frame = Frame(self.pace.frames, heard.seconds, look, dream, heard.previous, heard.place)
        picture = self.renderer.draw(frame)
        waited = 0.0
        if self.slow:
            self.screen.gl.finish()
            waited = max(0.0, asked + self.pace.ahead - time.monotonic())
            time.sleep(waited)
        self.screen.show(picture)
        self.pace.shown(time.monotonic() - asked - waited)
        return waited

    def _listen(self, drawn: Heard) -> None:
        """Compare what was drawn with what is heard now, and write down what was heard."""
        heard = self.player.heard(self._delay())
        self.pace.apart(drawn.seconds - heard.seconds)
        skipped = self.skips.seconds / self.show.loop
        self.folder.heard(heard, self.controls, self.player.groove(heard.loop), heard.loop + skipped)

    def _leave_room(self, spent: float, waited: float) -> None:
        """Never more pictures than asked for; where the CPU draws them, leave some of it to the optimiser."""
        rest = 1 / self.settings.picture.frame_rate - spent
        if self.slow:
            rest = max(rest, (ROOM if self.pace.dreams else FIRST_ROOM) * (spent - waited) - waited)
        if rest > 0:
            time.sleep(rest)

    def status(self, moment: Moment, heard: Heard) -> dict[str, Any]:
        """What a technician wants to know."""
        verdict = heard.dream.verdict
        return {
            **self.pace.told(),
            "show": self.show.name,
            "scene": moment.scene,
            "model": self.body.model,
            "loop": heard.loop,
            "dream": heard.dream.number,
            "score": heard.dream.score,
            "steps": heard.dream.step,
            "loudness_lufs": verdict.loudness if verdict else None,
            "sound": "silent" if self.player.silent else "playing",
            "sound_blocks": self.player.blocks,
            "underruns": self.player.underruns,
            "sound_restarts": self.player.restarts,
            "tempo": round(self.ensemble.tempo, 2),
            "tempo_master": self.ensemble.master,
            "held": self.desk.holding,
            "optimiser_restarts": self.dreamer.restarts,
            "from_the_bank": self.understudy.played,
            "cpu_seconds_per_step": round(self.critic.seconds_per_step, 4),
            "midi": self.hands.devices,
            "held_by_hands": sorted(self.takeover.held),
        }
