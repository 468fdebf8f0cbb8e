"""Silences: they mute what matches, always end, and what they mute is shown again at both ends."""

from datetime import timedelta

import pytest

from bot.domain.incident.incident import Resolution
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Hidden, Matcher, Silence
from bot.domain.subject.subject import Subject
from bot.store import incidents, silences
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, death, is_trouble, key

EVERYTHING = Matcher()
KEYS = [
    key(),
    key(container="web"),
    key("billing"),
    key(cluster="staging"),
    key(account="999999999999"),
    key(region="us-east-1"),
    key(kind=OwnerKind.FAMILY),
]


async def mute(teller: Teller, matcher: Matcher = EVERYTHING, lasts: timedelta = HOUR) -> Silence:
    """Add a silence from now on."""
    return await teller.db.write(silences.add, matcher, NOW, NOW + lasts, "U1", "planned")


async def generation(teller: Teller, group_key: GroupKey) -> int:
    """Of the one unfinished incident of this key."""
    found = await teller.db.read(incidents.of_subject, Subject.of(group_key))
    return next(one.generation for one in found if one.group_key == group_key)


@pytest.mark.parametrize(
    ("lasts", "why"),
    [
        pytest.param(timedelta(0), "after it starts", id="no time at all"),
        pytest.param(-HOUR, "after it starts", id="ends before it starts"),
        pytest.param(timedelta(weeks=2, seconds=1), "14 days", id="longer than two weeks"),
    ],
)
async def test_a_silence_always_ends(teller: Teller, lasts: timedelta, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        await mute(teller, lasts=lasts)


async def test_it_is_active_until_it_ends(teller: Teller) -> None:
    later = await mute(teller, lasts=timedelta(weeks=2))
    sooner = await mute(teller)
    assert await teller.db.read(silences.active, NOW) == [sooner, later]
    assert await teller.db.read(silences.active, NOW + HOUR) == [later]
    assert await teller.db.read(silences.active, NOW - MINUTE) == []
    assert await teller.db.read(silences.get, sooner.id) == sooner
    assert await teller.db.read(silences.get, 4711) is None


@pytest.mark.parametrize(
    "matcher",
    [
        pytest.param(EVERYTHING, id="everything"),
        pytest.param(Matcher(name="checkout"), id="a name wherever it is"),
        pytest.param(Subject.of(key()).matcher(), id="one service"),
        pytest.param(Subject.of(key()).matcher("web"), id="one container"),
        pytest.param(Matcher(cluster="staging"), id="a cluster"),
        pytest.param(Matcher(account="999999999999"), id="an account"),
        pytest.param(Matcher(region="us-east-1"), id="a region"),
        pytest.param(Matcher(kind=OwnerKind.FAMILY), id="standalone tasks"),
        pytest.param(Matcher(name="nothing"), id="nothing"),
    ],
)
async def test_what_it_touches_is_what_the_domain_says_it_matches(teller: Teller, matcher: Matcher) -> None:
    for number, group_key in enumerate(KEYS):
        await teller.tell(death(number, group_key=group_key))
    await mute(teller, matcher)
    for group_key in KEYS:
        assert await generation(teller, group_key) == (2 if matcher.matches(group_key) else 1)
    matched = sum(matcher.matches(group_key) for group_key in KEYS)
    assert await teller.db.read(silences.preview, matcher, NOW - DAY) == Hidden(alerts=matched, kills=matched)


async def test_the_preview_counts_kills_of_its_window(teller: Teller) -> None:
    teller.counts = is_trouble
    await teller.tell(death(1, died_at=NOW - DAY), death(2, died_at=NOW - DAY - MINUTE))
    await teller.tell(death(3, verdict=Verdict.FAILURE))
    assert (await teller.db.read(silences.preview, EVERYTHING, NOW - DAY)).kills == 1


async def test_the_preview_counts_alerts_and_not_only_kills(teller: Teller) -> None:
    incident = await teller.incident(*(death(number) for number in range(5)))
    since = incident.opened_at + MINUTE
    assert (await teller.db.read(silences.preview, EVERYTHING, incident.opened_at)) == Hidden(
        alerts=1, kills=5
    )
    await teller.db.write(incidents.resolve, incident.id, "U1", Resolution.BY_PERSON, since)
    assert (await teller.db.read(silences.preview, EVERYTHING, since)).alerts == 0
    await teller.tell(death(9, died_at=since), at=since)
    assert (await teller.db.read(silences.preview, EVERYTHING, since)) == Hidden(alerts=1, kills=1)


async def test_resolved_incidents_are_left_alone(teller: Teller) -> None:
    incident = await teller.incident(death())
    resolved = await teller.db.write(incidents.resolve, incident.id, "U1", Resolution.BY_PERSON, NOW)
    await mute(teller)
    assert await teller.get(incident.id) == resolved


async def test_ended_early_it_tells_by_whom(teller: Teller) -> None:
    await teller.tell(death())
    silence = await mute(teller)
    ended = await teller.db.write(silences.end, silence.id, "U2", NOW + MINUTE)
    assert ended is not None
    assert (ended.ends_at, ended.ended_by, ended.created_by) == (NOW + MINUTE, "U2", "U1")
    assert await generation(teller, key()) == 3
    assert await teller.db.write(silences.end, silence.id, "U3", NOW + 2 * MINUTE) == ended
    assert await teller.db.write(silences.expire, NOW + DAY) == []
    assert await generation(teller, key()) == 3
    assert await teller.db.write(silences.end, 4711, "U3", NOW) is None


async def test_one_that_was_yet_to_come_never_was(teller: Teller) -> None:
    planned = await teller.db.write(silences.add, EVERYTHING, NOW + HOUR, NOW + DAY, "U1", "")
    ended = await teller.db.write(silences.end, planned.id, "U1", NOW)
    assert ended is not None
    assert ended.starts_at == ended.ends_at == NOW


async def test_its_end_is_told_once(teller: Teller) -> None:
    await teller.tell(death())
    silence, longer = await mute(teller), await mute(teller, lasts=DAY)
    assert await teller.db.write(silences.expire, NOW + HOUR - MINUTE) == []
    assert await teller.db.write(silences.expire, NOW + HOUR) == [silence]
    assert await generation(teller, key()) == 4
    assert await teller.db.write(silences.expire, NOW + HOUR) == []
    assert await teller.db.write(silences.expire, NOW + DAY) == [longer]
