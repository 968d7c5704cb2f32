"""What an operator needs to know about a run."""

from installation.watch.pace import Pace

__all__ = ["Pace"]
