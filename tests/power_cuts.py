"""For tests of power cuts: how each kind of file is written, and how one sees that it is whole."""

import json
from datetime import datetime

import numpy as np

from installation.data import Activations, Anatomy, Clip, Dream, Layer, Scalogram
from installation.dream.bank import Bank
from installation.guard.exposure import Calibration, known
from installation.target import parse
from installation.watch import lastgood
from installation.watch.daybook import Daybook
from installation.workshop.findings import Report
from installation.workshop.reporting import write

NOON = datetime.fromisoformat("2026-11-24T12:00:00")
ANATOMY = Anatomy((Layer("low", 4, 10, 1), Layer("deep", 8, 1, 16)))
SAMPLES = 24_000


def write_day(folder, number):
    book = Daybook(folder, NOON)
    for region in range(40):
        book.second(NOON, 1.0, -23.0, 0.1, f"ar8[channel {number % 7 + region}]", True)
    book.settle()


def check_day(folder):
    assert json.loads((folder / "2026-11-24.json").read_text())["running"] >= 40.0
    assert (folder / "2026-11-24.html").read_text().endswith("</html>\n")
    assert (folder / "days.csv").read_text().count("\n") == 2


def write_calibration(folder, number):
    Calibration(60.0 + number % 30, device="a device " * 100).keep(folder)


def check_calibration(folder):
    assert known(folder) is not None


def write_last_good(folder, number):
    settings, content = folder / "venue.toml", folder / "own"
    if not settings.exists():
        settings.write_text("# settings\n" * 500)
        (content / "scenes").mkdir(parents=True)
        for name in range(12):
            (content / "scenes" / f"{name}.py").write_text("# a scene\n" * 300)
    lastgood.keep(folder / "good", settings, content)


def check_last_good(folder):
    settings, content = lastgood.kept(folder / "good")
    assert settings.read_text() == "# settings\n" * 500
    assert [(content / "scenes" / f"{name}.py").stat().st_size for name in range(12)] == [3000] * 12


def write_bank(folder, number):
    dice = np.random.default_rng(number)
    sound = 0.1 * dice.standard_normal((1, SAMPLES)) * (np.arange(SAMPLES) % 6000 < 1500)
    deep = np.full((8, 1, 4), number % 5, np.float16)
    heard = Activations({"low": dice.normal(size=(4, 10, 64)).astype(np.float16), "deep": deep})
    shown = Scalogram(dice.random((10, 64), np.float32), 40.0, 24, SAMPLES / 48_000 / 64)
    bank = Bank(folder, ANATOMY)
    bank.offer(Dream(0, Clip(sound.astype(np.float32)), heard, shown, parse("deep"), 1.0 + number, 50))
    bank.settle()


def check_bank(folder):
    bank = Bank(folder, ANATOMY)
    assert bank.entries
    for _ in bank.entries:
        assert bank.loop(SAMPLES, -1, parse("deep")) is not None
    assert len(list(folder.glob("*.loop.npz"))) == len(bank.entries)  # none was broken, so none was removed


def write_report(folder, number):
    write(Report("immersions", "house", number, 60.0, (256, 144), light=[0.1] * 2000), folder / "report.html")


def check_report(folder):
    assert (folder / "report.html").read_text().endswith("</html>\n")


KINDS = {
    "daybook": (write_day, check_day),
    "calibration": (write_calibration, check_calibration),
    "last good": (write_last_good, check_last_good),
    "bank": (write_bank, check_bank),
    "report": (write_report, check_report),
}
