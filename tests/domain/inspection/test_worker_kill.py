"""Worker kills: each told once, whatever its lines; those that ECS told of are no silent ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.diagnosis.evidence import LogLine
from bot.domain.inspection.worker_kill import TaskLine, as_death, untold, worker_kills
from bot.domain.kills.verdict import Verdict
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.inspection.fleets import NOON, running

TASK = "0123456789abcdef0123456789abcdef"
GUNICORN = "[1] [ERROR] Worker (pid:{}) was sent SIGKILL! Perhaps out of memory?"


def line(text: str, seconds: float = 0, task: str = TASK) -> TaskLine:
    return TaskLine(task, "app", LogLine(NOON + timedelta(seconds=seconds), text))


@pytest.mark.parametrize(
    ("lines", "pids"),
    [
        pytest.param([line(GUNICORN.format(27))], ["27"], id="one"),
        pytest.param([line(GUNICORN.format(27)), line(GUNICORN.format(27), 20)], ["27"], id="told twice"),
        pytest.param(
            [line(GUNICORN.format(27)), line(GUNICORN.format(28), 1)], ["27", "28"], id="two workers at once"
        ),
        pytest.param(
            [line(GUNICORN.format(27)), line(GUNICORN.format(27), 90)],
            ["27", "27"],
            id="the same number again, a minute later",
        ),
        pytest.param(
            [line(GUNICORN.format(27)), line(GUNICORN.format(27), task="f" * 32)],
            ["27", "27"],
            id="in two tasks",
        ),
        pytest.param(
            [line("java.lang.OutOfMemoryError: Java heap space")], [""], id="a heap, without a process"
        ),
        pytest.param([line("GET /killed 200")], [], id="a line that only has the word"),
    ],
)
def test_each_once(lines: list[TaskLine], pids: list[str]) -> None:
    assert [kill.pid for kill in worker_kills(lines)] == pids
    again = worker_kills(lines[::-1])
    assert {kill.name for kill in again} == {kill.name for kill in worker_kills(lines)}


@pytest.mark.parametrize(
    ("told", "left"),
    [
        pytest.param([], 1, id="ECS told nothing"),
        pytest.param([(TASK, "app", NOON + timedelta(seconds=90))], 0, id="the container died of it"),
        pytest.param([(TASK, "app", NOON + timedelta(minutes=5))], 1, id="it died later"),
        pytest.param([(TASK, "envoy", NOON)], 1, id="another container died"),
        pytest.param([("f" * 32, "app", NOON)], 1, id="another task died"),
    ],
)
def test_what_ecs_told_is_not_silent(told: list[tuple[str, str, object]], left: int) -> None:
    found, known = untold(worker_kills([line(GUNICORN.format(27))]), told)  # type: ignore[arg-type]
    assert (len(found), known) == (left, 1 - left)


def test_its_record_is_no_death_of_a_task() -> None:
    (kill,) = worker_kills([line(GUNICORN.format(27))])
    death = as_death(kill, running())
    assert death.verdict is Verdict.SILENT_KILL
    assert not death.verdict.is_kill
    assert death.task_arn.endswith(f"service/prod/checkout#{TASK}:app#2026-11-21T12:00#27")
    assert "Perhaps out of memory?" in death.reason
    later = replace(kill, line=replace(kill.line, at=kill.at + timedelta(seconds=5)))
    assert as_death(later, running()).task_arn == death.task_arn


def test_its_reason_is_told_in_the_language_of_the_moment() -> None:
    """The finding is as old as the scan, which was told in another."""
    (kill,) = worker_kills([line(GUNICORN.format(27))])
    with speaking(language("zh-CN")):
        reason = as_death(kill, running()).reason
    assert reason.startswith("gunicorn 的 worker 27 被终止，容器仍在运行（任务 01234567：[1] [ERROR] Worker")
