"""Many hands for one film: its pictures are made by processes of this machine, or by a Dask cluster."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from multiprocessing import get_context
from socket import gethostname

import moderngl

from installation import __version__
from installation.errors import ContentError, DeviceError, PackageError, WorkerStuck
from installation.guard.tally import measured
from installation.output import offscreen
from installation.output.pictures import png
from installation.render.mosaic import Mosaic, painter
from installation.render.renderer import Renderer
from installation.take import Take
from installation.workshop.filming import Made, Projection, Sent, opened

PIECE = 16  # pictures that a worker makes in a row, at most: neighbours share their loops
BYTES = 64 << 20  # of pictures in a piece, at most
AHEAD = 2  # pieces more than there are workers that are under way
PATIENCE = 10  # seconds in which a cluster must answer
JOINING = 20  # seconds in which the first of its workers must be there
MOST = 256  # workers on one machine
ADDRESSES = ("tcp://", "tls://", "ws://", "wss://")

easel = ThreadPoolExecutor(1)  # a GL context belongs to one thread, but a cluster's worker may have many


def painted(workers: str, order: Sent, numbers: Sequence[int]) -> Generator[Made]:
    """The pictures of these frames in their order, whoever makes them: PNGs for a folder, else pixels.

    workers   how many processes of this machine, or the address of a cluster, as `crew` takes it

    Raises what a worker raised; WorkerStuck where one is gone.
    """
    wide, high = order.format.size
    step = max(1, min(PIECE, BYTES // (3 * wide * high)))
    pieces = (numbers[at : at + step] for at in range(0, len(numbers), step))
    try:
        with crew(workers) as (executor, hands):
            under_way: deque[Future[list[Made]]] = deque()
            for piece in islice(pieces, hands + AHEAD):
                under_way.append(executor.submit(paint, order, __version__, piece))
            while under_way:
                yield from under_way.popleft().result()
                for piece in islice(pieces, 1):
                    under_way.append(executor.submit(paint, order, __version__, piece))
    except BrokenProcessPool:
        raise WorkerStuck(
            "one of the --workers is gone, perhaps for want of memory. What was written stays. Try fewer; a folder of "
            "pictures goes on with --take and --resume."
        ) from None


def check(workers: str) -> None:
    """Whether there can be such workers.

    workers   a number of processes, or the address of a Dask cluster

    Raises ContentError for anything else, PackageError for a cluster without `distributed`.
    """
    if workers.isdigit() and 1 <= int(workers) <= MOST:
        return
    if not workers.startswith(ADDRESSES):
        raise ContentError(
            f"--workers {workers} is neither a number of processes, 1 to {MOST}, nor the address of a Dask cluster, "
            "such as tcp://10.0.0.1:8786."
        )
    if find_spec("distributed") is None:
        raise PackageError("A Dask cluster needs a package more: pip install 'immersions[farm]'.")


@contextmanager
def crew(workers: str) -> Iterator[tuple[Executor, int]]:
    """Whoever works, and how many they are. Raises what `check` does, and DeviceError where no cluster answers."""
    check(workers)
    if workers.isdigit():
        with ProcessPoolExecutor(int(workers), get_context("spawn"), initializer=ignore_ctrl_c) as pool:
            try:
                yield pool, int(workers)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        return
    from distributed import Client

    try:
        client = Client(workers, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise DeviceError(
            f"no Dask cluster answers at {workers} ({error}). Start one with `dask scheduler`, and on each machine "
            f"`dask worker {workers}`."
        ) from None
    with client:
        with suppress(TimeoutError):  # workers that were started just now are still on their way
            client.wait_for_workers(1, timeout=JOINING)
        hands = len(client.nthreads())
        if not hands:
            raise DeviceError(f"the Dask cluster {workers} has no workers. On each machine: dask worker {workers}")
        executor = client.get_executor(pure=False)
        try:
            yield executor, hands
        finally:
            executor.shutdown(wait=False)


def ignore_ctrl_c() -> None:
    """Ctrl-C ends the film, and that ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def paint(order: Sent, version: str, numbers: Sequence[int]) -> list[Made]:
    """The pictures of a piece, made in this process. Raises ContentError where it is not what the order came from."""
    if version != __version__:
        raise ContentError(
            f"this film was begun by Immersions {version}, but the worker on {gethostname()} has {__version__}. "
            "Install the same version everywhere."
        )
    return easel.submit(_paint, order, numbers).result()


def _paint(order: Sent, numbers: Sequence[int]) -> list[Made]:
    gl, maker, projection = studio(order)
    with gl:
        pictures = [maker.picture(projection.frame(number, order.format.rate)) for number in numbers]
    kept = ((png(picture) if order.folder else picture.copy(), picture) for picture in pictures)
    return [Made(made, measured(picture, order.fields)) for made, picture in kept]


@lru_cache(maxsize=1)
def studio(order: Sent) -> tuple[moderngl.Context, Renderer | Mosaic, Projection]:
    """What makes the pictures of an order; the last one stays. Raises ContentError where the take cannot be read."""
    if not order.take.is_dir():
        raise ContentError(
            f"the worker on {gethostname()} does not find the take {order.take}. Put it where all workers see it "
            "under the same name, such as a shared disk."
        )
    form = order.format
    projection, body = opened(Take.read(order.take), order.language, form.dome is not None)
    gl = offscreen.context()
    return gl, painter(gl, body.layout, body.anatomy, form.size, form.dome), projection
