"""Stops: why a task stopped, by the code and the text that AWS gave.

Source of the codes and texts: facts/ecs.md §1.4 (botocore's TaskStopCode, and events seen).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.domain.telling.language import say


class Cause(StrEnum):
    """Who or what stopped the task."""

    BY_ITSELF = "by itself"  # an essential container ended
    ASKED = "asked"  # a person, a deployment, scaling, Spot or the end of a host
    FAILED = "failed"  # asked, and the request itself tells of a failure: a health check, a timeout
    NOT_STARTED = "not started"
    UNTOLD = "untold"  # neither code nor a text that we know: events before 2019, tasks that still run
    OTHER = "other"  # a code that we do not know


CAUSE_OF_CODE = {
    "": Cause.UNTOLD,
    "essentialcontainerexited": Cause.BY_ITSELF,
    "userinitiated": Cause.ASKED,
    "serviceschedulerinitiated": Cause.ASKED,
    "spotinterruption": Cause.ASKED,
    "terminationnotice": Cause.ASKED,
    "infrastructurehealth": Cause.ASKED,
    "taskfailedtostart": Cause.NOT_STARTED,
}
UNHEALTHY = re.compile(r"\s*task failed (elb\b|.*\bhealth\s?check)", re.IGNORECASE)
ASKED = re.compile(r"\s*(scaling activity|task stopped by|your spot|host ec2)", re.IGNORECASE)
ESSENTIAL = re.compile(r"\s*essential container in task exited", re.IGNORECASE)
NOT_STARTED = re.compile(r"\s*task failed to start", re.IGNORECASE)
TIMEOUT = re.compile(r".*duration exceeded timeout", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a task stopped; `told` is AWS's own words on one line, "" where there are none."""

    cause: Cause
    told: str = ""

    @classmethod
    def of_task(cls, code: str, reason: str) -> Self:
        """By the stopCode and stoppedReason of an ECS task.

        The text overrules an essential container's end, never a user's stop: its text is free and untrusted.
        """
        cause = CAUSE_OF_CODE.get(code.strip().lower(), Cause.OTHER)
        by_scheduler = code.strip().lower() in {"", "serviceschedulerinitiated", "essentialcontainerexited"}
        if by_scheduler and UNHEALTHY.match(reason):
            cause = Cause.FAILED
        elif by_scheduler and ASKED.match(reason):
            cause = Cause.ASKED
        elif not code and ESSENTIAL.match(reason):
            cause = Cause.BY_ITSELF
        return cls(cause, " · ".join(part for part in (reason, code) if part))

    @classmethod
    def of_attempt(cls, reason: str, *, was_ended_by_user: bool) -> Self:
        """By the statusReason of an AWS Batch attempt, which has no code.

        A lost host fails the job (nobody starts it anew, as ECS does with a service's task).
        """
        if TIMEOUT.match(reason):
            return cls(Cause.FAILED, reason)
        if was_ended_by_user:
            return cls(Cause.ASKED, reason or say("terminated by a user"))
        if ASKED.match(reason):
            return cls(Cause.FAILED, reason)
        if NOT_STARTED.match(reason):
            return cls(Cause.NOT_STARTED, reason)
        if ESSENTIAL.match(reason):
            return cls(Cause.BY_ITSELF, reason)
        return cls(Cause.OTHER if reason else Cause.UNTOLD, reason)
