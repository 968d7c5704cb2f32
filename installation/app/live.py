"""The live show: what is heard is seen, and what is dreamt next is on its way."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from installation.app import opening
from installation.app.critic import Critic, Ready
from installation.app.folder import RunFolder
from installation.app.request import Request
from installation.app.screen import Screen, screen, software
from installation.app.skips import Skips
from installation.body import Body, body
from installation.control.midi import Midi
from installation.control.parameters import defaults
from installation.control.takeover import Takeover
from installation.data import RATE, Controls, Dream, Frame, Heard, Target
from installation.dream.dreamer import Dreamer
from installation.dream.knobs import knobs
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
    show = Show.load(request.show, defaults(), stage_body.anatomy, stage_body.layout, settings.show.seed)
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
        self.renderer = Renderer(shown.gl, stage_body.layout, stage_body.anatomy, shown.size)
        self.slow = software(shown.gl)  # the CPU draws
        self.pace = Pace(request.began, held=self.slow)
        delays = {"sound.delay": settings.sound.delay, "picture.delay": settings.picture.delay}
        self.takeover = Takeover(rest=Controls({**show.controls.values, **delays}))
        self.controls = self.takeover.rest
        self.skips = Skips()
        self.faded: float | None = None  # when Esc was pressed
        self.volume = volume(self.controls)
        first = show.at(0.0, show.controls)
        start = start_clip(show.program)
        dream = opening.opening(stage_body, start, first.target)
        self.known = dream  # the start clip, with what is known of how the ear hears it
        self.newest: Ready | None = None
        self._picture(first, Heard(dream, None, 0.0, 0, 0.0), time.monotonic())  # before anything that takes long
        header = Header(
            show.name, stage_body.model, stage_body.anatomy.fingerprint, settings.show.seed, 0.0,
            settings.model_dump(mode="json"),
        )  # fmt: skip
        self.folder = RunFolder(header)
        log.info("look at %s: preview.jpg and status.json are rewritten every second", self.folder.path)
        silent = settings.sound.device == "none"
        device = "" if silent else settings.sound.device
        self.player = stack.enter_context(Player(quieter(dream, self.volume), device, silent=silent))
        self.hands = stack.enter_context(Midi(settings.show.midi))
        self.target, self.knobs = first.target, knobs(self.controls)
        self.dreamer = stack.enter_context(
            Dreamer(
                stage_body.model, start, first.target, show.loop, self.knobs, settings.show.seed,
                threads=settings.dream.threads, device=settings.dream.device,
            )
        )  # fmt: skip
        self.critic = stack.enter_context(Critic(self.dreamer, stage_body.anatomy, partial(opening.keep, stage_body)))
        self.player.wait()

    def play(self) -> dict[str, Any]:
        """Frame after frame, until it is over."""
        told, loop, moment = 0.0, -1, self.show.at(0.0, self.controls)
        while not self._over():
            begun = time.monotonic()
            self._hands(begun)
            self._receive()
            asked = time.monotonic()
            heard = self.player.heard(self.pace.ahead + self._delay())
            moment = self.skips.at(self.show, heard.seconds, self.controls)
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
                self.skips.next(self.show, self.player.heard().seconds)
        lasted = time.monotonic() - self.request.began
        return self.request.seconds is not None and lasted >= self.request.seconds

    def _hands(self, now: float) -> None:
        for touch in self.hands.touches(self.takeover.wanted):
            self.takeover.touch(touch, now)
        before, self.controls = self.controls, self.takeover.step(now)
        if self.controls["dream.restart"] > 0.5 >= before["dream.restart"]:
            names = clips.names()
            self.dreamer.begin(names[round(self.controls["dream.clip"] * (len(names) - 1))])
        if (wanted := volume(self.controls)) != self.volume:
            self.volume = wanted
            self._offer()

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
            self.newest = ready
            self._offer()
            self.pace.dreamt()

    def _offer(self) -> None:
        """Let the newest dream be heard at the volume that is wanted now; its light is there before its sound."""
        if self.newest is None:
            return
        played = quieter(self.newest.dream, self.volume)
        self.renderer.prepare(played, self.newest.light)
        try:
            self.player.offer(played)
        except OSError as error:  # no memory to share with the sound process
            log.error("the dream %d cannot be handed to the sound, the loop goes on: %s", played.number, error)

    def _ask(self, target: Target, heard: Heard, now: float, entered: bool) -> None:
        """Tell the dreamer what has changed, and when the next dream is wanted."""
        if target != self.target:
            self.target = target
            self.dreamer.aim(target)
        if (turned := knobs(self.controls)) != self.knobs:
            self.knobs = turned
            self.dreamer.turn(turned)
        if entered:
            seconds = length(heard.dream) / RATE
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
        self.folder.heard(heard, self.controls)

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
            "optimiser_restarts": self.dreamer.restarts,
            "cpu_seconds_per_step": round(self.critic.seconds_per_step, 4),
            "midi": self.hands.devices,
            "held_by_hands": sorted(self.takeover.held),
        }


def volume(controls: Controls) -> float:
    """The gain that hands have set, linear."""
    return float(10 ** (controls["sound.volume"] / 20))


def quieter(dream: Dream, gain: float) -> Dream:
    """A judged dream at another volume; it is heard from the next seam on."""
    if gain == 1.0:
        return dream
    assert dream.verdict is not None
    return replace(dream, verdict=replace(dream.verdict, gain=dream.verdict.gain * gain))
