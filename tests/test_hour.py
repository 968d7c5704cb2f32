"""An hour of loops through the real judge, volume, player and mixing, in accelerated time: as loud as it is wished."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.signal import lfilter

from installation.clock import HandClock
from installation.data import RATE, Activations, Clip, Dream, Scalogram, Target
from installation.dream.judge import WANTED, judge
from installation.guard.loudness import BASS, HEAD
from installation.sound.deck import Deck
from installation.sound.mixing import Seam, prepared
from installation.sound.player import Player
from installation.sound.volume import quieter
from installation.watch.schedule import read

LOOP = 4 * RATE
HOUR = 900  # loops
WITHIN = 1.0  # LU
BLOCK = 4  # tenths of a second: gating blocks of BS.1770, one begins every tenth


def clip(number):
    """A loop like none before: noise of some colour, tones, a beat, a few clicks, at any level; [1, samples]."""
    dice = np.random.default_rng(number)
    time = np.arange(LOOP) / RATE
    pitches = np.maximum(np.fft.rfftfreq(LOOP, 1 / RATE), 30.0)
    noise = np.fft.irfft(np.fft.rfft(dice.standard_normal(LOOP)) / pitches ** dice.uniform(0, 1), LOOP)
    tone = np.sin(2 * np.pi * dice.integers(120, 4000) * time) * dice.uniform(0, 2)
    beat = np.exp(-(time % 0.5) * dice.uniform(0, 12))
    sound = (noise / noise.std() + tone) * beat
    for place in dice.integers(0, LOOP, dice.integers(0, 4)):
        sound[place : place + 40] += dice.uniform(5, 12)
    level = 10 ** (dice.uniform(-30, -10) / 20)
    return (level * sound / np.sqrt(np.mean(sound**2))).clip(-1, 1).astype(np.float32)[None]


@pytest.fixture(scope="module")
def dreams():
    """Forty judged loops."""
    shown = Scalogram(np.zeros((1, 192), np.float32), 40.0, 24, LOOP / RATE / 192)
    return [judge(Dream(n, Clip(clip(n)), Activations({}), shown, Target(()), 1.0, 1)) for n in range(40)]


def heard(dreams, loops, gain=lambda loop: 1.0):
    """Which dream the real player plays in each loop, when dreams come at random moments, some late and some not."""
    clock, dice, played = HandClock(), np.random.default_rng(7), []
    with Player(quieter(dreams[0], gain(0)), silent=True, clock=clock) as player:
        for loop in range(loops):
            clock.advance(loop * LOOP / RATE + 0.01 - clock.now())
            played.append(player.heard().dream)
            clock.advance(dice.uniform(0.5, 3.9))
            if dice.random() < 0.9:
                player.offer(quieter(dreams[dice.integers(len(dreams))], gain(loop + 1)))
                player.heard()
    return played


def loudnesses(played):
    """The power of every tenth of a second of what the mixing makes of it, as BS.1770 weighs it, one column."""
    loops = {}
    following = iter([*played[1:], played[-1]])

    def made(dream):
        key = dream.number, dream.verdict.gain
        if key not in loops:
            loops[key] = prepared(dream, 1)
        return loops[key]

    deck = Deck(Seam(0, 0.0, LOOP, 0), made(played[0]), lambda: (0, made(next(following))))
    states, powers = [np.zeros(2), np.zeros(2)], []
    for _ in played:
        sound = deck.read(LOOP)[:, 0].astype(np.float64)
        for number, (numerator, denominator) in enumerate((HEAD, BASS)):
            sound, states[number] = lfilter(numerator, denominator, sound, zi=states[number])
        powers.append(np.square(sound).reshape(-1, RATE // 10).mean(axis=1))
    return np.concatenate(powers)


def lufs(powers):
    """Integrated loudness of a stretch of tenths of seconds, gated twice."""
    blocks = np.convolve(powers, np.ones(BLOCK) / BLOCK, "valid")
    known = 10 * np.log10(np.maximum(blocks, 1e-12)) - 0.691
    loud = blocks[known > -70]
    loud = loud[10 * np.log10(loud) > 10 * np.log10(loud.mean()) - 10]
    return 10 * np.log10(loud.mean()) - 0.691


def test_over_an_hour_and_over_every_minute_of_it_it_is_as_loud_as_it_is_wished(dreams):
    played = heard(dreams, HOUR)
    assert len({dream.number for dream in played}) == len(dreams)
    powers = loudnesses(played)
    assert len(powers) == 36_000
    assert lufs(powers) == pytest.approx(WANTED, abs=WITHIN)
    minutes = [lufs(minute) for minute in powers.reshape(-1, 600)]
    assert max(abs(minute - WANTED) for minute in minutes) < WITHIN


def test_quiet_hours_are_as_much_quieter_as_they_say(dreams):
    hours = read({}, {}, {"20:00": 0.0, "20:08": -8.0}, "UTC")
    begin = datetime(2026, 11, 24, 20, tzinfo=UTC)

    def wished(loop):
        return hours.at(begin + timedelta(seconds=4 * loop)).quieter

    played = heard(dreams, 120, lambda loop: 10 ** (round(2 * wished(loop)) / 2 / 20))
    for minute, powers in enumerate(loudnesses(played).reshape(-1, 600)):
        assert lufs(powers) == pytest.approx(WANTED + wished(15 * minute + 7.5), abs=WITHIN)
