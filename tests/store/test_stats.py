"""Stats: what the queries count is what plain Python counts over the same kills."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import Connection, event

from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import incidents, kills, stats, tallies
from bot.store.column_types import EPOCH
from bot.store.database import Database
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, arn, death, is_trouble, key

SUBJECT = Subject.of(key())
WINDOW = 3 * DAY


def history(seed: int) -> list[Death]:
    """Two hundred deaths of five days: several services and containers, suspected ones and failures."""
    dice = random.Random(seed)
    verdicts = [Verdict.OOM, Verdict.OOM, Verdict.SUSPECTED_OOM, Verdict.FAILURE]
    return [
        death(
            number,
            group_key=key(dice.choice(["checkout", "billing", "search"]), dice.choice(["app", "web"])),
            verdict=dice.choice(verdicts),
            died_at=(
                died_at := NOW - timedelta(milliseconds=dice.randrange(5 * DAY // timedelta(milliseconds=1)))
            ),
            started_at=dice.choice([None, died_at - timedelta(seconds=dice.randrange(10_000))]),
            limits=Limits(container_mib=dice.choice([256, 512])),
        )
        for number in range(200)
    ]


@pytest.fixture(params=[1, 2])
async def told(request: pytest.FixtureRequest, teller: Teller) -> list[Death]:
    """The history, told to the store; failures were asked for."""
    deaths = history(request.param)
    teller.counts = is_trouble
    await teller.tell(*deaths)
    return [one for one in deaths if one.verdict.is_kill]


def of(kills: list[Death], subject: Subject, span: timedelta = 9 * DAY) -> list[Death]:
    """Those of a subject within the span, newest first."""
    mine = [kill for kill in kills if Subject.of(kill.group_key) == subject and kill.died_at >= NOW - span]
    return sorted(mine, key=lambda kill: kill.died_at, reverse=True)


async def test_subjects_are_listed_by_their_latest_kill(teller: Teller, told: list[Death]) -> None:
    latest_first = sorted(told, key=lambda kill: kill.died_at, reverse=True)
    expected = list(dict.fromkeys(Subject.of(kill.group_key) for kill in latest_first))
    assert await teller.db.read(stats.subjects) == expected
    assert await teller.db.read(stats.subjects, 2) == expected[:2]


async def test_per_container(teller: Teller, told: list[Death]) -> None:
    found = await teller.db.read(stats.per_container, SUBJECT, NOW - WINDOW)
    assert [one.kills for one in found] == sorted((one.kills for one in found), reverse=True)
    assert {one.container for one in found} == {"app", "web"}
    for one in found:
        mine = [kill for kill in of(told, SUBJECT, WINDOW) if kill.container == one.container]
        lived = [kill.lifetime_s for kill in mine if kill.lifetime_s is not None]
        assert one.kills == len(mine)
        assert one.suspected == sum(kill.verdict is Verdict.SUSPECTED_OOM for kill in mine)
        assert (one.first_at, one.last_at) == (mine[-1].died_at, mine[0].died_at)
        assert one.lifetimes is not None
        assert one.lifetimes.min_s == min(lived)
        assert one.lifetimes.p50_s == pytest.approx(median(lived))
        assert one.lifetimes.max_s == max(lived)
        assert one.limits == mine[0].limits


async def test_per_day_counts_every_utc_day(teller: Teller, told: list[Death]) -> None:
    since, until = NOW - WINDOW - HOUR * 2, NOW - HOUR * 4
    counted = Counter(kill.died_at.date() for kill in of(told, SUBJECT) if since <= kill.died_at < until)
    days = [since.date() + number * DAY for number in range(3)]
    assert await teller.db.read(stats.per_day, SUBJECT, since, until) == [(day, counted[day]) for day in days]


async def test_last_kills(teller: Teller, told: list[Death]) -> None:
    found = await teller.db.read(stats.last_kills, SUBJECT, 7)
    assert [kill.death for kill in found] == of(told, SUBJECT)[:7]


async def test_top(teller: Teller, told: list[Death]) -> None:
    found = await teller.db.read(stats.top, NOW - WINDOW, 2)
    counted = Counter(Subject.of(kill.group_key) for kill in told if kill.died_at >= NOW - WINDOW)
    assert [one.kills for one in found] == [count for _, count in counted.most_common(2)]
    for one in found:
        assert one.kills == counted[one.subject]
        assert one.containers == 2
        assert one.last_at == of(told, one.subject)[0].died_at


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda conn: stats.top(conn, NOW - DAY, 10), id="top"),
        pytest.param(lambda conn: stats.top(conn, NOW - 9 * DAY, 10), id="top of days that are tallied"),
        pytest.param(lambda conn: stats.per_day(conn, SUBJECT, NOW - DAY, NOW), id="per day"),
        pytest.param(lambda conn: stats.per_container(conn, SUBJECT, NOW - DAY), id="per container"),
        pytest.param(lambda conn: kills.count_since(conn, key(), NOW - DAY), id="count since"),
        pytest.param(stats.subjects, id="subjects"),
    ],
)
async def test_ten_million_kills_are_counted_from_an_index_alone(
    sqlite_url: str, ask: Callable[[Connection], object]
) -> None:
    def plans(conn: Connection) -> list[str]:
        asked: list[tuple[str, object]] = []
        listening = (conn, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        event.listen(*listening)
        ask(conn)
        event.remove(*listening)
        explained = [
            row.detail
            for statement, values in asked
            for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        ]
        return [detail for detail in explained if re.search(r"\b(kills|tallies)\b", detail)]

    db = Database.open(sqlite_url)
    day = (NOW - 2 * DAY - EPOCH) // DAY
    ((_, claimed),) = (await db.write_aside(tallies.claim, [day])).items()
    assert await db.write_aside(tallies.keep, claimed, day, {})
    found = await db.read(plans)
    assert found
    assert all(re.search("USING COVERING INDEX ix_(kills|tallies)_", detail) for detail in found)
    await db.close()


async def test_nobody_was_killed(teller: Teller) -> None:
    read = teller.db.read
    assert await read(stats.subjects) == []
    assert await read(stats.per_container, SUBJECT, NOW) == []
    assert await read(stats.last_kills, SUBJECT, 5) == []
    assert await read(stats.top, NOW, 5) == []
    day_after = await read(stats.per_day, SUBJECT, NOW - DAY, NOW)
    assert [count for _, count in day_after] == [0, 0]


async def test_a_start_that_nobody_told_gives_no_lifetimes(teller: Teller) -> None:
    await teller.tell(death())
    (one,) = await teller.db.read(stats.per_container, SUBJECT, NOW - DAY)
    assert one.lifetimes is None


async def test_the_subject_of_a_task(teller: Teller) -> None:
    family = key("nightly", kind=OwnerKind.FAMILY)
    await teller.tell(death("abc"))
    twin = arn("abc").replace("eu-west-1", "us-east-1")
    await teller.tell(death(group_key=family, task_arn=twin, died_at=NOW + MINUTE))
    find = stats.subject_of_task
    assert await teller.db.read(find, arn("abc")) == SUBJECT
    assert await teller.db.read(find, twin) == Subject.of(family)
    assert await teller.db.read(find, "abc") == Subject.of(family)
    assert await teller.db.read(find, "unknown") is None
    assert await teller.db.read(find, arn("unknown")) is None


async def test_whose_task_has_an_id_that_begins_so(teller: Teller) -> None:
    billing = key("billing")
    await teller.tell(death("16da8a4a" + "0" * 24), death("16da8a4a-5176-4f71-9a52-9dbd6f1cebef"))
    await teller.tell(death("16da8a4b" + "0" * 24, group_key=billing))
    find = stats.subjects_of_short_task_id
    assert await teller.db.read(find, "16da8a4a") == (SUBJECT,)
    assert await teller.db.read(find, "16da8a4b0") == (Subject.of(billing),)
    assert set(await teller.db.read(find, "16da8a4")) == {SUBJECT, Subject.of(billing)}
    assert await teller.db.read(find, "26da8a4a") == ()


async def test_what_people_marked_as_not_an_oom_is_told(teller: Teller) -> None:
    incident = await teller.incident(death(1), death(2, died_at=NOW - 2 * DAY))
    await teller.tell(death(3, group_key=key("billing")))
    for user in ("U1", "U2"):
        await teller.db.write(incidents.feedback, incident.id, user, NOW + MINUTE)
    await teller.tell(death(4, died_at=NOW + HOUR), at=NOW + HOUR)
    assert await teller.db.read(stats.not_an_oom, NOW - WINDOW) == {SUBJECT: 2}
    assert await teller.db.read(stats.not_an_oom, NOW - DAY) == {SUBJECT: 1}
    assert await teller.db.read(stats.not_an_oom, NOW + HOUR) == {}
    rows = await teller.db.read(stats.top, NOW - DAY, 10)
    assert [(row.subject.name, row.kills, row.not_an_oom) for row in rows] == [
        ("checkout", 2, 1),
        ("billing", 1, 0),
    ]
