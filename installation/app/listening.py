"""`immersions run --listen`: nothing is dreamt; the body shows what the ear hears through a line-in or a microphone."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from functools import partial
from typing import Any

from installation.app.caller import called
from installation.app.folder import RunFolder
from installation.app.hearing import FRAMES, Glimpse, Hearing
from installation.app.opening import opening
from installation.app.request import Request
from installation.app.screen import screen, software
from installation.body import body
from installation.control.parameters import defaults
from installation.data import Dream, Frame
from installation.listen import plans
from installation.output.keys import Wish
from installation.render.renderer import Renderer
from installation.safety import last_line
from installation.settings import Settings
from installation.sound.listener import Listener
from installation.stage import Show
from installation.starting import start_clip
from installation.take import Header
from installation.watch.pace import Pace

log = logging.getLogger(__name__)

LAG = 0.01  # seconds that light is held back, so that it moves evenly between two answers of the ear
PATIENCE = 0.15  # seconds that a picture drawn by the CPU waits for something new to show
GLANCE = 0.003  # seconds between two looks for it
TELL = 1.0  # seconds between two writings of status and preview


def run(request: Request, settings: Settings, device: str) -> dict[str, Any]:
    """Show what is heard until the window's end, or for so many seconds; returns the last status.

    device   part of the name of a sound input, "" for any
    Raises DeviceError where there is no such input.
    """
    shown_body = body(request.model)
    plans.provided(shown_body.plan)
    known = (
        shown_body.anatomy, shown_body.layout, settings.show.seed, shown_body.liked,
        settings.show.language, settings.dome.on,
    )  # fmt: skip
    load = partial(Show.tried, request.show, defaults(), *known)
    show = load()
    show.adopt()
    pace = Pace(request.began)
    rest = show.at(0.0, show.controls)
    dark = opening(shown_body, start_clip(show.program), rest.target, at_rest=True)
    header = Header(show.name, shown_body.model, shown_body.anatomy.fingerprint, settings.show.seed, 0.0)
    with ExitStack() as stack:
        shown = stack.enter_context(screen(settings, request.headless))
        dome = settings.dome.lens if settings.dome.on else None
        renderer = Renderer(shown.gl, shown_body.layout, shown_body.anatomy, shown.size, dome, settings.picture.half)
        shown.show(renderer.draw(Frame(0, 0.0, rest.look, dark, None, 0.0)))
        pace.shown(0.0)
        folder = RunFolder(header)
        log.info("look at %s: preview.jpg and status.json are rewritten every second", folder.path)
        listener = stack.enter_context(Listener(device))
        listener.wait()
        hearing = stack.enter_context(Hearing(request.model, listener, rest.target, settings.dream.threads))
        line = last_line(shown.size, dome, settings.guard)  # nobody can foresee what a room will hear
        glimpse: Glimpse | None = None
        caller = called(request, settings, show, load, stack)

        def redraw() -> None:
            nonlocal renderer
            newer = Renderer(shown.gl, shown_body.layout, shown_body.anatomy, shown.size, dome, settings.picture.half)
            newer.inherit(renderer)
            renderer.release()
            renderer = newer

        told, began = 0.0, time.monotonic()
        while Wish.STOP not in (asked := shown.wishes()):
            if Wish.NEXT in asked:
                caller.go()
            if shown.gl is not renderer.gl:  # the window was lost, and is there again
                renderer = Renderer(
                    shown.gl, shown_body.layout, shown_body.anatomy, shown.size, dome, settings.picture.half
                )
            elif shown.size != renderer.size:
                renderer.resize(shown.size)
            new = fresh(hearing, PATIENCE if software(shown.gl) else 0.0)
            now = time.monotonic()
            if new is not None:
                glimpse = new
                renderer.prepare(new.dream, new.light)
            loops = (now - began) / show.loop
            caller.step(int(loops), loops % 1.0, redraw)
            look = caller.at(loops, caller.resting(loops)).look
            dream, place = (dark, 0.0) if glimpse is None else (glimpse.dream, newest(glimpse, now))
            with shown.bear():
                picture = renderer.draw(Frame(pace.frames, now - began, look, dream, None, place))
                if line is not None:
                    line.limit(picture, now)
                shown.show(picture)
            pace.shown(time.monotonic() - now)
            if glimpse is not None:
                pace.apart(time.monotonic() - moment(glimpse, place))
            if now - told >= TELL:
                told = now
                folder.status({**status(pace, listener, hearing, dream), **caller.told(loops)}, renderer.read())
            if request.seconds is not None and now - request.began >= request.seconds:
                break
            time.sleep(max(0.0, 1 / settings.picture.frame_rate - (time.monotonic() - now)))
        return status(pace, listener, hearing, dark if glimpse is None else glimpse.dream)


def fresh(hearing: Hearing, patience: float) -> Glimpse | None:
    """The newest glimpse; a picture that the CPU draws leaves the ear alone until there is one, for so many seconds."""
    until = time.monotonic() + patience
    while (glimpse := hearing.take()) is None and time.monotonic() < until:
        time.sleep(GLANCE)
    return glimpse


def newest(glimpse: Glimpse, now: float) -> float:
    """The place 0..1 in a glimpse that belongs to this moment: its end, or a little before while it is fresh."""
    columns = glimpse.light.columns
    late = max(0.0, LAG - (now - glimpse.until)) / glimpse.light.seconds
    return min(1.0 - 0.5 / columns, 1.0 - late)


def moment(glimpse: Glimpse, place: float) -> float:
    """The time.monotonic() at which the sound shown at this place was heard."""
    return glimpse.until - (1.0 - place) * glimpse.light.seconds


def status(pace: Pace, listener: Listener, hearing: Hearing, dream: Dream) -> dict[str, Any]:
    """What a technician wants to know; `apart` is how long ago the sound was that is seen."""
    return {
        **pace.told(),
        "heard_samples": listener.heard,
        "glimpses": dream.number,
        "frames_lit": FRAMES,
        "ear_restarts": hearing.restarts,
        "sound_restarts": listener.restarts,
    }
