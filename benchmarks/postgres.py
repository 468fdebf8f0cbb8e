"""PostgreSQL for benchmarks: the tests' binaries with the durable settings of a real server."""

import contextlib
import itertools
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from benchmarks.process import LOAD_CORE, on_cores
from tests import postgres as binaries

_PATIENCE_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",  # as for any SSD
    "effective_cache_size": "4GB",
    "log_min_messages": "fatal",
}


@dataclass(slots=True)
class Server:
    """A running server with fsync on."""

    sockets: Path
    version: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """As DATABASE_URL would have it."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """An empty database until the block ends."""
        name = f"bench_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def has(self, database: str) -> bool:
        """Whether there is a database of that name."""
        with psycopg.connect(self.url("postgres")) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return found.fetchone() is not None

    def size(self, database: str) -> int:
        """How many bytes a database takes."""
        with psycopg.connect(self.url("postgres")) as connection:
            row = connection.execute("SELECT pg_database_size(%s)", [database]).fetchone()
            return int(row[0]) if row else 0


@contextlib.contextmanager
def durable_server(data: Path | None = None) -> Iterator[Server]:
    """A server until the block ends; its data stay in `data` where that is named, else go with it."""
    home = binaries._reachable_folder()  # noqa: SLF001 -- the tests know how to run it as root
    user = binaries._unprivileged(home)  # noqa: SLF001 -- likewise
    programs = binaries._binaries(home)  # noqa: SLF001 -- likewise
    folder = data or home / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user["user"], user["group"])
    if not (folder / "PG_VERSION").exists():
        initdb = [
            str(programs / "initdb"),
            "--auth=trust",
            "--locale=C",
            "--encoding=UTF8",
            "--username=postgres",
        ]
        subprocess.run([*initdb, "-D", str(folder)], check=True, cwd=home, stdout=subprocess.DEVNULL, **user)
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(folder), "-k", str(home), *settings]
    with on_cores(frozenset({LOAD_CORE})):
        process: subprocess.Popen[bytes] = subprocess.Popen(command, cwd=home, **user)
    try:
        yield Server(home, _version(home, process))
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: it does not wait for clients
        process.wait(_PATIENCE_S)
        shutil.rmtree(home, ignore_errors=True)


def _version(home: Path, process: "subprocess.Popen[bytes]") -> str:
    """The server's version, once it answers."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with psycopg.connect(Server(home).url("postgres")) as connection:
                row = connection.execute("SHOW server_version").fetchone()
                return str(row[0]) if row else "?"
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
