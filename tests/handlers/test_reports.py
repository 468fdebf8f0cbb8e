"""`/oom report`: of the channel where it is asked, shareable; its file is written down for whoever sends it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.routing.route import Route, Routes
from bot.store import exports
from bot.store.database import Database
from bot.store.exports import Export
from tests.handlers.workplace import ALICE, BOB, NOW, Workplace, workplace
from tests.slack.incidents import NOON, SERVICE, death


@pytest.fixture
async def place(db: Database) -> AsyncIterator[Workplace]:
    """Payments have a channel of their own; each of two services was killed."""
    routes = Routes(Route(channel="oom-alerts"), (Route(channel="team-pay", name="pay-*"),))
    async with workplace(db, report_routes=routes) as place:
        await place.kill(death(1, died_at=NOON), death(2, died_at=NOON))
        await place.kill(death(3, died_at=NOON, group_key=replace(SERVICE, name="pay-api")))
        yield place


async def written_down(place: Workplace) -> list[Export]:
    """The files that are to be sent."""
    return await place.db.write(exports.lease, "tests", NOW, limit=10, lease_for=timedelta(minutes=1))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("report", "2 kills, none in the 7 days before.", id="of this channel"),
        pytest.param("report 30d", "2 kills, none in the 30 days before.", id="of a month"),
        pytest.param("weekly #team-pay", "1 kill, none in the 7 days before.", id="of another one"),
        pytest.param("report all", "3 kills, none in the 7 days before.", id="of all of them"),
    ],
)
async def test_the_answer(place: Workplace, typed: str, said: str) -> None:
    answer = await place.command(typed)
    assert said in answer["text"]
    assert answer["ephemeral_for"] == ALICE


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param(
            "report #lunch", "No route leads to lunch. Reports are made for: #oom-alerts", id="no route"
        ),
        pytest.param("report 24h", "Only 7d or 30d, a channel and --csv can follow.", id="a wrong word"),
    ],
)
async def test_what_cannot_be_told(place: Workplace, typed: str, said: str) -> None:
    answer = await place.command(typed)
    assert said in answer["text"]


async def test_where_no_route_leads_it_is_about_all(db: Database) -> None:
    async with workplace(db, report_routes=Routes(Route(channel="elsewhere"))) as place:
        await place.kill(death(1, died_at=NOON))
        answer = await place.command("report")
        assert "1 kill" in answer["text"]
        assert "No route leads to this channel: this is about all channels." in str(answer["blocks"])


async def test_shared_it_is_about_the_same_channel(place: Workplace) -> None:
    answer = await place.command("report")
    share = next(
        one
        for block in answer["blocks"]
        for one in block.get("elements", ())
        if one.get("action_id") == "answer.share"
    )
    assert share["value"] == f"report 7d {place.channel} #oom-alerts"
    message = (await place.answering.shared(share["value"], BOB)).as_arguments()
    assert "2 kills" in message["text"]
    assert f"Shared by <@{BOB}>" in str(message["blocks"])


async def test_a_file_cannot_be_shared(place: Workplace) -> None:
    message = await place.answering.shared("report 7d --csv", BOB)
    assert "kills" not in message.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("report --csv", "report 7d {channel} #oom-alerts --csv", id="of this channel"),
        pytest.param("report csv 30d all", "report 30d all --csv", id="of all, in any order"),
    ],
)
async def test_a_file_is_written_down_with_the_way_back(place: Workplace, typed: str, words: str) -> None:
    answer = await place.command(typed)
    assert "follows in our direct messages" in answer["text"]
    (held,) = await written_down(place)
    assert (held.user, held.words) == (ALICE, words.format(channel=place.channel))
    assert held.response_url.startswith("http")


async def test_the_button_asks_for_the_same_file(place: Workplace) -> None:
    answer = await place.command("report 30d #team-pay")
    await place.press(answer["ts"], "answer.also.0")
    (held,) = await written_down(place)
    assert held.words == "report 30d #team-pay --csv"
