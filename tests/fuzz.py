"""Nonsense of every kind for all hands: so many random messages, and whether everything is in order afterwards."""

import json
import logging
import random
import socket
from contextlib import suppress

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg
from station import Browser, order_for
from test_midi import NEWS, REST, plugged
from websockets.exceptions import ConnectionClosed

from installation import texts
from installation.body import Body
from installation.control.acts import Act, Touch
from installation.control.osc import Osc
from installation.control.parameters import TABLE
from installation.settings import OscPorts
from installation.station.house import House
from installation.station.messages import Hello, read
from installation.station.station import Station
from installation.target import check, parse

HERE = ("127.0.0.1", 1)


def in_range(acts: list[Act]) -> None:
    """No touch is of a value that its parameter cannot have."""
    for act in acts:
        assert not isinstance(act, Touch) or TABLE[act.name].clamp(act.value) == act.value, act


def midi(count: int) -> None:
    """Random bytes from two devices; afterwards each is heard as before."""
    cable, midi = plugged("BCF2000", "nanoKONTROL2")
    chance = random.Random(2)
    with midi:
        hear = [cable.receivers[name] for name in cable.names]
        for number in range(count):
            data = chance.randbytes(chance.randint(0, 8))
            hear[number % 2](bytes([chance.choice([0xB0, 0x90, 0xC0, 0xE0])]) + data if number % 3 else data)
            if number % 1000 == 0:
                midi.tell(NEWS)
                in_range(midi.acts(REST))
        midi.acts(REST)
        for receive, control, name in zip(hear, (82, 46), ("dream.mix_original", "sound.hold"), strict=True):
            receive(bytes([0xF7, 0xB0, control, 127]))
            touch = midi.acts(REST)[-1]
            assert (touch.name, touch.value) == (name, 1.0)


def osc(count: int) -> None:
    """Random packets, and good ones with a few wrong bytes; afterwards a good one is heard."""
    heard, chance = Osc(OscPorts(), texts.load()), random.Random(3)
    good = build_msg("/immersions/stage/glow", [1.0, "x", 3]).dgram
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(build_msg("/immersions/{stage,dream}/*", 0.5))
    packed = bundle.build().dgram
    logging.disable(logging.WARNING)  # the parser warns of every odd type
    try:
        for number in range(count):
            data = bytearray(packed if number % 10 == 0 else (good, b"/immersions/target\0\0,s\0\0")[number % 2])
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            cut = chance.randint(0, len(data)) if number % 4 == 0 else len(data)
            heard.call_handlers_for_packet(bytes(data[:cut]) if number % 5 else chance.randbytes(cut), HERE)
            if number % 1000 == 0:
                in_range(heard.acts(REST))
        deep = b""
        for _ in range(3000):
            deep = b"#bundle\0" + bytes(7) + b"\1" + (len(deep).to_bytes(4, "big") + deep if deep else b"")
        heard.call_handlers_for_packet(deep, HERE)
    finally:
        logging.disable(logging.NOTSET)
    heard.acts(REST)
    heard.call_handlers_for_packet(good, HERE)
    assert heard.acts(REST) == [Touch("stage.glow", 1.0)]


def nonsense(chance: random.Random) -> str:
    """A message of a page that is none, or nearly one, or one."""
    if chance.random() < 0.25:
        return chance.randbytes(chance.randrange(60)).decode("latin-1")
    values = [True, None, -1, 3, 10**9, 10**30, 0.5, 1e308, "on", "ar5", "stage.closeness", "\0", [], {}, "x" * 300]
    does = ["hello", "touch", "slide", "compare", "again", "stay", "keep", "join", "set", "cue", "", None]
    message = {"do": chance.choice(does)}
    for name in chance.sample(
        ["unit", "name", "share", "on", "value", "text", "key", "role", "pin", "few"], chance.randrange(4)
    ):
        message[name] = chance.choice(values) if chance.random() < 0.6 else chance.uniform(-2, 2)
    if chance.random() < 0.3:
        message = {"do": "touch", "unit": chance.randrange(40_000)}
    elif chance.random() < 0.2:
        name = chance.choice(["dream.learning_rate", "stage.closeness", "sound.volume"])
        message = {"do": "slide", "name": name, "share": chance.random()}
    text = json.dumps(message)
    if chance.random() < 0.3:
        at = chance.randrange(len(text))
        text = text[:at] + chr(chance.randrange(1, 600)) + text[at + chance.randrange(3) :]
    return text


def wishes(body: Body, count: int) -> None:
    """Random messages of pages, read and obeyed; whatever is asked of the show is safe, and in the end nothing is."""
    chance = random.Random(7)
    home = House(order_for(body), 0.0)
    guests = [home.guest(role, 0.0) for role in ("station", "phone", "watch", "station")]
    understood = targets = 0
    for n in range(count):
        wish = read(nonsense(chance))
        if wish is None or isinstance(wish, Hello):
            continue
        understood += 1
        home.wish(chance.choice(guests), wish, n / 1000)
        if n % 50 == 0:
            home.turn(n / 1000)
        for act in home.acts():
            if isinstance(act, Touch):
                assert TABLE[act.name].safe[0] <= act.value <= TABLE[act.name].safe[1]
            elif act.name == "target" and act.text and (targets := targets + 1) % 20 == 0:
                check(parse(act.text), body.anatomy)
    assert understood > count / 10
    assert targets > count / 100
    home.turn(1e6)
    assert home.visitors.places(1e6) == []
    assert json.dumps([home.you(guest, 1e6) for guest in guests])


def lines(station: Station, count: int) -> int:
    """Random bytes on real connections, as messages and as no websocket at all; how many lines were cut off for it."""
    chance, cut = random.Random(11), 0
    for _ in range(0, count, 40):  # as many as are heard at once
        with socket.create_connection(("127.0.0.1", station.port)) as raw:
            raw.sendall(chance.choice([b"", b"GET /", b"POST /lend HTTP/1.1\r\n"]) + chance.randbytes(300))
        with Browser(station.port) as browser:
            browser.wait(lambda b: b.you)
            wrong = False
            with suppress(ConnectionClosed):
                for _ in range(40):
                    said: str | bytes = json.dumps({"do": "touch", "unit": chance.randrange(1000)})
                    if chance.random() < 0.05:
                        said = chance.choice([nonsense(chance), chance.randbytes(chance.randrange(3000))])
                    wrong = wrong or isinstance(said, bytes) or isinstance(read(said), Hello | None)
                    browser.socket.send(said)
            if wrong:
                with pytest.raises(ConnectionClosed):
                    browser.wait(lambda b: False)
                cut += 1
    return cut
