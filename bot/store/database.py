"""Database: the only way in; writes are durable when they return, reads never wait for them."""

import asyncio
import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.engines import reader_engine, sqlite_path, store_url, take_file, writer_engine
from bot.store.errors import SchemaOutdated, StoreUnavailable, is_trouble, unavailable
from bot.store.file_lock import FileLock
from bot.store.group_commit import GroupCommit, Run
from bot.store.schema import REVISION

__all__ = ["Database", "SchemaOutdated", "StoreUnavailable"]

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")


class Database:
    """SQLite or PostgreSQL behind one writer thread and a few reader threads.

    A job or query is a plain function whose first parameter is a SQLAlchemy Connection. It must not commit, keep
    the connection, or do anything that cannot be undone: it may be run more than once before it counts.
    """

    def __init__(
        self, writer: Engine, reader: Engine, aside: Engine | None, *, readers: int, lock: FileLock | None
    ) -> None:
        self._reader = reader
        self._lock = lock
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="store-reader")
        self._writer = GroupCommit(writer, self._written)
        self._aside = GroupCommit(aside, _wakes_nobody) if aside else self._writer
        self._listeners: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @classmethod
    def open(cls, url: str, *, readers: int = 4) -> Self:
        """Take the SQLite file for this process, or make ready to connect to PostgreSQL.

        Raise StoreUnavailable where another process has the file, ValueError for a URL of something else.
        """
        parsed = store_url(url)
        path = sqlite_path(parsed)
        lock = take_file(path) if path else None
        aside = None if path else writer_engine(parsed)
        return cls(writer_engine(parsed), reader_engine(parsed, readers), aside, readers=readers, lock=lock)

    @property
    def is_exclusive(self) -> bool:
        """Whether this process alone has the store, as its lock on the SQLite file proves."""
        return self._lock is not None

    @property
    def is_crowded(self) -> bool:
        """Whether so much is written at the moment that who writes waits for others: what can wait should."""
        return self._writer.is_crowded

    async def write(
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `job(connection, …)` in the writer thread and return its result once it is durable.

        Jobs that wait at the same moment share one commit. What the job raises is raised here, and nobody else's
        job suffers. Raise StoreUnavailable where the database fails; then nothing of it need have happened. A
        caller that is cancelled stops waiting; its job runs all the same.
        """
        result: T = await self._submit(_alone(job, args, kwargs), None)
        return result

    async def write_together(self, job: Callable[[Connection, Sequence[Item]], Sequence[T]], item: Item) -> T:
        """Likewise, but run `job(connection, items)` once for all the items that wait for it at the same moment.

        It answers with a result for each of them, in their order. Where it fails, it runs for each item alone.
        """
        result: T = await self._submit(job, item)
        return result

    def _submit(self, run: Run, item: Any) -> asyncio.Future[Any]:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._writer.submit(run, item)

    async def write_aside(
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Like `write`, but on PostgreSQL apart from all other writing, and it wakes nobody.

        For what replicas tell each other all the time: it must not wait for long transactions, nor hold its locks
        as long as they last. SQLite has one writer for everything.
        """
        result: T = await self._aside.submit(_alone(job, args, kwargs), None)
        return result

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `query(connection, …)` in a reader thread; it sees one moment and cannot write.

        Raise StoreUnavailable where the database fails or is closed.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        run = functools.partial(_call, query, args, kwargs)
        work = functools.partial(copy_context().run, self._query, run)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Have `listener` called, on the loop of the first write, after each commit that changed rows."""
        self._listeners.append(listener)

    def off_commit(self, listener: Callable[[], None]) -> None:
        """Call this listener no more; nothing happens where it is none."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def check(self) -> None:
        """Raise SchemaOutdated where the database lacks migrations, StoreUnavailable where it does not answer.

        A newer database is fine: a rolling deploy migrates first, and migrations only expand.
        """
        found = await self.read(_revision)
        if found < REVISION:
            raise SchemaOutdated(
                f"the database is at revision {found or 'none'}, this program needs {REVISION}: "
                "run: python app.py migrate"
            )

    async def close(self) -> None:
        """Finish the writes that are queued, then let go of the database. May be called twice."""
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown(wait=True)
        self._reader.dispose()
        self._aside.close()
        self._writer.close()  # after the readers: SQLite's last connection checkpoints and removes the WAL
        if self._lock is not None:
            self._lock.release()

    def _query(self, run: Callable[[Connection], T]) -> T:
        try:
            with self._reader.connect() as connection, connection.begin():
                return run(connection)
        except SQLAlchemyError as error:
            if is_trouble(error):
                raise unavailable(error) from None
            raise

    def _written(self) -> None:
        """Wake the listeners; called in the writer thread."""
        loop = self._loop
        if loop is None or not self._listeners:
            return
        try:
            loop.call_soon_threadsafe(self._call_listeners)
        except RuntimeError:
            return  # the loop is closed: nobody listens any more

    def _call_listeners(self) -> None:
        for listener in self._listeners:
            listener()


def _call(
    function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object], connection: Connection
) -> T:
    return function(connection, *args, **kwargs)


def _wakes_nobody() -> None:
    """What is written aside is no work for a loop."""


def _alone(job: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> Run:
    """As something that runs together with nothing, and tells what it tells in the caller's language."""
    here = copy_context()

    def run(connection: Connection, _items: Sequence[None]) -> list[T]:
        return [here.run(job, connection, *args, **kwargs)]

    return run


def _revision(connection: Connection) -> str:
    """The database's migration, "" where there was none."""
    exists = connection.dialect.has_table(connection, "alembic_version")
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if exists else None
    return str(found or "")
