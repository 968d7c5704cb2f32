"""Only recordings that were given away are packed, and what is packed can be played."""

import numpy as np
import pytest
import soundfile

from installation.data import RATE
from installation.errors import ContentError
from installation.repertoire.house import bank
from installation.repertoire.house.sources import Sources

TERMS = """Files: etc/samples/bd_one.flac
Copyright: 2013 someone
License: CC0

Files: etc/samples/sn_two.flac
Copyright: 2013 someone else
License: CC-BY-SA-4.0

Files: etc/samples/loop_mika.flac
License: CC0
"""


@pytest.fixture
def shelf(tmp_path):
    tone = (0.5 * np.sin(np.arange(RATE) * 0.02) * np.exp(-np.arange(RATE) / 4000)).astype(np.float32)
    for name in ("bd_one", "sn_two", "loop_mika", "bd_unlisted"):
        soundfile.write(tmp_path / f"{name}.flac", tone, 44_100)
    (tmp_path / "copyright").write_text(TERMS)
    return tmp_path


def test_only_what_the_copyright_file_gives_away_is_packed(shelf):
    bank.pack_samples(shelf / "house_samples.npz", shelf, shelf / "copyright")
    sources = Sources.load(shelf)
    assert set(sources.oneshots) == {"kick/bd_one", "loop/16/loop_mika"}
    assert np.abs(sources.hit("kick/bd_one")).max() == pytest.approx(1, abs=0.01)
    assert sources.parts("clap") == []


def test_a_missing_copyright_file_is_named(tmp_path):
    with pytest.raises(ContentError, match="sonic-pi-samples"):
        bank.free(tmp_path / "copyright")


def test_a_folder_without_packed_files_is_an_empty_source(tmp_path):
    sources = Sources.load(tmp_path)
    assert not sources.oneshots
    assert not sources.notes


def test_packing_cuts_the_silence_at_the_end():
    sound = np.zeros(RATE, np.float32)
    sound[:1000] = np.hanning(1000) * 0.1
    packed = bank.packed(sound)
    assert 900 < len(packed) <= 1000
    assert np.abs(packed).max() == 32_000
