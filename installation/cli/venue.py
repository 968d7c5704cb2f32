"""The commands for whoever sets up a room: testcard, mirror."""

from pathlib import Path
from typing import Annotated

import typer

from installation.cli.terminal import SettingsFile, app, settled
from installation.errors import ContentError, one_of


@app.command("testcard")
def cards(
    card: Annotated[str, typer.Argument(help="grid, bars, white, grey or black.")] = "grid",
    out: Annotated[
        Path | None, typer.Option(help="A folder for pictures of what each output would show, instead of windows.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.0, help="End by itself after so many seconds.")] = None,
    settings: SettingsFile = None,
) -> None:
    """Show a test card on every output, to align projectors. T: next card, W: bend this output, Esc: end."""
    from installation.app import testcard
    from installation.output.cards import Card

    names = [kind.value for kind in Card]
    if card not in names:
        raise ContentError(f"there is no test card {card!r}. {one_of(card, names)}")
    chosen = settled(settings)
    if out is None:
        testcard.show(chosen, Card(card), seconds)
    else:
        for path in testcard.write(chosen, Card(card), out):
            print(path)


@app.command()
def mirror(
    out: Annotated[Path, typer.Option(help="The mesh to write, a file .data for [[output]] mesh.")] = ...,  # type: ignore[assignment]
    radius: Annotated[float, typer.Option(help="Of the dome, metres.")] = 2.5,
    ball: Annotated[
        str, typer.Option(help="Middle of the mirror ball: right,up,back of the dome's middle.")
    ] = "0,0.3,2.3",
    curve: Annotated[float, typer.Option(help="Radius of the mirror ball.")] = 0.3,
    projector: Annotated[str, typer.Option(help="The projector's lens: right,up,back.")] = "0,0.15,0.9",
    aim: Annotated[str, typer.Option(help="Where the middle of its picture would fall.")] = "0,0.44,2.3",
    throw: Annotated[float, typer.Option(help="Distance to a screen over the picture's width.")] = 2.0,
    aspect: Annotated[float, typer.Option(help="The picture's width over its height.")] = 16 / 9,
    settings: SettingsFile = None,
) -> None:
    """Make the mesh with which one projector and a mirror ball fill a dome; its fov and tilt stand in [dome]."""
    from installation.output import bourke
    from installation.output.mirrorball import Room, mirrored

    if out.suffix.lower() != ".data":
        raise ContentError(f"a mesh is a file .data, not {out.name!r}.")
    if min(radius, curve, throw, aspect) <= 0:
        raise ContentError("radius, curve, throw and aspect are above 0.")
    room = Room(radius, place(ball), curve, place(projector), place(aim), throw, aspect)
    mesh = mirrored(room, settled(settings).dome.lens)
    bourke.write(mesh, out, aspect)
    print(
        f"{out}: {mesh.shape[1]} x {mesh.shape[0]} points, {(mesh.light >= 0).mean():.0%} of the picture reach the dome"
    )


def place(text: str) -> tuple[float, float, float]:
    """'0,0.3,2.3' as numbers. Raises ContentError."""
    try:
        right, up, back = map(float, text.split(","))
    except ValueError:
        raise ContentError(
            f"{text!r} is no place; give metres to the right, up and to the back, such as 0,0.3,2.3"
        ) from None
    return right, up, back
