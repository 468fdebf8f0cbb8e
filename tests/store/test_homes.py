"""Homes in the store: who looks, what they wish to be told, what is published once, and news that is told once."""

from datetime import timedelta

import pytest

from bot.domain.home.wish import USUAL, Wish
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.store import deliveries, direct_messages, home_facts, homes, prune
from bot.store.database import Database
from bot.store.deliveries import Delivery
from bot.store.direct_messages import News
from bot.store.health import health
from bot.store.homes import Home
from bot.store.ledger import Rules
from tests.store.telling import DAY, HOUR, MINUTE, NOW, TOPIC, Teller, death, is_kill, key

ALICE, BOB = "U0ALICE", "U0BOB"
SOON = NOW + MINUTE


async def leased(db: Database, worker: str = "a", now: object = NOW) -> list[Home]:
    return await db.write(homes.lease, worker, now, limit=5, lease_for=MINUTE)  # type: ignore[arg-type]


async def published(db: Database, shown: str = "one") -> None:
    (home,) = await leased(db)
    assert await db.write(homes.published, home, shown, "hash", NOW)


async def test_who_opens_home_is_published_once_by_one_of_two(database: Database) -> None:
    await database.write(homes.opened, ALICE, NOW)
    assert await database.read(homes.due, NOW)
    (home,) = await leased(database, "a")
    assert await leased(database, "b") == []
    assert not await database.read(homes.due, NOW)
    assert (home.user, home.wishes, home.shown) == (ALICE, USUAL, "")
    assert await database.write(homes.published, home, "one", "hash", NOW)
    assert not await database.read(homes.due, SOON)
    assert not await database.write(homes.published, home, "two", "hash", NOW)


async def test_what_changes_while_it_is_published_is_published_again(database: Database) -> None:
    await database.write(homes.opened, ALICE, NOW)
    (home,) = await leased(database)
    await database.write(homes.note, ALICE, "You may not.", NOW)
    await database.write(homes.published, home, "one", "hash", NOW)
    (again,) = await leased(database)
    assert again.note == "You may not."
    await database.write(homes.opened, ALICE, NOW)
    (opened,) = await database.read(homes.everybody)
    assert opened.note == ""


async def test_of_two_who_see_that_it_is_old_one_has_it_published(database: Database) -> None:
    await database.write(homes.opened, ALICE, NOW)
    await published(database)
    seen = await database.read(homes.open_since, NOW - HOUR)
    assert await database.write(homes.outdate, seen, SOON) == 1
    assert await database.write(homes.outdate, seen, SOON) == 0
    (home,) = await leased(database, "b", SOON)
    await database.write(homes.published, home, "two", "hash", SOON)
    assert await database.write(homes.outdate, seen, SOON) == 0  # it saw what is not shown any more
    assert await database.read(homes.open_since, SOON) == []


async def test_a_refusal_ends_it_until_the_person_comes_again(database: Database) -> None:
    await database.write(homes.opened, ALICE, NOW)
    (home,) = await leased(database)
    await database.write(homes.give_up, home, "not_enabled")
    assert not await database.read(homes.due, SOON)
    await database.write(homes.opened, ALICE, SOON)
    assert await database.read(homes.due, SOON)


@pytest.mark.parametrize(
    "wishes",
    [
        pytest.param(frozenset(), id="nothing"),
        pytest.param(frozenset(Wish), id="everything"),
        pytest.param(frozenset({Wish.RESIZE}), id="only what I asked for"),
    ],
)
async def test_wishes_are_kept_and_shown(database: Database, wishes: frozenset[Wish]) -> None:
    await database.write(homes.wish, ALICE, wishes, NOW)
    (home,) = await database.read(homes.everybody)
    assert (home.wishes, home.wished_at) == (wishes, NOW)
    assert await database.read(homes.due, NOW)


async def test_a_press_clears_the_note_and_is_remembered(database: Database) -> None:
    await database.write(homes.note, ALICE, "You may not.", NOW)
    await database.write(homes.pressed, ALICE, SOON)
    (home,) = await database.read(homes.everybody)
    assert (home.note, home.pressed_at, home.opened_at) == ("", SOON, SOON)


async def test_each_news_is_told_once(database: Database) -> None:
    first = News(user=ALICE, wish=Wish.INCIDENT, about=7, moment="0")
    again = News(user=ALICE, wish=Wish.INCIDENT, about=7, moment="1")
    assert await database.write(direct_messages.add, [first], NOW) == 1
    assert await database.write(direct_messages.add, [first, again], NOW) == 1
    assert await database.read(
        direct_messages.known, [first, News(user=BOB, wish=Wish.INCIDENT, about=7)]
    ) == {first}
    messages = await database.write(direct_messages.lease, "a", NOW, limit=5, lease_for=MINUTE)
    assert [one.about for one in messages] == [7, 7]
    assert await database.write(direct_messages.intend, messages[0], "D1", NOW)
    assert await database.write(direct_messages.posted, messages[0], "D1", "1.2")
    assert await database.write(direct_messages.drop, messages[1], "over")
    assert not await database.read(direct_messages.due, NOW + HOUR)


async def test_what_is_in_doubt_keeps_its_intent(database: Database) -> None:
    await database.write(direct_messages.add, [News(user=ALICE, wish=Wish.RESIZE, about=1)], NOW)
    (message,) = await database.write(direct_messages.lease, "a", NOW, limit=5, lease_for=MINUTE)
    await database.write(direct_messages.intend, message, "D1", NOW)
    await database.write(direct_messages.retry, message, SOON, "OutcomeUnknown", keep_intent=True)
    (again,) = await database.write(direct_messages.lease, "b", SOON, limit=5, lease_for=MINUTE)
    assert (again.posting_since, again.channel, again.attempts) == (NOW, "D1", 1)
    await database.write(direct_messages.retry, again, SOON, "NotSent", keep_intent=False)
    (sure,) = await database.write(direct_messages.lease, "b", SOON, limit=5, lease_for=MINUTE)
    assert sure.posting_since is None


async def test_the_facts_of_an_empty_store(database: Database) -> None:
    facts = await database.read(home_facts.facts, NOW)
    assert (facts.open_count, facts.last_kill_at, facts.foresight) == (0, None, None)
    assert facts.health.is_well(NOW)
    assert facts.health.last_event_at is None
    known = await database.read(home_facts.installation, "C0OOM")
    assert (known.channel, known.channel_trouble, known.posted_at, known.confirmed_at) == (
        "C0OOM",
        "",
        None,
        None,
    )


async def test_the_facts_after_kills(teller: Teller) -> None:
    await teller.tell(death(1))
    await teller.tell(death(2, group_key=key("search")))
    facts = await teller.db.read(home_facts.facts, NOW + timedelta(hours=2))
    assert facts.open_count == len(facts.incidents) == 2
    assert facts.last_kill_at == death(1).died_at
    assert {row.subject.name for row in facts.top} == {"checkout", "search"}
    assert facts.health.waiting == 2
    assert facts.health.is_late(facts.now)
    assert not facts.health.is_well(facts.now)
    assert facts.places == {}  # nothing was posted yet


@pytest.mark.parametrize(
    ("minutes", "median"),
    [
        pytest.param((0, 0, 0), 0, id="at once"),
        pytest.param((0, 0, 600), 0, id="one old event, which was sent again"),
        pytest.param((7, 9, 0), 7, id="they come late"),
    ],
)
async def test_how_long_events_were_on_their_way(
    database: Database, minutes: tuple[int, ...], median: int
) -> None:
    for number, late in enumerate(minutes):
        delivery = Delivery(TOPIC, f"message-{number}", NOW - late * MINUTE)
        nothing = Assessment(verdict=Verdict.NONE, why="a test", deaths=())
        await deliveries.record(database, delivery, nothing, NOW, Rules(counts=is_kill, reopen_within=DAY))
    found = await database.read(health, NOW + MINUTE)
    assert (found.deliveries, found.delay_minutes, found.is_delayed) == (3, median, median > 0)


async def test_who_never_came_back_is_forgotten_but_not_what_they_wished(database: Database) -> None:
    await database.write(homes.opened, ALICE, NOW - 9 * DAY)
    await database.write(homes.wish, BOB, {Wish.RESIZE}, NOW - 9 * DAY)
    await database.write(direct_messages.add, [News(user=BOB, wish=Wish.RESIZE, about=1)], NOW - 9 * DAY)
    removed = await database.write(prune.prune, kills_before=NOW - 8 * DAY, deliveries_before=NOW, now=NOW)
    assert removed == 2
    assert [one.user for one in await database.read(homes.everybody)] == [BOB]
