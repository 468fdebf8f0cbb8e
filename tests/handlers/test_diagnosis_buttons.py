"""The menu's questions about a death: what was found out, and the last lines of its log, in the alert's thread."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.diagnosis.evidence import LogLine
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict
from bot.slack import controls
from bot.store.database import Database
from handlers import readings
from handlers.desk import LogTail
from tests.handlers.workplace import ALICE, BOB, Workplace, workplace
from tests.slack.block_kit import texts
from tests.slack.diagnoses import KNOB, LEAK
from tests.slack.incidents import NOON, death


async def answered(db: Database, log_tail: LogTail | None) -> tuple[str, list[str]]:
    """What a person is told who asks for the last log lines: the plain text, and every text shown."""
    async with workplace(db, log_tail=log_tail) as place:
        await place.kill(death())
        ts = await place.alert(1, diagnosis=LEAK)
        await place.press(ts, controls.MORE, option="log_tail:1")
        told = place.newest()
        return told["text"], texts(told["blocks"])


def in_thread(place: Workplace, ts: str, user: str) -> list[str]:
    """The texts of what this person sees under a message, and everybody else does, too."""
    return [
        one["text"]
        for one in place.seen(user)
        if one["thread_ts"] == ts and one["ts"] != ts and not one["ephemeral_for"]
    ]


async def test_the_diagnosis_is_told_in_the_thread_for_all_to_read(place: Workplace) -> None:
    await place.kill(death())
    await place.look_into(1, LEAK)
    ts = await place.alert(1, diagnosis=LEAK)
    await place.press(ts, controls.MORE, option="diagnosis:1")
    told = ["Diagnosis of checkout-api / app: Leak: +42 MiB/h, again in about 9 h"]
    assert in_thread(place, ts, ALICE) == in_thread(place, ts, BOB) == told
    assert place.whispers() == []
    assert place.count("diagnosis", "ok") == 1


async def test_it_is_the_newest_diagnosis_not_the_one_that_the_alert_showed(place: Workplace) -> None:
    await place.kill(death())
    await place.look_into(1, KNOB)
    ts = await place.alert(1, diagnosis=LEAK)
    await place.press(ts, controls.MORE, option="diagnosis:1")
    (said,) = in_thread(place, ts, BOB)
    assert "Leak" not in said


async def test_what_was_pruned_meanwhile_is_told_so(place: Workplace) -> None:
    await place.kill(death())
    ts = await place.alert(1, diagnosis=LEAK)
    await place.press(ts, controls.MORE, option="diagnosis:1")
    assert place.whispers() == ["Incident #1 has not been looked into."]


async def test_stats_tell_the_latest_diagnosis(place: Workplace) -> None:
    await place.kill(death())
    await place.look_into(1, replace(LEAK, made_at=NOON))
    shown = texts((await place.command("stats checkout-api"))["blocks"])
    assert any("*Leak*: +42 MiB/h, again in about 9 h" in text for text in shown)


async def test_the_last_log_lines_are_of_the_newest_death(db: Database) -> None:
    asked: list[Death] = []

    async def tail(one: Death) -> Sequence[LogLine]:
        asked.append(one)
        return [LogLine(NOON - timedelta(seconds=2), "GET /cart 200"), LogLine(NOON, "allocating <much>")]

    said, shown = await answered(db, tail)
    assert said == "Last 2 lines of checkout-api / app"
    assert "11:59:58 GET /cart 200\n12:00:00 allocating &lt;much&gt;" in shown[0]
    assert [one.task_arn for one in asked] == [death().task_arn]


async def test_the_last_log_lines_are_of_the_death_that_the_diagnosis_is_of(db: Database) -> None:
    asked: list[Death] = []

    async def tail(one: Death) -> Sequence[LogLine]:
        asked.append(one)
        return [LogLine(NOON, "GET /cart 200")]

    async with workplace(db, log_tail=tail) as place:
        proven, bare = death(1), death(2, verdict=Verdict.SUSPECTED_OOM, died_at=NOON + timedelta(hours=1))
        await place.kill(proven)
        await place.kill(bare)
        await place.press(await place.alert(1, diagnosis=LEAK), controls.MORE, option="log_tail:1")
        shown = texts(place.newest()["blocks"])
    assert [one.task_arn for one in asked] == [proven.task_arn]
    assert any("which the diagnosis is of" in text and proven.task_arn[-32:] in text for text in shown)


async def test_lines_are_for_the_thread_and_excuses_for_the_asker(db: Database) -> None:
    async def tail(_death: Death) -> Sequence[LogLine]:
        return [LogLine(NOON, "GET /cart 200")]

    async with workplace(db, log_tail=tail) as place:
        await place.kill(death())
        ts = await place.alert(1, diagnosis=LEAK)
        await place.press(ts, controls.MORE, option="log_tail:1")
        assert in_thread(place, ts, BOB) == ["Last 1 line of checkout-api / app"]
    async with workplace(db, log_tail=None) as place:
        await place.press(await place.alert(1, diagnosis=LEAK), controls.MORE, option="log_tail:1")
        assert len(place.whispers()) == 1


async def test_why_there_are_no_lines_is_told(db: Database) -> None:
    async def forbidden(_death: Death) -> str:
        return "access denied (needs logs:GetLogEvents)"

    said, _ = await answered(db, forbidden)
    assert said.startswith("No log lines of checkout-api / app: access denied (needs logs:GetLogEvents).")


async def test_without_aws_nothing_is_promised(db: Database) -> None:
    said, _ = await answered(db, None)
    assert "AWS is not asked" in said


async def test_a_slow_aws_is_not_waited_for_longer_than_slack_waits(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "LOGS_BUDGET_S", 0.01)

    async def slow(_death: Death) -> Sequence[LogLine]:
        await asyncio.Event().wait()
        return []

    said, _ = await answered(db, slow)
    assert "AWS did not answer in time" in said
