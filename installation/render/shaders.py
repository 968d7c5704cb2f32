"""Shaders from files: their includes pasted in, their faults told by file and line."""

import re

import moderngl

from installation.content import find
from installation.errors import ContentError

VERSION = "#version 330 core\n"  # here and nowhere else, so that any file may be included
INCLUDE = re.compile(r'^[ \t]*#include[ \t]+"(.+)"[ \t]*$', re.MULTILINE)
FAULT = re.compile(r"^(?:ERROR: )?(\d+)[:(](\d+)\)?(?:\(\d+\))?\s*: (.*)$", re.MULTILINE)  # Mesa, NVIDIA, Apple


def source(name: str) -> tuple[str, list[str]]:
    """The text of a shader with its includes pasted in, each once, and the files it came from.

    File n of the list is source string n in the driver's messages.
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
                return read(include[1]) + f"\n#line {line + 1} {number}"
            except ContentError as error:
                raise ContentError(f"shaders/{name}:{line}: {error}") from None

        return f"#line 1 {number}\n" + INCLUDE.sub(paste, text)

    return VERSION + read(name), files


def explain(log: str, files: list[str]) -> ContentError:
    """A driver's log as `file:line: message` with the line itself."""
    found = next((fault for fault in FAULT.finditer(log) if int(fault[1]) < len(files)), None)
    if found is None:
        return ContentError(f"shaders/{files[0]} did not compile:\n{log.strip()}")
    file, line = files[int(found[1])], int(found[2])
    lines = find("shaders", file).read_text().splitlines()
    shown = lines[min(line, len(lines)) - 1].strip() if lines else ""
    return ContentError(f"shaders/{file}:{line}: {found[3]}\n    {shown}")


def program(gl: moderngl.Context, vertex: str, fragment: str) -> moderngl.Program:
    """Two shader files as one program. Raises ContentError with file, line and message."""
    stages = {"vertex_shader": source(vertex), "fragment_shader": source(fragment)}
    try:
        return gl.program(**{stage: text for stage, (text, _) in stages.items()})
    except moderngl.Error as error:
        log = str(error)
    broken = "vertex_shader" if "vertex_shader" in log else "fragment_shader"
    if "Linker" in log or "linker" in log:
        raise ContentError(f"shaders/{vertex} and shaders/{fragment} do not fit together:\n{log.strip()}")
    raise explain(log, stages[broken][1])
