"""Together: who asks while others are asked about goes with the next query, and nobody waits for nothing."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.aws.evidence.together import MOST, Seal, Together
from bot.aws.trouble import Unreachable
from bot.domain.diagnosis.evidence import Evidence
from sandbox.aws import scenarios
from tests.aws.evidence.conftest import Inquiry

Answers = dict[str, str]


class Desk:
    """Answers queries one step of the loop after another; each is noted."""

    def __init__(self) -> None:
        self.together: Together[str, Answers] = Together()
        self.queries: list[Sequence[str]] = []

    async def _run(self, seal: Seal[str]) -> Answers:
        questions = seal()
        self.queries.append(questions)
        await asyncio.sleep(0.001)
        if "trouble" in questions:
            raise Unreachable("no answer")
        return {one: one.upper() for one in questions}

    async def ask(self, question: str, place: str = "prod") -> str:
        return (await self.together.ask(place, question, self._run))[question]


async def test_one_alone_is_asked_about_at_once() -> None:
    desk = Desk()
    assert await desk.ask("a") == "A"
    assert desk.queries == [("a",)]


async def test_a_storm_is_a_few_queries_and_each_gets_its_own_answer() -> None:
    desk = Desk()
    names = [f"task-{number}" for number in range(3 * MOST)]
    assert await asyncio.gather(*map(desk.ask, names)) == [name.upper() for name in names]
    assert len(desk.queries) == 3
    assert max(map(len, desk.queries)) == MOST


async def test_other_places_and_those_who_come_later_have_queries_of_their_own() -> None:
    desk = Desk()
    await asyncio.gather(desk.ask("a"), desk.ask("b", "test"))
    await desk.ask("a")
    assert desk.queries == [("a",), ("b",), ("a",)]


async def test_trouble_is_told_to_all_and_who_leaves_spoils_nothing() -> None:
    desk = Desk()
    told = await asyncio.gather(desk.ask("trouble"), desk.ask("a"), return_exceptions=True)
    assert [type(one) for one in told] == [Unreachable, Unreachable]
    leaving = asyncio.create_task(desk.ask("b"))
    await asyncio.sleep(0)
    staying = asyncio.create_task(desk.ask("c"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == "C"
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_tasks_of_one_cluster_share_queries_and_each_has_its_own_memory(inquiry: Inquiry) -> None:
    deaths = [
        await inquiry.kill(),
        await inquiry.kill(scenarios.sidecar),
        await inquiry.kill(),
    ]
    alone = [(await inquiry.on(death)).evidence for death in deaths]
    inquiry.anew()
    inquiry.begin()
    found = await asyncio.gather(*(inquiry.on(death) for death in deaths))
    assert [_gist(one.evidence) for one in found] == [_gist(one) for one in alone]
    assert inquiry.asked("logs:StartQuery") < 2 * len(deaths)


def _gist(evidence: Evidence) -> tuple[object, ...]:
    """Whose memory was found; what lives has lived on between two looks."""
    own = evidence.series
    others = [one.of for one in evidence.others]
    return own and (own.of, own.peak_mib, own.samples[0]), others, len(evidence.earlier)
