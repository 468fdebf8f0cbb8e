"""Reports in the store: kills are counted as plain Python counts them, and each week is made once."""

from collections import Counter
from datetime import UTC, timedelta
from itertools import pairwise

import pytest

from bot.domain.calendar.report_period import so_far
from bot.domain.incident.notice import Urgency
from bot.domain.report.report import report
from bot.domain.subject.subject import Subject
from bot.store import notices, prune, report_material, reports, silences
from bot.store.database import Database
from bot.store.reports import Made
from tests.domain.reports import PERIOD, UNTIL, foresight, report_of, tally
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, death, is_trouble, key
from tests.store.test_stats import history

WEEK = timedelta(days=7)


@pytest.mark.parametrize("seed", [1, 2])
async def test_counts_what_plain_python_counts(teller: Teller, seed: int) -> None:
    teller.counts = is_trouble
    deaths = history(seed)
    await teller.tell(*deaths)
    period = so_far(NOW, 2, UTC)
    found = await teller.db.read(report_material.material, period)
    kills = [one for one in deaths if one.verdict.is_kill]
    spans = list(pairwise(period.edges))
    per_day = Counter(
        (one.group_key, number)
        for one in kills
        for number, (since, until) in enumerate(spans)
        if since <= one.died_at < until
    )
    since, until = period.before
    before = Counter(one.group_key for one in kills if since <= one.died_at < until)
    known = {Subject.of(one.group_key) for one in kills if one.died_at < period.since}
    told = {one.group_key: one for one in found.tallies}
    assert set(told) == {group_key for group_key, _ in per_day} | set(before)
    for group_key, one in told.items():
        assert one.per_day == tuple(per_day[group_key, number] for number in range(2))
        assert (one.before, one.was_known) == (before[group_key], Subject.of(group_key) in known)


async def test_a_sidecar_of_a_service_that_was_killed_long_ago_makes_no_new_offender(teller: Teller) -> None:
    await teller.tell(death(1, died_at=NOW - 60 * DAY))
    await teller.tell(death(2, group_key=key(container="sidecar"), container="sidecar", died_at=NOW - DAY))
    await teller.tell(death(3, group_key=key("search"), died_at=NOW - DAY))
    found = report(await teller.db.read(report_material.material, so_far(NOW, 7, UTC)), lambda _: True)
    assert {one.subject.name: one.is_new for one in found.offenders} == {"checkout": False, "search": True}


async def test_nothing_happened(database: Database) -> None:
    found = await database.read(report_material.material, PERIOD)
    assert (found.tallies, found.resizes, found.silences, found.foresight) == ([], [], [], None)


async def test_silences_of_that_time_are_material(database: Database) -> None:
    asked = {"created_by": "U1", "reason": ""}
    matcher = Subject.of(key()).matcher()
    await database.write(silences.add, matcher, starts_at=UNTIL - 9 * DAY, ends_at=UNTIL - 8 * DAY, **asked)
    await database.write(silences.add, matcher, starts_at=UNTIL - DAY, ends_at=UNTIL + DAY, **asked)
    found = await database.read(report_material.material, PERIOD)
    assert [one.ends_at for one in found.silences] == [UNTIL + DAY]


async def test_the_newest_look_is_kept_whole(database: Database) -> None:
    older, newer = foresight(made_at=UNTIL - DAY, gaps=("old",)), foresight(gaps=("no",))
    await database.write(report_material.keep_foresight, older)
    await database.write(report_material.keep_foresight, newer)
    assert await database.read(report_material.latest_foresight) == newer


def made(channel: str, *, wants_chart: bool = False, is_posted: bool = True) -> Made:
    """A report with something of everything that is kept."""
    told = report_of(tally("checkout", 1, before=2), foresight=foresight())
    return Made(channel=channel, report=told, wants_chart=wants_chart, is_posted=is_posted)


async def test_a_week_is_made_once_all_of_it(database: Database) -> None:
    assert await database.read(reports.handled) is None
    both = [made("C1"), made("C2", is_posted=False)]
    assert await database.write(reports.make, UNTIL, both, UNTIL)
    assert await database.read(reports.handled) == UNTIL
    assert not await database.write(reports.make, UNTIL, both, UNTIL), "by another one"
    assert not await database.write(reports.make, UNTIL - WEEK, both, UNTIL), "an older week"
    assert await database.write(reports.make, UNTIL + WEEK, [], UNTIL + WEEK)
    (held,) = await database.write(notices.lease, "w", UNTIL, limit=9, lease_for=MINUTE)
    assert (held.channel, held.urgency) == ("C1", Urgency.REPORTS)
    kept = await database.read(reports.get, held.report_id or 0)
    assert kept is not None
    assert kept.report == made("C1").report


async def test_a_report_waits_for_its_chart(database: Database) -> None:
    await database.write(reports.make, UNTIL, [made("C1", wants_chart=True)], UNTIL)
    assert await database.write(notices.lease, "w", UNTIL, limit=9, lease_for=MINUTE) == []
    assert await database.read(reports.due, UNTIL)
    (held,) = await database.write(reports.lease, "w", UNTIL, limit=9, lease_for=MINUTE)
    assert not await database.read(reports.due, UNTIL), "somebody is at it"
    later = UNTIL + HOUR
    (again,) = await database.write(reports.lease, "v", later, limit=9, lease_for=MINUTE)
    assert not await database.write(reports.charted, held, "F1", later), "the lease was lost"
    assert await database.write(reports.uploaded, again, "F2", later)
    (again,) = await database.write(reports.lease, "v", later, limit=9, lease_for=MINUTE)
    assert again.shown_as == "F2"
    assert await database.write(reports.charted, again, "F2", later)
    assert not await database.read(reports.due, later + HOUR)
    (notice,) = await database.write(notices.lease, "w", later, limit=9, lease_for=MINUTE)
    assert notice.report_id == again.id


async def test_old_reports_go_with_their_notices(database: Database) -> None:
    await database.write(reports.make, UNTIL, [made("C1")], UNTIL)
    gone = await database.write(
        prune.prune, kills_before=UNTIL + DAY, deliveries_before=UNTIL, now=UNTIL + DAY
    )
    assert gone == 1
    assert await database.write(notices.lease, "w", UNTIL + DAY, limit=9, lease_for=MINUTE) == []


async def test_the_report_of_what_was_delivered(teller: Teller) -> None:
    await teller.tell(death(1), death(2, group_key=key("search"), died_at=NOW - DAY))
    await teller.tell(death(3, group_key=key("search"), died_at=NOW - 8 * DAY))
    found = report(await teller.db.read(report_material.material, so_far(NOW + HOUR, 7, UTC)), lambda _: True)
    assert [(one.subject.name, one.kills, one.is_new) for one in found.offenders] == [
        ("checkout", 1, True),
        ("search", 1, False),
    ]
