"""For tests of the service: the real command in a process of its own, with everything that it starts."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from evening import ROOT, content
from museum import until

from installation.watch.heart import Heart, Pulse

QUIET = '[sound]\ndevice = "none"\n[picture]\nsize = [96, 54]\n[show]\nmodel = "tiny"\n[station]\nport = 0\n'


class Service:
    """`immersions serve` in a process of its own, with the show `evening`.

    within   a command that runs the service, such as one that gives it a disk of its own
    more     variables of its environment
    """

    def __init__(self, folder, *arguments, settings=QUIET, within=(), **more):
        self.folder, self.mark = folder, uuid.uuid4().hex
        self.settings = folder / "immersions.toml"
        self.settings.write_text(settings)
        kept = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
        own = content(folder) if not (folder / "content").exists() else folder / "content"
        self.environment = environment = kept | {
            "OMP_NUM_THREADS": "1", "COLUMNS": "400", "IMMERSIONS_TEST": self.mark, "IMMERSIONS_CONTENT": str(own),
            "IMMERSIONS_CACHE": str(folder / "cache"), "IMMERSIONS_STATE": str(folder / "state"), **more,
        }  # fmt: skip
        self.heart = Path(environment["IMMERSIONS_STATE"]) / "heart"
        self.command = command = [
            *within,
            sys.executable,
            "-m",
            "installation",
            "serve",
            *arguments,
            "--headless",
            "--settings",
            str(self.settings),
        ]
        with (folder / "words").open("ab") as words:
            self.process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=words, stderr=words)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for number in self.processes():
            os.kill(number, signal.SIGKILL)
        self.process.wait(10)

    def words(self):
        return (self.folder / "words").read_text()

    def processes(self):
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (place / "environ").read_bytes() and (place / "maps").read_text():
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    def show(self):
        """The process of the show itself."""
        for number in self.processes():
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            if b"run" in words and b"installation" in words:
                return number
        return None

    def playing(self, count=1, seconds=60.0):
        """Wait for the show's next pictures."""
        until(lambda: self.process.poll() is not None or self.pulse().pictures >= count, seconds)
        assert self.process.poll() is None, self.words()

    def pulse(self):
        """How far the show has come."""
        return Heart(self.heart).feel() if self.heart.exists() else Pulse(0, 0, False)

    def standstill(self, seconds):
        """The longest time without a new picture while so many seconds go by."""
        begin = last = time.monotonic()
        longest, seen = 0.0, self.pulse().pictures
        while (now := time.monotonic()) - begin < seconds:
            if (pictures := self.pulse().pictures) != seen:
                seen, last = pictures, now
            longest = max(longest, now - last)
            time.sleep(0.02)
        return longest
