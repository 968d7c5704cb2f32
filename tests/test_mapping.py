"""What the messages of a device mean."""

import pytest

from installation.control.acts import Cue, Touch
from installation.control.mapping import Bank
from installation.control.maps import every_map, keep, load, names, read
from installation.control.parameters import TABLE, defaults
from installation.control.signals import Decoder
from installation.errors import ContentError, StorageError

BCF, NANO = load("bcf2000"), load("nanokontrol2")
REST = defaults().values


def heard(device, *data, wanted=REST, bank=1):
    """What raw bytes mean."""
    return [device.act(signal, wanted, bank) for signal in Decoder().read(bytes(data))]


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
    assert heard(BCF, 0xB0, 119, 1, 0x90, 82, 64, 0xE0, 1, 2, 0xF8) == [None] * 3


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
        return load(name)

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
    assert load("bcf2000").port == "other"
    assert names().count("bcf2000") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[knob]]\ncontrol = 40\nbits = 14\nparameter = "stage.glow"\n',
            "mine.toml:1: only the controls 0 to 31",
        ),
        ('[[knob]]\nnote = 1\ncue = "bank 99"\n', "maps/mine.toml:1: cue = 'bank 99' should be go, panic"),
        ("[[knob]]\nnote = 1\n", "either a parameter or a cue"),
        ("[[knob]]\nbits = true\n", "bits = True should be one of 7, 14"),
        ("feedback = 1\n", "feedback = 1 should be one of True, False"),
        ("", "maps/mine.toml has no [[knob]]"),
        ("[[knob]\n", "maps/mine.toml is not valid TOML"),
        ("prot = 1\n", "a map has no 'prot'. Did you mean 'port'?"),
        ('grip = "hold"\n', "grip = 'hold' should be one of jump, pickup, scaled"),
        ('[[knob]]\ncontrol = 1\nparameter = "stage.glo"\n', "maps/mine.toml:1: there is no parameter 'stage.glo'"),
        ('\n[[knob]]\ncontrol = 128\nparameter = "stage.glow"\n', "maps/mine.toml:2: control = 128 should be a whole"),
        ('[[knob]]\nparameter = "stage.glow"\n', "a knob has one of control, note, nrpn, bend, program"),
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
        load("bfc2000")


def test_fourteen_bits_come_in_two_halves(write):
    device = write('[[knob]]\ncontrol = 7\nbits = 14\nparameter = "stage.closeness"\n')
    coarse, _, fine = heard(device, 0xB0, 7, 64, 0xB0, 39, 32)
    assert coarse.value == pytest.approx(64 / 127)
    assert fine.value == pytest.approx((64 * 128 + 32) / 16383)
    plain = write('[[knob]]\ncontrol = 7\nparameter = "stage.closeness"\n')
    assert heard(plain, 0xB0, 7, 64, 0xB0, 39, 32)[1:] == [None, None]


def test_the_buttons_of_a_nanokontrol_are_no_fine_parts_of_its_sliders():
    slider, button, fine = heard(NANO, 0xB0, 0, 64, 0xB0, 32, 127)
    assert (slider.name, button, fine) == ("dream.learning_rate", Touch("dream.hand", 1.0), None)


def test_nrpn_sets_steps_and_leaves_the_other_controls_alone(write):
    text = '[[knob]]\nnrpn = 1000\nparameter = "stage.closeness"\n[[knob]]\ncontrol = 6\nparameter = "stage.haze"\n'
    device = write(text)
    choose = (0xB0, 99, 1000 >> 7, 0xB0, 98, 1000 & 127)
    first, second = heard(device, *choose, 0xB0, 6, 127, 0xB0, 38, 127)[-2:]
    assert first == second == Touch("stage.closeness", 1.0)
    up, down = heard(device, *choose, 0xB0, 96, 0, 0xB0, 97, 0, wanted={**REST, "stage.closeness": 0.5})[-2:]
    assert (up.value, down.value) == (0.5 + 1 / 64, 0.5 - 1 / 64)
    assert heard(device, *choose, 0xB0, 101, 0, 0xB0, 100, 0, 0xB0, 6, 2)[-1] is None  # how far a wheel bends
    assert heard(device, *choose, 0xB0, 99, 127, 0xB0, 98, 127, 0xB0, 6, 127)[-1] == Touch("stage.haze", 2.0)


@pytest.mark.parametrize(
    ("encoding", "up", "down"), [("twos-complement", 2, 126), ("offset-64", 66, 62), ("sign-magnitude", 2, 66)]
)
def test_encoders_speak_in_three_ways(write, encoding, up, down):
    device = write(f'[[knob]]\ncontrol = 1\nkind = "encoder"\nencoding = "{encoding}"\nparameter = "stage.closeness"\n')
    values = [touch.value for touch in heard(device, 0xB0, 1, up, 0xB0, 1, down, wanted={"stage.closeness": 0.5})]
    assert values == [0.5 + 2 / 64, 0.5 - 2 / 64]


def test_a_wheel_bends(write):
    device = write('[[knob]]\nbend = 0\nchannel = 2\nparameter = "stage.closeness"\n')
    assert heard(device, 0xE1, 127, 127, 0xE0, 0, 0) == [Touch("stage.closeness", 1.0), None]


def test_a_pad_that_is_held_and_one_that_turns_over(write):
    device = write('[[knob]]\nnote = 36\nkind = "switch"\nparameter = "sound.hold"\n[[knob]]\nnote = 37\ncue = "go"\n')
    assert heard(device, 0x90, 36, 5, 0x80, 36, 64) == [Touch("sound.hold", 1.0), Touch("sound.hold", 0.0)]
    assert heard(device, 0x90, 37, 5, 0x80, 37, 64) == [Cue("go"), None]


def test_program_changes_start_scenes(write):
    assert heard(BCF, 0xC0, 0, 0xC3, 11) == [Cue("scene", "1"), Cue("scene", "12")]
    assert heard(NANO, 0xC0, 0) == [None]
    device = write('programs = true\n[[knob]]\nprogram = 1\ncue = "scene birth"\n')
    assert heard(device, 0xC0, 0, 0xC0, 1) == [Cue("scene", "birth"), Cue("scene", "2")]


def test_a_bank_gives_sliders_other_parameters():
    assert heard(NANO, 0xB0, 0, 127)[0].name == "dream.learning_rate"
    assert heard(NANO, 0xB0, 0, 127, bank=2)[0].name == "stage.turn"
    assert heard(NANO, 0xB0, 59, 127, 0xB0, 59, 0) == [Bank(2), None]
    assert heard(NANO, 0xB0, 59, 127, bank=2) == heard(NANO, 0xB0, 58, 127, bank=2) == [Bank(1)]
    assert heard(NANO, 0xB0, 32, 127, bank=2) == [Touch("dream.hand", 1.0)]  # a button of every bank


@pytest.mark.parametrize("name", ["bcf2000", "nanokontrol2", "generic"])
def test_a_map_that_was_written_reads_the_same(write, name):
    device = load(name)
    again = read(keep(device))
    assert (again.port, again.knobs, again.programs) == (device.port, device.knobs, device.programs)


def test_a_map_is_kept_whole_or_not_at_all(write, tmp_path):
    (tmp_path / "scenes" / "maps" / "bcf2000.toml").mkdir()  # where the map should go nothing can be written
    with pytest.raises(StorageError, match=r"bcf2000\.toml cannot be written"):
        keep(BCF)


def test_without_a_folder_of_ones_own_a_map_is_not_kept(monkeypatch):
    monkeypatch.delenv("IMMERSIONS_CONTENT", raising=False)
    with pytest.raises(ContentError, match="Set IMMERSIONS_CONTENT"):
        keep(BCF)
