"""What a monitor asks for is answered from what the show writes, well or not."""

import asyncio
import json
import os
import time
from typing import NamedTuple

import pytest
from starlette.applications import Starlette

from installation.station.health import routes


class Client:
    """Asks an application without a network."""

    def __init__(self, app):
        self._app = app

    def get(self, path):
        said = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            said.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
        asyncio.run(self._app(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return Answer(said[0]["status"], headers, b"".join(message.get("body", b"") for message in said[1:]))


class Answer(NamedTuple):
    status_code: int
    headers: dict
    content: bytes

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        return json.loads(self.content)


WELL = {"frames": 100, "seconds": 12.5, "sound": "playing", "underruns": 0, "score": 1.5, "frame_ms_p99": 20.0}


@pytest.fixture
def monitor(tmp_path):
    """A client of the routes over a run folder, and a way to write its status some seconds ago."""
    run = tmp_path / "runs" / "2026-11-24-120000"
    run.mkdir(parents=True)

    def write(status, age=0.0):
        path = run / "status.json"
        path.write_text(json.dumps(status))
        os.utime(path, (time.time() - age,) * 2)
        (run / "preview.jpg").write_bytes(b"\xff\xd8 a picture")

    return Client(Starlette(routes=routes(tmp_path / "runs"))), write


def test_a_show_that_is_well_says_so(monitor):
    client, write = monitor
    write(WELL)
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")
    assert client.get("/readyz").status_code == 200
    assert "immersions_frames_total 100" in client.get("/metrics").text
    assert client.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
    assert client.get("/status.json").json()["frames"] == 100
    assert client.get("/screenshot.jpg").content.startswith(b"\xff\xd8")


def test_a_show_that_hangs_says_what_is_wrong(monitor):
    client, write = monitor
    write(WELL, age=30.0)
    assert client.get("/healthz").status_code == 503
    assert "hangs" in client.get("/healthz").text
    assert client.get("/readyz").status_code == 503
    assert "immersions_up 0" in client.get("/metrics").text
    assert client.get("/status.json").json()["troubles"]


def test_before_there_is_a_show_every_answer_is_still_an_answer(monitor):
    client, _ = monitor
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics", "/status.json")] == [
        503,
        503,
        200,
        200,
    ]
    assert client.get("/screenshot.jpg").status_code == 404
