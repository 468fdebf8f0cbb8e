"""Autopsies in the store: what a log told and what events tell fold in any order; what is due, and what is not."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.store import autopsies, incidents, kills, prune
from bot.store.database import Database
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, death, is_kill, is_trouble, key

SECOND = timedelta(seconds=1)
FAILED = death(verdict=Verdict.FAILURE, exit_code=1, started_at=NOW - HOUR, reason="failed", task_version=5)
SAID = replace(FAILED, verdict=Verdict.SUSPECTED_OOM, reason="its log says so")
STOPPED = replace(FAILED, task_version=7, died_at=NOW + MINUTE)
ASKED = replace(STOPPED, verdict=Verdict.NONE, reason="stopped by a deployment")


@pytest.mark.parametrize("counts", [is_kill, is_trouble], ids=["failures hidden", "failures shown"])
@pytest.mark.parametrize(
    ("last", "is_kept"),
    [
        pytest.param(STOPPED, True, id="a later stage tells the same failure"),
        pytest.param(ASKED, False, id="a later stage takes the failure itself back"),
    ],
)
async def test_what_the_log_told_holds_in_any_order(
    teller: Teller, counts: Any, last: Death, is_kept: bool
) -> None:
    teller.counts = counts
    for number, news in enumerate(permutations((FAILED, SAID, last))):
        task_arn = death(number).task_arn
        group_key = key(f"service-{number}")
        for one in news:
            await teller.tell(replace(one, task_arn=task_arn, group_key=group_key))
        told = [kill.death for kill in await teller.db.read(kills.by_task, task_arn)]
        assert [(one.verdict, one.reason, one.task_version) for one in told] == [
            (Verdict.SUSPECTED_OOM, "its log says so", 7)
        ] * is_kept
    unfinished = await teller.db.read(incidents.unfinished, 50)
    assert [(one.verdict, one.kill_count) for one in unfinished] == [(Verdict.SUSPECTED_OOM, 1)] * 6 * is_kept


async def _add(db: Database, *deaths: Death) -> None:
    await db.write(autopsies.add_all, [(one, NOW) for one in deaths])


async def _lease(db: Database, at: datetime, limit: int = 100) -> list[autopsies.Autopsy]:
    return await db.write(autopsies.lease, "worker", at, limit=limit, lease_for=MINUTE)


async def test_an_account_is_asked_so_often_a_minute_and_no_other_waits_for_it(teller: Teller) -> None:
    db, most = teller.db, autopsies.MOST_A_MINUTE
    many = [replace(FAILED, task_arn=death(n).task_arn, group_key=key(f"s{n}")) for n in range(most + 5)]
    await _add(db, *many)
    at = NOW + 5 * SECOND
    for held in await _lease(db, at, limit=most):
        await db.write(autopsies.done, held, at, rests=10 * MINUTE, speaks_for_all=True)
    assert not await db.read(autopsies.due, at)
    other = replace(FAILED, task_arn="elsewhere", group_key=key("x", account="210987654321"))
    await _add(db, other)
    assert [held.death for held in await _lease(db, at)] == [other]
    assert len(await _lease(db, at + MINUTE + SECOND)) == 5 + 1, "the other's lease has ended, too"


async def test_the_newest_of_a_revision_goes_first_and_the_rest_wait_for_it(teller: Teller) -> None:
    first, second = FAILED, replace(FAILED, task_arn=death(2).task_arn)
    newer_revision = replace(FAILED, task_arn=death(3).task_arn, task_definition_arn="app:8")
    for one in (first, first, second, newer_revision):
        await _add(teller.db, one)
    assert not await teller.db.read(autopsies.due, NOW + 4 * SECOND), "the log driver has not sent it yet"
    held = await _lease(teller.db, NOW + 5 * SECOND)
    assert [one.death for one in held] == [second, newer_revision]
    assert not await teller.db.read(autopsies.due, NOW + 6 * SECOND)


async def test_what_nobody_waits_for_any_more_goes(teller: Teller) -> None:
    await _add(teller.db, FAILED)
    assert await _pruned(teller.db, NOW + HOUR) == 0
    assert await _pruned(teller.db, NOW + HOUR + SECOND) == 1


async def _pruned(db: Database, now: datetime) -> int:
    return await db.write(prune.prune, kills_before=NOW - DAY, deliveries_before=NOW - DAY, now=now)
