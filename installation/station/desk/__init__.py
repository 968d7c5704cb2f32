"""The operator's desk: a page for whoever plays the show, with everything on it, kept in step with all other desks."""
