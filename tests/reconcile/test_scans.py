"""Scans: what no event tells becomes an incident of its own kind, each kill in it once, and no statistics count it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete

from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import Route, Routes
from bot.domain.subject.subject import Subject
from bot.language.tongues import Tongues
from bot.reconcile.scans import Scans
from bot.store import incidents, stats
from bot.store.database import Database
from bot.store.pull_tables import rounds
from sandbox.aws import kinds
from tests.reconcile.cloud import Cloud
from tests.reconcile.test_looks import orders, outlook

HOUR = timedelta(hours=1)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite alone: the store's part in it is that of any delivery."""
    db = Database.open(sqlite_url)
    yield db
    await db.close()


def scans(aws: Cloud) -> Scans:
    """Every three hours."""
    return Scans(aws.stage.bench, outlook(aws), orders(aws, scan_every=3 * HOUR))


async def round_of(one: Scans) -> None:
    """All of a round."""
    while await one.one_pass():
        pass


def forget_the_round(conn: Connection) -> None:
    """As if it were time again."""
    conn.execute(delete(rounds))


async def test_each_silent_kill_is_told_once_in_an_incident_of_its_own(aws: Cloud) -> None:
    kinds.begin(aws.world.ecs, "silent")
    await round_of(scans(aws))
    (incident,) = await aws.stage.db.read(incidents.unfinished, 10)
    assert incident.verdict is Verdict.SILENT_KILL
    assert (incident.group_key.name, incident.group_key.container) == ("kind-silent", "app")
    assert incident.kill_count == 6  # one an hour, in six hours and ten minutes
    await round_of(scans(aws))  # a restart: it is nobody's turn yet
    await aws.stage.db.write(forget_the_round)
    await round_of(scans(aws))  # another round finds the same lines
    (again,) = await aws.stage.db.read(incidents.unfinished, 10)
    assert (again.id, again.kill_count) == (incident.id, 6)
    asked = aws.asked("logs:FilterLogEvents")
    await round_of(scans(aws))
    assert aws.asked("logs:FilterLogEvents") == asked
    subject = Subject.of(incident.group_key)
    report = await aws.stage.db.read(stats.per_container, subject, aws.stage.clock() - 24 * HOUR)
    assert sum(one.kills for one in report) == 0


async def test_its_alert_says_that_the_container_lived_on(aws: Cloud) -> None:
    kinds.begin(aws.world.ecs, "silent")
    await round_of(scans(aws))
    await aws.stage.passes()
    (root,) = aws.stage.roots()
    assert "kind-silent / app lost processes inside, and lives on" in root.text.replace("*", "")
    assert "only its log tells" in str(root.attachments)


async def test_its_reasons_are_kept_in_the_language_of_its_route(aws: Cloud) -> None:
    tongues = Tongues(
        Routes(Route(channel="C1"), (Route(channel="C2", name="kind-silent", language="zh-CN"),))
    )
    aws.stage.bench = replace(aws.stage.bench, tongues=tongues)
    kinds.begin(aws.world.ecs, "silent")
    await round_of(scans(aws))
    reasons = [kill.death.reason for kill in await aws.kills()]
    assert len(reasons) == 6
    assert all("被终止，容器仍在运行（任务 " in reason for reason in reasons)


async def test_a_permission_that_lacks_is_told_to_the_operators_once(aws: Cloud) -> None:
    kinds.begin(aws.world.ecs, "silent")
    aws.world.faults.deny("logs:FilterLogEvents")
    await round_of(scans(aws))
    await aws.stage.passes()
    (root,) = aws.stage.roots()
    assert "logs:FilterLogEvents" in str(root.blocks) + str(root.attachments)
