"""For tests of the whole show: the real command in a process of its own, watched from outside as a technician would."""

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, Self

from museum import until

ROOT = Path(__file__).parent.parent
SHOW = """
title = "A short evening"
tempo = 180
beats = 4
crossfade = 1
after = "loop"

[[scene]]
name = "lamp"
loops = 6
[[scene]]
name = "other"
loops = 6
"""
SCENE = """
from pathlib import Path
from installation.stage import Aims, Controls, Look, Scene, orbit

class Lamp(Scene):
    seconds = 8.0
    aims = Aims((0, "block0.conv2"))

    def look(self, t: float, controls: Controls) -> Look:
        if (Path(__file__).parent / "NAME is broken").exists():
            raise ValueError("the lamp broke")
        return Look(orbit(0.9), glow=1.0)
"""


def content(folder: Path, show: str = SHOW, scene: str = SCENE) -> Path:
    """A folder of own content: the show `evening`, loops of 1.3 s, two scenes that can be broken from outside."""
    scenes = folder / "content" / "scenes"
    scenes.mkdir(parents=True)
    (scenes / "evening.toml").write_text(show)
    for name in ("lamp", "other"):
        (scenes / f"{name}.py").write_text(f'"""A lamp."""\n{scene.replace("NAME", name)}')
    return folder / "content"


def _heed_ctrl_c() -> None:
    """A shell lets its background jobs ignore Ctrl-C, and their children inherit it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Evening:
    """`python -m installation run` inside a `with` block, which leaves no process behind.

    own         a folder of content beside the shipped one
    settings    text of a settings file
    """

    def __init__(self, folder: Path, *arguments: str, own: Path | None = None, settings: str = "", **more: str) -> None:
        self.folder, self._mark = folder, uuid.uuid4().hex
        self._shared: set[str] = set()
        (folder / "settings.toml").write_text(settings)
        kept = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
        environment = kept | {"OMP_NUM_THREADS": "1", "IMMERSIONS_TEST": self._mark, "COLUMNS": "400"} | more
        if own:
            environment["IMMERSIONS_CONTENT"] = str(own)
        self.runs = Path(environment.setdefault("IMMERSIONS_CACHE", str(folder / "cache"))) / "runs"
        environment.setdefault("IMMERSIONS_STATE", str(folder / "state"))
        command = [sys.executable, "-m", "installation", "run", *arguments, "--settings", str(folder / "settings.toml")]
        with (folder / "words").open("wb") as words:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdout=words, stderr=words, preexec_fn=_heed_ctrl_c
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for number in self.processes():
            os.kill(number, signal.SIGKILL)
        self.process.wait(10)

    def words(self) -> str:
        """Everything that it has said."""
        return (self.folder / "words").read_text()

    def until_said(self, words: str, seconds: float = 60.0) -> None:
        self.until(lambda: words in self.words(), seconds)

    def until(self, true: Any, seconds: float = 60.0) -> None:
        """Wait until something is true while the show runs."""
        until(lambda: self.process.poll() is not None or true(), seconds)
        assert true(), f"it ended with {self.process.poll()}:\n{self.words()}"

    @property
    def run(self) -> Path:
        """The run folder."""
        return sorted(self.runs.iterdir())[-1]

    def status(self) -> dict[str, Any]:
        """What status.json says now; empty before it is there."""
        try:
            return dict(json.loads((self.run / "status.json").read_text()))
        except (OSError, IndexError):
            return {}

    def processes(self, library: str = "") -> list[int]:
        """All its processes that have loaded a library of this name."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark.encode() not in (place / "environ").read_bytes():
                    continue
                maps = (place / "maps").read_text()
            except OSError:
                continue
            self._shared |= {line.split()[-1] for line in maps.splitlines() if "/dev/shm/psm_" in line}
            if library in maps and maps:
                found.append(int(place.name))
        return found

    def kill(self, library: str) -> list[int]:
        """Kill all its processes that have loaded this library; which ones those were."""
        killed = [number for number in self.processes(library) if number != self.process.pid]
        for number in killed:
            os.kill(number, signal.SIGKILL)
        return killed

    def interrupt(self) -> None:
        """Ctrl-C: a terminal sends it to all processes."""
        self.processes()
        for number in self.processes():
            os.kill(number, signal.SIGINT)

    def end(self, seconds: float = 30.0) -> int:
        """Its exit code, when it has ended; nothing of it is left in processes and shared memory."""
        code = self.process.wait(seconds)
        until(lambda: not self.processes(), 5.0)
        left = [path for path in self._shared if Path(path).exists()]
        assert not left, f"shared memory is left behind: {left}"
        assert "Traceback" not in self.words(), self.words()
        assert "leaked" not in self.words(), self.words()
        return code
