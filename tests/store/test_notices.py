"""Notices: one worker a notice, intents before posts, and the last generation is shown in the end."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.store import backlog, incidents, leases, notices, replies
from bot.store.database import Database
from bot.store.notices import Notice
from tests.store import looks
from tests.store.telling import HOUR, MINUTE, NOW, Teller, death, key

SECOND = timedelta(seconds=1)


async def lease(db: Database, at: datetime = NOW, owner: str = "me", limit: int = 50) -> list[Notice]:
    """Lease for a minute."""
    return await db.write(notices.lease, owner, at, limit=limit, lease_for=MINUTE)


async def show(db: Database, notice: Notice) -> bool:
    """Save that it was shown."""
    generation = notice.generation
    return await db.write(
        notices.shown, notice, channel="C1", ts="1.1", generation=generation, shown="digest", now=NOW
    )


@pytest.fixture
async def notice(teller: Teller) -> Notice:
    """The notice of one new incident, leased."""
    await teller.tell(death())
    (leased,) = await lease(teller.db)
    return leased


async def test_a_new_incident_has_a_notice_that_is_due(teller: Teller) -> None:
    incident = await teller.incident(death())
    assert await teller.db.read(looks.next_due) == NOW
    (leased,) = await lease(teller.db)
    assert (leased.incident_id, leased.operator_alert_id, leased.generation) == (incident.id, None, 1)
    assert (leased.channel, leased.ts, leased.shown, leased.posting_since) == ("", "", "", None)
    assert (leased.observed_generation, leased.attempts, leased.fence) == (0, 0, 1)


async def test_a_leased_notice_is_nobody_elses_until_the_lease_ends(
    database: Database, notice: Notice
) -> None:
    assert await lease(database, NOW + MINUTE - SECOND, "other") == []
    assert await database.read(looks.next_due) == NOW + MINUTE
    (taken,) = await lease(database, NOW + MINUTE, "other")
    assert (taken.id, taken.fence) == (notice.id, notice.fence + 1)


async def test_two_owners_never_share_a_row(store_url: str, teller: Teller) -> None:
    for number in range(60):
        await teller.tell(death(number, group_key=key(f"s{number}")))
    other = Database.open(store_url) if store_url.startswith("postgresql") else teller.db
    owners = [(db, f"{name}{number}") for number in range(6) for db, name in ((teller.db, "a"), (other, "b"))]
    leased = await asyncio.gather(*(lease(db, owner=owner, limit=7) for db, owner in owners))
    ids = [one.id for batch in leased for one in batch]
    assert len(ids) == len(set(ids)) == 60
    if other is not teller.db:
        await other.close()


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda db, lost: db.write(notices.intend, lost, "C1", NOW), id="intend"),
        pytest.param(show, id="shown"),
        pytest.param(lambda db, lost: db.write(notices.retry, lost, NOW, "x", keep_intent=True), id="retry"),
        pytest.param(lambda db, lost: db.write(notices.defer, lost, NOW), id="defer"),
        pytest.param(lambda db, lost: db.write(notices.forget_root, lost, NOW), id="forget_root"),
        pytest.param(lambda db, lost: db.write(notices.give_up, lost, "x", NOW), id="give_up"),
        pytest.param(lambda db, lost: db.write(replies.intend, lost, "k", NOW), id="reply"),
    ],
)
@pytest.mark.parametrize("how", ["taken by another", "given back"])
async def test_a_lost_lease_changes_nothing(
    database: Database, notice: Notice, how: str, step: Callable[..., Any]
) -> None:
    if how == "taken by another":
        await lease(database, NOW + HOUR, "other")
    else:
        assert await database.write(leases.release, "me") == 1
    before = await database.read(looks.notice, notice.id)
    assert await step(database, notice) is False
    assert await database.read(looks.notice, notice.id) == before
    assert await database.read(replies.of_notice, notice.id) == {}


async def test_what_was_shown_is_not_due(database: Database, notice: Notice) -> None:
    assert await database.write(notices.intend, notice, "C1", NOW)
    intended = await database.read(looks.notice, notice.id)
    assert intended is not None
    assert (intended.channel, intended.posting_since) == ("C1", NOW)
    assert await show(database, notice)
    kept = await database.read(looks.notice, notice.id)
    assert kept is not None
    assert (kept.channel, kept.ts, kept.shown) == ("C1", "1.1", "digest")
    assert (kept.posting_since, kept.observed_generation) == (None, 1)
    assert await database.read(looks.next_due) is None


async def test_what_changed_while_it_was_shown_is_due_again(teller: Teller, notice: Notice) -> None:
    await teller.tell(death(2))
    assert await show(teller.db, notice)
    (again,) = await lease(teller.db)
    assert (again.observed_generation, again.generation, again.ts) == (1, 2, "1.1")


@pytest.mark.parametrize("keep_intent", [True, False])
async def test_a_failure_is_tried_again_later(database: Database, notice: Notice, keep_intent: bool) -> None:
    await database.write(notices.intend, notice, "C1", NOW)
    assert await database.write(notices.retry, notice, NOW + MINUTE, "429", keep_intent=keep_intent)
    assert await database.read(backlog.failing) == [("429", 1)]
    assert await lease(database, NOW + MINUTE - SECOND) == []
    (again,) = await lease(database, NOW + MINUTE)
    assert (again.attempts, again.posting_since) == (1, NOW if keep_intent else None)
    assert await show(database, again)
    assert await database.read(backlog.failing) == []


async def test_a_bump_does_not_shorten_a_back_off(teller: Teller, notice: Notice) -> None:
    await teller.db.write(notices.retry, notice, NOW + MINUTE, "429", keep_intent=False)
    incident = await teller.incident(death(2))
    await teller.db.write(incidents.acknowledge, incident.id, "U1", NOW)
    assert await teller.db.read(looks.next_due) == NOW + MINUTE


async def test_one_more_kill_waits_for_the_turn_but_a_change_of_state_does_not(
    teller: Teller, notice: Notice
) -> None:
    await teller.db.write(notices.defer, notice, NOW + MINUTE)
    incident = await teller.incident(death(2))
    assert await teller.db.read(looks.next_due) == NOW + MINUTE
    await teller.db.write(incidents.acknowledge, incident.id, "U1", NOW + SECOND)
    assert await teller.db.read(looks.next_due) == NOW + SECOND


async def test_given_up_until_there_is_something_new(teller: Teller, notice: Notice) -> None:
    assert await teller.db.write(notices.give_up, notice, "is_archived", NOW)
    assert await teller.db.read(looks.next_due) is None
    assert await teller.db.read(backlog.failing) == []
    await teller.tell(death(2))
    assert len(await lease(teller.db)) == 1


async def test_a_deleted_root_is_posted_anew_with_its_thread(database: Database, notice: Notice) -> None:
    await database.write(replies.intend, notice, "details", NOW)
    await database.write(replies.posted, notice, "details", "1.2")
    await show(database, notice)
    await database.write(notices.touch, [notice.incident_id or 0], NOW)
    (again,) = await lease(database)
    assert await database.write(notices.forget_root, again, NOW)
    (anew,) = await lease(database)
    assert (anew.ts, anew.shown, anew.observed_generation) == ("", "", 0)
    assert await database.read(replies.of_notice, notice.id) == {}


async def test_a_reply_is_intended_then_posted(database: Database, notice: Notice) -> None:
    assert await database.write(replies.intend, notice, "details", NOW)
    assert await database.read(replies.of_notice, notice.id) == {"details": ""}
    await database.write(replies.forget, notice, "details")
    assert await database.read(replies.of_notice, notice.id) == {}
    assert not await database.write(replies.posted, notice, "details", "1.2")
    await database.write(replies.intend, notice, "details", NOW)
    assert await database.write(replies.posted, notice, "details", "1.2")
    await database.write(replies.intend, notice, "details", NOW)
    await database.write(replies.forget, notice, "details")
    assert await database.read(replies.of_notice, notice.id) == {"details": "1.2"}


async def test_touching_bumps_incident_and_notice(teller: Teller, notice: Notice) -> None:
    await show(teller.db, notice)
    assert await teller.db.write(notices.touch, [notice.incident_id or 0, 4711], NOW + SECOND) == 1
    assert (await teller.get(notice.incident_id or 0)).generation == 2
    assert await teller.db.read(looks.next_due) == NOW + SECOND


async def test_the_longest_due_come_first(teller: Teller) -> None:
    for number in (3, 1, 2):
        await teller.tell(death(number, group_key=key(f"s{number}")), at=NOW + number * MINUTE)
    leased = await lease(teller.db, NOW + HOUR, limit=2)
    due = [(await teller.get(one.incident_id or 0)).group_key.name for one in leased]
    assert due == ["s1", "s2"]


async def test_whose_root_a_thread_belongs_to_is_found_by_an_index(sqlite_url: str) -> None:
    """A partial index is used where its condition stands in the query, not where it is bound to it."""

    def plan(conn: Connection) -> list[str]:
        asked: list[tuple[str, Any]] = []
        listening = (conn, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        event.listen(*listening)
        notices.at(conn, "C1", "1.1")
        event.remove(*listening)
        ((statement, values),) = asked
        return [row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    db = Database.open(sqlite_url)
    assert await db.read(plan) == ["SEARCH notices USING INDEX ix_notices_channel_ts (channel=? AND ts=?)"]
    await db.close()
