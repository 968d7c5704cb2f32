"""The commands that play and listen: run, dream, atlas, listen, scenes, doctor."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from installation.cli.terminal import (
    Model,
    Seed,
    SettingsFile,
    ShowName,
    app,
    bar,
    extent,
    rate,
    settled,
    watched,
    words,
)


@app.command()
def run(
    context: typer.Context,
    show: ShowName = None,
    model: Model = None,
    seconds: Annotated[float | None, typer.Option(min=0.0, help="End by itself after so many seconds.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="No window, even where there is a display.")] = False,
    listen: Annotated[str | None, typer.Option(help="Hear this sound input instead of dreaming; '' for any.")] = None,
    watch: Annotated[
        bool | None,
        typer.Option("--watch/--no-watch", help="Take edited content at the next loop; on where it is your own."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the show was cut off a moment ago.")] = False,
    safe: Annotated[bool, typer.Option("--safe", help="The built-in show, loops from the bank, no network.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Of the visitors' page, instead of the settings'; 0 for any.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Play a show live: the loop is optimised while it plays."""
    from installation.app import listening, live
    from installation.app.request import Request
    from installation.settings import Performance, Settings
    from installation.stage.importing import ear_of

    chosen = Settings.tried(settings) if safe else Settings.load(settings)
    always = Performance()  # what is there whatever happens
    name = always.name if safe else show or chosen.show.name
    ear = always.model if safe else model or ear_of(name) or chosen.show.model
    page = (chosen.station.port if port is None else port) if chosen.station.on and not safe else None
    request = Request(name, ear, seconds, headless, float(context.obj), resume, safe, watch, page)
    status = live.run(request, chosen) if listen is None else listening.run(request, chosen, listen)
    counted = ("frames", "dreams", "underruns") if listen is None else ("frames", "glimpses")
    told = ", ".join(f"{status[name]} {name}" for name in counted)
    words.print(f"{told} in {status['seconds']:.0f} s", style="dim")


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

    chosen = settled(settings)
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
    dice = settled(settings).show.seed if seed is None else seed
    order = drawn.Order(model, out, asked, steps, dice, start)
    with bar("dreaming") as progress:
        print(drawn.atlas(order, progress))


@app.command()
def gallery(
    out: Annotated[Path, typer.Option(help="Folder for pictures, films and their page.")] = ...,  # type: ignore[assignment]
    only: Annotated[list[str] | None, typer.Option(help="Only this scene or palette; may be repeated.")] = None,
    picture: Annotated[str, typer.Option(help="Width x height of the pictures.")] = "960x540",
    size: Annotated[str, typer.Option(help="Width x height of the films.")] = "480x270",
    fps: Annotated[str, typer.Option(help="Pictures a second.")] = "24",
    seconds: Annotated[float, typer.Option(min=0.1, help="Length of each film.")] = 10.0,
    steps: Annotated[int, typer.Option(min=0, help="Steps of the optimiser for the loop that is heard.")] = 40,
    take: Annotated[Path | None, typer.Option(help="Also tell the piece of this take in short.")] = None,
) -> None:
    """Show every scene and every palette: a picture and a film of each, and a page with all of them."""
    from installation.workshop import gallery as shown

    order = shown.Order(out, extent(picture), extent(size), rate(fps), seconds, steps, tuple(only or ()), take)
    with bar("showing") as progress:
        print(shown.make(order, progress))


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

    chosen = settled(settings)
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
