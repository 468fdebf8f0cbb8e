"""Table parts: what the tables of the schema are put together from."""

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, Table, text

from bot.store.column_types import WHOLE, BoundedInteger, BoundedText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Any, keeps_ids: bool = False) -> Table:
    """Make a table whose ids, where `keeps_ids`, are never given twice: Slack's buttons remember them for ever."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_autoincrement=keeps_ids)


def id_column() -> Column[int]:
    return Column("id", WHOLE, primary_key=True)


def text_column(name: str, limit: int) -> Column[str]:
    return Column(name, BoundedText(limit), nullable=False)


def number_column(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BoundedInteger(), nullable=nullable)


def reference_column(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, WHOLE, ForeignKey(target), nullable=nullable)


def time_column(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime(), nullable=nullable)


def partial(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def work_columns() -> list[Column[Any]]:
    """Columns of a row that somebody must work on: a due date is not a lease, and the fence outlives both."""
    return [
        number_column("attempts"),
        number_column("fence"),
        time_column("due_at"),
        time_column("leased_until", nullable=True),
        text_column("lease_owner", 100),
        text_column("error", 500),
    ]
