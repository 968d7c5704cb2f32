"""Club music that never existed: rendered by the hour, labelled exactly, for an ear to learn from."""

from installation.repertoire.house.mix import render_set
from installation.repertoire.house.render import track
from installation.repertoire.house.sources import Sources

__all__ = ["Sources", "render_set", "track"]
