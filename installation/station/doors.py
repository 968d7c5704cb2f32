"""Who may come in, and as whom: this machine, the network, the stations of the settings, the desk by its PIN."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from installation.errors import ContentError
from installation.station.limits import Buckets

SHORTEST = 4  # characters of a PIN
TRIES = (1 / 12, 5.0)  # PINs a second in the long run, and at once, from one address
ALL_TRIES = (1 / 2, 10.0)  # from everywhere together: each costs a twentieth of a second of thought

# With every answer: nothing is loaded from elsewhere, nothing of ours shows in others' pages, nobody is told of us.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers(microphone: bool) -> dict[str, str]:
    """What every answer carries; only where visitors may lend a sound may the page ask for the microphone."""
    whose = "microphone=(self)" if microphone else "microphone=()"
    return {**HEADERS, "Permissions-Policy": HEADERS["Permissions-Policy"].replace("microphone=()", whose)}


class Doors:
    """Decides by address, names and PIN.

    network   whether other machines may come in
    names     of this machine, by which browsers reach it beside its addresses
    screens   addresses of other machines whose browsers are stations
    pin       the argon2 hash of the desk's PIN, "" for none
    reader    the same of the PIN that only lets look
    """

    def __init__(
        self,
        network: bool,
        names: Iterable[str] = (),
        screens: Iterable[str] = (),
        pin: str = "",
        reader: str = "",
    ) -> None:
        self._network = network
        own = socket.gethostname().lower()
        self._names = {"localhost", own, f"{own}.local", *(name.lower() for name in names)}
        self._screens = frozenset(screens)
        self._pin, self._reader = pin, reader
        self._tries, self._all = Buckets(*TRIES), Buckets(*ALL_TRIES)

    def known(self, host: str) -> bool:
        """Whether a browser may call this machine so. A foreign name that leads here is another page's trick."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)

    def own(self, origin: str, host: str) -> bool:
        """Whether the page that asks is ours."""
        return origin in (f"http://{host}", f"https://{host}")

    def local(self, address: str, headers: Mapping[str, str]) -> bool:
        """Whether somebody sits at this machine; what a proxy passes on comes from elsewhere."""
        passed_on = "x-forwarded-for" in headers or "forwarded" in headers
        return _is_loopback(address) and not passed_on

    def station(self, address: str, headers: Mapping[str, str]) -> bool:
        """Whether this browser is a station, which needs no code."""
        return self.local(address, headers) or (address in self._screens and "x-forwarded-for" not in headers)

    def asks_for_pin(self, address: str, headers: Mapping[str, str]) -> bool:
        """Whether the desk has to be opened with a PIN from here."""
        return bool(self._pin) or not self.local(address, headers)

    def role(self, pin: str, address: str, now: float) -> Literal["operator", "reader", "pin", "later", "closed"]:
        """As whom this PIN lets in, or why it does not; takes a twentieth of a second.

        pin      it is wrong
        later    there were too many tries: for a while none is heard
        closed   there is no PIN
        """
        if not (self._pin or self._reader):
            return "closed"
        if len(pin) < SHORTEST:
            return "pin"
        if not (self._tries.take(address, now) and self._all.take("", now)):
            return "later"
        if _fits(self._pin, pin):
            return "operator"
        return "reader" if _fits(self._reader, pin) else "pin"


def hashed(pin: str) -> str:
    """The argon2 hash of a PIN, for the settings. Raises ContentError for one that is too short or too long."""
    if not SHORTEST <= len(pin) <= 64:
        raise ContentError(f"a PIN has {SHORTEST} to 64 characters, this one has {len(pin)}. Choose another.")
    return PasswordHasher().hash(pin)


def _fits(kept: str, pin: str) -> bool:
    try:
        return bool(kept) and PasswordHasher().verify(kept, pin)
    except (Argon2Error, InvalidHashError):
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False
