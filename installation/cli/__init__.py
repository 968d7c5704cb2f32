"""The command line: every command is one function, its docstring is its help."""

from installation.cli import doors, ears, film, hands, serving, show, venue  # they add their commands
from installation.cli.terminal import app

__all__ = ["app", "doors", "ears", "film", "hands", "serving", "show", "venue"]
