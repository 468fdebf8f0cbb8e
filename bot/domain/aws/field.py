"""Fields: plain values out of decoded JSON of unknown quality; nothing here raises."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeGuard

Fields = Mapping[str, object]

NOTHING: Fields = {}
LONGEST_LIST = 100  # a task has at most 10 containers, a Batch job at most 10 attempts
GREATEST = 2**40  # of any number we read: exit codes, MiB, versions
NUMBER = re.compile(r"[+-]?\d{1,15}|0x[0-9a-f]{1,12}", re.ASCII | re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
MILLISECONDS_FROM = 10**11  # as seconds that would be the year 5138


def text(source: Fields, key: str, longest: int = 255) -> str:
    """The string under `key` on one line, cut to `longest` characters; "" where there is none."""
    value = source.get(key)
    if value is None:
        return ""
    if type(value) is str and len(value) <= longest and value.isprintable():
        return value.strip()  # nearly all are: spares the search for what must not be in it
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < GREATEST:
        value = str(value)
    if not isinstance(value, str):
        return ""
    line = CONTROL.sub(" ", value[: 4 * longest]).strip()
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def number(source: Fields, key: str) -> int | None:
    """The whole number under `key`, also one written as a string ("137", "0xC0000017"); else None."""
    value = source.get(key)
    if value is None:
        return None
    if type(value) is int:
        return value if abs(value) < GREATEST else None
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = int(value, 16 if "x" in value.lower() else 10)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < GREATEST else None


def mib(source: Fields, key: str) -> int | None:
    """A memory size in MiB under `key`; None where there is none (0 means "no limit" in ECS)."""
    value = number(source, key)
    return value if value is not None and value > 0 else None


def fields(source: Fields, key: str) -> Fields:
    """The object under `key`; an empty one where there is none."""
    value = source.get(key)
    return value if _is_object(value) else NOTHING


def each(source: Fields, key: str) -> tuple[Fields, ...]:
    """The objects in the list under `key` (or the one object there); other items are passed over."""
    return tuple(item for item in _items(source.get(key)) if _is_object(item))


def texts(source: Fields, key: str) -> tuple[str, ...]:
    """The strings in the list under `key`."""
    return tuple(item for item in _items(source.get(key)) if isinstance(item, str))


def moment(source: Fields, key: str) -> datetime | None:
    """The time under `key`, aware UTC: ISO 8601 with any fraction, epoch seconds or milliseconds, or a datetime."""
    value = source.get(key)
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip()[:40])
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _items(value: object) -> Sequence[object]:
    if isinstance(value, (list, tuple)):
        return value[:LONGEST_LIST]
    return (value,) if _is_object(value) else ()


def _is_object(value: object) -> TypeGuard[Fields]:
    # What JSON decodes to is a dict, and asking an abstract class takes ten times as long.
    return type(value) is dict or isinstance(value, Mapping)
