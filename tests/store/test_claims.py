"""Claims: a first post's lease and its intent are one commit, and who saw the notice as it no longer is gets nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.incident.storm import Gathering, Opening, Place
from bot.store import claims, glance, incidents, notices, storms
from bot.store.leases import Claim
from bot.store.notices import Notice
from tests.store.telling import HOUR, MINUTE, NOW, Teller, death

LATER = NOW + timedelta(seconds=1)
Change = Callable[[Teller, Notice], Awaitable[object]]


async def seen(teller: Teller) -> Notice:
    """The notice of one new incident, as a glance sees it."""
    await teller.tell(death())
    [notice] = (await teller.db.read(glance.look, NOW, 100)).news.values()
    return notice


async def claimed(teller: Teller, notice: Notice) -> Notice | None:
    """Claim it a second later, for a minute."""
    wanted = Claim(owner="me", now=LATER, limit=1, lease_for=MINUTE)
    return await teller.db.write(claims.claim, notice, wanted, "C1")


async def stored(teller: Teller, notice: Notice) -> Notice:
    """As it is by now."""
    return (await teller.db.read(claims.seen, [notice.id]))[notice.id]


async def test_lease_and_intent_are_one(teller: Teller) -> None:
    notice = await seen(teller)
    held = await claimed(teller, notice)
    assert held is not None
    assert (held.channel, held.posting_since, held.fence) == ("C1", LATER, notice.fence + 1)
    assert await stored(teller, notice) == held
    assert (await teller.db.read(glance.look, LATER, 100)).found == [], "nobody else gets it meanwhile"
    assert await teller.db.write(notices.placed, held, channel="C1", ts="1.1", now=LATER)


async def _leased(teller: Teller, _: Notice) -> None:
    await teller.db.write(notices.lease, "other", NOW, limit=1, lease_for=MINUTE)


async def _leased_and_put_back(teller: Teller, _: Notice) -> None:
    [held] = await teller.db.write(notices.lease, "other", NOW, limit=1, lease_for=MINUTE)
    await teller.db.write(notices.retry, held, NOW, "Slack hung up", keep_intent=True)


async def _given_up_by_a_dead_one(teller: Teller, _: Notice) -> None:
    """Who leased it meant to post it, and nobody knows whether it did; its lease is over by now."""
    [held] = await teller.db.write(notices.lease, "other", NOW, limit=1, lease_for=timedelta(milliseconds=1))
    await teller.db.write(notices.intend, held, "C1", NOW)


async def _folded(teller: Teller, notice: Notice) -> None:
    place = Place("1", "eu-west-1", "prod", "C1")
    opening = Opening(notice_id=notice.id, place=place, at=NOW, is_pending=True)
    await teller.db.write(storms.fold, Gathering(place, [opening]), NOW)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_leased, id="somebody leased it since"),
        pytest.param(_leased_and_put_back, id="somebody leased it and gave it back"),
        pytest.param(_given_up_by_a_dead_one, id="somebody died who may have posted it"),
        pytest.param(_folded, id="a storm took it in"),
    ],
)
async def test_who_saw_it_as_it_no_longer_is_gets_nothing(teller: Teller, change: Change) -> None:
    notice = await seen(teller)
    await change(teller, notice)
    before = await stored(teller, notice)
    assert await claimed(teller, notice) is None
    assert await stored(teller, notice) == before


async def test_what_changed_since_is_shown_after_it(teller: Teller) -> None:
    notice = await seen(teller)
    await teller.db.write(incidents.acknowledge, notice.incident_id or 0, "U0BOB", NOW)
    held = await claimed(teller, notice)
    assert held is not None
    assert held.generation == notice.generation, "as it was seen, so it is posted"
    await teller.db.write(
        notices.shown, held, channel="C1", ts="1.1", generation=held.generation, shown="digest", now=LATER
    )
    [again] = await teller.db.write(notices.lease, "me", LATER + HOUR, limit=9, lease_for=MINUTE)
    assert (again.id, again.generation) == (notice.id, notice.generation + 1)
