"""Writing resizes: the only place that registers revisions and moves anything to them; for bot.reconcile alone.

Each looks once more before it writes, as there is no conditional update in these APIs, and changes nothing but the
ARN. Nothing is ever deregistered: somebody may run the old revision by its number.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.aws.calls import Actor, AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.evidence.site import Site
from bot.aws.resizing import definitions, job_definitions, pins, tags
from bot.aws.resizing.definitions import accepted
from bot.aws.resizing.observing import is_deploying
from bot.aws.unknown_fields import UNKNOWN
from bot.domain.plan import revision
from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import old_arn
from bot.domain.resize.resize import Resize
from bot.domain.resize.step import MovePin, MoveService, StopDeployment
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import commas
from bot.domain.telling.sentence import begun

_TOLD_ONLY = {"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"}
_UNSTOPPABLE = {"ConflictException", "UnsupportedFeatureException", "ServiceDeploymentNotFoundException"}
# What is about this moment or our keys, and not about what we asked for.
_PASSING = {
    "ConcurrentModificationException",
    "ConflictException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InternalException",
    "InvalidClientTokenId",
    "LimitExceededException",
    "RequestExpired",
    "ServiceQuotaExceededException",
    "UnrecognizedClientException",
    "UpdateInProgressException",
}
_GONE = {
    "ClusterNotFoundException",
    "ResourceNotFoundException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
}
_CROWDED = "Too many concurrent attempts"  # of RegisterTaskDefinition, as a ClientException


class NotWritten(Exception):
    """It was not done, or nobody knows; the text is a sentence, safe to show, told where it is read."""

    def __init__(self, tell: Callable[[], str]) -> None:
        """`tell` says why in the language that is spoken."""
        super().__init__(tell)
        self._tell = tell

    def __str__(self) -> str:
        """Why."""
        return self._tell()


class Refused(NotWritten):
    """It will not be done, however often it is tried."""


class NotNow(NotWritten):
    """AWS asks to slow down, or gave no answer: perhaps it was done. Look, and try again."""


class Overtaken(NotWritten):
    """Nothing was written: what was to be moved no longer is where it was seen. Look again."""


class Unstoppable(NotWritten):
    """ECS does not stop this deployment: go back by another update."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes in one account and region; CloudTrail there names the `person` wherever a role is assumed for it."""

    calls: Calls
    account: str
    region: str
    person: str

    @property
    def site(self) -> Site:
        """To look before writing."""
        return Site(self.calls, self.account, self.region)

    async def write(self, service: str, operation: str, /, **arguments: object) -> Mapping[str, Any]:
        """Call an operation that changes something, once. Raises a NotWritten."""
        try:
            return await self.change(service, operation, **arguments)
        except AwsTrouble as trouble:
            raise _told(trouble) from trouble

    async def change(self, service: str, operation: str, /, **arguments: object) -> Mapping[str, Any]:
        """As `write`, but raises an AwsTrouble."""
        actor = Actor(self.person, resizes=True)
        return await self.calls.change(
            service, self.region, operation, account=self.account, actor=actor, **arguments
        )

    async def look(self, service: str, operation: str, /, **arguments: object) -> Mapping[str, Any]:
        """Call an operation that changes nothing. Raises a NotWritten."""
        try:
            return await self.site.ask(service, operation, **arguments)
        except AwsTrouble as trouble:
            raise _told(trouble) from trouble


async def register(pen: Pen, resize: Resize, *, tagged: bool) -> str:
    """Register the planned revision, or job definition; its ARN. Raises a NotWritten."""
    change = resize.spec.plan.change
    if change is None:
        raise Refused(partial(say, mark("The plan changes nothing.")))
    ours = tags.of(resize) if tagged else ()
    try:
        if resize.spec.plan.target.kind is TargetKind.JOB:
            job = await job_definitions.describe(pen.site, old_arn(resize))
            arguments = job_definitions.request(job or {}, change, ours)
        else:
            described = await definitions.describe(pen.site, old_arn(resize))
            known = definitions.accepted_by_ecs()
            arguments = revision.request(described, change, accepted=known, tags=ours)
    except revision.CannotRevise as trouble:
        raise Refused(partial(_sentence, trouble)) from trouble
    except AwsTrouble as trouble:
        raise _told(trouble) from trouble
    if resize.spec.plan.target.kind is TargetKind.JOB:
        return str((await pen.write("batch", "register_job_definition", **arguments))["jobDefinitionArn"])
    made = await pen.write("ecs", "register_task_definition", **arguments)
    return str(made["taskDefinition"]["taskDefinitionArn"])


async def move_service(pen: Pen, resize: Resize, step: MoveService) -> None:
    """Set the service to a revision, and nothing else of it. Raises a NotWritten.

    Forward it waits for another deployment's end; on the way back it takes the place of its own.
    """
    subject = resize.spec.plan.target.subject
    answer = await pen.look("ecs", "describe_services", cluster=subject.cluster, services=[subject.name])
    service = next((one for one in answer.get("services", ()) if one.get("status") == "ACTIVE"), None)
    if service is None:
        raise Overtaken(partial(say, mark("{name} is no longer there."), name=subject.name))
    if service.get("taskDefinition") == step.to_arn:
        return
    if service.get("taskDefinition") != step.from_arn:
        raise Overtaken(partial(say, mark("{name} runs another revision by now."), name=subject.name))
    if _not_ours(service):
        raise Refused(partial(_not_ours, service))
    if step.from_arn == old_arn(resize) and is_deploying(service):
        raise Overtaken(partial(say, mark("Another deployment is in progress.")))
    await pen.write(
        "ecs", "update_service", cluster=subject.cluster, service=subject.name, taskDefinition=step.to_arn
    )


async def move_pin(pen: Pen, step: MovePin) -> None:
    """Have a rule's target, or a schedule, name another revision; every other field goes back as it came.

    Raises a NotWritten.
    """
    named = pins.parts(step.pin)
    if named.kind == pins.RULE:
        await _move_rule_target(pen, step, named)
    else:
        await _move_schedule(pen, step, named.first, named.last)


async def stop_deployment(pen: Pen, step: StopDeployment) -> None:
    """Have ECS roll the deployment back. Raises a NotWritten; Unstoppable where ECS cannot."""
    arn = step.deployment_arn
    try:
        await pen.change("ecs", "stop_service_deployment", serviceDeploymentArn=arn, stopType="ROLLBACK")
    except Rejected as trouble:
        if trouble.code in _UNSTOPPABLE:
            raise Unstoppable(partial(_sentence, trouble)) from trouble
        raise _told(trouble) from trouble
    except AwsTrouble as trouble:
        raise _told(trouble) from trouble


async def _move_rule_target(pen: Pen, step: MovePin, named: pins.Parts) -> None:
    rule = {"Rule": named.first, **pins.on_bus(named.bus)}
    answer = await pen.look("events", "list_targets_by_rule", **rule)
    target = next((one for one in answer.get("Targets", ()) if one.get("Id") == named.last), None)
    _check(step, target)
    _stop_at_unknown(answer)
    moved = copy.deepcopy(dict(target or {}))
    moved["EcsParameters"]["TaskDefinitionArn"] = step.to_arn
    told = await pen.write("events", "put_targets", **rule, Targets=[moved])
    if told.get("FailedEntryCount"):  # in an answer that says OK
        failed: Mapping[str, Any] = next(iter(told.get("FailedEntries", ())), {})
        raise _told(Rejected(str(failed.get("ErrorCode", "")), str(failed.get("ErrorMessage", ""))))


async def _move_schedule(pen: Pen, step: MovePin, group: str, name: str) -> None:
    """What is left out of an update falls back to its default: so everything is sent."""
    found = await pen.look("scheduler", "get_schedule", GroupName=group, Name=name)
    _check(step, found.get("Target"))
    _stop_at_unknown(found)
    known = accepted("scheduler", "UpdateSchedule")
    if lost := sorted(set(found) - known - _TOLD_ONLY):
        raise Refused(partial(_might_lose, lost))
    moved = copy.deepcopy({key: value for key, value in found.items() if key in known})
    moved["Target"]["EcsParameters"]["TaskDefinitionArn"] = step.to_arn
    await pen.write("scheduler", "update_schedule", **moved)


def _check(step: MovePin, target: Mapping[str, Any] | None) -> None:
    named = ((target or {}).get("EcsParameters") or {}).get("TaskDefinitionArn", "")
    if named != step.from_arn:
        raise Overtaken(partial(say, mark("{pin} names another revision by now, or is gone."), pin=step.pin))


def _stop_at_unknown(answer: Mapping[str, Any]) -> None:
    if strange := answer.get(UNKNOWN):
        raise Refused(partial(_might_lose, strange))


def _might_lose(fields: Iterable[str]) -> str:
    return say("This version does not know the field {fields} and might lose it.", fields=commas(fields))


def _not_ours(service: Mapping[str, Any]) -> str:
    """Why UpdateService is not how this service is deployed; "" where it is."""
    controller = str((service.get("deploymentController") or {}).get("type", "ECS"))
    if controller != "ECS":
        return say(
            "{controller} deploys this service: ECS does not let anybody else set its task definition.",
            controller=controller,
        )
    is_express = service.get("resourceManagementType") == "ECS"
    return say("ECS itself manages this Express service.") if is_express else ""


def _told(trouble: AwsTrouble) -> NotWritten:
    if isinstance(trouble, Forbidden):
        return Refused(partial(_sentence, trouble))
    if isinstance(trouble, Rejected) and trouble.code in _GONE:
        return Overtaken(partial(_sentence, trouble))
    if isinstance(trouble, Rejected) and trouble.code not in _PASSING and _CROWDED not in str(trouble):
        return Refused(partial(_sentence, trouble))
    return NotNow(partial(_sentence, trouble))


def _sentence(trouble: Exception) -> str:
    text = str(trouble).strip().rstrip(".。")
    return say("{sentence}.", sentence=begun(text))
