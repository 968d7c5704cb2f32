"""What the messages of a device mean."""

import mido
import pytest

from installation.control.mapping import Map, every_map, names
from installation.control.parameters import TABLE, defaults
from installation.control.takeover import Touch
from installation.errors import ContentError

BCF = Map.load("bcf2000")
REST = defaults().values


def heard(device, *data, wanted=REST):
    """What raw bytes mean."""
    parser = mido.Parser()
    parser.feed(bytes(data))
    return [device.touch(message, wanted) for message in parser]


@pytest.mark.parametrize(
    ("control", "name"),
    [
        (81, "dream.learning_rate"),
        (82, "dream.mix_original"),
        (83, "dream.channel_position"),
        (84, "dream.channel_width"),
        (85, "dream.pitch_position"),
        (86, "dream.pitch_width"),
        (87, "dream.time_position"),
        (88, "dream.time_width"),
        (2, "dream.clip"),
        (3, "dream.layer"),
        (4, "dream.time_jitter"),
        (5, "dream.activation_loss"),
    ],
)
def test_the_originals_faders_and_encoders_run_through_the_whole_range(control, name):
    entry = TABLE[name]
    assert heard(BCF, 0xB0, control, 0) == [Touch(name, pytest.approx(entry.low))]
    assert heard(BCF, 0xB0, control, 127) == [Touch(name, pytest.approx(entry.high))]


def test_learning_rate_is_logarithmic():
    (touch,) = heard(BCF, 0xB0, 81, 64)
    assert touch.value == pytest.approx(10 ** (-5 + 7 * 64 / 127))


def test_the_originals_buttons():
    assert heard(BCF, 0xB0, 66, 127, 0xB0, 66, 0) == [Touch("dream.restart", 1.0), Touch("dream.restart", 0.0)]
    assert heard(BCF, 0xB0, 67, 127, 0xB0, 67, 0) == [Touch("dream.hand", 1.0), None]
    assert heard(BCF, 0xB0, 67, 127, wanted={**REST, "dream.hand": 1.0}) == [Touch("dream.hand", 0.0)]


def test_any_channel_is_heard_and_other_messages_mean_nothing():
    assert heard(BCF, 0xB7, 82, 127) == [Touch("dream.mix_original", 1.0)]
    assert heard(BCF, 0xB0, 99, 1, 0x90, 82, 64, 0xE0, 1, 2, 0xF8) == [None] * 4


def test_running_status_is_understood():
    assert heard(BCF, 0xB0, 82, 0, 0xB0, 82, 127) == [
        Touch("dream.mix_original", 0.0),
        Touch("dream.mix_original", 1.0),
    ]


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("IMMERSIONS_CONTENT", str(tmp_path))
    (tmp_path / "scenes" / "maps").mkdir(parents=True)

    def write(text, name="mine"):
        (tmp_path / "scenes" / "maps" / f"{name}.toml").write_text(text)
        return Map.load(name)

    return write


def test_relative_encoders_count_from_where_the_parameter_is(write):
    device = write('[[knob]]\ncontrol = 1\nkind = "encoder"\nparameter = "stage.closeness"\n')
    assert heard(device, 0xB0, 1, 16, wanted={"stage.closeness": 0.5}) == [Touch("stage.closeness", 0.75)]
    assert heard(device, 0xB0, 1, 127, wanted={"stage.closeness": 0.5}) == [Touch("stage.closeness", 0.5 - 1 / 64)]
    whole = write('[[knob]]\ncontrol = 1\nkind = "encoder"\nparameter = "dream.batch"\n')
    assert heard(whole, 0xB0, 1, 1, wanted={"dream.batch": 4.0}) == [Touch("dream.batch", 5.0)]


def test_notes_are_buttons_pressed_and_released(write):
    device = write('[[knob]]\nnote = 36\nchannel = 10\nparameter = "dream.hand"\n')
    assert heard(device, 0x99, 36, 100, 0x99, 36, 0, 0x89, 36, 0) == [Touch("dream.hand", 1.0), None, None]
    assert heard(device, 0x90, 36, 100) == [None]  # another channel


def test_a_map_says_how_its_faders_grip(write):
    device = write('grip = "pickup"\n[[knob]]\ncontrol = 1\nparameter = "stage.glow"\n')
    assert heard(device, 0xB0, 1, 127)[0].grip == "pickup"
    assert heard(BCF, 0xB0, 82, 127)[0].grip == "jump"


def test_all_maps_can_be_read_and_the_users_own_comes_first(write):
    assert {"bcf2000", "generic"} <= {device.name for device in every_map()}
    write('port = "other"\n[[knob]]\ncontrol = 1\nparameter = "stage.glow"\n', name="bcf2000")
    assert Map.load("bcf2000").port == "other"
    assert names().count("bcf2000") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "maps/mine.toml has no [[knob]]"),
        ("[[knob]\n", "maps/mine.toml is not valid TOML"),
        ("prot = 1\n", "a map has no 'prot'. Did you mean 'port'?"),
        ('grip = "hold"\n', "grip one of jump, pickup"),
        ('[[knob]]\ncontrol = 1\nparameter = "stage.glo"\n', "maps/mine.toml:1: there is no parameter 'stage.glo'"),
        ('\n[[knob]]\ncontrol = 128\nparameter = "stage.glow"\n', "maps/mine.toml:2: control = 128 should be a whole"),
        ('[[knob]]\nparameter = "stage.glow"\n', "either a control or a note"),
        ('[[knob]]\ncontrol = 1\nkind = "wheel"\nparameter = "stage.glow"\n', "one of fader, encoder, switch, button"),
        ('[[knob]]\ncontroll = 1\nparameter = "stage.glow"\n', "a knob has no 'controll'. Did you mean 'control'?"),
    ],
)
def test_what_is_wrong_with_a_map_is_told(write, text, words):
    with pytest.raises(ContentError) as error:
        write(text)
    assert words in str(error.value)


def test_a_map_that_is_not_there_is_told():
    with pytest.raises(ContentError, match=r"no MIDI map 'bfc2000'.*Did you mean 'bcf2000'"):
        Map.load("bfc2000")
