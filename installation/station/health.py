"""What monitors ask of a museum's machine: whether it lives, whether it shows, its numbers, its picture."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from installation.content import cache
from installation.errors import StorageError
from installation.watch import health

FRESH = {"Cache-Control": "no-store"}


def routes(runs: Path | None = None) -> list[Route]:
    """`/healthz /readyz /metrics /status.json /screenshot.jpg`, from the run folder that the show rewrites.

    runs   the folder of run folders, by default the one that live shows write
    """

    def folder() -> Path:
        return runs or cache() / "runs"

    def healthz(request: Request) -> Response:
        """200 where all is well, else 503 and what is wrong, a sentence a line."""
        found = health.troubles(health.newest(folder()))
        return PlainTextResponse("\n".join(found) or "ok", 503 if found else 200, headers=FRESH)

    def readyz(request: Request) -> Response:
        """200 once pictures are shown."""
        shown = health.ready(health.newest(folder()))
        return PlainTextResponse("ready" if shown else "not yet", 200 if shown else 503, headers=FRESH)

    def metrics(request: Request) -> Response:
        text = health.metrics(health.newest(folder()))
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8", headers=FRESH)

    def status(request: Request) -> Response:
        known = health.newest(folder())
        return JSONResponse({**known, "troubles": health.troubles(known)}, headers=FRESH)

    def screenshot(request: Request) -> Response:
        """The preview that the show rewrites every second."""
        try:
            path = max(folder().glob("*/preview.jpg"), key=lambda path: path.stat().st_mtime)
            return Response(path.read_bytes(), media_type="image/jpeg", headers=FRESH)
        except (OSError, ValueError, StorageError):
            return PlainTextResponse("There is no picture yet.", 404, headers=FRESH)

    answers = {
        "/healthz": healthz, "/readyz": readyz, "/metrics": metrics, "/status.json": status,
        "/screenshot.jpg": screenshot,
    }  # fmt: skip
    return [Route(path, answer) for path, answer in answers.items()]
