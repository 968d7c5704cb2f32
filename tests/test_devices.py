"""Devices found by name, and a line-in that may be read at any time."""

import os
import signal
import time

import numpy as np
import pytest
from museum import Recorder, dream, find, museum, until  # noqa: F401

from installation.errors import DeviceError
from installation.sound.capture import KEPT, Shelf
from installation.sound.devices import Device, devices, pick
from installation.sound.listener import Listener
from installation.sound.player import Player

pytestmark = pytest.mark.alone

THERE = [
    Device(0, "HDA Intel: ALC257 (hw:0,0)", 2, 2, 44_100.0),
    Device(1, "Scarlett 18i8 USB: Audio (hw:1,0)", 18, 8, 48_000.0),
    Device(2, "HDMI", 0, 6, 48_000.0),
    Device(3, "default", 32, 32, 44_100.0),
]


@pytest.mark.parametrize(("wanted", "number"), [("scarlett", 1), ("HDMI", 2), ("", 3), ("hw:0", 0), ("Default", 3)])
def test_device_is_picked_by_part_of_its_name(wanted, number):
    assert pick(wanted, THERE, default=3).number == number


def test_without_a_default_any_device_will_do():
    assert pick("", THERE, default=-1).number == 0


def test_unknown_device_names_what_there_is():
    with pytest.raises(DeviceError, match=r"no sound output device is called 'Focusrite'. There is HDA .* default\."):
        pick("Focusrite", THERE, default=3)


def test_device_without_inputs_is_no_input():
    with pytest.raises(DeviceError, match="no sound input device is called 'HDMI'"):
        pick("HDMI", THERE, default=3, inputs=True)
    with pytest.raises(DeviceError, match="there is no sound input device"):
        pick("", THERE[2:3], default=-1, inputs=True)


def test_devices_are_listed_as_they_are_now(museum):  # noqa: F811
    assert {"pulse", "default"} <= {device.name for device in devices()}


def test_shelf_goes_round_and_is_silent_before_the_first():
    shelf = Shelf()
    line = np.arange(3 * KEPT)[:, None].repeat(2, 1).astype(np.float32)
    shelf.put(0, line[:1000])
    np.testing.assert_array_equal(shelf.get(1000, 1500)[:, 0], [0] * 500 + list(range(1000)))
    for start in range(1000, KEPT + 5000, 1000):
        shelf.put(start, line[start : start + 1000])
    np.testing.assert_array_equal(shelf.get(KEPT + 5000, 40_000), line[KEPT + 5000 - 40_000 : KEPT + 5000])
    shelf.close()


def test_listener_hears_what_is_played_soon_and_exactly(museum, tmp_path):  # noqa: F811
    with Recorder(museum, tmp_path / "sound") as recorder, Listener("pulse") as listener:
        listener.wait()
        until(lambda: listener.heard > 0)
        assert time.monotonic() - listener.news(0)[2] < 0.1
        first = dream(1, 24_000)
        with Player(first) as player:
            player.wait()
            until(lambda: np.abs(listener.news(0)[0]).max() > 0.05)  # the fade in, or the first beat
            assert player.heard().seconds < 0.15  # light within 150 ms
            until(lambda: player.heard().loop >= 1)
            begin = listener.heard
            until(lambda: listener.heard >= begin + 12_000)
            latest, end, _ = listener.news(begin + 6_000)
            assert latest.shape == (2, end - begin - 6_000)
        until(lambda: listener.heard >= begin + 24_000)
        find(latest.T[:6000], recorder.samples())
        assert listener.news(listener.heard + 1_000)[0].shape[1] == 0


def test_listener_that_hangs_is_started_again(museum):  # noqa: F811
    with Listener() as listener:
        listener.wait()
        until(lambda: listener.heard > 0)
        known = listener.restarts  # a machine with other work may have starved it already
        os.kill(listener.process, signal.SIGKILL)
        until(lambda: listener.restarts > known)
        before = listener.heard
        until(lambda: listener.heard > before)
        listener.check()


def test_listening_to_nothing_is_an_error():
    with Listener("no such line-in") as listener, pytest.raises(DeviceError):
        listener.wait()
