"""The sandbox's people have a locale, which Slack tells only where it is asked for."""

import pytest

from sandbox.clock import ManualClock
from tests.reconcile.scene import START
from tests.sandbox.slack_parts import client_of, workspace


@pytest.mark.parametrize(
    ("user", "asked", "locale"),
    [
        pytest.param("U0CHEN", True, "zh-CN", id="asked for"),
        pytest.param("U0ALICE", True, "en-US", id="somebody else's"),
        pytest.param("U0CHEN", False, None, id="not asked for"),
    ],
)
async def test_users_info_tells_the_locale_where_it_is_asked(
    user: str, asked: bool, locale: str | None
) -> None:
    async with workspace(ManualClock(START)) as slack:
        answer = await client_of(slack).users_info(user=user, include_locale=asked)
    assert answer["user"].get("locale") == locale
