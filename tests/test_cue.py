"""Holding a loop, hearing in advance what waits, and dropping it; tempo and headphones through a real sound server."""

import os
import subprocess
import time

import numpy as np
import pytest
from museum import Recorder, dream, find, museum, open_museum, until  # noqa: F401

from installation.clock import HandClock, Tick
from installation.data import RATE
from installation.errors import ContentError
from installation.pace import Pace
from installation.settings import Settings
from installation.sound.capture import Shelf
from installation.sound.cue import Follower
from installation.sound.mixing import FADE, prepared
from installation.sound.outputs import Grid, Outputs, pair
from installation.sound.player import Player
from installation.sound.reel import Reel

pytestmark = pytest.mark.alone

# ---- holding and dropping


def test_while_it_holds_the_loop_goes_on_and_a_drop_lets_the_waiting_dream_in():
    clock = HandClock()
    first, second, third = dream(0), dream(1), dream(2)
    with Player(first, silent=True, clock=clock) as player:
        player.hold()
        player.offer(second)
        assert player.waiting is second
        for _ in range(30):
            clock.advance(0.1)
            assert player.heard().dream is first
        player.offer(third)
        player.drop()
        assert player.waiting is None
        clock.advance(1.0)
        assert player.heard().dream is third
        player.offer(dream(3))
        clock.advance(2.0)
        assert player.heard().dream is third
        player.hold(False)
        clock.advance(1.0)
        assert player.heard().dream.number == 3


def test_hours_of_holding_keep_no_more_than_what_is_needed():
    clock = HandClock()
    with Player(dream(0), silent=True, clock=clock) as player:
        player.hold()
        for number in range(1, 300):
            player.offer(dream(number, 480))
            clock.advance(0.5)
            player.heard()
        assert len(player._course.dreams) <= 3
        player.drop()
        clock.advance(2)
        assert player.heard().dream.number == 299


def test_a_tempo_in_silence_moves_the_place_that_is_heard():
    clock = HandClock()
    with Player(dream(0, 96_000), silent=True, clock=clock) as player:
        player.follow(2 / 1.05)
        clock.advance(1.0)
        player.heard()
        clock.advance(40)
        before = player.heard()
        assert before.speed == pytest.approx(1.05)
        clock.advance(2 / 1.05)
        after = player.heard()
        assert after.loop + after.place - before.loop - before.place == pytest.approx(1.0, abs=1e-6)
        player.follow(None)
        clock.advance(3)
        player.heard()
        clock.advance(3)
        assert player.heard().speed == pytest.approx(1.0)


def test_the_first_beat_waits_for_a_bar():
    clock = HandClock(10.25)
    grid = Grid(int(9.0e9), int(2.0e9))
    assert [grid.after(int(t * 1e9)) / 1e9 for t in (8.0, 9.0, 9.1, 11.0, 11.5)] == [9, 9, 11, 11, 13]
    with Player(dream(0), silent=True, clock=clock, grid=grid) as player:
        assert player.heard().seconds == 0
        clock.advance(1.0)
        assert player.heard().seconds == pytest.approx(0.25)


# ---- outputs


def test_a_pair_of_outputs_is_told_from_a_device():
    assert (pair("3/4"), pair(" 5 / 6 "), pair("Scarlett"), pair("")) == (2, 4, None, None)
    for wrong in ("1/2", "3/5", "4/3"):
        with pytest.raises(ValueError, match="such as 3/4"):
            pair(wrong)


def test_loudspeakers_make_room_for_headphones_and_headphones_for_a_small_device():
    assert Outputs.of(6, "3/4", "") == Outputs(2, 2)
    assert Outputs.of(6, "7/8", "").columns == 8
    assert Outputs.of(1, "", "") == Outputs(2, None)
    assert Outputs.of(2, "3/4", "").fitted(2) == Outputs(2, None)
    assert Outputs.of(2, "3/4", "").fitted(4) == Outputs(2, 2)


def test_settings_refuse_a_pair_that_cannot_be(tmp_path):
    file = tmp_path / "immersions.toml"
    file.write_text('[sound]\ncue = "2/3"\n')
    with pytest.raises(ContentError, match="such as '3/4'"):
        Settings.load(file)
    file.write_text('[sound]\ncue = "3/4"\nroom = "ring"\n[tempo]\nlink = true\n')
    assert Settings.load(file).sound.cue == "3/4"


# ---- headphones on a device of their own


def test_another_device_plays_what_the_room_hears_when_it_hears_it():
    """The devices run apart by 100 millionths; the shelf is read a little faster, and never leaps."""
    shelf = Shelf()
    try:
        line = np.arange(10 * RATE, dtype=np.float32)[:, None].repeat(2, 1)
        shelf.put(0, line)
        follower, read = Follower(shelf), []
        origin = int(0.5e9)  # ns; this device began half a second later
        for block in range(350):
            now = block * 1024 / RATE
            follower.steer(Tick(0, 0, 0), origin - int(now * 100e3))
            read.append(follower.read(1024)[:, 0])
        sound = np.concatenate(read)
    finally:
        shelf.close()
    wanted = 24_000 + np.arange(len(sound)) * (1 - 100e-6)
    assert np.abs(sound - wanted).max() < RATE * 0.003  # 3 ms
    assert np.abs(np.diff(sound) - 1).max() < 0.01


def test_where_the_room_has_stopped_headphones_fade_out():
    shelf = Shelf()
    try:
        shelf.put(0, np.ones((5_000, 2), np.float32))
        follower = Follower(shelf)
        follower.steer(Tick(0, 0, 0), 0)
        sound = np.concatenate([follower.read(1024) for _ in range(6)])[:, 0]
    finally:
        shelf.close()
    assert np.abs(np.diff(sound[100:])).max() < 0.01
    assert (sound[-1024:] == 0).all()


# ---- into a real sound server


MAPS = {2: "front-left,front-right", 4: "front-left,front-right,rear-left,rear-right"}


class Hall:
    """A sound server with a sink of four columns, and a second one beside it."""

    def __init__(self, server):
        self.server = server

    def sink(self, name, channels):
        done = self.server.ask("load-module", "module-null-sink", f"sink_name={name}", "rate=48000",
                               f"channels={channels}", "format=float32le", f"channel_map={MAPS[channels]}")  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture
def wide(tmp_path, monkeypatch):
    """A server whose default sink has four columns, as a DJ's interface has."""
    with open_museum(tmp_path) as server:
        hall = Hall(server)
        hall.sink("interface", 4)
        monkeypatch.setenv("PULSE_SINK", "interface")
        yield server


class Captured(Recorder):
    """A recorder in front of another sink."""

    def __init__(self, server, path, sink, channels):
        super().__init__(server, path, channels)
        self.sink = sink

    def __enter__(self):
        command = ["parec", "-d", f"{self.sink}.monitor", "--format=float32le", f"--rate={self.rate}", "--raw"]
        with self.path.open("wb") as file:
            self.process = subprocess.Popen(
                [*command, f"--channels={self.channels}", f"--channel-map={MAPS[self.channels]}", "--latency-msec=10"],
                env=os.environ | self.server.environment, stdout=file, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self


def test_outputs_three_and_four_hear_the_waiting_dream_in_step(wide, tmp_path):
    first, waiting = dream(0, 48_000), dream(1, 48_000)
    with Captured(wide, tmp_path / "sound", "interface", 4) as recorder, Player(first, cue="3/4") as player:
        player.wait()
        player.hold()
        player.offer(waiting)
        until(lambda: player.heard().seconds > 3.0)
        assert player.heard().dream is first
        player.drop()
        until(lambda: player.heard().dream is waiting)
        heard = player.heard().loop
        until(lambda: player.heard().loop > heard)
        sound = recorder.samples()
        assert not player.silent
    a, b = prepared(first, 2).samples, prepared(waiting, 2).samples
    at = find(np.hstack([a[10_000:10_100], b[10_000:10_100]]), sound)  # both in the same bar, to the sample
    np.testing.assert_array_equal(sound[at : at + 30_000], np.hstack([a, b])[10_000:40_000])
    dropped = find(np.hstack([b[10_000:10_100], b[10_000:10_100]]), sound)
    assert (dropped - at) % 48_000 == 0


def test_a_second_device_hears_the_waiting_dream(wide, tmp_path):
    Hall(wide).sink("phones", 2)
    first, waiting = dream(0, 48_000), dream(1, 48_000)
    asound = tmp_path / "asound.conf"
    asound.write_text('</usr/share/alsa/alsa.conf>\npcm.phones { type pulse device "phones" }\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALSA_CONFIG_PATH", str(asound))
        phones = Captured(wide, tmp_path / "phones", "phones", 2)
        with phones, Recorder(wide, tmp_path / "x") as _, Player(first, device="pulse", cue="phones") as player:
            player.wait()
            player.hold()
            player.offer(waiting)
            until(lambda: player.heard().seconds > 4.0)
            assert player.heard().dream is first
            sound = phones.samples()
    find(prepared(waiting, 2).samples[20_000:21_000], sound)


def test_headphones_that_are_not_there_cost_nothing_but_themselves(wide, caplog):
    with Player(dream(0), cue="no such phones") as player:
        player.wait()
        until(lambda: "nothing can be heard in advance" in caplog.text)
        until(lambda: player.heard().seconds > 0.2)
        assert not player.silent


def test_a_change_of_tempo_is_heard_as_it_is_told_and_played_again(museum, tmp_path):  # noqa: F811
    """Captured in front of the loudspeaker: led to 3 % more, then a dream made for it; afterwards the reel is equal."""
    loops = [dream(0, 96_000), dream(1, round(96_000 / 1.03))]
    groove = {}
    with Recorder(museum, tmp_path / "sound") as recorder, Player(loops[0]) as player:
        player.wait()
        until(lambda: player.heard().seconds > 0.2)
        player.follow(2 / 1.03)
        until(lambda: player.heard().speed > 1.005)
        player.offer(loops[1])
        begin = time.monotonic()
        while time.monotonic() - begin < 5:
            heard = player.heard()
            groove[heard.loop], paces = player.groove(heard.loop)
            groove.setdefault("paces", {}).update({pace.sample: pace for pace in paces})
            time.sleep(0.02)
        sound, underruns = recorder.samples(), player.underruns
    assert underruns == 0
    paces = sorted(groove.pop("paces").values())
    seams = [groove[number] for number in sorted(groove)]
    assert [seam.loop for seam in seams[:3]] == [0, 1, 1]
    assert seams[1].turn == pytest.approx(1 / 1.03, rel=1e-4)
    made = [prepared(one, 2) for one in loops]
    reel = Reel(seams, paces or [Pace(0, 0.0)], lambda number: made[number], 2)
    wanted = reel.read(0, 4 * RATE)
    at = find(wanted[FADE : FADE + 50], sound)
    np.testing.assert_array_equal(sound[at : at + len(wanted) - FADE], wanted[FADE:])
