"""Fetched values: got by one thread at a time, renewed before they end, and not asked for again at once in vain."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from bot.aws.trouble import AwsTrouble, Forbidden
from bot.domain.telling.language import mark

T = TypeVar("T")

RENEW_BEFORE = timedelta(minutes=5)
FORBIDDEN_FOR = timedelta(minutes=1)  # somebody must change a policy; who did wants to see it work soon
OUT_OF_REACH_FOR = timedelta(seconds=5)


class Fetched(Generic[T]):
    """One value. Who asks while another thread fetches waits for that thread's answer, good or bad."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Nothing is fetched yet. `clock` gives aware UTC."""
        self._clock = clock
        self._lock = Lock()
        self._value: tuple[T, datetime] | None = None
        self._trouble: tuple[AwsTrouble, datetime] | None = None

    def get(self, fetch: Callable[[], tuple[T, datetime]]) -> T:
        """The value, new enough. An old one will do where a new one cannot be had; else raises an AwsTrouble.

        `fetch` gives the value and when it ends, or raises an AwsTrouble.
        """
        with self._lock:
            now = self._clock()
            if self._value and now < self._value[1] - RENEW_BEFORE:
                return self._value[0]
            if self._trouble is None or self._trouble[1] <= now:
                self._renew(fetch)
            if self._value and now < self._value[1]:
                return self._value[0]
            if self._trouble:
                raise self._trouble[0].with_traceback(None)  # else each raise makes the last one's longer
            raise AwsTrouble(mark("AWS gave something that has ended already: is the clock right?"))

    def forget(self, value: T) -> None:
        """AWS does not take this value any more; one that came since is kept."""
        with self._lock:
            if self._value and self._value[0] == value:
                self._value = None

    def _renew(self, fetch: Callable[[], tuple[T, datetime]]) -> None:
        try:
            self._value, self._trouble = fetch(), None
        except AwsTrouble as trouble:
            pause = FORBIDDEN_FOR if isinstance(trouble, Forbidden) else OUT_OF_REACH_FOR
            self._trouble = trouble, self._clock() + pause
