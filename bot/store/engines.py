"""Engines: how both databases are connected to, for one writer and for readers."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from bot.store.errors import StoreUnavailable
from bot.store.file_lock import FileLock

# SQLite before 3.51.3 can corrupt a WAL file when two connections checkpoint at once; this wheel bundles a newer one.
try:
    from pysqlite3 import dbapi2 as sqlite_driver
except ImportError:  # no wheel for this platform: our single write connection avoids the bug by itself
    from sqlite3 import dbapi2 as sqlite_driver

SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)
SQLITE_WRITER_PRAGMAS = (
    "PRAGMA cache_size=-2000",  # KiB; twice and half as much record a kill as fast
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # durable before 200; group commit makes it nearly free
    "PRAGMA wal_autocheckpoint=0",  # the writer thread checkpoints when it has time
    "PRAGMA journal_size_limit=67108864",
)
# Each connection keeps pages of its own, and an hour of kills fills every cache: the bot's memory grows by them all.
# What they miss, the operating system has.
SQLITE_READER_PRAGMAS = (
    "PRAGMA cache_size=-1000",  # KiB
    "PRAGMA query_only=ON",
    "PRAGMA wal_autocheckpoint=0",
)
POSTGRES_SETTINGS = (
    "SET statement_timeout = '20s'",
    "SET lock_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '60s'",
)
POSTGRES_CONNECT = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "oom-guard",
}


def store_url(url: str) -> URL:
    """Read DATABASE_URL: sqlite:///path, postgresql://… or postgres://… (as platforms write it).

    Raise ValueError, without the password in it, for anything else.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ValueError("DATABASE_URL is not a database URL: sqlite:///path or postgresql://…") from error
    family = parsed.drivername.partition("+")[0]
    if family in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if family == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    raise ValueError(f"DATABASE_URL must be sqlite:///path or postgresql://…, not {family}://…")


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite URL, None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def take_file(path: Path) -> FileLock:
    """Make the file, readable to its owner alone, and lock it for this process."""
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not lock.acquire():
            raise StoreUnavailable(
                f"{path} is in use by another process, and SQLite serves one process only: stop that one, "
                "or set DATABASE_URL to a PostgreSQL database"
            )
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        lock.release()
        raise StoreUnavailable(f"{path} cannot be opened: {error.strerror}") from error
    return lock


def writer_engine(url: URL) -> Engine:
    """The engine of the one writing connection."""
    if sqlite_path(url):
        return _sqlite_engine(url, SQLITE_WRITER_PRAGMAS, begin="BEGIN IMMEDIATE", size=1)
    return _postgres_engine(url, size=1, isolation_level="READ COMMITTED")


def reader_engine(url: URL, size: int) -> Engine:
    """The engine of the readers: each transaction sees one moment and cannot write."""
    if sqlite_path(url):
        return _sqlite_engine(url, SQLITE_READER_PRAGMAS, begin="BEGIN", size=size)
    engine = _postgres_engine(url, size=size, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


def _sqlite_engine(url: URL, pragmas: tuple[str, ...], *, begin: str, size: int) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_driver,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, and some parameters are secret
        # The driver's own transaction handling is off: it would begin late and commit before DDL.
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in (*SQLITE_PRAGMAS, *pragmas):
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: URL, *, size: int, isolation_level: Any) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        pool_pre_ping=True,  # a restarted server costs nobody a failed delivery
        isolation_level=isolation_level,
        connect_args=POSTGRES_CONNECT,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        before = connection.autocommit
        connection.autocommit = True
        for setting in POSTGRES_SETTINGS:
            connection.execute(setting)
        connection.autocommit = before

    return engine
