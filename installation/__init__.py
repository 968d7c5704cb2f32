"""Immersions: how music sounds to an artificial ear, heard and seen."""

__version__ = "0.1.0"
