"""The commands about hands: midi, parameters."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from installation.cli.terminal import app, words


@app.command()
def midi(
    learn: Annotated[str | None, typer.Option(metavar="PORT", help="Learn this device by moving its controls.")] = None,
    name: Annotated[str, typer.Option(help="Of the map that is written or added to; else as the port.")] = "",
    parameter: Annotated[
        list[str] | None, typer.Option(help="To be played, see docs/parameters.md; may be given more than once.")
    ] = None,
) -> None:
    """List the MIDI devices and what plays them, or learn one by moving its controls."""
    from installation.workshop import fingering

    machine = fingering.system()
    try:
        if learn is not None:
            print(fingering.learn(machine, learn, name, parameter or [], lambda said: words.print(said, markup=False)))
            return
        table = Table("device", "map", box=None)
        for port, map in fingering.ports(machine):
            table.add_row(port, map or f'none; make one with: immersions midi --learn "{port}"')
        Console().print(table)
    finally:
        machine.close()


@app.command()
def parameters() -> None:
    """Print everything that hands can change, as docs/parameters.md has it."""
    from installation.control.handbook import page

    print(page(), end="")
