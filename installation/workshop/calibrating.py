"""`immersions calibrate`: pink noise in the room, for a meter to read."""

import time

import numpy as np

from installation.data import Activations, Dream, Scalogram, Target, Verdict
from installation.errors import DeviceError
from installation.guard.exposure import PLAYED, pink_noise
from installation.settings import Sound
from installation.sound.player import Player

LOOP = 8.0  # seconds


def play(sound: Sound, seconds: float) -> None:
    """Play pink noise of -23 LUFS through the device of the settings, for so long. Raises DeviceError without one."""
    clip = pink_noise(LOOP)
    still = Scalogram(np.zeros((1, 16), np.float32), 40.0, 24, LOOP / 16)
    noise = Dream(0, clip, Activations({}), still, Target(()), 0.0, 0, Verdict(1.0, 0.5, 0.0, PLAYED))
    with Player(noise, sound.device) as player:
        player.wait()
        if player.silent:
            raise DeviceError("there is no sound device, so there is nothing to measure. See `immersions doctor`.")
        time.sleep(seconds)
