"""Stats: `/oom stats` and `/oom top` over millions of stored kills, asked through the bot's own door."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks import history, postgres
from benchmarks.history import SERVICES, History
from benchmarks.plan import Plan
from benchmarks.process import SERVER_CORE
from benchmarks.quantile import p50_p99_ms
from benchmarks.question import Asker
from benchmarks.stage import Stage, bot, staged
from benchmarks.table import Table

_WINDOWS = ("24h", "7d", "30d")


def stats(plan: Plan) -> Table:
    """Both databases, filled once and kept in the cache."""
    title = f"Stats: {plan.stored_kills:,} stored kills of a year, {SERVICES:,} services"
    table = Table(title, ["database", "question", "p50 ms", "p99 ms", "bytes a kill"])
    with staged() as stage:
        ages: list[str] = []
        for name, opened in _databases(plan):
            with opened as past:
                ages.append(f"{name}: {past.age / timedelta(hours=1):.1f} h")
                _ask(plan, stage, name, past, table)
    table.notes += [
        (
            f"{plan.questions} questions of each kind, one after another, through HTTP, signed as by Slack; `stats` of all "
            "services in turn, the busiest and the quietest alike. AWS refuses at once to tell today's limits."
        ),
        "A few services have most of the kills: the busiest has 3 % of them, half of the services have 29 %.",
        "Bytes a kill: the whole database, indexes included.",
        f"Windows end now, and the stores are filled once. Their newest kill is as old as that: {', '.join(ages)}.",
    ]
    return table


def _databases(plan: Plan) -> Iterator[tuple[str, contextlib.AbstractContextManager[History]]]:
    yield "SQLite", _sqlite(plan)
    if plan.with_postgres:
        yield "PostgreSQL", _postgres(plan)


@contextlib.contextmanager
def _sqlite(plan: Plan) -> Iterator[History]:
    yield history.in_sqlite(_folder(plan) / f"{plan.stored_kills}.db", plan.stored_kills)


@contextlib.contextmanager
def _postgres(plan: Plan) -> Iterator[History]:
    with postgres.durable_server(_folder(plan) / "postgres") as server:
        yield history.in_postgres(server, plan.stored_kills)


def _folder(plan: Plan) -> Path:
    folder = plan.cache / "stats"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ask(plan: Plan, stage: Stage, name: str, past: History, table: Table) -> None:
    with (
        bot(stage.folder, stage.environment(past.url), frozenset({SERVER_CORE})) as server,
        Asker(server.port) as asker,
    ):
        for _ in range(5):
            asker.ask("top 24h")
        step = max(1, SERVICES // plan.questions)
        for window in _WINDOWS:
            for words in ("stats bench-{} " + window, "top " + window):
                waits = [
                    asker.ask(words.format(number * step % SERVICES)) for number in range(plan.questions)
                ]
                shown = words.replace("bench-{}", "SERVICE")
                table.add(name, f"/oom {shown}", *p50_p99_ms(waits), past.bytes_a_kill)
        busiest = [asker.ask("stats bench-0 30d") for _ in range(plan.questions // 5)]
        table.add(name, "/oom stats BUSIEST 30d", *p50_p99_ms(busiest), past.bytes_a_kill)
