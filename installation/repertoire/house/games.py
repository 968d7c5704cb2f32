"""Real electronic music under free licences: what Debian's game packages hold, for training beside what is rendered."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from installation.errors import ContentError, DeviceError, one_of

HEARD_LATER = ("noiz2sa-data", "parsec47-data", "starfighter-data", "singularity-music")  # for evaluation, never here
SHORTEST = 150_000  # bytes; what is smaller is a sound effect


@dataclass(frozen=True, slots=True)
class Album:
    """The music of one Debian package.

    music   where it lies below the package's root, as glob patterns
    proof   words of the licence that the package's copyright file or authors' list must hold
    """

    package: str
    author: str
    licence: str
    music: Sequence[str]
    proof: str


def aba(package: str, music: str = "sounds/musics/*.ogg") -> Album:
    """A game of ABA Games, code and data alike under two clauses."""
    words = "Redistributions in binary form must reproduce the above copyright"
    return Album(package, "Kenta Cho (ABA Games)", "BSD-2-Clause", [f"usr/share/games/*/{music}"], words)


CLONK = ("IslandDreams", "Motorway", "TheSkylands", "UrbanBolero", "LucidDream", "Offshore", "@CrushedIceCocktail")
ALBUMS = (
    aba("a7xpg-data", "sounds/bgm*.ogg"),
    aba("gunroar-data"),
    aba("mu-cade-data"),
    aba("rrootage-data", "sounds/stg_*.ogg"),
    aba("titanion-data"),
    aba("torus-trooper-data"),
    aba("tumiki-fighters-data", "sounds/*.ogg"),
    aba("val-and-rick-data"),
    Album(
        "bumprace-data", "Alexandr Zhelanov", "CC-BY-3.0", ["usr/share/games/*/sound/Flying*.ogg"], "License: CC-BY 3.0"
    ),
    Album(
        "openclonk-data",
        "K-Pone",
        "CC-BY-3.0",
        [f"usr/share/games/openclonk/Music.ocg/{name}.ogg" for name in CLONK],
        "creativecommons.org/licenses/by/3.0",
    ),
)


def download(folder: Path) -> list[Path]:
    """Fetch the packages with apt into a folder, without installing them; returns the .deb files."""
    if shutil.which("apt-get") is None:
        raise DeviceError("apt-get was asked for the packages, but this is no Debian; fetch the .deb files by hand")
    folder.mkdir(parents=True, exist_ok=True)
    names = [album.package for album in ALBUMS]
    done = subprocess.run(["apt-get", "download", *names], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DeviceError(f"apt-get could not fetch {', '.join(names)}: {done.stderr.strip()[-300:]}")
    return sorted(folder.glob("*.deb"))


def collect(packages: Sequence[Path], target: Path) -> list[Path]:
    """Take the music out of .deb files into a folder, with its licences in NOTICE.md; the folder is for `--data`.

    Raises ContentError for a package that is not among ALBUMS, that is kept for evaluation, that holds none of its
    music, or whose copyright file does not say what is known of it.
    """
    target.mkdir(parents=True, exist_ok=True)
    found: list[Path] = []
    lines = [
        "# Real electronic music, from Debian packages",
        "",
        "| file | author | licence | package |",
        "|---|---|---|---|",
    ]
    for package in packages:
        album = named(package.name.split("_")[0])
        with TemporaryDirectory() as place:
            root = Path(place)
            unpack(package, root)
            prove(album, root)
            for path in tracks(album, root):
                name = f"{album.package.removesuffix('-data')}-{path.stem.strip('@')}{path.suffix}"
                shutil.copyfile(path, target / name)
                found.append(target / name)
                lines.append(f"| {name} | {album.author} | {album.licence} | {package.name} |")
    (target / "NOTICE.md").write_text("\n".join([*lines, ""]))
    return found


def named(package: str) -> Album:
    """What is known of a package."""
    if package in HEARD_LATER:
        raise ContentError(f"{package} is kept for evaluation and must never be trained on; leave it out")
    for album in ALBUMS:
        if album.package == package:
            return album
    raise ContentError(f"nothing is known of the music in {package}. {one_of(package, (a.package for a in ALBUMS))}")


def unpack(package: Path, root: Path) -> None:
    done = subprocess.run(["dpkg-deb", "-x", package, root], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContentError(f"{package} is no Debian package that can be unpacked: {done.stderr.strip()[-200:]}")


def prove(album: Album, root: Path) -> None:
    """Check that the package itself says what we believe about its licence."""
    texts = [*root.glob("usr/share/doc/*/copyright"), *root.glob("usr/share/games/**/authors.txt")]
    if not any(album.proof in " ".join(text.read_text(errors="replace").split()) for text in texts):
        raise ContentError(f"{album.package} does not say that it is under {album.licence}; look at its copyright file")


def tracks(album: Album, root: Path) -> list[Path]:
    """The pieces of music of an unpacked package."""
    paths = [path for pattern in album.music for path in sorted(root.glob(pattern)) if path.stat().st_size > SHORTEST]
    if not paths:
        raise ContentError(f"{album.package} holds none of the music that was expected: {', '.join(album.music)}")
    return paths
