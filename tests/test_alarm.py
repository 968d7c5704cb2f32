"""Trouble is told by mail and webhook, together, seldom, and nobody ever waits for it."""

import json
import logging
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from museum import until

from installation.watch.alarm import WAITING, Alarm, Ear, Mail, Webhook


class Hook(BaseHTTPRequestHandler):
    said: ClassVar[list] = []

    def do_POST(self):
        self.said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        return None


class Post(socketserver.StreamRequestHandler):
    """A mail server that knows just enough."""

    said: ClassVar[list] = []

    def handle(self):
        self.wfile.write(b"220 museum\r\n")
        letter = None
        for line in self.rfile:
            if letter is not None:
                if line == b".\r\n":
                    self.said.append(b"".join(letter).decode())
                    letter = None
                    self.wfile.write(b"250 ok\r\n")
                else:
                    letter.append(line)
            elif line.upper().startswith(b"DATA"):
                letter = []
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def serving():
    """Starts a server on a free port, and gives that port."""
    running = []

    def start(server, handler):
        made = server(("127.0.0.1", 0), handler)
        handler.said.clear()
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((made, thread))
        return made.server_address[1]

    yield start
    for made, thread in running:
        made.shutdown()
        made.server_close()
        thread.join()


def test_a_webhook_gets_everything_in_one_message(serving):
    port = serving(HTTPServer, Hook)
    alarm = Alarm("the blue room", [Webhook(f"http://127.0.0.1:{port}/x")])
    for words in ("the sound is gone", "the sound is gone", "the disk is full"):
        alarm.tell(words)
    alarm.deliver()
    assert Hook.said == [
        {"subject": "Immersions at the blue room: 2 message(s)", "text": "the sound is gone\nthe disk is full\n"}
    ]


def test_mail_is_sent(serving):
    port = serving(socketserver.TCPServer, Post)
    alarm = Alarm("the blue room", [Mail(f"127.0.0.1:{port}", "show@museum.example", "desk@museum.example")])
    alarm.tell("no picture for 3 s")
    alarm.deliver()
    assert alarm.sent == 1
    assert "To: desk@museum.example" in Post.said[0]
    assert "no picture for 3 s" in Post.said[0]


def test_errors_of_the_log_are_told_and_warnings_are_not():
    said: ClassVar[list] = []
    alarm = Alarm("here", [lambda subject, text: said.append(text)])
    speaker = logging.getLogger("installation.test_alarm")
    ear = Ear(alarm)
    speaker.addHandler(ear)
    speaker.warning("not so bad")
    speaker.error("the show ended %s", "by signal 9")
    speaker.removeHandler(ear)
    alarm.deliver()
    assert said == ["the show ended by signal 9\n"]


def test_a_server_that_is_away_is_tried_again_later_and_nothing_is_lost(caplog):
    reached = []

    def send(subject, text):
        if not reached:
            reached.append("")
            raise OSError("no network")
        reached.append(text)

    alarm = Alarm("here", [send])
    alarm.tell("trouble")
    alarm.deliver()
    assert "no network" in caplog.text
    alarm.deliver()
    assert reached == ["", "trouble\n"]


def test_a_flood_is_bounded():
    said: ClassVar[list] = []
    alarm = Alarm("here", [lambda subject, text: said.append(text)])
    for number in range(1000):
        alarm.tell(f"trouble {number}")
    alarm.deliver()
    assert said[0].count("\n") == WAITING
    assert "trouble 999" in said[0]


def test_messages_are_far_apart(monkeypatch):
    monkeypatch.setattr("installation.watch.alarm.GLANCE", 0.01)
    sent, clock = [], [0.0]
    with Alarm("here", [lambda subject, text: sent.append(text)], apart=100.0, now=lambda: clock[0]) as alarm:
        alarm.tell("first")
        until(lambda: len(sent) == 1, 5)
        alarm.tell("second")
        alarm.tell("third")
        time.sleep(0.1)
        assert len(sent) == 1
        clock[0] = 101.0
        until(lambda: len(sent) == 2, 5)
    assert sent == ["first\n", "second\nthird\n"]


def test_a_server_that_hangs_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr("installation.watch.alarm.GLANCE", 0.01)
    hung = threading.Event()
    begin = time.monotonic()
    with Alarm("here", [lambda subject, text: hung.wait(20)]) as alarm:
        alarm.tell("trouble")
        time.sleep(0.1)
    assert time.monotonic() - begin < 3
    hung.set()


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x", "museum"])
def test_a_webhook_is_on_the_web(address):
    with pytest.raises(ValueError, match="no address of a webhook"):
        Webhook(address)("subject", "text")
