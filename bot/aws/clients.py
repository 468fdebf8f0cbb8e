"""Clients: botocore's clients, made once and kept for the next call, a bounded number of them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(slots=True)
class _Kept:
    client: Any
    users: int = 0


class Clients:
    """Clients by key. Above the bound the one that was idle longest is closed; none is that somebody uses."""

    def __init__(self, most: int) -> None:
        """`most` must be more than there are threads, or a client in use could stand above the bound."""
        self._most = most
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = Lock()  # a session is not for several threads at once; its clients are

    def __len__(self) -> int:
        """How many there are now."""
        return len(self._kept)

    @contextmanager
    def use(self, key: Hashable, make: Callable[[], Any]) -> Iterator[Any]:
        """The client of this key, for the length of the block; `make` is called where there is none."""
        with self._lock:
            kept = self._kept.pop(key, None) or _Kept(make())
            self._kept[key] = kept
            kept.users += 1
            self._make_room()
        try:
            yield kept.client
        finally:
            with self._lock:
                kept.users -= 1

    def _make_room(self) -> None:
        idle = [key for key, kept in self._kept.items() if not kept.users]
        for key in idle[: max(0, len(self._kept) - self._most)]:
            self._kept.pop(key).client.close()
