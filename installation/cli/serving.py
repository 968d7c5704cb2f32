"""The commands of a museum that nobody watches: serve, install-service, status, top, calibrate, verify, remember."""

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from installation import whole
from installation.cli.terminal import Model, Seed, SettingsFile, ShowName, app, bar, extent, rate, settled, words
from installation.content import SETTINGS, cache, kept
from installation.errors import StorageError

log = logging.getLogger(__name__)

Headless = Annotated[bool, typer.Option("--headless", help="No window, even where there is a display.")]
CONTENT = "IMMERSIONS_CONTENT"
PASSED_ON = (CONTENT, "IMMERSIONS_STATE", "IMMERSIONS_CACHE", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY")


@app.command()
def serve(
    show: ShowName = None, model: Model = None, headless: Headless = False, settings: SettingsFile = None
) -> None:
    """Run a show for weeks: what crashes or hangs is started again, and the room is never black."""
    from installation.watch import lastgood, refuge
    from installation.watch.supervisor import Rung, Supervisor

    for variable, place in (("IMMERSIONS_STATE", kept), ("IMMERSIONS_CACHE", cache)):
        refuge.sought(variable, place)
    asked = [*([show] if show else []), *(["--model", model] if model else []), *(["--headless"] if headless else [])]
    run = [sys.executable, "-m", "installation", "run", "--resume"]
    wished = settings or (Path(SETTINGS) if Path(SETTINGS).is_file() else None)
    good = kept() / "good"
    lastgood.kept(good)  # sets right what a power cut left half done
    known_settings, known_content = good / lastgood.SETTINGS, good / lastgood.CONTENT

    def well() -> None:
        own = os.environ.get(CONTENT)
        try:
            lastgood.keep(good, wished, Path(own) if own else None)
        except OSError as error:
            log.warning("the configuration that runs well cannot be kept in %s: %s", good, error.strerror)

    ladder = [
        Rung("the show as wished", [*run, *asked, *(["--settings", str(wished)] if wished else [])]),
        Rung(
            "the last good configuration",
            [*run, *asked, "--settings", str(known_settings)],
            {CONTENT: str(known_content)},
            lambda: lastgood.kept(good) is not None,
        ),
        Rung(
            "safe mode: the built-in show, loops from the bank, no network",
            [*run, "--safe", *(["--headless"] if headless else []), "--settings", str(known_settings)],
            {CONTENT: ""},
        ),
    ]
    raise typer.Exit(Supervisor(ladder, refuge.heart(kept()), well).run())


@app.command("install-service")
def install_service(
    show: ShowName = None,
    model: Model = None,
    headless: Headless = False,
    settings: SettingsFile = None,
    system: Annotated[bool, typer.Option("--system", help="For the whole machine, in /etc; needs root.")] = False,
    script: Annotated[Path | None, typer.Option(help="Write a script instead, for a machine without systemd.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the unit here instead.")] = None,
) -> None:
    """Have the machine run `immersions serve` for ever, from the light switch on."""
    from installation.watch import service

    command = [sys.executable, "-m", "installation", "serve", *([show] if show else [])]
    command += [*(["--model", model] if model else []), *(["--headless"] if headless else [])]
    given = settings or (Path(SETTINGS) if Path(SETTINGS).is_file() else None)
    command += ["--settings", str(given.resolve())] if given else []
    variables = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
    if script is not None:
        _written(script, service.script(command, variables))
        script.chmod(0o755)
        print(f"{script} runs the show for ever; have the session start it when it opens.")
        return
    home = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "systemd" / "user"
    path = out or (Path("/etc/systemd/system") if system else home) / "immersions.service"
    _written(path, service.unit(command, variables, system))
    control = "systemctl" if system else "systemctl --user"
    print(f"{path} is written. Begin now and at every start of the machine with:")
    print(f"    {control} daemon-reload && {control} enable --now immersions")
    if not system:
        print("    loginctl enable-linger   # so that it begins without anybody logging in")
    if shutil.which("systemd-analyze"):
        subprocess.run(["systemd-analyze", "verify", *([] if system else ["--user"]), str(path)], check=False)


def _written(path: Path, text: str) -> None:
    try:
        whole.write(path, text)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. Use --out, or become root for --system."
        ) from None


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Tell how the show on this machine is; the exit code is 0 where all is well."""
    from installation.watch import health

    known = health.newest(cache() / "runs")
    found = health.troubles(known)
    if as_json:
        print(json.dumps({**known, "troubles": found}, indent=2))
    else:
        Console().print(_table(known, found))
    if found:
        raise typer.Exit(1)


@app.command()
def top(
    seconds: Annotated[float | None, typer.Option(min=0.0, help="End by itself after so many seconds.")] = None,
) -> None:
    """Watch the show on this machine: how it is, second by second. Ctrl-C ends the view, not the show."""
    from rich.live import Live

    from installation.watch import health

    began = time.monotonic()
    with Live(console=Console(), auto_refresh=False) as view:
        while seconds is None or time.monotonic() - began < seconds:
            known = health.newest(cache() / "runs")
            view.update(_table(known, health.troubles(known)), refresh=True)
            time.sleep(1.0)


@app.command()
def calibrate(
    reading: Annotated[float | None, typer.Option(help="What the meter showed, in dBA, without playing again.")] = None,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long the noise is played.")] = 20.0,
    settings: SettingsFile = None,
) -> None:
    """Play pink noise, and keep what a sound level meter reads where visitors stand; then dBA are known."""
    from installation.guard.exposure import Calibration, Dose
    from installation.workshop.calibrating import play

    chosen = settled(settings)
    if reading is None:
        words.print("Hold the meter where visitors' ears are: A, slow. Pink noise begins.")
        play(chosen.sound, seconds)
        reading = typer.prompt("What does the meter read, in dBA", type=float)
    known = Calibration(float(reading), device=chosen.sound.device, when=time.strftime("%Y-%m-%d"))
    known.keep(kept())
    at = known.level(chosen.sound.loudness)
    print(
        f"A loop at {chosen.sound.loudness:g} LUFS is {at:.1f} dBA there; a week allows {Dose.hours(at):.0f} h of it."
    )


@app.command()
def verify(
    show: ShowName = None,
    out: Annotated[Path, typer.Option(help="The report, an HTML page.")] = ...,  # type: ignore[assignment]
    model: Model = None,
    seed: Seed = None,
    seconds: Annotated[float | None, typer.Option(min=4.0, help="Only so much of the show.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Look at every picture of a show and listen to every loop, for flashes, loudness, peaks and seams."""
    from installation.workshop import verifying

    order = verifying.Order(show, out, model, seed, seconds)
    with bar("dreaming") as dreaming, bar("looking") as looking:
        report = verifying.verify(order, settled(settings), dreaming, looking)
    for check in report.checks:
        sign = {True: "[green]ok[/]", False: "[red]--[/]", None: "  "}[check.fine]
        Console().print(f"{sign} {check.name}: {check.found} ({check.limit})", highlight=False, soft_wrap=True)
    print(f"{out} says more; it is no certificate.")
    if not report.fine:
        raise typer.Exit(1)


@app.command()
def remember(
    out: Annotated[Path, typer.Option(help="The film, .mp4 or .mov.")] = ...,  # type: ignore[assignment]
    minutes: Annotated[float, typer.Option(min=0.2, max=60.0, help="Its length.")] = 3.0,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1280x720",
    fps: Annotated[str, typer.Option(help="Pictures a second.")] = "30",
    settings: SettingsFile = None,
) -> None:
    """Make a short film of the most novel loops of the last day."""
    from installation.workshop import recording, remembering

    folder = recording.place_of_take(out)
    with bar("remembering") as progress:
        remembering.remember(folder, minutes, progress=progress)
    order = recording.Order(None, out, None, extent(size), rate(fps), None, folder, None, None)
    with bar("filming") as filming:
        done = recording.record(order, settled(settings), filming, filming)
    print(f"{done.pictures} pictures in {out}; the take is {done.take}")


def _table(known: Mapping[str, Any], found: Sequence[str]) -> Table:
    """A status as people read it."""
    table = Table(box=None, show_header=False, title="Immersions")
    for name, value in known.items():
        if isinstance(value, dict | list) and not value:
            continue
        text = (
            f"{value:.1f} s" if name == "age" else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        )
        table.add_row(name.replace("_", " "), text)
    table.add_row("", "")
    for words_ in found:
        table.add_row("[red]trouble[/]", words_)
    if not found:
        table.add_row("[green]well[/]", "pictures and sound go on")
    return table
