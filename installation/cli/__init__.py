"""The command line: every command is one function, its docstring is its help."""

from installation.cli import ears, show  # they add their commands
from installation.cli.terminal import app

__all__ = ["app", "ears", "show"]
