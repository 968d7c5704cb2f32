"""Programs find every parameter and cue by themselves, over OSCQuery and on the network."""

import json
import random
import socket
from http.client import HTTPConnection

import pytest
from test_midi import soon
from test_osc import REST, listening

from installation import texts
from installation.control.osc_query import SERVICE, OscQuery, answer
from installation.control.osc_tree import tree
from installation.control.parameters import TABLE

pytestmark = pytest.mark.alone


def leaves(node):
    inside = [found for inner in node.get("CONTENTS", {}).values() for found in leaves(inner)]
    return [*inside, node] if "TYPE" in node else inside


def test_programs_find_everything_by_themselves():
    with listening() as (osc, _), OscQuery(osc.port, False, osc.look):

        def get(path):
            connection = HTTPConnection("127.0.0.1", osc.port, timeout=10)
            connection.request("GET", path)
            reply = connection.getresponse()
            body = reply.read()
            connection.close()
            return reply.status, json.loads(body) if body else None

        status, info = get("/?HOST_INFO")
        assert (status, info["OSC_PORT"], info["OSC_TRANSPORT"]) == (200, osc.port, "UDP")
        assert info["EXTENSIONS"]["RANGE"]
        assert not info["EXTENSIONS"]["LISTEN"]
        _, root = get("/")
        found = {node["FULL_PATH"]: node for node in leaves(root)}
        for entry in TABLE.values():
            node = found["/immersions/" + entry.name.replace(".", "/")]
            assert node["ACCESS"] == 3
            assert node["RANGE"] == [{"MIN": entry.low, "MAX": entry.high}]
            assert node["VALUE"] == [pytest.approx(REST[entry.name])]
            assert len(node["DESCRIPTION"]) > 10
        assert found["/immersions/scene/one_cell/start"]["ACCESS"] == 2
        assert found["/immersions/now/scene"]["VALUE"] == ["descent"]
        assert get("/immersions/stage/glow?VALUE") == (200, {"VALUE": [1.0]})
        assert get("/immersions/stage/glow?RANGE")[1] == {"RANGE": [{"MIN": 0.0, "MAX": 2.0}]}
        assert get("/immersions/go?VALUE") == (204, None)
        assert get("/immersions/stage/glow?COLOUR") == (400, None)
        assert get("/immersions/../../etc/passwd") == (404, None)


def test_a_client_that_hangs_up_or_says_nothing_does_not_keep_the_others_out():
    with listening() as (osc, _), OscQuery(osc.port, False, osc.look):
        mute = socket.create_connection(("127.0.0.1", osc.port))
        with socket.create_connection(("127.0.0.1", osc.port)) as rude:
            rude.sendall(random.Random(5).randbytes(500) + b"\r\n\r\n")
        connection = HTTPConnection("127.0.0.1", osc.port, timeout=10)
        connection.request("GET", "/?HOST_INFO")
        assert connection.getresponse().status == 200
        connection.close()
        mute.close()


def test_addresses_follow_the_table_and_the_cues():
    status, told = answer(tree(texts.load("de"), ("drift, slow",)), None, "/immersions/scene", "", 1)
    assert status == 200
    assert list(told["CONTENTS"]) == ["drift__slow"]
    assert (told["TYPE"], told["RANGE"]) == ("s", [{"VALS": ["drift, slow"]}])


def test_it_is_announced_on_the_network():
    zeroconf = pytest.importorskip("zeroconf")
    found = []

    def seen(zeroconf, service_type, name, state_change):
        found.append(name)

    with listening() as (osc, _), OscQuery(osc.port, False, osc.look):
        searching = zeroconf.Zeroconf(interfaces=["127.0.0.1"])
        try:
            zeroconf.ServiceBrowser(searching, SERVICE, handlers=[seen])
            soon(lambda: osc.port in [searching.get_service_info(SERVICE, name).port for name in found], 20.0)
        finally:
            searching.close()
