"""The clock on the wall is set forward and back while the show plays: pictures and sound keep their own time."""

import time

import pytest
from interposed import System
from museum import museum, until  # noqa: F401
from service import QUIET, Service

pytestmark = pytest.mark.alone

HOUR, DAY = 3600, 86_400
SOUNDING = QUIET.replace('device = "none"', 'device = ""')


def test_neither_picture_nor_sound_goes_by_the_clock_on_the_wall(museum, tmp_path):  # noqa: F811
    system = System(tmp_path, tmp_path / "nowhere")
    with Service(tmp_path, "evening", settings=SOUNDING, **system.environment) as service:
        service.playing(3)
        until(lambda: service.pulse().sounding, 20)
        for shift in (HOUR, -HOUR, 400 * DAY, -400 * DAY, 0):  # summer time; a clock whose battery fails
            before, begin = service.pulse().blocks, time.monotonic()
            system.shift(shift)
            assert service.standstill(1.5) < 1.5
            blocks = (service.pulse().blocks - before) * 1024 / 48_000  # seconds of sound
            assert abs(blocks - (time.monotonic() - begin)) < 0.5
        assert "started again" not in service.words()
        assert "error" not in service.words().lower()
