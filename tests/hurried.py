"""A show in a hurry: its real parts on a clock that is moved by hand, with everything going wrong that can."""

import random
import socket
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import numpy as np
import torch
from hurry_show import LOOPS, SCENES, SPOILT, spoilt, turned

from installation.app import critic as judging
from installation.app import folder as run_folder
from installation.app import understudy as standing_in
from installation.app.critic import Critic
from installation.app.desk import Desk
from installation.app.folder import RunFolder
from installation.app.understudy import Understudy
from installation.body import body
from installation.clock import HandClock
from installation.control.acts import Touch
from installation.control.parameters import defaults
from installation.control.takeover import Takeover
from installation.data import Clip, Controls, Dream, Frame, Heard
from installation.dream import bank as banking
from installation.dream.bank import Bank
from installation.dream.hall import Hall
from installation.dream.knobs import knobs
from installation.dream.length import lasting
from installation.dream.optimize import Optimizer
from installation.listen import ears
from installation.output import offscreen
from installation.render.renderer import Renderer
from installation.settings import Sound, StationPage
from installation.sound.player import Player
from installation.sound.volume import quieter, volume
from installation.stage import Prompter, Show
from installation.starting import start_clip
from installation.station.station import Station, order
from installation.take import Header
from installation.target import write

MODEL = "tiny"
OFTEN = 20  # loops between two faults, about
LOUDEST = 10 ** (-0.9 / 20)  # of a loop, times full scale
SIZE = (64, 36)  # pixels of a picture
HANDS = 5  # loops between two looks at what hands want
FRESH = 40  # dreams of which one is dreamt; the others are that one, begun elsewhere in its circle
# where seconds are short and a scene has one dream, others wait accordingly
PATIENCE = (
    (judging, "GLANCE", 0.0), (banking, "RETRY", 0.1), (run_folder, "RETRY", 0.1),
    (standing_in, "LATE", 1.5 * LOOPS), (standing_in, "STAY", LOOPS),
)  # fmt: skip


class Deliveries:
    """What the dreamer delivers, if anything."""

    def __init__(self) -> None:
        self.dreams: list[Dream] = []

    def deliver(self) -> Dream | None:
        return self.dreams.pop(0) if self.dreams else None


class Hurry:
    """A show without waiting, inside a `with` block: `loop` plays the next one.

    folder   for its bank, takes and page; its content must be known as IMMERSIONS_CONTENT
    seed     of everything that goes wrong
    pages    how often the process of the page is killed at most: to come back takes real time, the more the oftener
    """

    def __init__(self, folder: Path, seed: int, pages: int = 8) -> None:
        self.folder, self.dice, self._pages = folder, random.Random(seed), pages
        self.faults: dict[str, int] = {}
        self.changes = self.loops = 0
        self._stack = ExitStack()
        self._clock, self._made = HandClock(), body(MODEL)
        self._show = Show.load("hurry", defaults(), self._made.anatomy, self._made.layout, 1, self._made.liked)
        self._prompter, self._takeover = Prompter(self._show), Takeover(patience=0.0)
        self._ear = ears.load(MODEL)
        self._late = 0  # loops in which the dreamer has nothing new
        self._spoil: str = ""  # what will be wrong with the next dream
        self._scene = ""
        self._dreamt: dict[str, Dream] = {}  # the last one of each scene's target
        self._last: Heard | None = None
        self._mend: list[tuple[int, Any]] = []  # after which loop something is put right, and how

    def __enter__(self) -> Self:
        made, show, enter = self._made, self._show, self._stack.enter_context
        for module, name, value in PATIENCE:
            enter(patch.object(module, name, value))
        controls = self._controls = self._takeover.step(0.0)
        self._start = start_clip(show.program)
        self._optimizer = self._dreamer(self._start)
        self._hall = Hall(made.anatomy, made.layout, Sound(room="mono"), controls["sound.width"])
        first = quieter(self._hall(lasting(self._optimizer.dream(0), show.loop)), volume(controls))
        context = enter(offscreen.context())
        self._renderer = Renderer(context, made.layout, made.anatomy, SIZE)
        self._player = enter(Player(first, silent=True, clock=self._clock))
        self._desk = Desk(self._player, self._renderer.prepare, first, volume(controls))
        self._deliveries = Deliveries()
        self._bank = self.folder / "bank"
        understudy = Understudy(
            Bank(self._bank, made.anatomy), lambda: (self._start.samples.shape[1], self._optimizer.target),
            self._clock.now,
        )  # fmt: skip
        self._understudy = understudy
        self._critic = Critic(self._deliveries, made.anatomy, lambda dream: None, self._judge, understudy=understudy)
        self._stack.callback(understudy.close)
        self._takes = RunFolder(Header("hurry", MODEL, made.anatomy.fingerprint, 1, 0.0), self.folder / "runs")
        begun = order(made.anatomy, made.layout.positions, made.plan, StationPage(), "en", 0)
        self._station = enter(Station(begun))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def loop(self) -> None:
        """The next loop, and perhaps a fault."""
        number = self.loops
        self.loops += 1
        if self.dice.random() < 1 / OFTEN:
            self.fault(self.dice.choice(FAULTS))
        for when, mend in [due for due in self._mend if due[0] <= number]:
            self._mend.remove((when, mend))
            mend()
        controls = self._hands() if number % HANDS == 0 else self._controls
        heard = self._last or self._player.heard()
        self._prompter.step(heard.loop)
        moment = self._prompter.at(heard.loop + heard.place, controls)
        if moment.target != self._optimizer.target:
            self._optimizer.aim(moment.target)
        if moment.scene != self._scene:
            self._scene, self.changes = moment.scene, self.changes + 1
            self._late = 0
            self._dream(number)
        self._late = max(0, self._late - 1)
        self._critic._step()
        if (ready := self._critic.take()) is not None:
            self._station.ready(ready.dream)
            self._desk.ready(ready.dream, ready.light)
        self._clock.advance(self._show.loop)
        now = self._look(controls)
        if number % LOOPS == 0:
            self._renderer.draw(Frame(number, now.seconds, moment.look, now.dream, now.previous, now.place))

    def told(self) -> dict[str, int]:
        """What became of it, in numbers."""
        assert self._last is not None
        return {
            "loops": self._last.loop, "scenes": self.changes, "dreams": self._critic.dreams,
            "from the bank": self._understudy.played, "in the bank": len(list(self._bank.glob("*.npz"))),
            "new pages": self._station.restarts,
        }  # fmt: skip

    def fault(self, kind: str) -> None:
        """Something goes wrong, of this kind."""
        self.faults[kind] = self.faults.get(kind, 0) + 1
        getattr(self, f"_{kind}")()

    def _look(self, controls: Controls) -> Heard:
        """Ask what is heard, as the picture does, and see that it may be heard."""
        heard, last = self._player.heard(), self._last
        assert 0 <= heard.place < 1
        assert heard.dream.verdict is not None
        if last is not None:
            assert (heard.loop, heard.place) >= (last.loop, last.place), "the show ran backwards"
        if last is None or heard.dream is not last.dream:
            peak = float(np.abs(heard.dream.clip.samples).max()) * heard.dream.verdict.gain
            assert peak <= LOUDEST, f"the dream {heard.dream.number} is too loud: {peak}"
        self._last = heard
        self._station.heard(heard)
        self._station.acts({})
        groove = self._player.groove(heard.loop)
        self._takes.heard(heard, controls, groove, self._prompter.entrances)
        return heard

    def _hands(self) -> Controls:
        before, self._controls = self._controls, self._takeover.step(self._clock.now())
        self._desk.turn(before, self._takeover, self._clock.now())
        return self._controls

    def _dreamer(self, start: Clip) -> Optimizer:
        target = self._show.at(0.0, self._show.controls).target
        generator = torch.Generator().manual_seed(self.dice.randrange(1 << 30))
        return Optimizer(self._ear, start, target, knobs(defaults()), generator)

    def _dream(self, number: int) -> None:
        if self._spoil == "raises":  # the dreamer's process has ended, another one goes on from its last loop
            last = Clip(self._optimizer.samples.numpy()[None].copy())
            target, self._optimizer = self._optimizer.target, self._dreamer(self._start)
            self._optimizer.resume(last)
            self._optimizer.aim(target)
            self._spoil = ""
            return
        target = write(self._optimizer.target)
        if target not in self._dreamt or self.dice.random() < 1 / FRESH:
            self._optimizer.step()
            self._dreamt[target] = lasting(self._optimizer.dream(number + 1), self._show.loop)
        dream = turned(self._dreamt[target], number + 1, self.dice.random())
        if not self._late:
            self._deliveries.dreams.append(spoilt(dream, self._spoil, self.dice))
            self._spoil = self._spoil if self._spoil == "memory" else ""

    def _judge(self, dream: Dream) -> Dream:
        if self._spoil == "memory":
            self._spoil = ""
            raise MemoryError("no memory for the judge")
        return self._hall(dream)

    # what goes wrong

    def _dream_is_late(self) -> None:
        self._late = self.dice.randrange(5, 60)

    def _dream_is_spoilt(self) -> None:
        self._spoil = self.dice.choice(["raises", "memory", *SPOILT])

    def _time_leaps(self) -> None:
        self._clock.advance(self.dice.choice([0.001, 0.9, 7.3, 3600.0]))

    def _tempo_turns(self) -> None:
        self._player.follow(self.dice.choice([None, self._show.loop * self.dice.uniform(0.95, 1.05)]))

    def _hands_meddle(self) -> None:
        act = self.dice.randrange(5)
        if act == 0:
            self._desk.hold(True)
            self._mend.append((self.loops + 8, lambda: self._desk.hold(False)))
        elif act == 1:
            self._desk.drop()
        elif act == 2:
            self._desk.compare(self.dice.random() < 0.5)
        elif act == 3:
            self._takeover.touch(Touch("sound.volume", self.dice.uniform(-12, 0), hand="desk"), self._clock.now())
        else:
            self._takeover.let_go()

    def _cues_rain(self) -> None:
        for _ in range(self.dice.randrange(1, 30)):
            self._prompter.ask(self.dice.choice(["go", *SCENES, "nobody", "\0", ""]))

    def _bank_breaks(self) -> None:
        files = sorted(self._bank.glob("*.npz"))
        if files and self._bank.is_dir():
            path = self.dice.choice(files)
            data = path.read_bytes()
            path.write_bytes(self.dice.choice([b"", data[: len(data) // 2], self.dice.randbytes(len(data))]))
        self._late = 30  # so that it is asked

    def _disk_refuses(self) -> None:
        """A file lies where a folder was, for a while."""
        place = self.dice.choice([self._bank, self._takes.path])
        if not place.is_dir():
            return
        aside = place.with_name(place.name + " aside")
        place.rename(aside)
        place.write_text("in the way")

        def mend() -> None:
            place.unlink()
            aside.rename(place)

        self._mend.append((self.loops + 15, mend))

    def _page_is_flooded(self) -> None:
        """Garbage, half requests and lost lines."""
        for _ in range(3):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._station.port), 0.5) as line:
                line.sendall(
                    self.dice.choice(
                        [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /", self.dice.randbytes(400), b"\r\n" * 50]
                    )
                )

    def _page_ends(self) -> None:
        """The process of the page is killed."""
        process = self._station._process
        if process is not None and self._station.port and self._pages > 0:
            self._pages -= 1
            process.kill()


FAULTS = tuple(
    name.removeprefix("_")
    for name in (
        "_dream_is_late", "_dream_is_spoilt", "_time_leaps", "_tempo_turns", "_hands_meddle", "_cues_rain",
        "_bank_breaks", "_disk_refuses", "_page_is_flooded", "_page_ends",
    )
)  # fmt: skip
