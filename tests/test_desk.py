"""Volume, holding and dropping, by hand and by key; and what a take keeps of a tempo that changes."""

import numpy as np
import pytest
from museum import dream

from installation.app.desk import Desk
from installation.app.folder import RunFolder
from installation.clock import HandClock
from installation.control.takeover import Takeover, Touch
from installation.data import RATE, Controls
from installation.entrance import Entrance
from installation.pace import at_place
from installation.render.activity import Light
from installation.sound.mixing import prepared
from installation.sound.player import Player
from installation.sound.reel import Reel
from installation.take import Header, Take

LIGHT = Light(np.zeros((1, 8), np.uint8), 1, 1, 1.0)


class Room:
    """A silent player with its desk and hands."""

    def __init__(self, player, clock, first):
        self.player, self.clock, self.lit = player, clock, []
        self.hands = Takeover()
        self.desk = Desk(player, lambda shown, light: self.lit.append(shown), first, 1.0)

    def pass_by(self, seconds, **touches):
        """Touch some parameters (two words joined by __), and let time pass."""
        for name, value in touches.items():
            self.hands.touch(Touch(name.replace("__", "."), value), self.clock.now())
        for _ in range(max(1, round(seconds / 0.1))):
            before = Controls(dict(self.hands.values))
            self.hands.step(self.clock.now())
            self.desk.turn(before, self.hands, self.clock.now())
            self.clock.advance(0.1)
            self.heard = self.player.heard()
        return self.heard


@pytest.fixture
def room(monkeypatch):
    clock, first = HandClock(100.0), dream(0)
    monkeypatch.setattr("installation.app.desk.time.monotonic", clock.now)
    with Player(first, silent=True, clock=clock) as player:
        yield Room(player, clock, first)


def test_dreams_are_heard_as_they_come_and_their_light_is_there_before(room):
    second = dream(1)
    room.desk.ready(second, LIGHT)
    assert room.lit == [second]
    assert room.pass_by(1.5).dream is second


def test_a_held_loop_goes_on_though_hands_let_go_until_it_is_dropped(room):
    room.pass_by(0.2, sound__hold=1.0)
    assert room.desk.holding
    room.desk.ready(dream(1), LIGHT)
    assert room.pass_by(40.0).dream.number == 0  # the hands' patience is 30 s; the hold stays
    assert room.desk.holding
    assert room.pass_by(2.0, sound__drop=1.0).dream.number == 1
    room.desk.ready(dream(2), LIGHT)
    assert room.pass_by(5.0).dream.number == 1
    assert room.pass_by(2.0, sound__drop=1.0).dream.number == 2  # the same button again


def test_hands_that_let_go_of_hold_let_the_newest_follow(room):
    room.pass_by(0.2, sound__hold=1.0)
    room.desk.ready(dream(1), LIGHT)
    assert room.pass_by(1.5, sound__hold=0.0).dream.number == 1
    assert not room.desk.holding


def test_a_loop_that_everybody_forgot_is_not_held_for_ever(room, monkeypatch):
    monkeypatch.setattr("installation.app.desk.LONGEST", 60.0)
    room.desk.hold(True)
    room.desk.ready(dream(1), LIGHT)
    room.pass_by(30)
    assert room.heard.dream.number == 0
    room.pass_by(35)
    assert room.heard.dream.number == 1


def test_the_volume_of_a_held_loop_can_be_changed_and_what_waits_still_waits(room):
    room.desk.ready(dream(1), LIGHT)
    room.pass_by(2.0)
    room.desk.hold(True)
    room.desk.ready(dream(2), LIGHT)
    heard = room.pass_by(5.0, sound__volume=-20.0)
    assert heard.dream.number == 1
    assert heard.dream.verdict.gain == pytest.approx(0.1)
    assert room.player.waiting.number == 2
    assert room.player.waiting.verdict.gain == pytest.approx(0.1)


def test_the_start_clip_is_heard_while_somebody_compares_and_then_the_newest_dream(room):
    start = dream(5)
    room.desk.begun(start, LIGHT)
    room.desk.ready(dream(1), LIGHT)
    assert room.pass_by(2.5).dream.number == 1
    room.desk.compare(True)
    assert room.pass_by(2.5).dream is start
    room.desk.ready(dream(2), LIGHT)
    assert room.pass_by(2.5, sound__volume=-20.0).dream.number == 5  # louder or quieter, and still the start clip
    room.desk.compare(False)
    assert room.pass_by(2.5).dream.number == 2


def test_a_held_loop_stays_held_while_somebody_compares(room):
    room.desk.begun(dream(5), LIGHT)
    room.desk.ready(dream(1), LIGHT)
    room.pass_by(2.5)
    room.desk.hold(True)
    room.desk.compare(True)
    assert room.pass_by(5.0).dream.number == 1
    room.desk.compare(False)
    room.desk.hold(False)
    assert room.pass_by(2.5).dream.number == 1


def test_a_take_of_a_changing_tempo_shows_and_sounds_as_the_night_did(tmp_path, monkeypatch):
    clock, loops = HandClock(), [dream(0, 96_000), dream(1, round(96_000 / 1.04)), dream(2, 76_800)]
    monkeypatch.setattr("installation.app.folder.LOOPS", 3)  # loops in a take, so that there is a second one
    run, seen, told = RunFolder(Header("x", "y", "z", 0, 0.0), tmp_path), [], {}
    with Player(loops[0], silent=True, clock=clock) as player:
        while clock.now() < 15:
            heard = player.heard()
            if clock.now() > 0.5:
                player.follow(2 / 1.04 if clock.now() < 6 else 76_800 / RATE)
            if clock.now() > 2 and heard.loop < 4:
                player.offer(loops[1])
            elif clock.now() > 8:
                player.offer(loops[2])
            seam, paces = player.groove(heard.loop)
            run.heard(heard, Controls({"fader": clock.now()}), (seam, paces), [Entrance(0, at=10)])
            told[seam.number] = seam
            told.setdefault("paces", {}).update({pace.sample: pace for pace in paces if pace.sample < 15 * RATE})
            seen.append((clock.now(), heard))
            clock.advance(0.013)
    paces = sorted(told.pop("paces").values())
    reel = Reel(sorted(told.values()), paces, lambda number: prepared(loops[number], 2), 2)
    assert len({seam.turn for seam in told.values()}) > 1
    begin = 0.0
    for number in (1, 2):
        take = Take.read(run.path / f"take-{number:04d}")
        last = begin + take.loops[-1].start
        for now, heard in seen:
            if begin <= now < last:
                index, place = take.at(now - begin)
                assert take.loops[index].loop == heard.loop - 3 * (number - 1)
                assert place == pytest.approx(heard.place, abs=2e-5)
                shown = take.entrances[0].shown(take.loops[index].loop + place)
                assert shown == pytest.approx(heard.loop + heard.place + 10, abs=5e-4)
                assert take.controls(now - begin, Controls({"fader": 0.0}))["fader"] == pytest.approx(now, abs=0.02)
        seams = [(loop.at, loop.turn) for loop in take.loops]
        again = Reel(
            [
                seam._replace(start=at, loop=seam.loop, turn=turn)
                for (at, turn), seam in zip(seams, sorted(told.values())[3 * (number - 1) :], strict=False)
            ],
            take.paces,
            lambda n: prepared(loops[n], 2),
            2,
        )
        first = round(begin * RATE)
        count = round((last - begin) * RATE) - 100
        np.testing.assert_allclose(again.read(200, count), reel.read(first + 200, first + count), atol=1e-4)
        fourth = sorted(told.values())[3]
        begin = at_place(paces, fourth.begin).reaches(fourth.begin) / RATE
