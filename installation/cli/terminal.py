"""What all commands share: the terminal, errors as sentences, progress bars, and how sizes and rates are written."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from installation import __version__
from installation.errors import ContentError, ImmersionsError

if TYPE_CHECKING:
    from installation.settings import Settings


class Commands(typer.core.TyperGroup):
    """Turns our own errors into one sentence and an exit code; nobody should see a traceback for a typing error."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ImmersionsError as error:
            words.print(f"immersions: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="How does music sound to an artificial ear? Heard, seen, and played.",
)  # fmt: skip
BROADCAST = (24, 30, 48, 60, 120)  # rates that broadcasting runs by a thousandth slower and writes with decimals
WIDE = 240  # columns where nobody looks at a terminal: a line of a log stays one line
words = Console(stderr=True, width=None if sys.stderr.isatty() else WIDE)

ShowName = Annotated[str | None, typer.Argument(help="Name of a show or scene; see `immersions scenes`.")]
Model = Annotated[str | None, typer.Option(help="Name of the ear; see `immersions models`.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Another file than ./immersions.toml.")]
MONDAY = date(2024, 1, 1)
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


@contextmanager
def bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with the time left, as a function of (done, total); it shows once it is first called."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=words, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(name, total=None, visible=False)
        yield lambda done, total: progress.update(task, completed=done, total=total, visible=True)


@contextmanager
def watched(name: str, every: int = 10) -> Iterator[Callable[[int, int, float], None]]:
    """A progress bar with a score, as a function of (done, total, score); lines where nobody looks at a terminal."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    live = sys.stderr.isatty()
    with Progress(*columns, TextColumn("score {task.fields[score]:+.3f}"), console=words, disable=not live) as progress:
        task = progress.add_task(name, total=None, visible=False, score=0.0)

        def tell(done: int, total: int, score: float) -> None:
            progress.update(task, completed=done, total=total, score=score, visible=True)
            if not live and (done % every == 0 or done == total):
                words.print(f"{name}: step {done} of {total}, score {score:+.3f}", highlight=False)

        yield tell


def extent(text: str) -> tuple[int, int]:
    """'1280x720' as numbers. Raises ContentError."""
    wide, cross, high = text.lower().partition("x")
    if not (cross and wide.isdigit() and high.isdigit() and int(wide) and int(high)):
        raise ContentError(f"--size {text} is not a size. Give width x height in pixels, such as 1280x720.")
    return int(wide), int(high)


def rate(text: str) -> Fraction:
    """'30', '30000/1001' or '29.97', which means the same, as 1..240 pictures a second. Raises ContentError."""
    try:
        fraction = Fraction(text)
        for whole in BROADCAST:
            exact = Fraction(whole * 1000, 1001)
            if text.strip() in {f"{float(exact):.{digits}f}" for digits in (2, 3)}:
                fraction = exact
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(0)
    if not 1 <= fraction <= 240:
        raise ContentError(f"--fps {text} is not a rate of pictures. Give 1 to 240, such as 30, 29.97 or 30000/1001.")
    return fraction


def hour(text: str | None) -> datetime | None:
    """An hour of the week, "fri 22:00", or of its Monday, "22:00". Raises ContentError for anything else."""
    if text is None:
        return None
    from installation.stage.program import WEEK  # only here: it brings numpy

    try:
        *days, clock = text.split()
        (day,) = days or WEEK[:1]
        return datetime.combine(MONDAY + timedelta(days=WEEK.index(day.lower())), time.fromisoformat(clock))
    except ValueError:
        raise ContentError(
            f"--at {text!r} is no hour. Write it like 'fri 22:00'; days are {', '.join(WEEK)}."
        ) from None


def settled(path: Path | None) -> "Settings":
    """The settings of a file, or of the current folder. Raises ContentError."""
    from installation.settings import Settings  # only here: it brings numpy, which a supervisor does without

    return Settings.load(path)


def part(text: str | None) -> tuple[int, int] | None:
    """'A:B' as numbers. Raises ContentError."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not (colon and first.isdigit() and last.isdigit() and int(first) < int(last)):
        raise ContentError(f"--frames {text} is no part of a film. Give A:B with A below B, such as 0:300.")
    return int(first), int(last)
