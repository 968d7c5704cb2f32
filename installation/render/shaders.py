"""Shaders from files: their includes pasted in, their faults told by file and line."""

import re

import moderngl

from installation.content import find
from installation.errors import ContentError

VERSION = "#version 330 core\n"  # here and nowhere else, so that any file may be included
INCLUDE = re.compile(r'^[ \t]*#include[ \t]+"(.+)"[ \t]*$', re.MULTILINE)
# what Mesa and Apple ("0:12(3): …"), and NVIDIA ("0(12) : …") say
FAULT = re.compile(r"^(?:ERROR: )?(?:\d+:(\d+)(?:\(\d+\))?|\d+\((\d+)\))\s*: (.*)$", re.MULTILINE)
FILE = 100_000  # line n of file f is line f * FILE + n to the driver: Mesa mixes up the numbers of files


def source(name: str) -> tuple[str, list[str]]:
    """The text of a shader with its includes pasted in, each once, and the files it came from.

    Line n of file f is line f * FILE + n in the driver's messages.
    """
    files: list[str] = []

    def read(name: str) -> str:
        number = len(files)
        files.append(name)
        text = find("shaders", name).read_text()

        def paste(include: re.Match[str]) -> str:
            if include[1] in files:
                return ""
            line = text[: include.start()].count("\n") + 1
            try:
                return read(include[1]) + f"\n#line {number * FILE + line + 1}"
            except ContentError as error:
                raise ContentError(f"shaders/{name}:{line}: {error}") from None

        return f"#line {number * FILE + 1}\n" + INCLUDE.sub(paste, text)

    return VERSION + read(name), files


def explain(log: str, files: list[str]) -> ContentError:
    """A driver's log as `file:line: message` with the line itself."""
    found = FAULT.search(log)
    if found is None or int(found[1] or found[2]) >= len(files) * FILE:
        return ContentError(f"shaders/{files[0]} did not compile:\n{log.strip()}")
    number, line = divmod(int(found[1] or found[2]), FILE)
    file = files[number]
    lines = find("shaders", file).read_text().splitlines()
    shown = lines[min(line, len(lines)) - 1].strip() if lines else ""
    return ContentError(f"shaders/{file}:{line}: {found[3]}\n    {shown}")


def program(gl: moderngl.Context, vertex: str, fragment: str) -> moderngl.Program:
    """Two shader files as one program. Raises ContentError with file, line and message."""
    vertex_text, vertex_files = source(vertex)
    fragment_text, fragment_files = source(fragment)
    try:
        return gl.program(vertex_shader=vertex_text, fragment_shader=fragment_text)
    except moderngl.Error as error:
        log = str(error)
    if "Linker" in log:
        raise ContentError(f"shaders/{vertex} and shaders/{fragment} do not fit together:\n{log.strip()}")
    raise explain(log, vertex_files if "vertex_shader" in log else fragment_files)
