"""Intents: a process that hangs between its word and its post does not post late, when others may have posted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reconcile.showing import Shower, StoreTooSlow
from bot.reconcile.view import Views
from bot.reconcile.viewed import View
from bot.slack.posting import NotSent
from bot.store import notices
from bot.store.notices import Notice
from tests.reconcile.scene import Scene
from tests.store import looks


@pytest.fixture
async def leased(stage: Scene) -> tuple[Notice, View]:
    """A notice that has never been shown, and how it looks."""
    await stage.kill("a")
    (notice,) = await stage.db.write(
        notices.lease, "worker-1", stage.clock(), limit=9, lease_for=timedelta(seconds=90)
    )
    views = Views(stage.db, stage.routes, account_name=lambda _: "prod-eu", operator_channel="")
    view = await views.of(notice, stage.clock(), "")
    assert view is not None
    return notice, view


def hanging(stage: Scene, *seconds: float) -> Shower:
    """A process at whose looks at the clock so much time has passed, and no more after that."""
    passed: Iterator[float] = iter(seconds)
    began = stage.clock()
    return Shower(replace(stage.bench, clock=lambda: began + timedelta(seconds=next(passed, seconds[-1]))))


async def test_after_a_pause_it_says_so_again_before_it_posts(
    stage: Scene, leased: tuple[Notice, View]
) -> None:
    await hanging(stage, 0, 60).show(*leased)
    assert len(stage.roots()) == 1
    row = await stage.db.read(looks.notice, leased[0].id)
    assert row is not None
    assert row.posting_since == stage.clock() + timedelta(seconds=60)


async def test_who_hangs_again_and_again_does_not_post(stage: Scene, leased: tuple[Notice, View]) -> None:
    with pytest.raises(StoreTooSlow, match="nothing was posted"):
        await hanging(stage, *range(0, 100, 6)).show(*leased)
    assert stage.roots() == []


async def test_who_hangs_after_its_word_sends_nothing_and_another_posts(
    stage: Scene, leased: tuple[Notice, View]
) -> None:
    """The last look at the clock is right before the first byte leaves."""
    with pytest.raises(NotSent):
        await hanging(stage, 0, 0, 9).show(*leased)
    assert stage.roots() == []
    await stage.passes("worker-2", after=91)
    assert len(stage.roots()) == 1
