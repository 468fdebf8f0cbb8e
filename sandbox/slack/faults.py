"""Faults on demand: what Slack does on a bad day, ordered for the next call or for as long as it lasts."""

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong. Use the functions below to make one."""

    kind: Literal["ratelimited", "http", "html", "slow", "drop_before", "drop_after", "halve", "refuse"]
    seconds: float = 0
    status: int = 0
    error: str = ""


def ratelimited(seconds: int) -> Fault:
    """Answer 429 with this Retry-After, without doing anything."""
    return Fault(kind="ratelimited", seconds=seconds)


def http(status: int) -> Fault:
    """Answer this HTTP status, without doing anything."""
    return Fault(kind="http", status=status)


def html() -> Fault:
    """Answer 200 with an HTML page, without doing anything."""
    return Fault(kind="html")


def slow(seconds: float) -> Fault:
    """Do it, that much later."""
    return Fault(kind="slow", seconds=seconds)


def dropped(*, after: bool) -> Fault:
    """Close the connection without an answer, after or before doing what was asked."""
    return Fault(kind="drop_after" if after else "drop_before")


def halved() -> Fault:
    """Do it, and answer with the first half of what was to be said."""
    return Fault(kind="halve")


def refused(error: str) -> Fault:
    """Answer `ok: false` with this error, without doing anything."""
    return Fault(kind="refuse", error=error)


class Faults:
    """What shall go wrong. `down` makes every Web API call and response_url fail with HTTP 503."""

    def __init__(self) -> None:
        """Begin with a good day."""
        self.down = False
        self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def next(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method ("*": of any) go wrong, one fault a call, in this order."""
        self._next[method].extend(faults)

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self.down = False
        self._next.clear()

    def take(self, method: str) -> Fault | None:
        """The fault of this call, if it has one."""
        if self.down:
            return http(503)
        queue = self._next[method] or self._next["*"]
        return queue.popleft() if queue else None
