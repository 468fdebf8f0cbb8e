"""Crowds: whether so much is written at once, again and again, that what can wait should."""

from collections import deque

_MANY = 4  # jobs of one kind in one batch: whoever delivers waits for others
_TIMES = 5  # within a second: no mere hiccup of the disk
_IN_ALL = 60  # jobs in these batches: on a slow disk fifty kills a second come in batches, too
_A_MOMENT_S = 1.0


class Crowd:
    """Those who write together, batch after batch."""

    def __init__(self) -> None:
        """Nobody came yet."""
        self._seen: deque[tuple[float, int]] = deque(maxlen=_IN_ALL // _MANY)

    def note(self, jobs: int, now_s: float) -> None:
        """So many were written together at this moment."""
        if jobs >= _MANY:
            self._seen.append((now_s, jobs))

    def is_there(self, now_s: float) -> bool:
        """Whether many came again and again, a moment ago. May be asked in any thread."""
        lately = [jobs for at_s, jobs in tuple(self._seen) if now_s - at_s < _A_MOMENT_S]
        return len(lately) >= _TIMES and sum(lately) >= _IN_ALL
