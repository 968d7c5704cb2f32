"""The command that makes a PIN for the desk: pin."""

from typing import Annotated

import typer

from installation.cli.terminal import app, words


@app.command()
def pin(
    given: Annotated[
        str | None, typer.Option("--pin", help="Instead of being asked for it; it stays in the history.")
    ] = None,
    reader: Annotated[bool, typer.Option("--reader", help="A PIN with which a desk may only look.")] = False,
) -> None:
    """Make a PIN for the desk: prints the line for [station] in immersions.toml. The PIN itself is kept nowhere."""
    from installation.station.doors import hashed

    chosen = given or typer.prompt("PIN, 4 to 64 characters", hide_input=True, confirmation_prompt=True, err=True)
    kept = hashed(chosen)
    words.print("Put this line below [station] in immersions.toml:", style="dim")
    print(f'{"reader" if reader else "pin"} = "{kept}"')
