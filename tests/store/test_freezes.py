"""Freezes in the store: where they apply, when they end, and that both are told; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.policy.freeze import Freeze
from bot.domain.resize.audit import Deed
from bot.store import audit_trail, freezes
from tests.domain.agreed import ALICE, BOB, CHECKOUT, DAY, HOUR, MINUTE, NOW
from tests.store.telling import Teller

ALL = Freeze(id=0, frozen_by=ALICE, frozen_at=NOW, reason="release")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the places are matched in Python
@pytest.mark.parametrize(
    ("wanted", "after", "covers"),
    [
        pytest.param(ALL, 99 * DAY, True, id="everything, until it is thawed"),
        pytest.param(replace(ALL, cluster="pr*"), MINUTE, True, id="clusters by a pattern"),
        pytest.param(replace(ALL, account="123456789012", name="checkout"), MINUTE, True, id="one service"),
        pytest.param(replace(ALL, cluster="dev"), MINUTE, False, id="another cluster"),
        pytest.param(replace(ALL, ends_at=NOW + HOUR), MINUTE, True, id="for an hour"),
        pytest.param(replace(ALL, ends_at=NOW + HOUR), HOUR, False, id="and no longer"),
    ],
)
async def test_covering(teller: Teller, wanted: Freeze, after: timedelta, covers: bool) -> None:
    frozen = await teller.db.write(freezes.freeze, wanted)
    assert frozen == replace(wanted, id=frozen.id)
    found = await teller.db.read(freezes.covering, CHECKOUT, NOW + after)
    assert found == (frozen if covers else None)
    assert frozen.covers(CHECKOUT) is (covers or after == HOUR)
    assert frozen.is_active(NOW + after) is (after != HOUR)


async def test_thawed_once_and_told(teller: Teller) -> None:
    frozen = await teller.db.write(freezes.freeze, ALL)
    thawed = await teller.db.write(freezes.thaw, frozen.id, BOB, NOW + MINUTE)
    assert thawed == replace(frozen, thawed_by=BOB, thawed_at=NOW + MINUTE)
    assert await teller.db.write(freezes.thaw, frozen.id, BOB, NOW + MINUTE) is None
    assert await teller.db.read(freezes.active, NOW + MINUTE) == []
    told = await teller.db.read(audit_trail.page, NOW, NOW + DAY)
    assert [(one.deed, one.who, one.words) for one in told] == [
        (Deed.FROZEN, ALICE, "everything. release"),
        (Deed.THAWED, BOB, "everything. release"),
    ]


async def test_freezing_the_same_again_takes_over(teller: Teller) -> None:
    await teller.db.write(freezes.freeze, ALL)
    longer = replace(ALL, frozen_by=BOB, frozen_at=NOW + MINUTE, ends_at=NOW + DAY)
    other = replace(ALL, cluster="dev", frozen_at=NOW + MINUTE)
    second, third = [await teller.db.write(freezes.freeze, one) for one in (longer, other)]
    assert await teller.db.read(freezes.active, NOW + HOUR) == [second, third]


async def test_a_freeze_lasts(teller: Teller) -> None:
    with pytest.raises(ValueError, match="end after"):
        await teller.db.write(freezes.freeze, replace(ALL, ends_at=NOW))
