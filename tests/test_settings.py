"""immersions.toml is read strictly."""

from pathlib import Path

import pytest

from installation.errors import ContentError
from installation.settings import Settings


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "immersions.toml"
    file.write_text(text)
    return Settings.load(file)


def test_without_a_file_everything_has_a_value(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings.load().picture.size == (1280, 720)


def test_the_file_of_the_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("immersions.toml").write_text("[picture]\nsize = [640, 360]\n")
    assert Settings.load().picture.size == (640, 360)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[picture]\nfulscreen = true", "Did you mean 'fullscreen'?"),
        ("[pictures]\nfullscreen = true", "Did you mean 'picture'?"),
        ("[picture]\nframe_rate = 'fast'", "picture.frame_rate = 'fast' cannot be used"),
        ("[picture]\nframe_rate = 0", "picture.frame_rate = 0"),
        ("[picture", "not valid TOML"),
        ("[sound]\ndelay = 9000", "sound.delay = 9000"),
        ("[[output]]\n[[output]]\n\ndispaly = 'x'", ":4: [[output]] has no setting 'dispaly'. Did you mean 'display'?"),
        ("[[output]]\nblend = [0, 1, 2]", ":2: output.1.blend = [0, 1, 2] cannot be used: possible is 'auto', or four"),
        (
            "[[output]]\npart = [0.6, 0, 0.5, 1]",
            ":2: output.1.part = [0.6, 0, 0.5, 1] cannot be used: left, low, width",
        ),
        (
            "[[output]]\n\nmesh = 'Wall.obj'",
            ":3: output.1.mesh = 'Wall.obj' cannot be used: the mesh 'Wall.obj' is",
        ),
        (
            "[[output]]\nmesh = 'wal.data'",
            ":2: output.1.mesh = 'wal.data' cannot be used: warps/wal.data was",
        ),
        ("[picture]\nsize = [0, 720]", "picture.size.1 = 0 cannot be used"),
        ("[picture]\nsize = [1920, 1000000]", "picture.size.2 = 1000000 cannot be used"),
        ("[[output]]\nsize = [0, 9]", "output.1.size.1 = 0 cannot be used"),
        ("[dome]\noffset = [0.0, 5.0]", "dome.offset.2 = 5.0 cannot be used"),
        ("[dome]\noffset = [nan, 0.0]", "dome.offset.1 = nan cannot be used"),
        (
            "[station]\npin = '2019'",
            "station.pin = ... cannot be used: a PIN stands here as `immersions pin` prints it",
        ),
        ("[station]\nreader = '2019'", "as `immersions pin` prints it"),
        ("[alarm]\nwebhook = 'ftp://nowhere'", "begins with https://"),
        ("[alarm]\nmail_to = 'night'", "no mail address"),
        ("[alarm]\nmail_server = 'mail:smtp'", "a name and a port"),
        ("[guard]\nflashes = false", "say why beside it"),
        ("[guard]\nflashes = false\nreason = '  '", "say why beside it"),
        ("[guard]\nviewing = 300", "guard.viewing = 300 cannot be used"),
        ("[[output]]\nrotate = 45", ":2: output.1.rotate = 45 cannot be used: input should be 0, 90, 180 or 270"),
        ("[[output]]\n[[output]]\ngamma = 9", ":3: output.2.gamma = 9 cannot be used"),
        ("[[output]]\nname = 'a'\n[[output]]\nname = 'a'", "two outputs are named 'a'"),
        ("[output]\nname = 'a'", "outputs are tables of their own, each below a line [[output]]"),
        ("\n\n[[output]]\nname = 'a/b'", ":4: output.1.name = 'a/b' cannot be used"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(tmp_path, text, words):
    with pytest.raises(ContentError, match="settings") as caught:
        settings(tmp_path, text)
    assert words in str(caught.value)
    assert caught.value.exit_code == 78


def test_a_file_that_was_asked_for_must_be_there(tmp_path):
    with pytest.raises(ContentError, match="cannot be read"):
        Settings.load(tmp_path / "elsewhere.toml")
