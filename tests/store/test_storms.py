"""Storms in the store: folded, retold, let go, ended and pruned, on both databases."""

import pytest

from bot.domain.incident.incident import Phase
from bot.domain.incident.storm import Gathering, Opening, Place
from bot.store import incidents, notices, storms
from bot.store.prune import prune
from bot.store.waiting import of_cluster, waiting
from tests.store.telling import DAY, HOUR, MINUTE, NOW, Teller, death, key

PROD = Place("123456789012", "eu-west-1", "prod", "C1")


@pytest.fixture
async def storm_id(teller: Teller) -> int:
    """A storm of three services that just began."""
    for number in range(3):
        await teller.tell(death(number, group_key=key(f"s{number}")))
    return await teller.db.write(storms.fold, await gathering(teller), NOW)


async def gathering(teller: Teller) -> Gathering:
    found = await teller.db.read(of_cluster, PROD)
    return Gathering(PROD, [Opening(notice_id=one.id, place=PROD, at=NOW, is_pending=True) for one in found])


async def test_folding_leaves_the_storm_alone_to_be_shown(teller: Teller, storm_id: int) -> None:
    [shown] = await teller.db.read(waiting, NOW, 10)
    assert (shown.channel, shown.group_key, shown.is_folded) == ("C1", None, False)
    toll = await teller.db.read(storms.toll, storm_id)
    assert toll is not None
    assert (len(toll.incidents), toll.kills, toll.open_count) == (3, 3, 3)


async def test_folding_again_joins_the_running_storm(teller: Teller, storm_id: int) -> None:
    await teller.tell(death(9, group_key=key("s9")))
    assert await teller.db.write(storms.fold, await gathering(teller), NOW) == storm_id
    toll = await teller.db.read(storms.toll, storm_id)
    assert toll is not None
    assert len(toll.incidents) == 4


async def test_what_is_just_being_posted_keeps_its_root(teller: Teller) -> None:
    await teller.tell(death())
    await teller.db.write(notices.lease, "other", NOW, limit=1, lease_for=MINUTE)
    await teller.db.write(storms.fold, await gathering(teller), NOW)
    [one] = await teller.db.read(of_cluster, PROD)
    assert (one.swept_at, one.is_folded) == (NOW, False)


@pytest.mark.parametrize(
    ("killed_after", "folded"),
    [
        pytest.param(9 * MINUTE, True, id="within the storm"),
        pytest.param(11 * MINUTE, False, id="after it was over"),
    ],
)
async def test_a_further_kill(teller: Teller, storm_id: int, killed_after: object, folded: bool) -> None:
    await teller.db.write(storms.end, storm_id, NOW + 10 * MINUTE)
    died_at = NOW + killed_after  # type: ignore[operator]  # a span from the table
    await teller.tell(death(7, group_key=key("s1"), died_at=died_at), at=NOW + 12 * MINUTE)
    due = [one for one in await teller.db.read(waiting, NOW + HOUR, 10) if one.group_key]
    assert len(due) == 1
    await teller.db.write(storms.retell, [due[0].id], NOW + HOUR)
    still = [one.is_folded for one in await teller.db.read(of_cluster, PROD) if one.id == due[0].id]
    assert still == [folded]
    again = [one for one in await teller.db.read(waiting, NOW + HOUR, 10) if one.group_key]
    assert len(again) == (0 if folded else 1)


async def test_acknowledging_all_takes_only_what_is_open(teller: Teller, storm_id: int) -> None:
    await teller.db.write(incidents.acknowledge, 1, "U0BOB", NOW)
    storm, changed = await teller.db.write(storms.acknowledge, storm_id, "U0ALICE", NOW + MINUTE)
    assert storm is not None
    assert (storm.phase, storm.acknowledged_by, changed) == (Phase.ACKNOWLEDGED, "U0ALICE", 2)
    assert (await teller.get(1)).acknowledged_by == "U0BOB"
    assert await teller.db.write(storms.acknowledge, 99, "U0ALICE", NOW) == (None, 0)


async def test_a_pruned_storm_lets_go_of_what_it_held(teller: Teller, storm_id: int) -> None:
    await teller.db.write(storms.end, storm_id, NOW + MINUTE)
    removed = await teller.db.write(
        prune, kills_before=NOW + HOUR, deliveries_before=NOW - DAY, now=NOW + DAY
    )
    assert removed == 1
    assert await teller.db.read(storms.get, storm_id) is None
    await teller.tell(death(7, group_key=key("s1")), at=NOW + HOUR)
    ids = [one.id for one in await teller.db.read(waiting, NOW + DAY, 10)]
    await teller.db.write(storms.retell, ids, NOW + DAY)
    assert [one.is_folded for one in await teller.db.read(waiting, NOW + DAY, 10)] == [False]
