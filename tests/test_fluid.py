"""Notes through FluidSynth: right pitch, right place, right words when something is missing."""

import ctypes
from pathlib import Path

import numpy as np
import pytest
from soundfont import write

from installation.data import RATE
from installation.errors import ContentError, DeviceError
from installation.repertoire import fluid
from installation.repertoire.fluid import KIT, Hall, Note, Synth, find, play


@pytest.fixture(scope="module", autouse=True)
def _installed():
    try:
        fluid.fluidsynth()
    except DeviceError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def font(tmp_path_factory):
    return write(tmp_path_factory.mktemp("fonts") / "tone.sf2")


def pitch(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 19))
    return np.argmax(spectrum) * RATE / (1 << 19)


def test_the_a_above_middle_c_sounds_at_440(font):
    sound = play([Note(0, 1, 69, 100)], font)
    assert sound.shape == (2, 3 * RATE)
    assert sound.dtype == np.float32
    assert pitch(sound[0]) == pytest.approx(440, abs=0.3)


@pytest.mark.parametrize("tuning", [438.0, 444.0])
def test_the_tuning_moves_every_note(font, tuning):
    with Synth(font, tuning=tuning) as synth:
        assert pitch(synth.render([Note(0, 1, 57, 100)])[0]) == pytest.approx(tuning / 2, abs=0.3)


@pytest.mark.parametrize("start", [0.0, 0.1234, 0.75])
def test_a_note_begins_within_two_thousandths_of_its_time(font, start):
    sound = np.abs(play([Note(start, 0.5, 69, 100)], font)[0])
    assert np.argmax(sound > 1e-4) / RATE == pytest.approx(start, abs=0.003)  # 1.3 ms of blocks and the attack


def test_a_louder_strike_is_louder(font):
    soft, loud = (np.abs(play([Note(0, 0.5, 69, velocity)], font)).max() for velocity in (40, 110))
    assert loud > 3 * soft


def test_the_pedal_holds_what_the_key_has_let_go(font):
    with Synth(font) as synth:
        dry, held = (synth.render([Note(0.1, 0.2, 69, 100)], 1.5, pedal) for pedal in ([], [(0.0, True)]))
    late = slice(int(0.9 * RATE), int(1.1 * RATE))
    assert np.abs(dry[:, late]).max() < 0.02 * np.abs(held[:, late]).max()


def test_the_hall_rings_on_and_is_off_by_default(font):
    dry, wet = (play([Note(0, 0.1, 81, 100)], font, hall)[:, RATE:] for hall in (fluid.DRY, Hall(0.9, size=0.8)))
    assert np.abs(wet).mean() > 20 * np.abs(dry).mean() + 1e-6


def test_instruments_and_drums_sound_together(font):
    sound = play([Note(0, 0.2, 69, 90, 0), Note(0.5, 0.2, 69, 90, 1), Note(1.0, 0.2, 69, 90, KIT)], font)
    for start in (0.0, 0.5, 1.0):
        assert np.abs(sound[:, int(start * RATE) : int((start + 0.2) * RATE)]).max() > 0.01


def test_the_same_notes_give_the_same_samples(font):
    notes = [Note(0.1 * step, 0.3, 60 + step, 80) for step in range(8)]
    np.testing.assert_array_equal(play(notes, font, Hall(0.5)), play(notes, font, Hall(0.5)))


def test_a_render_leaves_nothing_to_the_next(font):
    short = [Note(0, 1.0, 40, 120)]
    with Synth(font) as synth:
        first = synth.render(short, 0.3001)
        assert not synth.render([], 0.2).any()
        again = synth.render(short, 0.3001)
    np.testing.assert_allclose(first[:, 64:], again[:, 64:], atol=1e-6)  # the first block of a voice may differ


def test_nothing_to_play_is_silence(font):
    with Synth(font) as synth:
        assert not synth.render([], 0.5).any()


def test_a_program_that_is_not_there_is_named(font):
    with pytest.raises(ContentError, match=r"tone\.sf2 has no program 33"):
        play([Note(0, 1, 60, 90, 33)], font)


def test_a_soundfont_that_is_not_there_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(fluid, "SHELVES", (str(tmp_path),))
    with pytest.raises(ContentError, match="apt install musescore-general-soundfont-lossless"):
        find()
    with pytest.raises(ContentError, match="known are FluidR3"):
        find("Other.sf2")
    (tmp_path / "Other.sf2").touch()
    assert find("Other.sf2") == tmp_path / "Other.sf2"


@pytest.mark.parametrize("body", [b"", b"not a soundfont", b"RIFF\x04\x00\x00\x00sfbk"])
def test_a_broken_soundfont_is_refused(tmp_path, body):
    (tmp_path / "broken.sf2").write_bytes(body)
    with pytest.raises(ContentError, match=r"broken\.sf2 is no soundfont"):
        Synth(tmp_path / "broken.sf2")


def test_without_fluidsynth_the_package_is_named(monkeypatch):
    def refuse(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    fluid.fluidsynth.cache_clear()
    with pytest.raises(DeviceError, match="apt install libfluidsynth3"):
        Synth(Path("any.sf2"))
    fluid.fluidsynth.cache_clear()
