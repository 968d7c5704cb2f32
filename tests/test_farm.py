"""Many hands make the film that one would have made, byte for byte."""

import hashlib
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from installation.data import Dome
from installation.errors import ContentError, DeviceError, PackageError, WorkerStuck
from installation.settings import Settings
from installation.take import Take
from installation.workshop import farm
from installation.workshop.filming import Format, Sent, opened, painted
from installation.workshop.recording import Order, record

pytestmark = pytest.mark.alone

SIZE, RATE = (96, 54), Fraction(12)


def quiet(done, total):
    assert done <= total


def order(out, take=None, **more):
    return Order(None, out, 1.5, SIZE, RATE, None if take else 3, take, None, None if take else "tiny", **more)


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder of 18 pictures made by one process, and its take."""
    out = tmp_path_factory.mktemp("alone") / "Night"
    return out, record(order(out), Settings(), quiet, quiet).take


def test_two_processes_make_the_very_same_files(alone, tmp_path, monkeypatch):
    monkeypatch.setattr(farm, "PIECE", 5)
    done = record(order(tmp_path / "Night", alone[1], workers="2"), Settings(), quiet, quiet)
    assert done.pictures == 18
    assert hashes(tmp_path / "Night") == hashes(alone[0])


def test_a_film_whose_pictures_others_make_is_the_very_same_film(alone, tmp_path, monkeypatch):
    monkeypatch.setattr(farm, "crew", lambda workers: nullcontext((ThreadPoolExecutor(2), 2)))
    for workers in ("", "2"):
        record(order(tmp_path / f"film{workers}.mov", alone[1], workers=workers), Settings(), quiet, quiet)
    films = [(tmp_path / name).read_bytes() for name in ("film.mov", "film2.mov")]
    assert films[0] == films[1]


def test_a_cluster_makes_the_very_same_files(alone, tmp_path):
    with cluster() as address:
        record(order(tmp_path / "Night", alone[1], workers=address), Settings(), quiet, quiet)
    assert hashes(tmp_path / "Night") == hashes(alone[0])


class cluster:  # noqa: N801
    """A Dask scheduler and one worker, each a process of its own, as on a farm."""

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        here = ["--host", "127.0.0.1", "--no-dashboard"]
        commands = (
            ["scheduler", "--port", address.rpartition(":")[2], *here],
            ["worker", address, "--nthreads", "2", "--no-nanny", *here],
        )
        self.processes = [
            subprocess.Popen([sys.executable, "-m", "dask", *command], stderr=subprocess.DEVNULL)
            for command in commands
        ]
        return address

    def __exit__(self, *error):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(20)


def test_parts_made_anywhere_in_any_order_are_joined_by_resuming(alone, tmp_path):
    out, dome = tmp_path / "Night", Dome()
    whole = tmp_path / "whole" / "Night"
    part = replace(order(out, alone[1]), size=(64, 64), dome=dome)
    for frames in ((10, 18), (0, 4), (4, 10)):
        record(replace(part, frames=frames), Settings(), quiet, quiet)
    assert sorted(path.name for path in out.glob("*.wav")) == [
        f"Night_{first:06}_{name}.wav" for first in (1, 5, 11) for name in "LR"
    ]
    made = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    assert len(made) == 18
    record(replace(part, resume=True), Settings(), quiet, quiet)
    assert {path: path.stat().st_mtime_ns for path in made} == made
    record(replace(part, out=whole), Settings(), quiet, quiet)
    assert hashes(out) == hashes(whole)
    assert "Night.sha256" in hashes(out)


def test_equal_moments_are_equal_pictures_at_any_rate(alone):
    projection, body = opened(Take.read(alone[1]), "en", domed=False)
    pictures = []
    for rate in (30, 60):
        moments = [round(seconds * rate) for seconds in (0.2, 0.5, 1.4)]
        pictures.append(
            np.stack(
                [made.picture for made in painted(projection, body, Format(SIZE, Fraction(rate)), (4, 4), moments)]
            )
        )
    np.testing.assert_array_equal(*pictures)
    assert pictures[0].max() > 60


def test_a_film_is_the_same_at_another_size_up_to_its_pixels(alone):
    projection, body = opened(Take.read(alone[1]), "en", domed=False)
    films = (painted(projection, body, Format(size, RATE), (4, 4), [9]) for size in ((96, 54), (384, 216)))
    small, large = (made.picture.astype(float) for film in films for made in film)
    shrunk = np.asarray(Image.fromarray(large.astype(np.uint8)).resize((96, 54), Image.Resampling.BOX), float)
    assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.9


def test_a_worker_that_dies_is_told_and_what_was_written_stays(alone, tmp_path, monkeypatch):
    monkeypatch.setattr(farm, "PIECE", 5)
    monkeypatch.setattr(farm, "paint", dies)
    with pytest.raises(WorkerStuck, match=r"one of the --workers is gone.*--take and --resume"):
        record(order(tmp_path / "Night", alone[1], workers="1"), Settings(), quiet, quiet)
    monkeypatch.undo()
    assert len(list((tmp_path / "Night").glob("*.png"))) in (0, 5)
    record(order(tmp_path / "Night", alone[1], resume=True), Settings(), quiet, quiet)
    assert hashes(tmp_path / "Night") == hashes(alone[0])


def dies(order, version, numbers):
    """A worker that makes one piece and then is gone."""
    import os

    if numbers[0]:
        os._exit(9)
    return [made for made in farm._paint(order, numbers)]


def test_what_cannot_work_is_told_before_anything_is_made(alone, tmp_path, monkeypatch):
    for workers in ("0", "many", "300", "10.0.0.1:8786"):
        with pytest.raises(ContentError, match=rf"--workers {workers} is neither a number of processes"):
            record(order(tmp_path / "Night", workers=workers), Settings(), quiet, quiet)
    monkeypatch.setattr(farm, "find_spec", lambda name: None)
    with pytest.raises(PackageError, match=r"pip install 'immersions\[farm\]'"):
        record(order(tmp_path / "Night", workers="tcp://localhost:1"), Settings(), quiet, quiet)
    assert not list(tmp_path.iterdir())


def test_a_cluster_that_does_not_answer_is_told(alone, tmp_path, monkeypatch):
    monkeypatch.setattr(farm, "PATIENCE", 0.5)
    with pytest.raises(DeviceError, match=r"no Dask cluster answers at tcp://127.0.0.1:9 .*dask scheduler"):
        record(order(tmp_path / "Night", alone[1], workers="tcp://127.0.0.1:9"), Settings(), quiet, quiet)


def test_a_worker_of_another_version_or_without_the_take_is_told(alone, tmp_path):
    sent = Sent(tmp_path / "nowhere", "en", Format(SIZE, RATE), folder=True, fields=(4, 4))
    with pytest.raises(ContentError, match=r"does not find the take .*nowhere"):
        farm.studio(sent)
    with pytest.raises(ContentError, match=r"begun by Immersions 9\.9, but the worker on .* has"):
        farm.paint(sent, "9.9", [0])
