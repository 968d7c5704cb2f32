"""Who may sit at the desk, what a desk may say, and that nothing said there disturbs the show or fills the memory."""

import random
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from desks import Operator
from station import asked, dream, hear, opened_station, order_for, until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from installation.body import body
from installation.control.acts import News
from installation.control.parameters import defaults
from installation.station.desk import messages, sight
from installation.station.desk.history import LONGEST, Change, History
from installation.station.desk.messages import read
from installation.station.doors import hashed
from installation.station.house import House
from installation.station.letters import Office, Thought
from installation.station.thought import packed_thought, whole

pytestmark = pytest.mark.alone

THROWN = 100_000  # messages of chance
KINDS = [kind for kind in vars(messages).values() if isinstance(kind, type) and issubclass(kind, messages.Said)]


@pytest.fixture(scope="module")
def tiny():
    return body("tiny")


@pytest.fixture(scope="module")
def station(tiny):
    """A station with a PIN for operators and one for readers."""
    begun = order_for(tiny, pin=hashed("2019"), office=Office({}, reader=hashed("1984")))
    with opened_station(begun) as running:
        running.ready(dream(tiny))
        hear(running, dream(tiny))
        yield running


@pytest.fixture(scope="module")
def operator(station):
    """A desk whose key lets others in again, so that not every test needs a PIN."""
    with Operator(station.port, pin="2019") as desk:
        desk.wait(lambda desk: desk.told.get("welcome"))
        yield desk


def role(desk):
    told = desk.wait(lambda desk: desk.told.get("welcome") or desk.told.get("refused"))
    return told.get("role") or told["why"]


def test_the_right_pin_opens_the_desk_and_a_wrong_one_does_not(station, operator):
    assert role(operator) == "operator"
    with Operator(station.port, pin="2018") as shut:
        assert role(shut) == "pin"
        assert shut.gone()
        assert not shut.values
    with Operator(station.port) as shut:
        assert role(shut) == "pin"
    with Operator(station.port, key="guessed") as shut:
        assert role(shut) == "pin"


def test_a_reader_sees_all_and_moves_nothing(station, operator, tiny):
    station.tell(News(defaults().values, {}, frozenset(), {}))
    with Operator(station.port, pin="1984") as reader:
        assert role(reader) == "reader"
        reader.wait(lambda desk: "loop" in desk.parcels)
        for wish in (
            {"do": "set", "name": "sound.volume", "value": -60.0},
            {"do": "cue", "name": "panic"},
            {"do": "undo"},
            {"do": "preset", "act": "save", "name": "mine"},
            {"do": "record", "on": True},
        ):
            reader.say(**wish)
        reader.wait(lambda desk: len(desk.faults) == 5)
        assert "may only look" in reader.faults[0]
        key = reader.told["welcome"]["key"]
        address = f"http://127.0.0.1:{station.port}/desk/clip?name=x"
        request = urllib.request.Request(address, b"RIFF", {"X-Desk": key}, method="POST")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(request, timeout=30)
    operator.say(do="cue", name="go")
    assert [act.name for act in asked(station, "go")] == ["go"]


def test_after_the_network_was_lost_the_same_desk_comes_back_without_a_pin(station):
    with Operator(station.port, pin="2019") as desk:
        key = desk.wait(lambda desk: desk.told.get("welcome"))["key"]
    with Operator(station.port, key=key) as again:
        assert role(again) == "operator"
        assert again.told["welcome"]["key"] == key


def test_a_desk_without_a_pin_opens_here_and_asks_nothing(tiny):
    with opened_station(order_for(tiny)) as open_here:
        with Operator(open_here.port) as desk:
            assert role(desk) == "operator"
        with Operator(open_here.port, read=True) as desk:
            assert role(desk) == "reader"


def test_pages_of_others_get_no_desk(station):
    for origin in ("http://evil.example", f"http://127.0.0.1:{station.port + 1}", "null"):
        with pytest.raises(InvalidStatus):
            connect(f"ws://127.0.0.1:{station.port}/desk/ws", origin=origin)


def test_only_so_many_sit_at_once(station, operator):
    key = operator.told["welcome"]["key"]
    desks = [Operator(station.port, key=key) for _ in range(16)]
    try:
        answers = [role(desk.__enter__()) for desk in desks]
        assert answers.count("operator") >= 14
        assert answers[-1] == "later"
    finally:
        for desk in desks:
            desk.__exit__(None, None, None)


def test_messages_are_taken_as_they_are_written_or_not_at_all():
    assert read('{"do": "set", "name": "stage.glow", "value": 1.0}') is not None
    for text in (
        "", "[]", "{}", '{"do": "set"}', '{"do": "set", "name": "x", "value": "1"}',
        '{"do": "set", "name": 1, "value": 1}',
        '{"do": "set", "name": "x", "value": NaN}', '{"do": "set", "name": "x", "value": 1e999}', '{"do": "fly"}',
        '{"do": "undo", "more": 1}', '{"do": "cue", "name": "rm"}', '{"do": "warp", "output": "a", "act": "set"}',
        '{"do": "warp", "output": "a", "act": "corner", "to": [1e9, 0]}', "[" * 5000,
        '{"do": "target", "text": "' + "a" * 15_000 + '"}', '{"do": "undo"}' + " " * 16_000,
    ):  # fmt: skip
        assert read(text) is None


@pytest.fixture(scope="module")
def nonsense():
    """Things that nobody should say: bytes of chance, and messages with fields of chance."""
    return list(chances())


def chances():
    chance = random.Random(3)
    words = ["set", "release", "cue", "target", "lasso", "clip", "undo", "preset", "record", "warp", "listen", "hello"]
    things = [0, -1, 1e30, None, True, "", "x" * 300, [], {}, [1, 2], {"do": "set"}, "dream.hand", float("nan")]
    fields = ["name", "value", "text", "units", "act", "on", "to", "point", "output", "mode", "dream", "pin", "key"]
    for number in range(THROWN):
        if number % 2:
            yield chance.randbytes(chance.randrange(40))
        else:
            said = {field: chance.choice(things) for field in chance.sample(fields, chance.randrange(4))}
            yield str({"do": chance.choice(words), **said}).replace("'", '"').replace("True", "true")


def test_a_hundred_thousand_messages_of_chance_are_read_without_a_fault(nonsense):
    understood = sum(read(said if isinstance(said, str) else said.decode("latin-1")) is not None for said in nonsense)
    assert 0 < understood < THROWN / 10  # such as {"do": "undo"}


def test_a_hundred_thousand_messages_of_chance_on_real_lines_disturb_nobody(station, operator, nonsense):
    key, thrown = operator.told["welcome"]["key"], 0
    while thrown < THROWN:
        with connect(
            f"ws://127.0.0.1:{station.port}/desk/ws", origin=f"http://127.0.0.1:{station.port}", compression=None
        ) as line:
            line.send(f'{{"do": "hello", "key": "{key}"}}')
            try:
                for said in nonsense[thrown : thrown + 1000]:
                    line.send(said)
                    thrown += 1
            except ConnectionClosed:
                continue
    operator.say(do="cue", name="go")
    asked(station, "go")
    assert station.restarts == 0


def memory(station) -> int:
    """KB that the station's process holds."""
    status = Path(f"/proc/{station._process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def test_a_storm_from_one_desk_brings_the_last_value_and_fills_nothing(station, operator):
    for turn in range(300):
        operator.set("stage.glow", turn % 7 / 7)
    until(lambda: station.acts({}))
    before, begun = memory(station), time.monotonic()
    for turn in range(1500):
        operator.set("stage.glow", 1.0 if turn % 2 else 0.5)
    operator.set("stage.glow", 1.25)
    took, acts = [], []
    while not any(act.value == 1.25 for act in acts if act.name == "stage.glow"):
        asking = time.process_time()
        acts = station.acts({})
        took.append(time.process_time() - asking)
        assert time.monotonic() - begun < 120
        time.sleep(0.01)
    assert max(took) < 0.005  # the show never waits for a desk
    assert memory(station) - before < 6_000


def test_what_a_desk_is_sent_stays_below_three_megabits_a_second():
    paper = body("paper")  # 34 392 neurons, all of them at their liveliest
    heard = dream(paper)
    level = np.random.default_rng(0).uniform(0, 1, (216, 192)).astype(np.float16)  # nothing that deflates well
    silence, slope = np.zeros((2, 192_000), np.int16), level - level.mean()
    thought = Thought("1.5", heard.activations, silence, 1.0, level, slope, 0.0, 5, "")
    body_bytes = packed_thought(whole(paper.anatomy), paper.anatomy, heard.activations, "1.5")
    sent = 8 * (len(body_bytes) + len(sight.packed_loop(thought))) / 4.0  # bits a second in loops of four seconds
    words = 8 * (20 * 400 + 10 * 130 + 5 * 900)  # all parameters moving, the meter, the facts
    assert sent + words < 3e6


def test_the_history_forgets_what_is_oldest():
    history = History()
    for number in range(3 * LONGEST):
        history.did(Change("desk 1", f"thing {number}", (), (), float(number)))
    assert history.told()["undos"] == LONGEST
    assert history.told()["undo"] == f"thing {3 * LONGEST - 1}"


def test_a_house_begins_with_what_its_desks_need(tiny):
    order = order_for(tiny)
    told = order.office.table
    assert [entry["name"] for entry in told["parameters"]] == list(defaults().values)
    assert [layer["first"] for layer in told["layers"]] == [tiny.anatomy.start(layer.name) for layer in tiny.anatomy]
    assert set(told["languages"]) == {"en", "de", "fr", "es"}
    assert House(order, 0.0).doors.role("2019", "10.0.0.5", 0.0) == "closed"


def test_pages_of_the_desk_are_served_with_the_house_rules(station):
    with urllib.request.urlopen(f"http://127.0.0.1:{station.port}/desk", timeout=30) as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers.get_content_type() == "text/html"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{station.port}/desk/..%2f__init__.py", timeout=30)
