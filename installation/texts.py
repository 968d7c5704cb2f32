"""Everything the piece says to people, in each language: one file per language under scenes/texts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from installation.content import every
from installation.errors import ContentError, one_of

FALLBACK = "en"  # what one language lacks is said in this one


@dataclass(frozen=True, slots=True)
class Words:
    """A name, and a sentence that explains it."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language.

    language     its name in itself
    scenes       scene -> its title
    parameters   name in the parameter table -> words
    titles       key -> words that shows lay over the picture
    station      key -> words of the visitors' page
    desk         key -> words of the operator's desk
    """

    code: str
    language: str
    scenes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Words] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    station: Mapping[str, str] = field(default_factory=dict)
    desk: Mapping[str, str] = field(default_factory=dict)

    def title(self, text: str) -> str:
        """The words of a key, or the text itself where it is none."""
        return self.titles.get(text, text)

    def scene(self, name: str) -> str:
        """The title of a scene, or its name where it has none."""
        return self.scenes.get(name, name.replace("_", " "))


def languages() -> dict[str, str]:
    """Code -> name of every language there is, each named in itself."""
    return {path.stem: str(read(path)["language"]) for path in every("scenes", "texts/*.toml")}


def load(code: str = FALLBACK) -> Texts:
    """The texts of a language, filled up with the fallback's. Raises ContentError, naming what there is."""
    files = {path.stem: path for path in every("scenes", "texts/*.toml")}
    if code not in files:
        raise ContentError(f"there are no texts in the language {code!r}. {one_of(code, files)}")
    tables = read(files[code])
    lines = {table: _lines(tables, table, code) for table in ("scenes", "titles", "station", "desk")}
    texts = Texts(code, str(tables["language"]), parameters=_words(tables, code), **lines)
    if code == FALLBACK or FALLBACK not in files:
        return texts
    base = load(FALLBACK)
    return Texts(
        code,
        texts.language,
        {**base.scenes, **texts.scenes},
        {**base.parameters, **texts.parameters},
        {**base.titles, **texts.titles},
        {**base.station, **texts.station},
        {**base.desk, **texts.desk},
    )


def read(path: Path) -> dict[str, Any]:
    """The tables of one file of texts. Raises ContentError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContentError(f"the texts {path} cannot be read: {error.strerror}. Check the file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"texts/{path.name} is not valid TOML: {error}. Mend that line.") from None
    if not isinstance(tables.get("language"), str):
        raise ContentError(f'texts/{path.name} does not name its language. Add a line like language = "English".')
    return tables


def _lines(tables: dict[str, Any], table: str, code: str) -> dict[str, str]:
    lines = tables.get(table, {})
    if not isinstance(lines, dict) or not all(isinstance(text, str) for text in lines.values()):
        raise ContentError(f"texts/{code}.toml: every line of [{table}] is a name and a text in quotes.")
    return lines


def _words(tables: dict[str, Any], code: str) -> dict[str, Words]:
    words = {}
    for name, entry in tables.get("parameters", {}).items():
        if not isinstance(entry, dict) or entry.keys() != {"name", "about"}:
            raise ContentError(f'texts/{code}.toml: "{name}" should be {{ name = "...", about = "..." }}.')
        words[name] = Words(str(entry["name"]), str(entry["about"]))
    return words
