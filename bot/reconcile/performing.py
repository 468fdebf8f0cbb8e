"""Performing: do a resize's one writing step in AWS, and tell the audit trail before and after."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import msgspec

from bot.aws import resize_writing
from bot.aws.calls import Calls
from bot.aws.resize_writing import NotNow, Overtaken, Pen, Refused, Unstoppable
from bot.domain.calendar import backoff
from bot.domain.resize import next_step
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.ending import name, revision
from bot.domain.resize.record import recorded, recorded_step
from bot.domain.resize.resize import Resize, ResizePhase, Status
from bot.domain.resize.step import (
    Finish,
    MovePin,
    MoveService,
    Register,
    StopDeployment,
    Wait,
    Writing,
    registered,
    unstoppable,
)
from bot.domain.telling.language import ENGLISH, mark, say, speaking

LONGEST_S = 60.0
_SOON = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a step: what to save next, and how to tell it. `is_unknown`: try again later, after a while."""

    step: Wait | Finish
    tell: Callable[[], str]
    is_unknown: bool = False

    @property
    def english(self) -> str:
        """In words, for logs."""
        with speaking(ENGLISH):
            return self.tell()


async def perform(calls: Calls, resize: Resize, step: Writing, now: datetime, *, tagged: bool) -> Done:
    """Do it. `resize` has the step's status, which was saved. Raises what only a mistake of ours can raise."""
    subject = resize.spec.plan.target.subject
    pen = Pen(calls, subject.account, subject.region, person(resize))
    try:
        async with asyncio.timeout(LONGEST_S):
            status = await _write(pen, resize, step, tagged=tagged)
    except Unstoppable as trouble:
        return Done(Wait(unstoppable(step.status), now), partial(str, trouble))
    except Overtaken as trouble:
        return Done(Wait(step.status, now + _SOON), partial(str, trouble))
    except Refused as trouble:
        tell = partial(str, trouble)
        refused = recorded_step(resize, lambda one: next_step.refused(one, tell(), now))
        return Done(refused, tell)
    except NotNow as trouble:
        return Done(Wait(step.status, now + backoff.after(2)), partial(str, trouble), is_unknown=True)
    except TimeoutError:
        tell = partial(say, mark("AWS gave no answer in time."))
        return Done(Wait(step.status, now + backoff.after(2)), tell, is_unknown=True)
    arn = status.new_revision_arn
    done = (
        partial(say, mark("Registered as {arn}."), arn=arn)
        if isinstance(step, Register)
        else partial(say, mark("Done."))
    )
    return Done(Wait(status, now), done)


def called(resize: Resize, step: Writing, now: datetime) -> Entry:
    """The entry before the call."""
    values = {key: value for key, value in msgspec.to_builtins(step).items() if key != "status"}
    detail = msgspec.json.encode(values).decode()
    return recorded(lambda: _entry(resize, Deed.CALLED, _words(resize, step), now, detail))


def answered(resize: Resize, done: Done, now: datetime) -> Entry:
    """The entry after it."""
    return recorded(lambda: _entry(resize, Deed.ANSWERED, done.tell(), now, ""))


def person(resize: Resize) -> str:
    """In whose name AWS is changed: of who asked for it, or for the way back."""
    if resize.status.phase is ResizePhase.ROLLING_BACK and resize.status.rollback_by:
        return resize.status.rollback_by
    return resize.spec.requested_by


async def _write(pen: Pen, resize: Resize, step: Writing, *, tagged: bool) -> Status:
    match step:
        case Register():
            return registered(step.status, await resize_writing.register(pen, resize, tagged=tagged))
        case MoveService():
            await resize_writing.move_service(pen, resize, step)
        case MovePin():
            await resize_writing.move_pin(pen, step)
        case StopDeployment():
            await resize_writing.stop_deployment(pen, step)
    return step.status


def _words(resize: Resize, step: Writing) -> str:
    match step:
        case Register():
            return say("Register the planned revision of {name}.", name=name(resize))
        case MoveService():
            return say(
                "Set {name} from {old} to {new}.",
                name=name(resize),
                old=revision(step.from_arn),
                new=revision(step.to_arn),
            )
        case MovePin():
            return say(
                "Have {pin} name {new} instead of {old}.",
                pin=step.pin,
                old=revision(step.from_arn),
                new=revision(step.to_arn),
            )
        case StopDeployment():
            return say(
                "Have ECS roll back the deployment {name}.", name=step.deployment_arn.rpartition("/")[2]
            )


def _entry(resize: Resize, deed: Deed, words: str, now: datetime, detail: str) -> Entry:
    return Entry(
        at=now,
        who=person(resize),
        deed=deed,
        words=words,
        subject=str(resize.spec.plan.target.subject),
        resize_id=resize.spec.id,
        detail=detail,
    )
