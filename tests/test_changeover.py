"""Changeovers: what the next shift of a process takes over from the one before."""

from bot.composition.ground import opened, standing
from bot.reconcile.pace import ALL_POSTS, UPDATES, posts_to
from bot.settings import Settings
from bot.store import migrate
from bot.tracing.tracer import UNTRACED
from tests.test_settings import REQUIRED


async def test_what_slack_asked_to_wait_for_and_what_was_spent_count_for_the_next_shift(
    store_url: str,
) -> None:
    migrate.upgrade(store_url)
    settings = Settings(**REQUIRED, database_url=store_url)  # type: ignore[arg-type]  # as texts
    async with opened(settings, UNTRACED, emulates_sns=False) as base:
        async with standing(base, settings) as first:
            for _ in range(ALL_POSTS.burst):
                await first.pace.turn(ALL_POSTS)
            first.pace.hold(posts_to("C1"), 60)
        async with standing(base, settings.model_copy(update={"slack_channel": "C2"})) as second:
            assert second.pace.wait_s(posts_to("C1")) > 0
            assert second.pace.wait_s(ALL_POSTS) > 0
            assert second.pace.wait_s(UPDATES) == 0
