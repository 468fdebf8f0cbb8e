"""Column types: how times, texts, numbers and verdicts lie in both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.domain.kills.verdict import Verdict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LARGEST = 2**63 - 1

# What PostgreSQL calls BIGINT, STRICT tables of SQLite call INTEGER.
WHOLE = BigInteger().with_variant(Integer(), "sqlite")

# The numbers are what the tables hold: never renumber them.
RANKS = {
    Verdict.OOM: 0,
    Verdict.SUSPECTED_OOM: 1,
    Verdict.FAILURE: 2,
    Verdict.MEMORY_WARNING: 3,
    Verdict.NONE: 4,
    Verdict.SILENT_KILL: 5,
}
VERDICTS = {rank: verdict for verdict, rank in RANKS.items()}


def _whole(dialect: Dialect) -> TypeEngine[int]:
    return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware UTC out; milliseconds since 1970 in between (finer parts are cut off)."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _whole(dialect)

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Raise ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + int(value) * MILLISECOND


class BoundedText(TypeDecorator[str]):
    """Text from outside: at most `limit` characters (a cut ends in …), no NUL and no lone surrogates."""

    impl = Text
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else bounded(value, self.limit)


class BoundedInteger(TypeDecorator[int]):
    """A number from outside: one that does not fit into 64 bits becomes the largest that does."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _whole(dialect)

    def process_bind_param(self, value: int | None, _dialect: Dialect) -> int | None:
        return None if value is None else max(-LARGEST, min(LARGEST, value))


class Rank(TypeDecorator[Verdict]):
    """A verdict as a small number, the worst lowest, so that indexes stay small and min() is the worst."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _whole(dialect)

    def process_bind_param(self, value: Verdict | None, _dialect: Dialect) -> int | None:
        return None if value is None else RANKS[value]

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> Verdict | None:
        return None if value is None else VERDICTS[int(value)]


class Flag(TypeDecorator[bool]):
    """Yes or no as 1 or 0: STRICT tables know no BOOLEAN."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _whole(dialect)

    def process_bind_param(self, value: bool | None, _dialect: Dialect) -> int | None:  # noqa: FBT001
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


def whole_milliseconds(moment: datetime) -> datetime:
    """The time as the tables keep it, so that it equals what is read back."""
    finer = moment.microsecond % 1000
    return moment - timedelta(microseconds=finer) if finer else moment


def bounded(text: str, limit: int) -> str:
    """The text as both databases can hold it: PostgreSQL refuses NUL, and UTF-8 has no lone surrogates."""
    if text.isascii() and len(text) <= limit and "\x00" not in text:
        return text  # nearly all are
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def limit_of(column: Column[Any]) -> int:
    """How many characters this column of texts keeps."""
    return column.type.limit if isinstance(column.type, BoundedText) else LARGEST


def kept(column: Column[Any], text: str) -> str:
    """The text as this column keeps it, so that it equals what is read back."""
    return bounded(text, limit_of(column))
