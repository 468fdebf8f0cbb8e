"""`/oom near` and its like: answered at once that the answer follows, and written down for whoever gives it."""

from datetime import timedelta

import pytest

from bot.store import looks
from bot.store.looks import Held
from tests.handlers.workplace import ALICE, NOW, Workplace


async def written_down(place: Workplace) -> list[Held]:
    """What is to be answered."""
    return await place.db.write(looks.lease, "tests", NOW, limit=10, lease_for=timedelta(minutes=1))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("near", "near 7d", id="near misses"),
        pytest.param("scan prod/checkout 2h", "scan prod/checkout 2h", id="a scan"),
        pytest.param("audit prod", "audit prod", id="an audit"),
        pytest.param("waste", "waste", id="waste"),
    ],
)
async def test_it_is_written_down_with_the_way_back(place: Workplace, typed: str, words: str) -> None:
    await place.slack.act("command", {"user": ALICE, "channel": place.channel, "text": f"/oom {typed}"})
    assert place.whispers() == []  # it would stay above the answer: Slack lets nobody replace it
    (held,) = await written_down(place)
    assert (held.user, held.words) == (ALICE, words)
    assert held.response_url.startswith("http")


async def test_a_wrong_word_writes_nothing_down(place: Workplace) -> None:
    answer = await place.command("near yesterday")
    assert "24h or 7d" in answer["text"]
    assert await written_down(place) == []
