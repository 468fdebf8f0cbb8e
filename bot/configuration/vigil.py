"""The vigil: looks at the files of the configuration every few seconds, and reads the settings again when they change.

It looks at what is in them: mounted ConfigMaps and secrets are swapped by symlinks, which notifications of the kernel
and times of modification miss.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from bot.configuration.document import LARGEST
from bot.configuration.fault import Misconfigured
from bot.configuration.reading import Reading
from bot.settings import Settings

Contents = Mapping[Path, bytes | None]


class Renew(Protocol):
    """Mirror.renew."""

    def __call__(self, *, at_once: bool) -> None:
        """Fetch again when it is time, or now. Never raises."""


class Vigil:
    """Knows what the files held when they were read."""

    def __init__(
        self, files: Iterable[Path], reread: Callable[[], Reading[Settings]], renew: Renew | None = None
    ) -> None:
        """`files` are those of the reading in force. `reread` reads all anew, and raises Misconfigured.

        `renew` brings files up to date that are copies of something elsewhere.
        """
        self._files = tuple(files)
        self._reread = reread
        self._renew = renew
        self._read: Contents | None = (
            None  # whoever read before did not note what it read: the first look does it again
        )
        self._seen: Contents = {}

    async def look(self, *, at_once: bool = False) -> Reading[Settings] | Misconfigured | None:
        """What a new reading gives; None where nothing changed since the last.

        A change counts when the next look sees the same: some editors write a file piece by piece. `at_once`: somebody
        asks for it, so read now and in any case.
        """
        return await asyncio.to_thread(self._look, at_once)

    def _look(self, at_once: bool) -> Reading[Settings] | Misconfigured | None:  # noqa: FBT001 - to_thread's
        if self._renew:
            self._renew(at_once=at_once)
        now = contents(self._files)
        is_settled, self._seen = now == self._seen, now
        if not at_once and (now == self._read or not is_settled):
            return None
        self._read = now
        found = self._found()
        self._files = found.files
        self._read = self._seen = {path: now[path] if path in now else _content(path) for path in self._files}
        return found

    def _found(self) -> Reading[Settings] | Misconfigured:
        try:
            return self._reread()
        except Misconfigured as wrong:
            return wrong


def contents(files: Iterable[Path]) -> Contents:
    """What is in each, as far as anybody would read it; None where there is none or it cannot be read."""
    return {path: _content(path) for path in files}


def _content(path: Path) -> bytes | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return None
