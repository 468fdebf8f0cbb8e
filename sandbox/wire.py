"""The wire log: every call, delivery and acknowledgement that crosses the sandbox's border, to open and read."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from sandbox.clock import Clock

KEPT = 1000  # entries; older ones are forgotten
SUMMARY = ("id", "at", "direction", "kind", "title", "status", "ms", "level", "note")

Level = Literal["ok", "error", "advice"]
Direction = Literal["in", "out"]


class Exchange(TypedDict):
    """What there is to say about one request and its answer; "in" is called by the bot, "out" calls it."""

    direction: Direction
    kind: str
    title: str
    status: int
    ms: float
    level: NotRequired[Level]
    note: NotRequired[str]
    actor: NotRequired[str]
    request: NotRequired[Any]
    response: NotRequired[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `at` is in milliseconds since 1970, `status` the HTTP status (0: no answer).

    `actor` is whose keys signed a call to AWS, as CloudTrail would name them.
    """

    id: int
    at: int
    direction: Direction
    kind: str
    title: str
    status: int
    ms: float
    level: Level = "ok"
    note: str = ""
    actor: str = ""
    request: Any = None
    response: Any = None

    def summary(self) -> dict[str, Any]:
        """The entry without the bodies, as the page lists it."""
        return {name: getattr(self, name) for name in SUMMARY}

    def full(self) -> dict[str, Any]:
        """The whole entry."""
        return asdict(self)


class WireLog:
    """The newest entries, oldest first, and those who want to hear of new ones."""

    def __init__(self, clock: Clock) -> None:
        """Stamp entries with this clock."""
        self._clock = clock
        self._ids = itertools.count(1)
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.listeners: list[Callable[[Entry], None]] = []

    def add(self, **exchange: Unpack[Exchange]) -> Entry:
        """Write one line down and tell the listeners."""
        entry = Entry(id=next(self._ids), at=round(self._clock.time() * 1000), **exchange)
        self._entries.append(entry)
        for listener in self.listeners:
            listener(entry)
        return entry

    def entries(self) -> list[Entry]:
        """All that are kept, oldest first."""
        return list(self._entries)

    def get(self, entry_id: int) -> Entry | None:
        """One entry, if it is still kept."""
        return next((entry for entry in self._entries if entry.id == entry_id), None)
