"""A station that dies, hangs or finds its port taken: the show goes on, and it comes back."""

import os
import signal
import socket
import time

import pytest
from station import Browser, asked, dream, hear, opened_station, order_for, until

from installation.body import body
from installation.control.acts import Cue
from installation.station.station import Station

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def small():
    return body("tiny")


def test_a_station_that_is_killed_comes_back(small, caplog):
    with opened_station(order_for(small)) as station:
        heard = dream(small)
        hear(station, heard)
        with Browser(station.port) as browser:
            browser.wait(lambda b: b.news.get("now"))
            browser.say(do="touch", unit=9)
            asked(station, "target")
            os.kill(station._process.pid, signal.SIGKILL)
            acts = asked(station, "target")
        assert Cue("target", "") in acts  # nothing of what visitors wanted is left behind
        until(lambda: station.restarts == 1 and station.port)
        hear(station, heard)
        with Browser(station.port, key=browser.you["key"]) as again:
            again.wait(lambda b: "1.5" in b.dreams)
            assert again.you["role"] == "station"
    assert "the show goes on" in caplog.text


def test_a_station_that_hangs_holds_nobody_up_and_comes_back(small, monkeypatch, caplog):
    monkeypatch.setattr("installation.station.station.SILENT", 2.0)
    with opened_station(order_for(small, host="0.0.0.0")) as station:
        assert f":{station.port}/#" in until(lambda: station.seen.address)  # found out where nobody has said it
        os.kill(station._process.pid, signal.SIGSTOP)
        for number in range(2, 9):  # more than a pipe holds
            begun = time.monotonic()
            station.ready(dream(small, number))
            hear(station, dream(small, number))
            assert time.monotonic() - begun < 2.0
        until(lambda: hear(station, dream(small, 9)) or station.restarts)
        until(lambda: station.port)
    assert "ended with code -9" in caplog.text


def test_a_taken_port_is_told_and_tried_again(small, caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Station(order_for(small, port=port)) as station:
            until(lambda: station.restarts)
            assert station.port == 0
    assert f"port {port} cannot be had" in caplog.text
