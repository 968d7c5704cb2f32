"""Only music whose package proves its licence is collected, and never what is kept for evaluation."""

import shutil
import subprocess

import pytest

from installation.errors import ContentError
from installation.repertoire.house import games

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="packages are made and opened with dpkg-deb")
TWO_CLAUSES = "Redistributions in binary form must reproduce the above\n   copyright notice, this list"


@pytest.fixture
def package(tmp_path):
    def build(name, terms, size=200_000):
        root = tmp_path / name
        for path, content in (
            (
                "DEBIAN/control",
                f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n",
            ),
            (f"usr/share/doc/{name}/copyright", terms),
            ("usr/share/games/it/sounds/musics/song.ogg", "x" * size),
            ("usr/share/games/it/sounds/musics/shot.ogg", "x"),
        ):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        target = tmp_path / f"{name}_1_all.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", root, target], check=True, capture_output=True)
        return target

    return build


def test_music_is_taken_out_with_its_licence(package, tmp_path):
    found = games.collect([package("gunroar-data", TWO_CLAUSES)], tmp_path / "music")
    assert [path.name for path in found] == ["gunroar-song.ogg"]
    assert "| gunroar-song.ogg | Kenta Cho (ABA Games) | BSD-2-Clause |" in (tmp_path / "music/NOTICE.md").read_text()


def test_a_package_that_does_not_prove_its_licence_is_refused(package, tmp_path):
    with pytest.raises(ContentError, match="does not say that it is under BSD-2-Clause"):
        games.collect([package("gunroar-data", "All rights reserved.")], tmp_path / "music")


def test_a_package_without_its_music_is_refused(package, tmp_path):
    with pytest.raises(ContentError, match="holds none of the music"):
        games.collect([package("gunroar-data", TWO_CLAUSES, size=10)], tmp_path / "music")


@pytest.mark.parametrize("name", games.HEARD_LATER)
def test_what_is_kept_for_evaluation_is_never_collected(name):
    with pytest.raises(ContentError, match="never be trained on"):
        games.named(name)


def test_an_unknown_package_is_named_with_the_nearest_known(tmp_path):
    with pytest.raises(ContentError, match="Did you mean 'gunroar-data'"):
        games.named("gunroa-data")


def test_a_file_that_is_no_package_is_named(tmp_path):
    path = tmp_path / "gunroar-data_1_all.deb"
    path.write_text("no")
    with pytest.raises(ContentError, match="no Debian package"):
        games.collect([path], tmp_path / "music")
