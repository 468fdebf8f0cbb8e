"""A short bad day of resizes in CI: the bot dies by SIGKILL right after it changed AWS, and another finishes what it left."""

import random

from tests.chaos.resizing import Hardship, live

SHORT = Hardship(services=2, deaths_at_changes=1.0, most_deaths=2, patience_s=170)


async def test_resizes_survive_a_bot_that_dies_whenever_it_has_changed_aws(sqlite_url: str) -> None:
    ward = await live(SHORT, sqlite_url, random.Random(7))
    assert ward.broken_promises() == []
    assert ward.killed == 2
    assert ward.changes == 2  # one revision, one update: nothing was done twice
    assert [len(one) for one in (ward.approved, ward.lonely)] == [1, 1]
    ward.lonely.append(ward.approved.pop())
    assert any("has 2 revisions" in one for one in ward.broken_promises()), (
        "the audit sees what nobody approved"
    )
