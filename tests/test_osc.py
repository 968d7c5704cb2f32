"""Other programs ask, set, watch and call over OSC, and nothing that they send does any harm."""

import logging
import random
import socket
import time
from contextlib import contextmanager

import pytest
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg
from pythonosc.udp_client import SimpleUDPClient
from test_midi import soon

from installation import texts
from installation.control.acts import Cue, News, Touch
from installation.control.osc import Osc
from installation.control.osc_tree import tree
from installation.control.parameters import TABLE, defaults
from installation.errors import ContentError
from installation.settings import OscPorts, Settings
from installation.workshop import doctor

pytestmark = pytest.mark.alone

REST = defaults().values
FACTS = {"scene": "descent", "target": "ar5", "loop": 7, "score": 0.5, "tempo": 120.0, "message": ""}
CUES = ("go", "descent", "one cell")
HERE = ("127.0.0.1", 1)


def news(**stands):
    stands = {name.replace("__", "."): value for name, value in stands.items()}
    return News({**REST, **stands}, {}, frozenset(), FACTS, CUES)


@contextmanager
def listening(**settings):
    """A server on any free port, and a client."""
    with Osc(OscPorts(**{"in": 0, "out": 0, **settings}), texts.load()) as osc:
        client = SimpleUDPClient("127.0.0.1", osc.port)
        try:
            osc.tell(news())
            soon(lambda: osc.news)
            yield osc, client
        finally:
            client.close()


def said(client, address):
    """What the client is told of an address next."""
    found = soon(lambda: [[*message.params] for message in client.get_messages(0.05) if message.address == address])
    return found[-1][0]


def asked(*messages):
    """What messages mean, without a socket."""
    osc = Osc(OscPorts(), texts.load())
    osc.tree = tree(texts.load(), CUES)
    for address, *values in messages:
        osc.call_handlers_for_packet(build_msg(address, values).dgram, HERE)
    return osc.acts(REST)


def test_a_parameter_is_set_by_value_share_word_and_pattern():
    assert asked(("/immersions/stage/glow", 1.5)) == [Touch("stage.glow", 1.5)]
    assert asked(("/immersions/stage/glow", 99)) == [Touch("stage.glow", 2.0)]
    assert asked(("/immersions/share/dream/learning_rate", 0.0)) == [Touch("dream.learning_rate", pytest.approx(1e-5))]
    assert asked(("/immersions/share/dream/batch", 2.0)) == [Touch("dream.batch", 64.0)]
    assert asked(("/immersions/dream/parametrisation", "phases")) == [Touch("dream.parametrisation", 2.0)]
    assert asked(("/immersions/dream/adam", True)) == [Touch("dream.adam", 1.0)]
    found = asked(("/immersions/dream/{pitch,time}_[mw]*", 0.25))
    wanted = {"dream.pitch_mask", "dream.time_mask", "dream.pitch_width", "dream.time_width"}
    assert {touch.name for touch in found} == wanted


@pytest.mark.parametrize("value", [float("nan"), None, "loud", b"\0\1"])
def test_what_is_no_value_changes_nothing(value):
    assert asked(("/immersions/stage/glow", value)) == []


def test_cues_call_the_show_when_pressed_and_not_when_let_go():
    assert asked(("/immersions/go",), ("/immersions/go", 1), ("/immersions/go", 0)) == [Cue("go"), Cue("go")]
    assert asked(("/immersions/panic",)) == [Cue("panic")]
    assert asked(("/immersions/scene/descent/start",)) == [Cue("scene", "descent")]
    assert asked(("/immersions/scene/one_cell/start", 1.0)) == [Cue("scene", "one cell")]
    assert asked(("/immersions/scene", "one cell"), ("/immersions/scene", 2.0)) == [
        Cue("scene", "one cell"),
        Cue("scene", "2"),
    ]
    assert asked(("/immersions/target", "ar5 - 0.5 block1"), ("/immersions/target", "")) == [
        Cue("target", "ar5 - 0.5 block1"),
        Cue("target", ""),
    ]
    assert asked(("/immersions/release", "stage.glow")) == [Cue("release", "stage.glow")]
    assert asked(("/immersions/hold",), ("/immersions/hold", 0)) == [Touch("sound.hold", 1), Touch("sound.hold", 0)]
    assert asked(("/immersions/drop",), ("/immersions/restart",)) == [Touch("sound.drop", 1), Touch("dream.restart", 1)]


def test_a_bundle_waits_for_its_time():
    osc = Osc(OscPorts(), texts.load())
    for delay in (0.3, 3600.0, None):
        bundle = OscBundleBuilder(IMMEDIATELY if delay is None else time.time() + delay)
        bundle.add_content(build_msg("/immersions/stage/glow", [delay or 0.0]))
        osc.call_handlers_for_packet(bundle.build().dgram, HERE)
    assert [touch.value for touch in osc.acts(REST)] == [2.0, 0.0]  # an hour is no time to wait for
    assert [touch.value for touch in soon(lambda: osc.acts(REST))] == [pytest.approx(0.3)]


def test_every_parameter_can_be_asked():
    with listening() as (_, client):
        for entry in TABLE.values():
            address = "/immersions/" + entry.name.replace(".", "/")
            client.send_message(address, [])
            assert said(client, address) == pytest.approx(REST[entry.name])
        client.send_message("/immersions/now/scene", [])
        assert said(client, "/immersions/now/scene") == "descent"
        client.send_message("/immersions/scene", [])
        assert said(client, "/immersions/scene") == "descent"
        client.send_message("/immersions/target", [])
        assert said(client, "/immersions/target") == "ar5"


def test_changes_are_announced_to_the_port_of_the_settings_and_to_subscribers():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(10)
        with listening(out=other.getsockname()[1]) as (osc, client):
            client.send_message("/immersions/subscribe", [])
            soon(lambda: len(osc.listeners) == 2)
            osc.tell(news())
            assert said(client, "/immersions/stage/glow") == 1.0  # everything is told at first
            osc.tell(news(stage__glow=1.75))
            assert said(client, "/immersions/stage/glow") == 1.75
            wanted = build_msg("/immersions/stage/glow", 1.75).dgram
            soon(lambda: other.recv(2000) == wanted)
            client.send_message("/immersions/unsubscribe", [])
            soon(lambda: len(osc.listeners) == 1)


def test_a_mistake_is_answered_in_words():
    with listening() as (_, client):
        client.send_message("/immersions/stage/glow", "loud")
        assert "stage.glow = loud is out of its range. Give a number from 0 to 2" in said(client, "/immersions/error")


def test_a_thousand_messages_at_once_leave_the_last_value():
    with listening() as (osc, client):
        for number in range(1000):
            client.send_message("/immersions/stage/glow", number / 1000)
            if number % 50 == 0:
                time.sleep(0.002)  # as a fader sends them, not faster than a socket's buffer takes them
        soon(lambda: osc.heard >= 1000)
        assert osc.acts(REST)[-1] == Touch("stage.glow", pytest.approx(0.999))


def test_patterns_made_to_be_slow_are_not():
    began = time.process_time()
    asked(*[("/immersions/" + "*a" * 900 + "/glow", 1.0)] * 20, *[("/immersions/stage/" + "{a,b}" * 300, 1.0)] * 20)
    assert time.process_time() - began < 2.0


def test_noise_on_the_socket_does_no_harm(caplog):
    chance = random.Random(4)
    with listening() as (osc, client), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        for number in range(2000):
            noise.sendto(b"/" * (number % 2) + chance.randbytes(chance.randint(0, 200)), ("127.0.0.1", osc.port))
        soon(lambda: client.send_message("/immersions/go", []) or Cue("go") in osc.acts(REST))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_port_that_is_taken_is_told_and_the_show_goes_on(caplog):
    with listening() as (first, _), Osc(OscPorts(**{"in": first.port}), texts.load()) as second:
        assert second.port == 0
        assert second.acts(REST) == []
        second.tell(news())
    assert "OSC cannot be heard on port" in caplog.text


def test_a_host_that_nobody_knows_is_told_and_osc_goes_on(caplog):
    with listening(out=9001, host="nobody.invalid") as (osc, client):
        assert osc.listeners == []
        client.send_message("/immersions/stage/glow", [])
        assert said(client, "/immersions/stage/glow") == 1.0
    assert "[osc] host 'nobody.invalid' is not known here" in caplog.text


def test_osc_that_is_off_opens_nothing():
    with Osc(OscPorts(on=False), texts.load()) as osc:
        assert (osc.port, osc.acts(REST)) == (0, [])


def test_what_is_wrong_with_the_settings_is_told(tmp_path):
    (tmp_path / "s.toml").write_text("[osc]\nin = 70000\n")
    with pytest.raises(ContentError, match=r"s\.toml:2: osc\.in = 70000 cannot be used"):
        Settings.load(tmp_path / "s.toml")
    (tmp_path / "s.toml").write_text("[osc]\nout_ = 1\n")
    with pytest.raises(ContentError, match=r"\[osc\] has no setting 'out_'. Did you mean 'out'\?"):
        Settings.load(tmp_path / "s.toml")


def test_the_doctor_tells_whether_the_port_is_free(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with listening() as (osc, _):
        (tmp_path / "immersions.toml").write_text(f"[osc]\nin = {osc.port}\n")
        wanted = f"heard on port {osc.port}, which is taken now"
        assert next(doctor.osc("OSC")).found == wanted
    (tmp_path / "immersions.toml").write_text("[osc]\non = false\n")
    assert [finding.found for finding in doctor.osc("OSC")] == ["off"]
