"""What an operator needs to know about a run."""
