"""The live show."""
