"""The commands that play and film: run, record, dream, atlas, listen, scenes, doctor."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from installation.cli.terminal import Model, Seed, SettingsFile, ShowName, app, bar, extent, part, rate, watched, words
from installation.settings import Settings


@app.command()
def run(
    context: typer.Context,
    show: ShowName = None,
    model: Model = None,
    seconds: Annotated[float | None, typer.Option(min=0.0, help="End by itself after so many seconds.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="No window, even where there is a display.")] = False,
    listen: Annotated[str | None, typer.Option(help="Hear this sound input instead of dreaming; '' for any.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Play a show live: the loop is optimised while it plays."""
    from installation.app import listening, live
    from installation.app.request import Request

    chosen = Settings.load(settings)
    request = Request(show or chosen.show.name, model or chosen.show.model, seconds, headless, float(context.obj))
    status = live.run(request, chosen) if listen is None else listening.run(request, chosen, listen)
    counted = ("frames", "dreams", "underruns") if listen is None else ("frames", "glimpses")
    told = ", ".join(f"{status[name]} {name}" for name in counted)
    words.print(f"{told} in {status['seconds']:.0f} s", style="dim")


@app.command()
def record(
    show: ShowName = None,
    out: Annotated[Path, typer.Option(help="A film .mp4 or .mov, or a folder for pictures and sounds.")] = ...,  # type: ignore[assignment]
    seconds: Annotated[float | None, typer.Option(min=0.04, help="Length of the performance.")] = None,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1280x720",
    fps: Annotated[str, typer.Option(help="Pictures a second; 30000/1001 works too.")] = "30",
    seed: Seed = None,
    take: Annotated[Path | None, typer.Option(help="Render this take instead of a new performance.")] = None,
    frames: Annotated[str | None, typer.Option(help="Only frames A:B of the take, B not included.")] = None,
    model: Model = None,
    dome: Annotated[
        int | None, typer.Option(min=64, max=8192, help="A domemaster of this many pixels a side; see [dome].")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep the pictures that are in the folder already.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Make a take of a show without an audience, and render it as a film."""
    from installation.workshop import recording

    chosen = Settings.load(settings)
    extents = extent(size) if dome is None else (dome, dome)
    lens = None if dome is None else chosen.dome.lens
    order = recording.Order(
        show, out, seconds, extents, rate(fps), seed, take, part(frames), model, dome=lens, resume=resume
    )
    with bar("dreaming") as dreaming, bar("filming") as filming:
        done = recording.record(order, chosen, dreaming, filming)
    print(f"{done.pictures} pictures in {out}; the take is {done.take}")


@app.command()
def dream(
    target: Annotated[str, typer.Argument(help="Such as 'ar5[channels 0.2..0.3]' or 'ar8 + 0.5 like(piano, ar5)'.")],
    out: Annotated[Path, typer.Option(help="Folder for loop.wav, scalogram.png and dream.json.")] = ...,  # type: ignore[assignment]
    model: Model = None,
    start: Annotated[str, typer.Option("--from", help="A start clip by name, or a sound file.")] = "low noise",
    steps: Annotated[int, typer.Option(min=0, help="Steps of the optimiser.")] = 100,
    seed: Seed = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A control, such as noise_loss=0.1 or parametrisation=waves."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show the score while it is dreamt.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Dream one loop that excites the target."""
    from installation.workshop import dreaming

    chosen = Settings.load(settings)
    order = dreaming.Order(
        target, out, model or chosen.show.model, start, steps, chosen.show.seed if seed is None else seed,
        dreaming.turned(set_ or []),
    )  # fmt: skip
    if watch:
        with watched("dreaming") as telling:
            told = dreaming.dream(order, telling)
    else:
        with bar("dreaming") as progress:
            told = dreaming.dream(order, lambda done, total, score: progress(done, total))
    print(json.dumps(told, indent=2))


@app.command()
def atlas(
    model: Annotated[str, typer.Argument(help="Name of an ear; see `immersions models`.")],
    out: Annotated[Path, typer.Option(help="Folder for the page; loops that are there already are kept.")] = ...,  # type: ignore[assignment]
    targets: Annotated[Path | None, typer.Option(help="A file of further targets, one a line.")] = None,
    target: Annotated[list[str] | None, typer.Option(help="A further target; may be given more than once.")] = None,
    start: Annotated[str, typer.Option("--from", help="A start clip by name, or a sound file.")] = "low noise",
    steps: Annotated[int, typer.Option(min=0, help="Steps of the optimiser for each loop.")] = 200,
    seed: Seed = None,
    settings: SettingsFile = None,
) -> None:
    """Dream a loop for every layer, and show them all on a page. Ctrl-C keeps what is done; start again to go on."""
    from installation.workshop import atlas as drawn

    asked = (*(drawn.lines(targets) if targets else ()), *(target or ()))
    dice = Settings.load(settings).show.seed if seed is None else seed
    order = drawn.Order(model, out, asked, steps, dice, start)
    with bar("dreaming") as progress:
        print(drawn.atlas(order, progress))


@app.command()
def listen(
    file: Annotated[Path, typer.Argument(help="A recording: wav, flac, ogg, mp3, opus, aiff.")],
    out: Annotated[Path, typer.Option(help="A film .mp4 or .mov, a folder, or one picture .png.")] = ...,  # type: ignore[assignment]
    model: Model = None,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1280x720",
    fps: Annotated[str, typer.Option(help="Pictures a second.")] = "30",
    settings: SettingsFile = None,
) -> None:
    """Show what the ear hears in a recording."""
    from installation.workshop import hearing

    chosen = Settings.load(settings)
    with bar("filming") as progress:
        hearing.hear(file, out, model or chosen.show.model, chosen.show.name, extent(size), rate(fps), progress)
    print(out)


@app.command()
def scenes() -> None:
    """List the shows and scenes that can be played, and where each comes from."""
    from installation.workshop.catalogue import stage

    table = Table("name", "", "what it is", "from", box=None)
    for name, kind, about, place in stage():
        table.add_row(name, kind, about, place)
    Console().print(table)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Tell what this machine has, and what to do about what is missing."""
    from dataclasses import asdict

    from installation.workshop.doctor import examine

    findings = list(examine())
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            sign = "[green]ok[/]" if finding.fine else "[red]--[/]"
            todo = f"[yellow]: {finding.do}[/]" if finding.do else ""
            Console().print(f"{sign} {finding.part}: {finding.found}{todo}", soft_wrap=True, highlight=False)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)
