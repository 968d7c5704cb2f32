"""What a venue sets for the hours in which nobody is near: when it is open, and who is told of trouble."""

import re

from pydantic import Field, field_validator

from installation.section import Section


class OpeningHours(Section):
    """When the room is open; outside, light and sound are gone. Without any hours it never closes."""

    week: dict[str, str] = Field({}, description='such as "tue-fri" = "10:00-18:00"; several spans with commas')
    exceptions: dict[str, str] = Field({}, description='such as "2026-12-24..2026-12-26" = "closed"')
    quiet: dict[str, float] = Field({}, description='time = dB, a line from each to the next, such as "20:00" = -8')
    zone: str = Field("", description="such as 'Europe/Berlin'; empty for the machine's own")
    warm_up: float = Field(5.0, ge=0, le=120, description="minutes before opening in which the light comes")
    goodnight: float = Field(2.0, ge=0, le=60, description="minutes before closing in which light and sound go")
    display_off: bool = Field(True, description="switch the display off at night, where it can be")
    film: bool = Field(False, description="make a film of the day's most novel loops when the room closes")


class Alarms(Section):
    """Who is told when something is wrong, by mail or by a webhook."""

    place: str = Field("a museum", description="named in every message")
    webhook: str = Field("", description="an https address that takes JSON")
    mail_to: str = ""
    mail_from: str = ""
    mail_server: str = Field("localhost:25", description="name:port; 465 is TLS, others use STARTTLS if they can")
    user: str = ""
    password: str = ""

    @field_validator("webhook")
    @classmethod
    def _posted(cls, address: str) -> str:
        if address and not re.fullmatch(r"https?://[^\s/]\S*", address):
            raise ValueError("an address begins with https://, such as 'https://example.org/hook'")
        return address

    @field_validator("mail_to", "mail_from")
    @classmethod
    def _mailed(cls, address: str) -> str:
        if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise ValueError("it is no mail address, such as 'night@example.org'")
        return address

    @field_validator("mail_server")
    @classmethod
    def _served(cls, server: str) -> str:
        if not re.fullmatch(r"[^:\s]+(:\d{1,5})?", server):
            raise ValueError("a server is a name and a port, such as 'mail.example.org:465'")
        return server
