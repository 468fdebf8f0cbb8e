"""History: a store filled with a year of kills by the database itself, kept for the next run."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, insert, select, text

from benchmarks.letters import ACCOUNT, REGION
from benchmarks.postgres import Server
from bot.domain.kills.verdict import Verdict
from bot.reconcile.tallying import Tallying
from bot.store import migrate
from bot.store.database import Database
from bot.store.engines import store_url, writer_engine
from bot.store.schema import circumstances, group_keys, incidents, kills

SERVICES = 1000
_MONTHS, _DEFINITIONS = 12, 3  # incidents and task definitions of each service
_YEAR = timedelta(days=365)
_MS = timedelta(milliseconds=1)

# A number between 0 and 1 for each i, the same in both databases; its square prefers small ones.
_PART = "(((i * 2654435761) % 4294967296) / 4294967296.0)"
_SERVICE = f"CAST(floor({SERVICES} * {_PART} * {_PART}) AS BIGINT)"
_NUMBERED = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :kills)",
    "postgresql": "WITH n AS (SELECT i FROM generate_series(CAST(0 AS BIGINT), :kills - 1) AS i)",
}
_TASK = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(CAST(i AS TEXT))"}
_FILL = f"""
INSERT INTO kills (group_key_id, incident_id, circumstance_id, task_id, death_digest, verdict, confidence, died_at,
                   started_at, exit_code, task_version, task_stopped, recorded_at)
{{numbered}}, placed AS (SELECT i, {_SERVICE} AS service, :began + i * :step / 1000 AS died_at FROM n)
SELECT service + 1, service * {_MONTHS} + i * {_MONTHS} / :kills + 1, service * {_DEFINITIONS} + i % {_DEFINITIONS} + 1,
       {{task}}, i, CASE WHEN i % 10 = 0 THEN 1 ELSE 0 END, 'certain', died_at,
       died_at - 60000 - i % 10000 * 1000, 137, 5, 1, died_at + 2000
FROM placed
"""


@dataclass(frozen=True, slots=True)
class History:
    """A filled store, how much room a kill takes in it, and how old its newest one is."""

    url: str
    bytes_a_kill: float
    age: timedelta


def in_sqlite(file: Path, count: int) -> History:
    """The file, filled if it is not there yet."""
    url = f"sqlite:///{file}"
    if not file.exists():
        half_done = file.with_suffix(".filling")
        half_done.unlink(missing_ok=True)
        migrate.upgrade(f"sqlite:///{half_done}")
        engine = create_engine(f"sqlite:///{half_done}")
        with engine.connect() as connection:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-3000000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            _fill(connection, count)
        engine.dispose()
        half_done.rename(file)
    age = _ready(url)
    return History(url, file.stat().st_size / count, age)


def in_postgres(server: Server, count: int) -> History:
    """The server's database of that many kills, filled if it is not there yet."""
    name = f"kills_{count}"
    if not server.has(name):
        server.run("DROP DATABASE IF EXISTS filling")
        server.run("CREATE DATABASE filling")
        migrate.upgrade(server.url("filling"))
        engine = writer_engine(store_url(server.url("filling")))
        with engine.connect() as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET session_replication_role = replica")  # rows fit: no need to look
            _fill(connection, count)
        engine.dispose()
        server.run("VACUUM ANALYZE", "filling")  # as autovacuum would have, by and by
        server.run(f"ALTER DATABASE filling RENAME TO {name}")
    age = _ready(server.url(name))
    return History(server.url(name), server.size(name) / count, age)


def _ready(url: str) -> timedelta:
    """Bring it up to date, tallies included, as a bot that has run for a few minutes; the age of its newest kill."""
    migrate.upgrade(url)

    async def catch_up() -> timedelta:
        database = Database.open(url)
        try:
            await Tallying(database, lambda: datetime.now(UTC), many=1).one_pass()
            return datetime.now(UTC) - await database.read(_newest)
        finally:
            await database.close()

    return asyncio.run(catch_up())


def _newest(connection: Connection) -> datetime:
    newest: datetime = connection.execute(select(func.max(kills.c.died_at))).scalar_one()
    return newest


def _fill(connection: Connection, count: int) -> None:
    """Indexes come last: that is much faster."""
    began = datetime.now(UTC) - _YEAR
    for index in kills.indexes:
        index.drop(connection)
    connection.execute(insert(group_keys), _keys())
    connection.execute(insert(circumstances), _circumstances())
    connection.execute(insert(incidents), _incidents(began))
    dialect = connection.dialect.name
    fill = _FILL.format(numbered=_NUMBERED[dialect], task=_TASK[dialect])
    since_1970 = (began - datetime(1970, 1, 1, tzinfo=UTC)) // _MS
    step = (_YEAR // _MS) * 1000 // count  # thousandths of a millisecond
    connection.execute(text(fill), {"kills": count, "began": since_1970, "step": step})
    for index in kills.indexes:
        index.create(connection)
    connection.commit()


def _keys() -> list[dict[str, object]]:
    same = {"account": ACCOUNT, "region": REGION, "cluster": "prod", "kind": "service", "container": "app"}
    return [{"id": one + 1, "name": f"bench-{one}", **same} for one in range(SERVICES)]


def _circumstances() -> list[dict[str, object]]:
    prefix = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    same = {
        "task_arn_stem": f"{prefix}:task/prod/",
        "container": "app",
        "reason": "ECS reported OutOfMemoryError for container app (exit code 137)",
        "launch_type": "FARGATE",
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/bench:2026.11.3",
        "image_digest": f"sha256:{'9f' * 32}",
        "started_by": "ecs-svc/1234567890123456789",
        "container_instance_arn": "",
        "availability_zone": f"{REGION}b",
        "container_mib": 512,
        "task_mib": 1024,
    }
    return [
        {
            "id": one + 1,
            "digest": one.to_bytes(16, "big"),
            "task_definition_arn": f"{prefix}:task-definition/bench-{one // _DEFINITIONS}:{one % _DEFINITIONS}",
            **same,
        }
        for one in range(SERVICES * _DEFINITIONS)
    ]


def _incidents(began: datetime) -> list[dict[str, object]]:
    """One a service and month, all of them over."""
    same = {
        "concern": "memory",
        "verdict": Verdict.OOM,
        "phase": "resolved",
        "generation": 2,
        "kill_count": 1,
        "acknowledged_by": "",
        "resolved_by": "",
        "resolution": "quiet",
        "reopened_count": 0,
    }
    return [
        {"id": one + 1, "group_key_id": one // _MONTHS + 1, **same, **_times(began, one % _MONTHS)}
        for one in range(SERVICES * _MONTHS)
    ]


def _times(began: datetime, month: int) -> dict[str, datetime]:
    first, last = began + month * _YEAR / _MONTHS, began + (month + 1) * _YEAR / _MONTHS
    return {"first_kill_at": first, "last_kill_at": last, "opened_at": first, "resolved_at": last}
