"""Crowds: whether so much is written at once, again and again, that what can wait should."""

_MANY = 4  # jobs of one kind in one batch: whoever delivers waits for others
_TIMES = 5  # within a second: no mere hiccup of the disk
_IN_ALL = 60  # jobs in these batches: on a slow disk fifty kills a second come in batches, too
_A_MOMENT_S = 1.0
_HEAPS = 200  # jobs in two batches or more, which may take long
_A_WHILE_S = 3.0


class Crowd:
    """Those who write together, batch after batch."""

    def __init__(self) -> None:
        """Nobody came yet."""
        self._seen: tuple[tuple[float, int], ...] = ()

    def note(self, jobs: int, now_s: float) -> None:
        """So many were written together at this moment."""
        if jobs >= _MANY:
            self._seen = (*self._seen[1 - _IN_ALL // _MANY :], (now_s, jobs))

    def is_there(self, now_s: float) -> bool:
        """Whether many came again and again, a moment ago. May be asked in any thread."""
        seen = self._seen
        lately = [jobs for at_s, jobs in seen if now_s - at_s < _A_MOMENT_S]
        if len(lately) >= _TIMES and sum(lately) >= _IN_ALL:
            return True
        before = [jobs for at_s, jobs in seen if now_s - at_s < _A_WHILE_S]
        return len(before) > 1 and sum(before) >= _HEAPS
