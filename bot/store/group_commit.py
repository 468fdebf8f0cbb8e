"""Group commit: one writer thread takes all jobs that wait and commits them together."""

import asyncio
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.store.crowd import Crowd
from bot.store.errors import StoreUnavailable, is_conflict, is_trouble, unavailable

log = structlog.get_logger(__name__)

LARGEST_BATCH = 200  # jobs; PostgreSQL's transactions grow slow with many more savepoints
CHECKPOINT_EVERY = 1000  # jobs; some ten pages of WAL each
IDLE_SECONDS = 0.2
GATHER_SECONDS = 0.010  # at most, until a batch begins that others could join
GATHER_STEP_SECONDS = 0.002
GATHERED = 16  # jobs are enough: while they are committed, the next ones are made ready
_CHANGING = ("INSERT", "UPDATE", "DELETE")
ATTEMPTS = 5  # at a job that lost against another replica's transaction


class _Conflict(Exception):
    """Another replica's transaction was in the way: run this one again from its beginning."""


class _Refused(Exception):
    """A job failed: run the transaction again with a savepoint around each job, so that it fails alone."""


Run = Callable[[Connection, Sequence[Any]], Sequence[Any]]  # items → a result for each, in their order


@dataclass(slots=True)
class Job:
    """One piece of writing and the caller who waits for it; jobs with the same `run` run together."""

    run: Run
    item: Any
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Wake the caller, who may have stopped waiting. On the future's own loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


Groups = Sequence[Sequence[Job]]  # those of one kind together, the largest group last


@dataclass(slots=True)
class GroupCommit:
    """The writer thread. `on_written` is called in it after each commit that changed rows."""

    engine: Engine
    on_written: Callable[[], None]
    _jobs: queue.SimpleQueue[Job | None] = field(default_factory=queue.SimpleQueue)
    _door: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False
    _unsettled: int = 0  # jobs since the last checkpoint
    _crowd: Crowd = field(default_factory=Crowd)
    _thread: threading.Thread | None = None

    def submit(self, run: Run, item: Any) -> asyncio.Future[Any]:
        """Queue a job; the future, of the running loop, is done after the commit. Raise StoreUnavailable if closed."""
        job = Job(run=run, item=item, future=asyncio.get_running_loop().create_future())
        with self._door:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            if self._thread is None:
                # A daemon: a process that dies without close() must not hang here. close() waits for it.
                self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.future

    @property
    def is_crowded(self) -> bool:
        """Whether many jobs come together, again and again, just now."""
        return self._crowd.is_there(time.monotonic())

    def close(self) -> None:
        """Finish what is queued, then stop. Blocks; later jobs are refused."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()
        self.engine.dispose()

    def _work(self) -> None:
        closing = False
        while not closing:
            batch, closing = self._take()
            if batch:
                groups = _together(batch)
                self._crowd.note(len(groups[-1]), time.monotonic())
                written = self._write(groups)
                _tell_all(batch)
                if written:
                    self.on_written()
            if self._unsettled >= CHECKPOINT_EVERY or (self._unsettled and not batch):
                self._checkpoint()

    def _take(self) -> tuple[list[Job], bool]:
        """All jobs that wait (none after an idle moment with a checkpoint to do), and whether it was the end."""
        batch: list[Job] = []
        try:
            job = self._jobs.get(timeout=IDLE_SECONDS if self._unsettled else None)
            self._gather()
            while job is not None:
                batch.append(job)
                if len(batch) == LARGEST_BATCH:
                    return batch, False
                job = self._jobs.get_nowait()
        except queue.Empty:
            return batch, False
        return batch, True

    def _gather(self) -> None:
        """Where others wait, too, let more of them come for as long as they do: a batch costs more than its jobs."""
        waiting = 0
        until = time.monotonic() + GATHER_SECONDS
        while waiting < self._jobs.qsize() < GATHERED and time.monotonic() < until:
            waiting = self._jobs.qsize()
            time.sleep(GATHER_STEP_SECONDS)

    def _write(self, groups: Groups) -> bool:
        """Run and commit these jobs; leave each with its result or error. Whether rows changed."""
        try:
            return self._commit(groups)
        except _Conflict:
            return sum(self._insist(jobs) for jobs in groups) > 0
        except Exception as error:  # noqa: BLE001 -- whatever it was, no caller may wait for ever
            _fail(chain.from_iterable(groups), error)
            return False

    def _commit(self, groups: Groups) -> bool:
        try:
            # Jobs seldom fail, and a savepoint costs PostgreSQL two round trips.
            return self._transact(groups, _run)
        except _Refused:
            return self._transact(groups, _run_guarded)

    def _transact(self, groups: Groups, run: Callable[[Connection, Sequence[Job]], None]) -> bool:
        with self.engine.connect() as connection:
            changes = _Changes(connection)
            with connection.begin():
                for jobs in groups:
                    run(connection, jobs)
            self._unsettled += sum(map(len, groups))
            return changes.any()

    def _insist(self, jobs: Sequence[Job]) -> bool:
        """Run jobs of one kind in a transaction of their own, again and again while others get in its way."""
        last = StoreUnavailable(f"gave way to other transactions {ATTEMPTS} times")
        for _ in range(ATTEMPTS):
            try:
                return self._transact([jobs], _run_guarded)
            except _Conflict as error:
                last.__cause__ = error
            except Exception as error:  # noqa: BLE001 -- likewise
                _fail(jobs, error)
                return False
        _fail(jobs, last)
        return False

    def _checkpoint(self) -> None:
        """Move the WAL into the SQLite file, on the only connection that ever does; PostgreSQL minds its own."""
        self._unsettled = 0
        if self.engine.dialect.name != "sqlite":
            return
        try:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error) as error:
            log.warning(
                "store.checkpoint_failed", error=str(error)
            )  # the WAL holds the truth until the next one


class _Changes:
    """Whether a transaction changed rows: a lease that finds nothing must wake nobody."""

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.dbapi_connection
        self._counts_itself = connection.dialect.name == "sqlite"
        self._before = self._total()
        self._seen = False
        if not self._counts_itself:
            event.listen(connection, "after_cursor_execute", self._look)

    def _look(self, *execution: Any) -> None:
        _connection, cursor, statement, *_rest = execution
        if statement.startswith(_CHANGING) and cursor.rowcount > 0:
            self._seen = True

    def _total(self) -> int:
        return int(self._driver.total_changes) if self._counts_itself else 0

    def any(self) -> bool:
        return self._seen or self._total() != self._before


def _together(batch: Iterable[Job]) -> Groups:
    """Jobs that run together, those of most last: locks that many rows want are held the shortest time."""
    groups: dict[Run, list[Job]] = defaultdict(list)
    for job in batch:
        groups[job.run].append(job)
    return sorted(groups.values(), key=len)


def _answer(connection: Connection, jobs: Sequence[Job]) -> None:
    results = jobs[0].run(connection, [job.item for job in jobs])
    for job, result in zip(jobs, results, strict=True):
        job.result, job.error = result, None


def _run(connection: Connection, jobs: Sequence[Job]) -> None:
    """Run jobs together; their failure undoes the whole transaction."""
    try:
        _answer(connection, jobs)
    except Exception as error:
        raise (_Conflict if is_conflict(error) else _Refused) from error


def _run_guarded(connection: Connection, jobs: Sequence[Job]) -> None:
    """Run jobs so that a failure undoes its own rows alone: together, and where that fails one after the other."""
    error = _try(connection, jobs)
    if error is None:
        return
    if len(jobs) > 1:
        for job in jobs:
            _run_guarded(connection, [job])
    else:
        jobs[0].result, jobs[0].error = None, unavailable(error) if is_trouble(error) else error


def _try(connection: Connection, jobs: Sequence[Job]) -> Exception | None:
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        _answer(connection, jobs)
    except Exception as error:
        if is_conflict(error):
            raise _Conflict from error
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
        failure: Exception | None = error
    else:
        failure = None
    connection.exec_driver_sql("RELEASE SAVEPOINT job")
    return failure


def _fail(batch: Iterable[Job], error: BaseException) -> None:
    for job in batch:
        job.result, job.error = None, unavailable(error)


def _tell_all(batch: Iterable[Job]) -> None:
    """Wake each loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = defaultdict(list)
    for job in batch:
        by_loop[job.future.get_loop()].append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_tell_each, jobs)
        except RuntimeError:
            continue  # that loop was closed: nobody waits there any more


def _tell_each(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.tell()
