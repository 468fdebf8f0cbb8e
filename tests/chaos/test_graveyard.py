"""A short plague in CI: SIGKILL between any two steps of a resize; `make chaos` has hundreds."""

import random

from tests.chaos.graveyard import Moment, Plague, live

SHORT = Plague(services=4, deaths=36, patience_s=400)
FORGETFUL = Plague(
    services=2, deaths=8, patience_s=200, forgets=True, moments=(Moment.CHANGED,), most_changes=1
)


async def test_wherever_it_is_killed_there_is_one_revision_an_approval_and_an_end(sqlite_url: str) -> None:
    yard = await live(SHORT, sqlite_url, random.Random(7))
    assert yard.broken_promises() == []
    assert yard.killed.total() >= SHORT.deaths
    assert yard.unanswered, "some died between a change of AWS and its answer"


async def test_the_inquest_finds_out_who_acts_before_it_writes(sqlite_url: str) -> None:
    yard = await live(FORGETFUL, sqlite_url, random.Random(7))
    assert any(sentence.endswith(" revisions") for sentence in yard.broken_promises())
