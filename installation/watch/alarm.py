"""Tells somebody far away that something is wrong: by mail or a webhook, seldom, and never waited for."""

import json
import logging
import smtplib
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from installation.worker import Worker

log = logging.getLogger(__name__)

APART = 900.0  # seconds between two messages; what comes sooner is told together
WAITING = 50  # sentences that wait at most; of more the oldest are forgotten
RETRY = (60.0, 300.0, 1800.0)  # seconds until a message that could not be sent is tried again
PATIENCE = 20.0  # seconds that a server may take
GLANCE = 1.0  # seconds between two looks for something to send

Send = Callable[[str, str], None]  # subject, text; raises whatever it likes


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail is sent.

    server     name or name:port; port 465 is TLS from the start, others use STARTTLS where the server offers it
    user       and password, where the server wants them
    """

    server: str
    sender: str
    to: str
    user: str = ""
    password: str = ""

    def __call__(self, subject: str, text: str) -> None:
        name, _, port = self.server.partition(":")
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, self.to
        message.set_content(text)
        number = int(port or 587)
        made: smtplib.SMTP
        made = (
            smtplib.SMTP_SSL(name, number, timeout=PATIENCE)
            if number == 465
            else smtplib.SMTP(name, number, timeout=PATIENCE)
        )
        with made as server:
            if number != 465 and server.ehlo()[0] == 250 and server.has_extn("starttls"):
                server.starttls()
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A JSON object {"subject", "text"} is posted to this address, http or https."""

    address: str

    def __call__(self, subject: str, text: str) -> None:
        if not self.address.startswith(("http://", "https://")):
            raise ValueError(f"{self.address!r} is no address of a webhook; give one that begins with https://")
        body = json.dumps({"subject": subject, "text": text}).encode()
        request = urllib.request.Request(self.address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            answer.read(1024)


class Alarm:
    """Collects what is wrong and sends it, inside a `with` block; `tell` only puts a sentence in a queue.

    place   named in every message, such as the museum and the room
    send    ways to send; all are used
    """

    def __init__(
        self, place: str, send: list[Send], apart: float = APART, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._place, self._send, self._apart, self._now = place, send, apart, now
        self._waiting: deque[str] = deque(maxlen=WAITING)
        self._last = float("-inf")
        self._failures = 0
        self._worker = Worker("alarm", self._step, patience=1.0)
        self.sent = 0

    def __enter__(self) -> Self:
        if self._send:
            self._worker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._send:
            try:
                self._worker.__exit__(kind, error, trace)
            except Exception as fault:  # a server that hangs must not keep the show from ending
                log.warning("the alarm is left behind: %s", fault)

    def tell(self, words: str) -> None:
        """Something is wrong; said again while it waits, it is told once."""
        if self._send and words not in self._waiting:
            self._waiting.append(words)

    def _step(self) -> None:
        self._worker.rest(GLANCE)
        wait = RETRY[min(self._failures, len(RETRY)) - 1] if self._failures else self._apart
        if self._waiting and self._now() - self._last >= wait and not self._worker.stopping:
            self.deliver()

    def deliver(self) -> None:
        """Send everything that waits, now."""
        said = list(self._waiting)
        self._last = self._now()
        try:
            for send in self._send:
                send(f"Immersions at {self._place}: {len(said)} message(s)", "\n".join(said) + "\n")
        except Exception as error:  # no network, a server that refuses: it is tried again
            self._failures += 1
            if self._failures == 1:
                log.warning("an alarm could not be sent and is tried again: %s: %s", type(error).__name__, error)
            return
        self._failures = 0
        self.sent += 1
        for words in said:
            if words in self._waiting:
                self._waiting.remove(words)


class Ear(logging.Handler):
    """Tells an alarm of everything that is logged as an error."""

    def __init__(self, alarm: Alarm) -> None:
        super().__init__(logging.ERROR)
        self._alarm = alarm

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the words on."""
        self._alarm.tell(record.getMessage())
