"""Peeks: read a store beside the bot that has it, without its lock; for commands that only look."""

import asyncio
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engines import reader_engine, sqlite_path, store_url
from bot.store.errors import StoreUnavailable, is_trouble, unavailable

P = ParamSpec("P")
T = TypeVar("T")


class Peek:
    """A store that is only read. Raises ValueError for a URL of something else."""

    def __init__(self, url: str) -> None:
        """Connects when something is read."""
        parsed = store_url(url)
        self._path = sqlite_path(parsed)
        self._engine = reader_engine(parsed, 1)

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `query(connection, …)`, which cannot write. Raises StoreUnavailable."""
        return await asyncio.to_thread(self._query, lambda conn: query(conn, *args, **kwargs))

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    def _query(self, run: Callable[[Connection], T]) -> T:
        if self._path is not None and not self._path.exists():  # SQLite would make an empty one
            raise StoreUnavailable(f"{self._path} does not exist")
        try:
            with self._engine.connect() as connection, connection.begin():
                return run(connection)
        except SQLAlchemyError as error:
            if is_trouble(error):
                raise unavailable(error) from None
            raise
