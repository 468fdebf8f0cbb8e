"""Waiting work: lookups, confirmations, shares and operator alerts are done once each."""

from datetime import datetime

from bot.store import confirmations, leases, lookups, notices, operator_alerts, pulse, shares
from bot.store.confirmations import Confirmation
from bot.store.database import Database
from bot.store.lookups import Lookup
from bot.store.shares import Share
from tests.store import looks
from tests.store.telling import DAY, HOUR, MINUTE, NOW, TOPIC, Teller, arn, death

TOKEN = "secret" * 20


async def lookup(db: Database, at: datetime = NOW) -> Lookup:
    """The one lookup that is due."""
    (leased,) = await db.write(lookups.lease, "me", at, limit=9, lease_for=MINUTE)
    return leased


async def test_a_lookup_is_tried_until_it_is_done(database: Database) -> None:
    await database.write(lookups.add, arn(), NOW, NOW)
    assert await database.read(lookups.due, NOW)
    first = await lookup(database)
    assert await database.write(lookups.retry, first, NOW + HOUR, "timed out")
    assert not await database.read(lookups.due, NOW)
    second = await lookup(database, NOW + HOUR)
    assert (second.attempts, second.fence) == (1, 2)
    assert not await database.write(lookups.done, first)
    assert await database.write(lookups.done, second)
    assert not await database.read(lookups.due, NOW + DAY)


async def test_a_stopping_worker_gives_its_lookups_back(database: Database) -> None:
    await database.write(lookups.add, arn(), NOW, NOW)
    lost = await lookup(database)
    assert await database.write(leases.release, "me") == 1
    assert not await database.write(lookups.done, lost)
    assert (await lookup(database)).attempts == 0


async def confirmation(database: Database) -> Confirmation:
    """A subscription to confirm, leased."""
    await database.write(confirmations.add, TOPIC, TOKEN, NOW)
    await database.write(confirmations.add, TOPIC, TOKEN, NOW + MINUTE)
    (leased,) = await database.write(confirmations.lease, "me", NOW, limit=9, lease_for=MINUTE)
    return leased


async def test_a_confirmed_subscription_is_remembered_and_its_token_is_not(database: Database) -> None:
    leased = await confirmation(database)
    assert (leased.topic_arn, leased.token) == (TOPIC, TOKEN)
    assert TOKEN not in repr(leased)
    assert await database.write(confirmations.done, leased, f"{TOPIC}:1", NOW + MINUTE)
    assert await database.read(looks.subscriptions) == [(TOPIC, f"{TOPIC}:1", NOW + MINUTE)]
    await database.write(confirmations.add, TOPIC, TOKEN, NOW + HOUR)
    assert not await database.read(confirmations.due, NOW + DAY)


async def test_a_confirmation_is_put_off_and_given_up(database: Database) -> None:
    leased = await confirmation(database)
    assert await database.write(confirmations.retry, leased, NOW + HOUR, "throttled")
    (again,) = await database.write(confirmations.lease, "me", NOW + HOUR, limit=9, lease_for=MINUTE)
    assert (again.attempts, again.token) == (1, TOKEN)
    assert not await database.write(confirmations.give_up, leased, "late")
    assert await database.write(confirmations.give_up, again, "AuthorizationError")
    assert not await database.read(confirmations.due, NOW + DAY)
    assert await database.read(looks.subscriptions) == []


async def share(database: Database, words: str = "stats checkout", source: str = "1.1") -> int:
    """Press the button."""
    url = "https://hooks.slack.example/commands/1"
    return await database.write(
        shares.add, user="U1", channel="C1", response_url=url, words=words, source=source, now=NOW
    )


async def leased_share(database: Database) -> Share:
    """The one share that is due."""
    (leased,) = await database.write(shares.lease, "me", NOW, limit=9, lease_for=MINUTE)
    return leased


async def test_a_double_click_shares_once(database: Database) -> None:
    first = await share(database)
    assert await share(database) == first
    assert await share(database, source="2.2") != first
    assert await share(database, words="top") != first


async def test_a_share_is_posted_once(database: Database) -> None:
    share_id = await share(database)
    leased = await leased_share(database)
    assert (leased.id, leased.user, leased.channel, leased.words) == (share_id, "U1", "C1", "stats checkout")
    assert leased.response_url not in repr(leased)
    assert await database.write(shares.intend, leased, NOW)
    assert await database.write(shares.done, leased)
    assert not await database.read(shares.due, NOW + DAY)
    assert await share(database) == share_id
    assert not await database.read(shares.due, NOW + DAY)


async def test_a_share_in_doubt_is_not_repeated(database: Database) -> None:
    await share(database)
    crashed = await leased_share(database)
    await database.write(shares.intend, crashed, NOW)
    assert await database.write(leases.release, "me") == 1
    assert not await database.write(shares.give_up, crashed, "late")
    heir = await leased_share(database)
    assert not await database.write(shares.intend, heir, NOW)
    assert not await database.read(shares.due, NOW + DAY)


async def test_the_same_trouble_is_told_once_a_day(database: Database) -> None:
    raise_alert = operator_alerts.raise_alert
    first = await database.write(raise_alert, "channel:C1", "closed", "do this", NOW)
    again = await database.write(raise_alert, "channel:C1", "still closed", "do that", NOW + DAY - MINUTE)
    other = await database.write(raise_alert, "channel:C2", "closed", "do this", NOW)
    next_day = await database.write(raise_alert, "channel:C1", "closed", "do this", NOW + DAY)
    assert first == again
    assert len({first, other, next_day}) == 3
    alert = await database.read(operator_alerts.get, first)
    assert alert is not None
    assert (alert.key, alert.summary, alert.detail) == ("channel:C1", "still closed", "do that")
    assert (alert.count, alert.generation, alert.first_at, alert.last_at) == (2, 2, NOW, NOW + DAY - MINUTE)
    leased = await database.write(notices.lease, "me", NOW + DAY, limit=9, lease_for=HOUR)
    shown = {one.operator_alert_id: one.generation for one in leased}
    assert shown == {first: 2, other: 1, next_day: 1}
    assert await database.read(operator_alerts.get, 4711) is None


async def test_the_pulse_is_the_newest_event_of_any_account(database: Database) -> None:
    await database.write(pulse.watch, "111111111111", NOW)
    assert await database.read(pulse.last_event_at) is None
    for account, at in (("111111111111", NOW + HOUR), ("222222222222", NOW)):
        await database.write(pulse.hear, account, at)
    assert await database.read(pulse.last_event_at) == NOW + HOUR


async def test_what_the_sweep_found_is_no_event(teller: Teller) -> None:
    await teller.tell(death(), at=NOW)
    assert await teller.db.read(pulse.last_event_at) is None
