"""The command line: every command is one function, its docstring is its help."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from installation import __version__
from installation.errors import ContentError, ImmersionsError
from installation.settings import Settings


class Commands(typer.core.TyperGroup):
    """Turns our own errors into one sentence and an exit code; nobody should see a traceback for a typing error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ImmersionsError as error:
            words.print(f"immersions: {error}", style="red", highlight=False, soft_wrap=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="How does music sound to an artificial ear? Heard, seen, and played.",
)  # fmt: skip
words = Console(stderr=True)

ShowName = Annotated[str | None, typer.Argument(help="Name of a show or scene; see `immersions scenes`.")]
Model = Annotated[str | None, typer.Option(help="Name of the ear; see `immersions models`.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Another file than ./immersions.toml.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Another seed, another night.")]


def tell_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(f"immersions {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.")] = False,
) -> None:
    """Set up what is said on the terminal."""
    level = logging.WARNING if quiet else logging.INFO
    handler = RichHandler(console=words, show_path=False, show_time=False, show_level=True)
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler])


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
    words.print(
        f"{status['frames']} pictures, {status['dreams']} dreams, {status['underruns']} underruns in "
        f"{status['seconds']:.0f} s", style="dim",
    )  # fmt: skip


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
    settings: SettingsFile = None,
) -> None:
    """Make a take of a show without an audience, and render it as a film."""
    from installation.workshop import recording

    order = recording.Order(show, out, seconds, extent(size), rate(fps), seed, take, part(frames), model)
    with bar("dreaming") as dreaming, bar("filming") as filming:
        done = recording.record(order, Settings.load(settings), dreaming, filming)
    print(f"{done.pictures} pictures in {out}; the take is {done.take}")


@app.command()
def dream(
    target: Annotated[str, typer.Argument(help="Such as 'ar5[channels 0.2..0.3]' or 'block4.conv1 + 0.5 ar8'.")],
    out: Annotated[Path, typer.Option(help="Folder for loop.wav, scalogram.png and dream.json.")] = ...,  # type: ignore[assignment]
    model: Model = None,
    start: Annotated[str, typer.Option("--from", help="A start clip by name, or a sound file.")] = "low noise",
    steps: Annotated[int, typer.Option(min=0, help="Steps of the optimiser.")] = 100,
    seed: Seed = None,
    settings: SettingsFile = None,
) -> None:
    """Dream one loop that excites the target."""
    from installation.workshop import dreaming

    chosen = Settings.load(settings)
    name = model or chosen.show.model
    with bar("dreaming") as progress:
        told = dreaming.dream(target, out, name, start, steps, chosen.show.seed if seed is None else seed, progress)
    print(json.dumps(told, indent=2))


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
def layout(
    model: Annotated[str, typer.Argument(help="An ear (see `immersions models`), vgg16 or resnet18.")],
    out: Annotated[Path, typer.Option(help="Where to write the layout, .npz.")] = ...,  # type: ignore[assignment]
    exponent: Annotated[float, typer.Option(min=1.0, max=4.0, help="2 gives dense cells, 3 an even tissue.")] = 2.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another body.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    space: Annotated[bool, typer.Option("--space", help="A body in space instead of a flat one.")] = False,
    film: Annotated[Path | None, typer.Option(help="Also film the body forming, .mp4 or .mov.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw four steps side by side, .png.")] = None,
) -> None:
    """Find where every neuron of a network stands. Ctrl-C keeps the best so far."""
    from installation.workshop import layouts

    order = layouts.Order(model, out, exponent, seed, device, 3 if space else 2, film, picture)
    with bar("laying out") as progress:
        made = layouts.lay_out(order, progress)
    print(f"{len(made.positions):,} neurons in {out}")


@app.command()
def models(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """List the ears there are."""
    from installation.workshop.catalogue import ears

    found = list(ears())
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table("name", "neurons", "parameters", "trained", "steps", "scores", box=None)
    for ear in found:
        hours = f"{ear['trained_hours']:g} h" if ear["trained_hours"] else "no"
        scores = ", ".join(f"{name} {value}" for name, value in ear["scores"].items())
        table.add_row(ear["name"], f"{ear['neurons']:,}", f"{ear['parameters']:,}", hours, str(ear["steps"]), scores)
    Console().print(table)


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


@contextmanager
def bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with the time left, as a function of (done, total); it shows once it is first called."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=words, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(name, total=None, visible=False)
        yield lambda done, total: progress.update(task, completed=done, total=total, visible=True)


def extent(text: str) -> tuple[int, int]:
    """'1280x720' as numbers. Raises ContentError."""
    wide, cross, high = text.lower().partition("x")
    if not (cross and wide.isdigit() and high.isdigit() and int(wide) and int(high)):
        raise ContentError(f"--size {text} is not a size. Give width x height in pixels, such as 1280x720.")
    return int(wide), int(high)


def rate(text: str) -> Fraction:
    """'30', '23.976' or '30000/1001' as a fraction of 1..240 pictures a second. Raises ContentError."""
    try:
        fraction = Fraction(text)
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(0)
    if not 1 <= fraction <= 240:
        raise ContentError(f"--fps {text} is not a rate of pictures. Give 1 to 240, such as 30 or 30000/1001.")
    return fraction


def part(text: str | None) -> tuple[int, int] | None:
    """'A:B' as numbers. Raises ContentError."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not (colon and first.isdigit() and last.isdigit() and int(first) < int(last)):
        raise ContentError(f"--frames {text} is no part of a film. Give A:B with A below B, such as 0:300.")
    return int(first), int(last)
