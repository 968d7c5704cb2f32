"""The same parts as the live show, offline: performances, films, single dreams, recordings heard, and the doctor."""
