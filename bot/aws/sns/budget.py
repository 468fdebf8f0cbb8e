"""Budgets: how many fetches strangers can make us do."""

from datetime import datetime


class FetchBudget:
    """A token bucket: `burst` fetches at once, then one every `refill_s` seconds.

    A forger can vary the file name in SigningCertURL and have us ask AWS each time: this is the bound.
    """

    def __init__(self, burst: int = 10, refill_s: float = 2.0) -> None:
        """Raises ValueError for a budget that would never allow a fetch."""
        if burst < 1 or refill_s <= 0:
            raise ValueError("a fetch budget needs a burst of at least 1 and a refill time above 0")
        self._burst = float(burst)
        self._refill_s = refill_s
        self._tokens = self._burst
        self._filled_at: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Take one fetch; False where none is left."""
        elapsed = 0.0 if self._filled_at is None else max(0.0, (now - self._filled_at).total_seconds())
        self._filled_at = now
        self._tokens = min(self._burst, self._tokens + elapsed / self._refill_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
