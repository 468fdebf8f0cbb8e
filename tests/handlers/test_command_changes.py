"""`/oom ack`, `resolve`, `silence` and `unsilence`: what they write, and that a vague name writes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.subject.silence import Matcher, Silence
from bot.domain.subject.subject import Subject
from bot.store import silences
from tests.handlers.workplace import ALICE, BOB, NOW, Workplace
from tests.slack.block_kit import texts
from tests.slack.incidents import SERVICE, death

STAGING = replace(SERVICE, cluster="staging")


async def active(place: Workplace) -> list[Silence]:
    return await place.db.read(silences.active, place.now)


async def test_acknowledge_by_number_once_and_the_first_stays(place: Workplace) -> None:
    await place.kill(death())
    assert "You are looking at #1 checkout-api / app" in (await place.command("ack #1"))["text"]
    assert f"#1 checkout-api / app is with <@{ALICE}> since" in (await place.command("ack 1", BOB))["text"]
    found = await place.incident(1)
    assert (found.phase, found.acknowledged_by, found.acknowledged_at) == (Phase.ACKNOWLEDGED, ALICE, NOW)


async def test_resolve_by_name_ends_every_incident_of_the_service(place: Workplace) -> None:
    await place.kill(death(), death(1, group_key=replace(SERVICE, container="envoy"), container="envoy"))
    answer = await place.command("resolve checkout-api")
    assert answer["text"].count("You resolved") == 2
    for number in (1, 2):
        found = await place.incident(number)
        assert (found.phase, found.resolution, found.resolved_by) == (
            Phase.RESOLVED,
            Resolution.BY_PERSON,
            ALICE,
        )
    assert "has no unfinished incident" in (await place.command("resolve checkout-api"))["text"]
    assert f"was resolved already by <@{ALICE}>" in (await place.command("resolve 1", BOB))["text"]


async def test_a_vague_name_changes_nothing_until_the_person_chooses(place: Workplace) -> None:
    await place.kill(death())
    await place.kill(death(1, group_key=STAGING))
    question = await place.command("ack checkout-api")
    assert question["text"].startswith("Several are called checkout-api. Which one?")
    assert {(await place.incident(number)).phase for number in (1, 2)} == {Phase.OPEN}
    await place.press(question["ts"], "answer.run.1")
    phases = {
        (await place.incident(number)).group_key.cluster: (await place.incident(number)).phase
        for number in (1, 2)
    }
    assert sorted(phases.values()) == [Phase.ACKNOWLEDGED, Phase.OPEN]


@pytest.mark.parametrize("verb", ["ack", "resolve"])
async def test_no_such_incident(place: Workplace, verb: str) -> None:
    assert "There is no incident #99" in (await place.command(f"{verb} 99"))["text"]


async def test_a_silence_from_its_beginning_to_its_end(place: Workplace) -> None:
    await place.kill(death())
    answer = await place.command("silence checkout-api 8h load test <!channel>")
    assert "Silence #1: checkout-api in prod" in answer["text"]
    (silence,) = await active(place)
    assert silence.matcher == Subject.of(SERVICE).matcher()
    assert (silence.created_by, silence.ends_at - silence.starts_at) == (ALICE, timedelta(hours=8))
    listed = await place.command("silences", BOB)
    assert f"by <@{ALICE}> · load test &lt;!channel&gt;" in "\n".join(texts(listed["blocks"]))
    await place.press(listed["ts"], "answer.also.1", BOB)
    assert "Silence #1 has ended" in place.newest(BOB)["text"]
    assert await active(place) == []
    assert f"<@{BOB}> ended it" in (await place.command("unsilence 1"))["text"]
    assert "There is no silence #7" in (await place.command("unsilence 7"))["text"]


async def test_a_second_silence_of_the_same_is_told_and_goes_on(place: Workplace) -> None:
    await place.kill(death())
    assert "overlaps" not in (await place.command("silence checkout-api 3h load test"))["text"]
    answer = await place.command("silence checkout-api 8h another one", BOB)
    assert "It overlaps with #1 (checkout-api in prod" in answer["text"]
    answer = await place.command("unsilence 1")
    assert "are still silenced by #2 (checkout-api in prod" in answer["text"]
    assert "shown again" not in answer["text"]
    assert "are shown again." in (await place.command("unsilence 2"))["text"]


async def test_the_same_silence_twice_within_a_minute_is_one(place: Workplace) -> None:
    await place.kill(death())
    for _ in range(2):
        await place.command("silence checkout-api 3h load test")
        place.now += timedelta(seconds=20)
    assert len(await active(place)) == 1
    place.now += timedelta(minutes=1)
    await place.command("silence checkout-api 3h load test")
    assert len(await active(place)) == 2


@pytest.mark.parametrize(
    ("name", "matcher"),
    [
        pytest.param("prod/new-api", Matcher(cluster="prod", name="new-api"), id="cluster and service"),
        pytest.param("new-api", Matcher(name="new-api"), id="a name alone"),
        pytest.param(
            str(Subject.of(STAGING)), Subject.of(STAGING).matcher(), id="a namesake in another cluster"
        ),
    ],
)
async def test_what_has_not_died_yet_can_be_silenced(place: Workplace, name: str, matcher: Matcher) -> None:
    await place.kill(death())
    answer = await place.command(f"silence {name} 3h load test")
    assert await active(place) == []
    buttons = [button for block in answer["blocks"] for button in block.get("elements", ())]
    (anyway,) = [button for button in buttons if button["text"]["text"] == "Silence it anyway"]
    await place.press(answer["ts"], anyway["action_id"])
    (silence,) = await active(place)
    assert (silence.matcher, silence.reason) == (matcher, "load test")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("=", id="no name at all"),
        pytest.param("=prod/", id="a cluster alone is a name"),
        pytest.param(f"={'0a' * 16}", id="a task's id"),
    ],
)
async def test_exactly_nothing_never_mutes_everything(place: Workplace, name: str) -> None:
    await place.kill(death())
    await place.command(f"silence {name} 3h load test")
    assert [silence for silence in await active(place) if not silence.matcher.name] == []


async def test_a_typing_error_mutes_nothing(place: Workplace) -> None:
    await place.kill(death())
    question = await place.command("silence chekout-api 1d ticket 12")
    assert await active(place) == []
    await place.press(question["ts"], "answer.run.0")
    (silence,) = await active(place)
    assert (silence.reason, silence.ends_at - silence.starts_at) == ("ticket 12", timedelta(days=1))
