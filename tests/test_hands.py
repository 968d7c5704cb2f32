"""All hands come together: what they ask for is done, told back, and written into the take."""

import json
import socket
import statistics
import time

import numpy as np
import pytest
from evening import SCENE, Evening, content
from pythonosc.osc_message_builder import build_msg
from pythonosc.udp_client import SimpleUDPClient
from test_midi import Cable, soon

from installation.app.hands import FADE, Hands, newest
from installation.app.wishes import Wishes
from installation.control.acts import Cue, Gone, Touch
from installation.control.maps import load
from installation.control.midi import Midi
from installation.control.parameters import TABLE, defaults
from installation.control.signals import Place, Signal
from installation.data import Anatomy, Layer, Target
from installation.errors import TargetError
from installation.settings import Settings
from installation.target import parse

pytestmark = pytest.mark.alone

ANATOMY = Anatomy((Layer("block1.conv2", 4, 12, 1), Layer("ar5", 16, 1, 2)))
SHOW = Target(())
SMALL = '[picture]\nsize = [160, 90]\nframe_rate = 30\n[sound]\ndevice = "none"\n[station]\non = false\n'


class Called:
    """The show, as far as hands call it."""

    def __init__(self):
        self.cues = []

    def go(self):
        self.cues.append("go")

    def call(self, cue):
        self.cues.append(cue)


class Source:
    """Hands in a test's hand."""

    def __init__(self):
        self.asked, self.news = [], None

    def acts(self, wanted):
        asked, self.asked = self.asked, []
        return asked

    def tell(self, news):
        self.news = news


@pytest.fixture
def hands():
    made = Hands(Settings(), defaults(), ANATOMY, Called())
    made.called, made.source = made.does["scene"].__self__, Source()
    made.join(made.source)
    return made


def step(hands, now, *acts):
    hands.source.asked = list(acts)
    return hands.step(now)


def test_touches_of_all_hands_reach_the_controls_at_the_next_step(hands):
    controls = step(hands, 0.0, Touch("dream.clip", 0.5, hand="a"), Touch("dream.clip", 1.0, hand="a"))
    assert controls["dream.clip"] == 1.0
    assert hands.did == [("a", "takes", "dream.clip")]
    step(hands, 0.1, Touch("dream.clip", 0.0, hand="a"), Touch("dream.clip", 0.5, hand="b"))
    assert hands.did[1:] == [("b", "takes", "dream.clip")]  # whoever holds it already takes nothing


def test_cues_call_the_show_and_a_panic_takes_the_light_until_it_goes_on(hands):
    step(hands, 10.0, Cue("panic"))
    assert [hands.light(10.0 + seconds) for seconds in (0.0, FADE / 2, FADE, 60.0)] == [1.0, 0.5, 0.0, 0.0]
    step(hands, 70.0, Cue("go"), Cue("scene", "birth"))
    assert [hands.light(70.0 + seconds) for seconds in (0.0, FADE / 2, FADE)] == [0.0, 0.5, 1.0]
    assert hands.called.cues == ["go", "birth"]


def test_what_cannot_be_done_is_told_and_changes_nothing(hands):
    step(hands, 0.0, Cue("target", "ar55", "osc 1"))
    hands.tell(SHOW, ["go"], message="", loop=3)
    assert "ar55" in hands.source.news.facts["message"]
    assert hands.target(SHOW) is SHOW
    step(hands, 0.0, Cue("fireworks"))
    hands.tell(SHOW, ["go"], message="", loop=3)
    assert "there is no cue 'fireworks' here" in hands.source.news.facts["message"]
    step(hands, 0.0, Cue("target", "ar5", "osc 1"))
    hands.tell(hands.target(SHOW), ["go"], message="", loop=3)
    assert hands.source.news.facts == {"message": "", "loop": 3, "target": "ar5"}
    assert hands.source.news.cues == ("go",)


def test_hands_are_told_where_things_stand_and_where_ghosts_are(hands):
    step(hands, 0.0, Touch("stage.glow", 2.0, hand="a"), Touch("sound.volume", -60.0, "pickup", "b"))
    hands.tell(SHOW, [])
    news = hands.source.news
    assert news.stands["stage.glow"] == 2.0  # where it is going: a motor fader must not fight the hand
    assert (news.ghosts, news.held) == ({"sound.volume": 0.0}, {"stage.glow"})
    step(hands, 0.1, Gone("b"))
    assert not hands.takeover.ghosts


def test_releasing_gives_one_parameter_or_everything_back(hands):
    step(hands, 0.0, Touch("stage.glow", 2.0), Touch("stage.haze", 0.0), Cue("target", "ar5"))
    step(hands, 0.1, Cue("release", "stage.glow"))
    assert hands.takeover.held == {"stage.haze"}
    assert hands.chosen
    step(hands, 0.2, Cue("release"))
    assert not hands.takeover.held
    assert not hands.chosen
    assert hands.target(SHOW) is SHOW


def test_the_show_takes_back_after_the_time_of_the_settings():
    for patience, kept in ((5.0, False), (0.0, True)):
        settings = Settings.model_validate({"hands": {"patience": patience}})
        hands = Hands(settings, defaults(), ANATOMY, Called())
        hands.source = Source()
        hands.join(hands.source)
        step(hands, 0.0, Touch("stage.glow", 2.0), Cue("target", "ar5"))
        step(hands, 5.1)
        assert ("stage.glow" in hands.takeover.held) is kept
        assert hands.chosen is kept


def test_the_newest_target_leads_and_each_hand_lets_go_of_its_own():
    wishes = Wishes(ANATOMY, 30.0)
    wishes.tell("visitors", "ar5", 0.0)
    wishes.tell("osc", "block1.conv2 - 0.5 ar5", 1.0)
    assert wishes.target(SHOW) == parse("block1.conv2 - 0.5 ar5")
    wishes.tell("osc", "", 2.0)
    wishes.step(100.0)  # visitors say themselves when they go
    assert wishes.target(SHOW) == parse("ar5")


def test_a_layer_of_the_papers_network_is_named_for_this_body():
    wishes = Wishes(ANATOMY, 30.0)
    wishes.tell("osc", "ar8[channels 0.2..0.4]", 0.0)
    assert wishes.target(SHOW) == parse("ar5[channels 0.2..0.4]")


def test_a_block_or_a_kind_means_all_of_its_layers():
    anatomy = Anatomy(tuple(Layer(name, 4, 2, 1) for name in ("block1.conv1", "block1.conv2", "ar5")))
    wishes = Wishes(anatomy, 30.0)
    wishes.tell("osc", "ar5 - 0.5 block1", 0.0)
    assert wishes.target(SHOW) == parse("ar5 - 0.25 block1.conv1 - 0.25 block1.conv2")


def test_hands_name_recordings_and_never_files(tmp_path):
    wishes = Wishes(ANATOMY, 30.0)
    for text in ('like("/etc/passwd", ar5)', f'toward("{tmp_path}/x.wav", ar5)'):
        with pytest.raises(TargetError, match="hands name recordings, not files"):
            wishes.tell("osc", text, 0.0)
    wishes.tell("osc", "like(beat-mika, ar5)", 0.0)
    assert wishes.told


def test_what_is_kept_stays_while_hands_point_elsewhere(hands):
    step(hands, 0.0, Touch("dream.layer", 0.0), Touch("dream.hand", 1.0))
    step(hands, 5.0, Touch("dream.keep", 1.0))
    step(hands, 10.0, Touch("dream.layer", 1.0))
    show = parse("ar5[channels 0..0.5]")
    assert hands.target(show) == parse("ar5[channels 0..0.5] + block1.conv2")
    step(hands, 11.0, Touch("dream.keep", 0.0))
    assert hands.target(show) == show


def test_of_many_targets_at_once_only_each_hands_last_is_read():
    acts = [Cue("target", str(number), "ab"[number % 2]) for number in range(100)]
    acts.insert(50, Touch("stage.glow", 1.0))
    assert newest(acts) == [Touch("stage.glow", 1.0), Cue("target", "98"), Cue("target", "99")]


def test_a_held_loop_stays_held_when_the_button_is_given_back_and_one_press_lets_go(hands):
    hands.rest(defaults(), True)
    assert step(hands, 0.0)["sound.hold"] == 1.0
    assert load("nanokontrol2").act(Signal(Place("control", 46, 1), 127), hands.takeover.wanted).value == 0.0


def test_a_switch_that_is_pressed_and_let_go_within_a_frame_is_seen(hands):
    press, let_go = Touch("sound.drop", 1.0), Touch("sound.drop", 0.0)
    seen = [step(hands, 0.0, press, let_go)["sound.drop"], step(hands, 0.1)["sound.drop"]]
    assert seen == [1.0, 0.0]
    storm = [Touch("sound.hold", float(number % 2)) for number in range(999)]
    seen = [step(hands, 1.0, *storm)["sound.hold"], *[step(hands, 1.0 + n)["sound.hold"] for n in range(1, 5)]]
    assert seen == [0.0, 1.0, 0.0, 0.0, 0.0]


def test_in_a_storm_of_messages_the_last_value_arrives_and_a_frame_hardly_notices():
    cable, hands = Cable("BCF2000"), Hands(Settings(), defaults(), ANATOMY, Called())
    hands.midi = hands._sources[0] = Midi("", [load("bcf2000")], lambda: cable)
    paths = [f"/immersions/stage/{name}" for name in ("glow", "haze", "bloom", "rest")]
    faders, cost = range(81, 89), []
    with hands.midi:
        for number in range(60):  # a second of 1000 messages each
            for one in range(17):
                cable.receivers["BCF2000"](bytes([0xB0, faders[one % 8], (number + one) % 128]))
                message = build_msg(paths[one % 4], [one / 17]).dgram
                hands.osc.call_handlers_for_packet(message, ("127.0.0.1", 1))
            began = time.thread_time()
            hands.step(number / 60)
            hands.tell(SHOW, ["go"])
            cost.append(time.thread_time() - began)
    wanted = hands.takeover.wanted
    assert wanted["dream.learning_rate"] == TABLE["dream.learning_rate"].value((59 + 16) / 127)
    assert wanted["stage.glow"] == pytest.approx(16 / 17)
    assert wanted["stage.rest"] == pytest.approx(15 / 17)
    assert statistics.median(cost) < 0.005  # seconds; about a tenth of it where nobody else works


def test_in_the_running_show_osc_turns_calls_and_is_written_into_the_take(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = content(tmp_path, scene=SCENE)
    settings = SMALL + f"[hands]\npatience = 0\n[osc]\nin = {port}\nout = 0\n"
    with (
        Evening(tmp_path, "evening", "--model", "tiny", "--headless", own=own, settings=settings) as evening,
        SimpleUDPClient("127.0.0.1", port) as client,
    ):
        evening.until(lambda: evening.status().get("loop", -1) >= 0)
        assert evening.status()["osc_port"] == port
        client.send_message("/immersions/stage/glow", 2.0)
        client.send_message("/immersions/scene/other/start", [])
        client.send_message("/immersions/target", "block0.conv1[channels 0.5..1.0]")
        evening.until(lambda: evening.status()["held_by_hands"] == ["stage.glow"])
        evening.until(lambda: evening.status()["scene"] == "other")
        evening.until(lambda: '"value": 2.0' in (evening.run / "take-0001" / "controls.jsonl").read_text())  # it glides
        client.send_message("/immersions/now/target", [])
        said = soon(lambda: [m.params for m in client.get_messages(0.1) if m.address == "/immersions/now/target"])
        assert said == [["block0.conv1[channels 0.5..1.0]"]]
        client.send_message("/immersions/panic", [])
        preview = evening.run / "preview.jpg"
        evening.until(lambda: preview.stat().st_size < 2500)
        evening.interrupt()
        evening.process.wait(30)
        take = evening.run / "take-0001"
    lines = [json.loads(line) for line in (take / "hands.jsonl").read_text().splitlines()]
    assert [(line["hand"], line["does"], line["what"]) for line in lines] == [
        ("osc 127.0.0.1", "takes", "stage.glow"),
        ("osc 127.0.0.1", "scene", "other"),
        ("osc 127.0.0.1", "target", "block0.conv1[channels 0.5..1.0]"),
        ("osc 127.0.0.1", "panic", ""),
    ]
    assert all(line["loop"] >= 0 and 0 <= line["place"] < 1 for line in lines)
    glow = [json.loads(line)["value"] for line in (take / "controls.jsonl").read_text().splitlines() if "glow" in line]
    assert np.all(np.diff([value for value in glow if value > 1.0]) >= 0)
    assert max(glow) == 2.0
