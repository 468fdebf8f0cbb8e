"""Lines: in which line of a TOML file a key is written, for people who must find it; tomllib reads, and does not tell."""

import re
import tomllib
from collections.abc import Iterator, Sequence

Key = tuple[str | int, ...]

_HEADER = re.compile(r"(\[\[?)(.+?)\]\]?\s*(?:#.*)?")
_ENTRY = re.compile(r"""((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""", re.ASCII)


def line_of(text: str, key: Sequence[str | int]) -> int | None:
    """The line, from 1, of a key like ("routes", 1, "channel"), or of what it stands in; None where nothing is near."""
    best: tuple[int, int | None] = (0, None)
    for number, written in _written(text):
        if len(written) > best[0] and tuple(key[: len(written)]) == written:
            best = (len(written), number)
    return best[1]


def _written(text: str) -> Iterator[tuple[int, Key]]:
    """Lines that name a table or a key. Those inside a text of many lines are taken for such, and are seldom asked for."""
    here: Key = ()
    counts: dict[Key, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        if header := _HEADER.fullmatch(bare):
            here = _placed(_parts(header[2]), counts)
            if header[1] == "[[":
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
            yield number, here
        elif entry := _ENTRY.match(bare):
            yield number, (*here, *_parts(entry[1]))


def _placed(parts: Sequence[str], counts: dict[Key, int]) -> Key:
    """A header's key, with the number of the entry that it belongs to wherever it leads through a list."""
    placed: Key = ()
    for position, part in enumerate(parts):
        if position and placed in counts:
            placed = (*placed, counts[placed])
        placed = (*placed, part)
    return placed


def _parts(dotted: str) -> list[str]:
    """The parts of a key, as TOML has them."""
    try:
        found: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return []
    parts = []
    while isinstance(found, dict):
        [(part, found)] = found.items()
        parts.append(part)
    return parts
