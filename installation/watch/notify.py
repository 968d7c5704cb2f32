"""What systemd wants to hear of a service: that it is ready, that it lives, and how it is."""

import os
import socket


class Notifier:
    """Speaks to systemd where the process was started by it with `Type=notify`, and to nobody elsewhere.

    The protocol is that of sd_notify(3): lines of NAME=VALUE in one datagram to the socket named by NOTIFY_SOCKET.
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address

    def ready(self) -> None:
        """The first picture was presented."""
        self._say("READY=1")

    def alive(self) -> None:
        """Pictures and sound go on."""
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """The end was asked for."""
        self._say("STOPPING=1")

    def status(self, words: str) -> None:
        """One line for `systemctl status`."""
        self._say(f"STATUS={words}")

    def _say(self, line: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as spoken:
                spoken.setblocking(False)
                spoken.sendto(line.encode(), address)
        except OSError:
            return  # nobody listens any more; the show matters more
