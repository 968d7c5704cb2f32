"""A take is everything a performance was: enough to render it again at any size, years later.

A take is a folder, written as the performance goes on, so that a power cut loses at most the loop under way:

    take.json       show, model, seed, settings: what was decided before it began
    loops.jsonl     one line per loop: when it began, its clip, target, score and verdict
    paces.jsonl     one line per change of tempo: from which sample on the loops run how fast
    entrances.jsonl one line per cue that was called: from which loop on the show went on from where
    controls.jsonl  one line per change of a control: loop, place in it, name, value
    tracks.jsonl    one line per change of a track that was drawn while it played
    hands.jsonl     one line per thing that hands did: loop, place in it, whose hand, what, and about what
    clips/*.flac    what was heard, 24 bit, each clip once
"""

from installation.take.reading import Take
from installation.take.records import Header, Loop
from installation.take.writing import TakeWriter, on_grid

__all__ = ["Header", "Loop", "Take", "TakeWriter", "on_grid"]
