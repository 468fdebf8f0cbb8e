"""Letters: what a storm left in the letter box is recorded and shown; one that nobody can record holds up nobody."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from bot.aws.message import read_message
from bot.domain.kills.death import Death
from bot.language.reading import Reading
from bot.reconcile.letters import Letters, Recording, letters_loop
from bot.store import incidents, pulse
from bot.store.ledger import Rules
from bot.store.letterbox import LetterBox
from tests.reconcile.scene import START, Scene
from tests.store.letters import letter


def recording(stage: Scene, count: list[str], *, trips_over: str = "") -> Recording:
    """The real one, but for a rule that trips over the task whose ARN ends so."""

    def counts(death: Death) -> bool:
        if trips_over and death.task_arn.endswith(trips_over):
            raise RuntimeError("a bug")
        return stage.routes.counts(death)

    return Recording(
        Reading(lambda message, subject, now: read_message(message, subject, now=now), stage.bench.tongues),
        Rules(counts=counts, reopen_within=timedelta(days=7)),
        count.append,
    )


async def test_what_was_kept_is_counted_and_shown(stage: Scene) -> None:
    box, count = LetterBox(stage.db), list[str]()
    for number in (1, 2, 3, 3):
        await box.keep(letter(number, at=stage.clock()))
    letters = Letters(stage.bench, box, recording(stage, count))
    assert await letters.one_pass()
    assert not await letters.one_pass()
    assert count == ["recorded", "recorded", "recorded", "duplicate"]
    assert await box.look() == 0
    await stage.passes()
    [alert] = stage.roots()
    assert "checkout" in alert.text
    assert await stage.db.read(pulse.last_event_at) == START, "when it came, not when it was looked at"


async def test_one_that_cannot_be_recorded_holds_up_nobody(stage: Scene) -> None:
    box, count = LetterBox(stage.db), list[str]()
    for number in range(1, 8):
        await box.keep(letter(number, at=stage.clock()))
    letters = Letters(stage.bench, box, recording(stage, count, trips_over="0003"))
    with capture_logs() as lines:
        assert await letters.one_pass()
    assert count == ["recorded"] * 6
    [line] = [line for line in lines if line["event"] == "letter.put_off"]
    assert (line["message_id"], line["error"]) == ("message-3", "RuntimeError('a bug')")
    assert not await letters.one_pass(), "it is not due yet"
    await stage.clock.sleep(10)
    mended = Letters(stage.bench, box, recording(stage, count))
    await mended.one_pass()
    assert count == ["recorded"] * 7
    (incident,) = await stage.db.read(incidents.unfinished, 10)
    assert incident.kill_count == 7


async def test_the_loop_empties_the_box_by_itself_and_stands_back_while_more_come(stage: Scene) -> None:
    box, count = LetterBox(stage.db), list[str]()
    loop = letters_loop(stage.bench, box, recording(stage, count))
    loop.start()
    try:
        number = 0
        while not stage.db.is_crowded or number < 300:
            await asyncio.gather(*(box.keep(letter(number + n, at=stage.clock())) for n in range(20)))
            number += 20
        async with asyncio.timeout(30):
            while len(count) < number:
                await box.look()
        assert await box.look() == 0
    finally:
        await loop.stop(5)
