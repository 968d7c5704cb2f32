"""The sound server is killed, frozen or late, its device goes, is renamed or is not there at all: sound comes back."""

import logging
import os
import signal
import time

import numpy as np
import pytest
from museum import SINK, Recorder, dream, open_museum, until

from installation.data import RATE
from installation.errors import DeviceError
from installation.sound import link
from installation.sound.player import Player

pytestmark = pytest.mark.alone

SOON = 3.0  # seconds in which sound has to be back


@pytest.fixture
def museum(tmp_path):
    """A sound server of this test alone, which it may break."""
    with open_museum(tmp_path) as server:
        yield server


def playing(player):
    """Wait until it plays and a spare process stands by, as in a show that has run for a few seconds."""
    player.wait()
    until(lambda: player.heard().seconds > 0.5 and player._keeper._spare is not None)


def heard_again(server, path, sink="museum"):
    """When the loudspeaker sounds again, `time.monotonic` seconds, once a recorder can be put before it."""
    until(lambda: f"{sink}.monitor" in server.ask("list", "short", "sources").stdout)
    with Recorder(server, path, sink=sink) as recorder:
        until(lambda: np.abs(recorder.samples()[-RATE:]).max(initial=0) > 0.1)
    return time.monotonic()


def in_place(player, before, begin):
    """Whether the music stands where it would without the fault, within what an eye or an ear could notice."""
    assert player.heard().seconds - before == pytest.approx(time.monotonic() - begin, abs=0.06)


def test_a_killed_server_that_is_started_again_is_heard_within_three_seconds(museum, tmp_path):
    with Player(dream(0)) as player:
        playing(player)
        before, begin = player.heard().seconds, time.monotonic()
        museum.process.kill()
        museum.process.wait()
        time.sleep(0.7)  # a session's supervisor takes a moment
        museum.start()
        back = time.monotonic()
        assert heard_again(museum, tmp_path / "sound") - back < SOON
        in_place(player, before, begin)


def test_a_server_that_is_away_for_longer_is_heard_within_three_seconds_of_its_return(museum, tmp_path):
    with Player(dream(0)) as player:
        playing(player)
        museum.end()
        until(lambda: player.silent)
        time.sleep(5.0)
        assert player.silent  # so nobody takes it for a show that hangs
        museum.start()
        begin = time.monotonic()
        assert heard_again(museum, tmp_path / "sound") - begin < SOON
        until(lambda: not player.silent)


@pytest.mark.parametrize("seconds", [1.5, 5.0])
def test_a_frozen_server_is_heard_within_three_seconds_of_its_waking(museum, tmp_path, seconds):
    with Player(dream(0)) as player, Recorder(museum, tmp_path / "sound") as recorder:
        playing(player)
        before, begin = player.heard().seconds, time.monotonic()
        os.kill(museum.process.pid, signal.SIGSTOP)
        player.offer(dream(1))
        time.sleep(seconds)
        assert player.restarts >= 1
        os.kill(museum.process.pid, signal.SIGCONT)
        woken, count = time.monotonic(), recorder.count()
        loop = dream(1).clip.samples.T[:100]
        until(lambda: (np.abs(recorder.samples()[count:] - loop[0]).max(axis=1) == 0).any(), SOON + 2.0)
        assert time.monotonic() - woken < SOON + 1.0  # the loop's first sample comes once a second
        in_place(player, before, begin)
        assert player.heard().dream.number == 1


@pytest.mark.parametrize("name", ["museum", "hall"], ids=["back", "renamed"])
def test_a_sink_that_is_removed_and_comes_back_under_any_name_is_heard(museum, tmp_path, name):
    with Player(dream(0)) as player:
        playing(player)
        museum.ask("unload-module", "module-null-sink")
        until(lambda: player.restarts >= 1)
        begin = time.monotonic()
        museum.ask("load-module", *SINK.format(rate=museum.rate).replace("museum", name).split())
        assert heard_again(museum, tmp_path / "sound", name) - begin < SOON


def test_a_server_that_comes_after_the_show_is_played_into_at_the_place_where_the_music_is(tmp_path, caplog):
    with open_museum(tmp_path) as server:
        server.end()
        with caplog.at_level(logging.INFO), Player(dream(0)) as player:
            player.wait()
            assert player.silent
            until(lambda: player.heard().seconds > 1.0)
            before, begin = player.heard().seconds, time.monotonic()
            server.start()
            assert heard_again(server, tmp_path / "sound") - begin < SOON
            until(lambda: not player.silent)
            in_place(player, before, begin)
    assert caplog.text.count("the show plays in silence") == 1
    assert "the sound is back" in caplog.text


def test_a_frozen_server_at_the_start_does_not_keep_the_show_waiting(museum, caplog):
    os.kill(museum.process.pid, signal.SIGSTOP)
    try:
        with Player(dream(0)) as player:
            player.wait(0.5)
            until(lambda: player.heard().seconds > 0.3, 2.0)
            os.kill(museum.process.pid, signal.SIGCONT)
            until(lambda: player.blocks > 20, SOON + 2.0)
            assert player.heard().seconds > 0.3
    finally:
        os.kill(museum.process.pid, signal.SIGCONT)
    assert "the show begins without it" in caplog.text


ONE_MORE = """
pcm.hall_speakers { type pulse }
ctl.hall_speakers { type pulse }
"""


def test_a_named_device_that_is_missing_is_replaced_and_taken_as_soon_as_it_is_there(
    museum, tmp_path, monkeypatch, caplog
):
    config = tmp_path / "asound.conf"
    config.write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{config}")
    with caplog.at_level(logging.INFO), Player(dream(0), "hall_speakers", patient=True) as player:
        playing(player)
        assert not player.silent
        assert "there is no sound device 'hall_speakers'" in caplog.text
        config.write_text(ONE_MORE)
        until(lambda: player.restarts == 1, 30)
        played = player.blocks
        until(lambda: player.blocks > played + 20)
        assert "'hall_speakers' is there again" in caplog.text
    with Player(dream(0), "nowhere") as player, pytest.raises(DeviceError, match="nowhere"):
        player.wait()  # where somebody is there to read it


def test_what_is_tried_again_is_tried_soon_for_the_first_half_minute():
    assert max(link.RETRY[:20]) + 1.0 < SOON  # a second to open the device
    assert sum(link.RETRY[:20]) > 15.0
    assert link.RETRY[-1] >= 10.0  # and costs little where there never is one
