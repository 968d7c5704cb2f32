"""Whoever leads sets the tempo, and the loops come onto the beat."""

import numpy as np
import pytest
from museum import dream
from test_midi_jack import jack  # noqa: F401

from installation.clock import HandClock
from installation.control.beats import Beat
from installation.control.conductor import Conductor
from installation.data import RATE
from installation.sound.motor import REACH
from installation.sound.player import Player

pytestmark = pytest.mark.alone


class Band:
    """Somebody who leads, in a test's hand."""

    name = "band"

    def __init__(self, tempo=None, beat=1.3):
        self.tempo, self.counted, self.since = tempo, beat, 0.0

    def beat(self, now):
        return self.tempo and Beat(self.tempo, now, self.counted + (now - self.since) * self.tempo / 60).danceable()

    def play(self, tempo, now):
        self.counted, self.since = (self.counted + (now - self.since) * self.tempo / 60 if self.tempo else 0.7), now
        self.tempo = tempo


def test_the_first_that_leads_is_followed_and_the_show_where_nobody_does():
    first, second = Band(), Band()
    conductor = Conductor(120.0, 8, [first, second], REACH)
    conductor.listen(0.0)
    assert (conductor.master, conductor.tempo, conductor.loop, conductor.bar(0.0)) == ("show", 120, 4.0, None)
    second.tempo = 100.0
    conductor.listen(1.0)
    assert (conductor.master, conductor.tempo, conductor.loop) == ("band", 100, 4.8)
    first.tempo = 360.0
    conductor.listen(2.0)
    assert conductor.tempo == 180  # nobody dances to 360
    moment, every = conductor.bar(2.0)
    assert first.beat(moment).beat % 4 == pytest.approx(0, abs=1e-6)
    assert every == pytest.approx(4 / 3)


def test_dreams_are_asked_for_once_a_tempo_stays():
    band = Band(120.0)
    conductor = Conductor(120.0, 8, [band], REACH)
    asked = []
    for n in range(100):
        band.tempo = 120 + min(n, 40) * 0.1  # somebody moves a fader for two seconds
        conductor.listen(n * 0.05)
        asked.append(conductor.dream(n * 0.05))
    assert [seconds for seconds in asked if seconds] == [pytest.approx(480 / 124, rel=0.003)]


def test_the_shows_own_tempo_can_be_hurried_and_gives_way_to_a_leader():
    band = Band()
    conductor = Conductor(120.0, 8, [band], REACH)
    asked = []
    for n in range(60):
        conductor.listen(n * 0.05, min(1.0 + n * 0.01, 1.2))  # somebody moves a fader for a second
        asked.append(conductor.dream(n * 0.05))
    assert conductor.tempo == pytest.approx(144)
    assert [seconds for seconds in asked if seconds] == [pytest.approx(480 / 144, rel=0.003)]
    band.tempo = 100.0
    conductor.listen(3.0, 1.2)
    assert conductor.tempo == 100


def rehearse(band, seconds, changes, made_after=2.0, first=96_000):
    """A show with the band, in time of its own: rows of (second, seconds off the beat, tempo that is heard)."""
    clock, rows, made = HandClock(), [], None
    conductor = Conductor(120.0, 4, [band], REACH)
    with Player(dream(0, first), silent=True, clock=clock) as player:
        while clock.now() < seconds:
            now = clock.now()
            while changes and now >= changes[0][0]:
                band.play(changes.pop(0)[1], now)
            conductor.listen(now)
            heard = player.heard()
            beat = (heard.loop + heard.place) * 4
            loop = heard.dream.clip.seconds
            player.follow(conductor.steer(now, beat, loop))
            if asked := conductor.dream(now):
                made = now + made_after, asked
            if made and now >= made[0]:
                player.offer(dream(heard.dream.number + 1, round(made[1] * RATE)))
                made = None
            leads = band.beat(now)
            off = ((leads.beat - beat + 2) % 4 - 2) * 60 / leads.tempo if leads else 0.0
            rows.append((now, off, heard.speed * 240 / loop))
            clock.advance(0.02)
    return np.array(rows)


def test_loops_come_onto_the_beat_and_stay_there():
    rows = rehearse(Band(123.0), 60, [])
    assert np.abs(rows[rows[:, 0] > 45, 1]).max() < 0.003
    assert rows[-1, 2] == pytest.approx(123, abs=0.1)


def test_a_small_change_is_followed_at_once_and_never_beyond_a_semitone():
    rows = rehearse(Band(120.0, 0.0), 40, [(10.0, 126.0)])
    assert rows[(rows[:, 0] > 12.5) & (rows[:, 0] < 14), 2].min() > 123.5
    assert np.abs(rows[rows[:, 0] > 30, 1]).max() < 0.005
    assert rows[-1, 2] == pytest.approx(126, abs=0.1)


def test_a_large_change_plays_on_until_the_dream_is_there_and_then_keeps_the_new_tempo():
    rows = rehearse(Band(120.0, 0.0), 70, [(10.0, 150.0)], made_after=5.0)
    assert np.abs(rows[(rows[:, 0] > 10) & (rows[:, 0] < 15), 2] - 120).max() < 0.5
    assert np.abs(rows[rows[:, 0] > 60, 2] - 150).max() < 0.2
    assert np.abs(rows[rows[:, 0] > 60, 1]).max() < 0.005


def test_when_the_band_goes_home_the_show_takes_its_own_tempo_back():
    rows = rehearse(Band(124.0, 0.0), 30, [(15.0, None)])
    assert rows[-1, 2] == pytest.approx(120, abs=0.05)
