"""The commands that make pictures to keep: record and print."""

from pathlib import Path
from typing import Annotated

import typer

from installation.cli.terminal import Model, Seed, SettingsFile, ShowName, app, bar, extent, hour, part, rate, settled

TakeFolder = Annotated[Path | None, typer.Option("--take", help="Render this take instead of a new performance.")]


@app.command()
def record(
    show: ShowName = None,
    out: Annotated[Path, typer.Option(help="A film .mp4 or .mov, or a folder for pictures and sounds.")] = ...,  # type: ignore[assignment]
    seconds: Annotated[float | None, typer.Option(min=0.04, help="Length of the performance.")] = None,
    size: Annotated[str, typer.Option(help="Width x height in pixels.")] = "1280x720",
    fps: Annotated[str, typer.Option(help="Pictures a second; 29.97 and 30000/1001 work too.")] = "30",
    seed: Seed = None,
    take: TakeFolder = None,
    frames: Annotated[str | None, typer.Option(help="Only frames A:B of the take, B not included.")] = None,
    model: Model = None,
    dome: Annotated[
        int | None, typer.Option(min=64, max=8192, help="A domemaster of this many pixels a side; see [dome].")
    ] = None,
    codec: Annotated[str, typer.Option(help="Of a .mov: prores (usual), hap or hap_q.")] = "",
    workers: Annotated[
        str, typer.Option(help="Processes that make the pictures, or a Dask cluster's address, tcp://HOST:8786.")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Keep the pictures that are in the folder already.")] = False,
    at: Annotated[
        str | None, typer.Option(help="The hour at which it begins, as 'fri 22:00', for parts of the day.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Make a take of a show without an audience, and render it as a film."""
    from installation.workshop import recording

    chosen = settled(settings)
    extents = extent(size) if dome is None else (dome, dome)
    lens = None if dome is None else chosen.dome.lens
    order = recording.Order(
        show, out, seconds, extents, rate(fps), seed, take, part(frames), model,
        dome=lens, resume=resume, when=hour(at), codec=codec, workers=workers,
    )  # fmt: skip
    with bar("dreaming") as dreaming, bar("filming") as filming:
        done = recording.record(order, chosen, dreaming, filming)
    print(f"{done.pictures} pictures in {out}; the take is {done.take}")


@app.command("print")
def print_(
    show: ShowName = None,
    out: Annotated[Path, typer.Option(help="A picture .png or .tif.")] = ...,  # type: ignore[assignment]
    size: Annotated[str, typer.Option(help="A0 to A5, or width x height with a unit: 70x100cm, 24x36in.")] = "A3",
    dpi: Annotated[float, typer.Option(help="Pixels of an inch.")] = 300.0,
    moment: Annotated[float, typer.Option(help="Seconds since the beginning.")] = 30.0,
    upright: Annotated[bool, typer.Option("--upright", help="The paper stands upright; otherwise it lies.")] = False,
    icc: Annotated[bool, typer.Option("--icc", help="Put the ICC profile of sRGB into the file.")] = False,
    take: TakeFolder = None,
    seed: Seed = None,
    model: Model = None,
    settings: SettingsFile = None,
) -> None:
    """Print one moment of a show or a take, as large as paper gets."""
    from installation.workshop import printing

    order = printing.Order(show, out, moment, printing.paper(size, upright), dpi, icc, take, model, seed)
    with bar("dreaming") as dreaming, bar("printing") as rows:
        done = printing.print_still(order, settled(settings), dreaming, rows)
    print(f"{done.size[0]} x {done.size[1]} pixels in {out}; the take is {done.take}")
