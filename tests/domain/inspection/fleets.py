"""Fleets: services that run, and how full they were, in as few words as a story needs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.inspection.history import History, Reading
from bot.domain.inspection.running import Running
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from tests.domain.revisions import on_fargate

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def running(definition: TaskDefinition | None = None, name: str = "checkout", **more: Any) -> Running:
    """A service of one task on Fargate with 1,024 MiB, unless told otherwise."""
    subject = Subject("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, name)
    found = definition or on_fargate(1024, 512)
    return Running(subject=subject, definition=found, **({"on_fargate": found.is_fargate} | more))


def history(
    service: Running | None = None, *, hours: Sequence[float] = (), minutes: Sequence[float] = ()
) -> History:
    """Per cent by the hour and by the minute, the last ones just before noon."""
    return History(
        running=service or running(),
        hours=tuple(
            Reading(NOON - (len(hours) - number) * HOUR, value) for number, value in enumerate(hours)
        ),
        minutes=tuple(
            Reading(NOON - (len(minutes) - number) * MINUTE, value) for number, value in enumerate(minutes)
        ),
    )
