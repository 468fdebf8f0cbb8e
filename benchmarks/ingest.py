"""Ingest: how many signed notifications a second, beside endpoints that do less."""

import contextlib
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from benchmarks import postgres
from benchmarks.contestants import installed
from benchmarks.letters import Place
from benchmarks.load import CONNECTIONS, Round, closed_loop
from benchmarks.plan import Plan
from benchmarks.process import LOAD_CORE, SERVER_CORE, Start, on_cores, running
from benchmarks.stage import Stage, bot, staged
from benchmarks.table import Table
from bot.store import migrate

BASELINE = "aiohttp, verifies, stores nothing"
SERVICES = 200
ONE_CORE = frozenset({SERVER_CORE})
_WARM_UP = 500  # letters
_RECORDED_WITHIN_S = 120.0  # what was kept in the letter box
_COLUMNS = [
    *("endpoint", "a second", "lowest", "highest", "of verify-only", "p50 ms", "p99 ms"),
    "recorded a second",
]


class Lost(Exception):
    """A store does not hold what was answered with 200."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A name in the table, and how to send it letters once."""

    name: str
    run: Callable[[Sequence[bytes], Sequence[bytes]], Round]


def ingest(plan: Plan) -> Table:
    """Every contestant in turn, `plan.runs` times over; medians."""
    title = "Ingest: signed notifications of distinct tasks"
    table = Table(title, _COLUMNS)
    places = [Place(f"bench-{number}") for number in range(SERVICES)]
    with contextlib.ExitStack() as stack:
        stage = stack.enter_context(staged())
        contestants = list(_contestants(plan, stage, stack, table))
        letters = stage.post.letters(places, plan.letters + _WARM_UP)
        warm, sent = letters[:_WARM_UP], letters[_WARM_UP:]
        with on_cores(frozenset({LOAD_CORE})):
            rounds = [{one.name: one.run(warm, sent) for one in contestants} for _ in range(plan.runs)]
    rates = {one.name: [each[one.name].per_second for each in rounds] for one in contestants}
    for name, each in rates.items():
        ratios = [rate / base for rate, base in zip(each, rates[BASELINE], strict=True)]
        waits = sorted(wait for one in rounds for wait in one[name].latencies)
        p50, p99 = (1000 * waits[int(len(waits) * part)] for part in (0.5, 0.99))
        recorded = median(one[name].recorded_per_second for one in rounds) or "–"
        table.add(name, median(each), min(each), max(each), f"{median(ratios):.2f}", p50, p99, recorded)
    table.notes += [
        (
            f"{plan.runs} runs of at most {plan.seconds:g} s or {plan.letters:,} letters; contestants take turns within a "
            f"run; medians. {CONNECTIONS} keep-alive connections; bodies of {_body_bytes(sent[0]):,} "
            f"bytes; {SERVICES} services. “of verify-only” is the median of the ratios within each run."
        ),
        (
            f"Server on core {SERVER_CORE}, generator (one epoll loop, letters signed beforehand) and what the bot talks "
            f"to on core {LOAD_CORE}, except where a row says otherwise."
        ),
        (
            "Our rows are the whole product, reconcilers and logs included. What comes faster than it can be recorded is "
            "kept durably first (docs/adr/0022-letter-box.md): “a second” counts answers of 200, “recorded a second” goes "
            "on until the kills table holds each of them exactly once, without which the run fails."
        ),
    ]
    return table


def _contestants(plan: Plan, stage: Stage, stack: contextlib.ExitStack, table: Table) -> Iterator[Contestant]:
    python, pem = sys.executable, str(stage.pem)
    yield _other(
        plan,
        stage,
        "aiohttp, reads and forgets",
        Start([python, "-m", "benchmarks.contestants.bare", "{port}"]),
    )
    verify_only = [python, "-m", "benchmarks.contestants.verify_only", "{port}", pem, stage.origin]
    yield _other(plan, stage, BASELINE, Start(verify_only))
    for name, install in _strangers().items():
        if not plan.may_install:
            continue
        try:
            yield _other(plan, stage, name, install(plan.cache, stage.pem), for_aws=True)
        except installed.CannotInstall as error:
            table.notes.append(f"Skipped: {name}: {error}.")
    yield _ours(
        plan, stage, "**OOM Guard**, SQLite WAL synchronous=FULL", lambda: _fresh_file(stage), 1, ONE_CORE
    )
    if plan.with_postgres:
        server = stack.enter_context(postgres.durable_server())
        yield _ours(plan, stage, "**OOM Guard**, PostgreSQL, 1 process", server.database, 1, ONE_CORE)
        name = "**OOM Guard**, PostgreSQL, 4 processes on both cores"
        yield _ours(plan, stage, name, server.database, 4, None)
        table.notes.append(
            f"PostgreSQL {server.version} with fsync on, on the same two cores as all else: four processes have no "
            "four cores here, so their row cannot show what they can do."
        )


def _strangers() -> dict[str, Callable[[Path, Path], Start]]:
    return {
        "Flask, gunicorn, aws-sns-message-validator, stores nothing": installed.flask,
        "Express, sns-validator, stores nothing": installed.express,
    }


def _other(plan: Plan, stage: Stage, name: str, start: Start, *, for_aws: bool = False) -> Contestant:
    """One that stores nothing: it may get the same letters again and again."""

    def run(warm: Sequence[bytes], letters: Sequence[bytes]) -> Round:
        if for_aws:
            warm, letters = list(stage.post.for_aws(warm)), list(stage.post.for_aws(letters[:2000]))
        with running(start, stage.folder) as server:
            closed_loop([server.port], warm, seconds=plan.seconds)
            return _all_taken(name, closed_loop([server.port], letters, seconds=plan.seconds, again=True))

    return Contestant(name, run)


def _ours(
    plan: Plan,
    stage: Stage,
    name: str,
    database: Callable[[], AbstractContextManager[str]],
    processes: int,
    cores: frozenset[int] | None,
) -> Contestant:
    """The bot on a fresh database, which is then counted."""

    def run(warm: Sequence[bytes], letters: Sequence[bytes]) -> Round:
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(database())
            migrate.upgrade(url)
            settings = stage.environment(url)
            bots = [stack.enter_context(bot(stage.folder, settings, cores)) for _ in range(processes)]
            ports = [one.port for one in bots]
            warmed = closed_loop(ports, warm, seconds=plan.seconds)
            _await_kills(url, name, warmed.done)
            taken = _all_taken(name, closed_loop(ports, letters, seconds=plan.seconds))
            taken.recorded_s = taken.seconds + _await_kills(url, name, warmed.done + taken.done)
        return taken

    return Contestant(name, run)


def _body_bytes(letter: bytes) -> int:
    return len(letter.partition(b"\r\n\r\n")[2])


def _all_taken(name: str, taken: Round) -> Round:
    if taken.refused:
        raise Lost(f"{name}: {taken.refused} of {taken.refused + taken.done} letters were refused")
    return taken


@contextlib.contextmanager
def _fresh_file(stage: Stage) -> Iterator[str]:
    url = stage.sqlite_url("ingest")
    try:
        yield url
    finally:
        for file in stage.folder.glob("ingest.db*"):
            file.unlink()


def _await_kills(url: str, name: str, answered: int) -> float:
    """Seconds until all that was answered is recorded. Raises Lost."""
    began = time.perf_counter()
    while (stored := _kills(url)) != answered:
        if stored > answered or time.perf_counter() - began > _RECORDED_WITHIN_S:
            raise Lost(f"{name}: answered {answered}, recorded {stored}")
        time.sleep(0.05)
    return time.perf_counter() - began


def _kills(url: str) -> int:
    """How many kills are durably there, as another connection sees them."""
    count = "SELECT count(*) FROM kills"
    if url.startswith("sqlite"):
        with contextlib.closing(
            sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
        ) as file:
            return int(file.execute(count).fetchone()[0])
    with psycopg.connect(url) as connection:
        row = connection.execute(count).fetchone()
        return int(row[0]) if row else 0
