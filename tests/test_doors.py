"""Doors are shut to whom they should be: foreign names, foreign pages, wrong PINs, and who pretends to be here."""

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from installation.cli import app
from installation.errors import ContentError
from installation.settings import Settings
from installation.station import doors
from installation.station.doors import Doors, hashed


@pytest.fixture(scope="module")
def locked():
    return Doors(True, names=["museum.example"], screens=["10.0.0.9"], pin=hashed("2019"))


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080", "10.0.0.5:8080", "museum.example"])
def test_this_machine_is_known_by_its_addresses_and_names(locked, host):
    assert locked.known(host)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example", "[::1", "@x"])
def test_a_foreign_name_that_leads_here_is_not_answered(locked, host):
    assert not locked.known(host)


def test_only_our_own_page_may_open_the_websocket(locked):
    assert locked.own("http://10.0.0.5:8080", "10.0.0.5:8080")
    for origin in ("http://evil.example", "null", "", "http://10.0.0.5:8081", "http://10.0.0.5:8080.evil.example"):
        assert not locked.own(origin, "10.0.0.5:8080")


def test_a_station_sits_here_or_is_named_in_the_settings(locked):
    assert locked.station("127.0.0.1", {})
    assert locked.station("::1", {})
    assert locked.station("10.0.0.9", {})
    assert not locked.station("10.0.0.8", {})
    assert not locked.station("127.0.0.1", {"x-forwarded-for": "10.0.0.8"})
    assert not locked.station("", {})


def test_the_desk_needs_a_pin_from_elsewhere_always_and_here_if_there_is_one(locked):
    assert locked.asks_for_pin("127.0.0.1", {})
    assert locked.asks_for_pin("10.0.0.5", {})
    assert not Doors(False).asks_for_pin("127.0.0.1", {})
    assert Doors(True).asks_for_pin("10.0.0.5", {})


def test_the_right_pin_opens_and_guessing_is_slow(locked):
    assert locked.role("2019", "10.0.0.5", now=0.0) == "operator"
    tries = [locked.role("2018", "10.0.0.6", now=n / 10) for n in range(100)]
    assert set(tries) == {"pin", "later"}
    assert locked.role("2019", "10.0.0.6", now=10.0) == "later"  # it has had its tries
    assert locked.role("2019", "10.0.0.5", now=60.0) == "operator"
    assert locked.role("2019", "10.0.0.6", now=120.0) == "operator"


def test_a_second_pin_only_lets_look():
    doors = Doors(True, pin=hashed("2019"), reader=hashed("1984"))
    assert doors.role("1984", "10.0.0.5", now=0.0) == "reader"
    assert doors.role("2019", "10.0.0.5", now=1.0) == "operator"


@pytest.mark.parametrize("pin", ["", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
def test_without_a_usable_pin_the_desk_stays_shut(pin):
    assert Doors(True, pin=pin).role("2019", "10.0.0.5", now=0.0) in ("pin", "closed")


def test_a_pin_is_kept_as_an_argon2_hash():
    assert hashed("2019").startswith("$argon2id$")
    assert hashed("2019") != hashed("2019")
    for pin in ("201", "x" * 65):
        with pytest.raises(ContentError, match="4 to 64 characters"):
            hashed(pin)


def test_nothing_is_loaded_from_elsewhere():
    policy = doors.HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http:" not in policy
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_command_prints_a_line_for_the_settings_and_keeps_nothing(tmp_path):
    result = CliRunner().invoke(app, ["pin"], obj=0.0, input="museum 2019\nmuseum 2019\n")
    assert result.exit_code == 0
    line = next(line for line in result.output.splitlines() if line.startswith("pin = "))
    file = tmp_path / "immersions.toml"
    file.write_text(f"[station]\n{line}\n")
    chosen = Settings.load(file)
    assert PasswordHasher().verify(chosen.station.pin, "museum 2019")
    assert "pin" not in chosen.model_dump(mode="json")["station"]  # no take tells it
    assert CliRunner().invoke(app, ["pin", "--pin", "123"], obj=0.0).exit_code == 78
    looking = CliRunner().invoke(app, ["pin", "--reader", "--pin", "only looks"], obj=0.0)
    assert '\nreader = "$argon2id$' in looking.output


@pytest.mark.parametrize("line", ["port = 70000", "phones = 7", "patience = 5", "sliders = []", "passwort = 'x'"])
def test_settings_that_cannot_be_are_told(tmp_path, line):
    file = tmp_path / "immersions.toml"
    file.write_text(f"[station]\n{line}\n")
    with pytest.raises(ContentError, match=line.split(" ")[0]):
        Settings.load(file)
