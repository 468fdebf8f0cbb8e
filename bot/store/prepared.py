"""Prepared statements: those of every batch of kills, compiled once; what they are given goes straight to the driver.

SQLAlchemy prepares, checks and names each value of each execution anew. For a batch of small rows that takes longer than
all that the database does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, bindparam
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

_STEP = 4  # sizes are its powers: few statements, which PostgreSQL plans once each

Process = Callable[[Any], Any]
Slots = list[list[BindParameter[Any]]]


class Many:
    """A statement that is executed once for each of many rows and answers nothing."""

    def __init__(self, build: Callable[[str], Executable], names: Sequence[str] = ()) -> None:
        """`build` makes it for a database's name; `names`: columns of an INSERT that the rows have values for."""
        self._build = build
        self._names = list(names)
        self._compiled: dict[str, _Compiled] = {}

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each row, a mapping from its parameters' names to values."""
        if not rows:
            return
        compiled = self._compiled.get(conn.dialect.name)
        if compiled is None:
            compiled = _Compiled(self._build(conn.dialect.name), conn.dialect, self._names)
            self._compiled[conn.dialect.name] = compiled
        conn.exec_driver_sql(compiled.text, [compiled.bound(row) for row in rows])


class Among:
    """A statement about any number of things at a time, with an answer.

    There is one of each size, and of few sizes: where things are too few for it, the last one is named several times.
    """

    def __init__(self, build: Callable[[str, Slots], Executable], *types: TypeEngine[Any]) -> None:
        """`build` makes it for a database's name and the parameters of each thing, which have these types."""
        self._build = build
        self._types = types
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def rows(self, conn: Connection, things: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """What it answers about these things, each a value for each type."""
        if not things:
            return []
        size = 1
        while size < len(things):
            size *= _STEP
        compiled = self._compiled.get((conn.dialect.name, size))
        if compiled is None:
            compiled = _Compiled(self._build(conn.dialect.name, self._slots(size)), conn.dialect)
            self._compiled[conn.dialect.name, size] = compiled
        padded = [*things, *[things[-1]] * (size - len(things))]
        values = {_name(at, n): one for at, thing in enumerate(padded) for n, one in enumerate(thing)}
        return compiled.answer(conn.exec_driver_sql(compiled.text, compiled.bound(values)))

    def _slots(self, size: int) -> Slots:
        return [
            [bindparam(_name(at, n), type_=one) for n, one in enumerate(self._types)] for at in range(size)
        ]


class _Compiled:
    """The text of a statement for one database, and how its values are given and read."""

    def __init__(self, statement: Any, dialect: Any, names: Sequence[str] = ()) -> None:
        style = "qmark" if dialect.name == "sqlite" else "format"
        compiled = statement.compile(dialect=type(dialect)(paramstyle=style), column_keys=names or None)
        self.text = str(compiled)
        self._places = list(_places(compiled, dialect))
        self._readers = [_reader(one.type, dialect) for one in _answered(statement)]

    def bound(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of a row as the driver takes them, in the order of the text."""
        return tuple([given(row[name]) if name else given for name, given in self._places])

    def answer(self, rows: Any) -> list[tuple[Any, ...]]:
        """The rows that the driver gives, as the columns' types read them."""
        readers = self._readers
        return [tuple([read(one) for read, one in zip(readers, row, strict=True)]) for row in rows]


def _places(compiled: Any, dialect: Dialect) -> Iterator[tuple[str, Any]]:
    """For each place in the text: a name and how its value is given, or "" and the value that it always has."""
    for name in compiled.positiontup:
        bind = compiled.binds[name]
        given = bind.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is
        yield (name, given) if bind.required else ("", given(bind.effective_value))


def _answered(statement: Any) -> Sequence[Any]:
    return list(statement.exported_columns) if statement.is_select or statement.is_dml else []


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    return kind.dialect_impl(dialect).result_processor(dialect, None) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _name(at: int, n: int) -> str:
    return f"thing_{at}_{n}"
