"""Errors: what callers of the store must expect."""

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# PostgreSQL's own advice for these two is: run the transaction again.
CONFLICTS = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class StoreUnavailable(Exception):
    """The database could not be asked or did not commit; whatever was tried may be tried again."""


class SchemaOutdated(Exception):
    """The database was not migrated to the schema that this code was written for."""


def is_conflict(error: BaseException) -> bool:
    """Whether two transactions got into each other's way and this one had to give way."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICTS


def is_trouble(error: BaseException) -> bool:
    """Whether the database, and not the caller, is to blame."""
    # SQLite has no kind of its own for a file that is damaged, or that is no database.
    is_damaged = type(error) is DatabaseError
    return is_damaged or isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeout)


def unavailable(error: BaseException) -> StoreUnavailable:
    """The same trouble in the store's words, without the statement's parameters (they may be secret)."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines() or [""]
    refusal = StoreUnavailable(f"{type(cause).__name__}: {lines[0]}")
    refusal.__cause__ = cause
    return refusal
