"""How much one guest may ask for: a bucket that fills evenly and empties with every wish."""


class Bucket:
    """So many wishes at once, and so many a second in the long run. Time is given, never looked up."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left = burst
        self._now: float | None = None

    def take(self, now: float) -> bool:
        """Whether there is one left, which is gone then."""
        if self._now is not None:
            self._left = min(self._burst, self._left + max(0.0, now - self._now) * self._rate)
        self._now = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Buckets:
    """A bucket for everybody, by name; those who were gone long enough to have a full one are forgotten."""

    def __init__(self, rate: float, burst: float, most: int = 1024) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: dict[str, tuple[Bucket, float]] = {}

    def take(self, name: str, now: float) -> bool:
        """Whether this one has one left. Where too many ask at once, newcomers have none."""
        if name not in self._buckets and len(self._buckets) >= self._most:
            full = now - self._burst / self._rate
            self._buckets = {name: kept for name, kept in self._buckets.items() if kept[1] > full}
            if len(self._buckets) >= self._most:
                return False
        bucket, _ = self._buckets.get(name, (Bucket(self._rate, self._burst), now))
        self._buckets[name] = bucket, now
        return bucket.take(now)
