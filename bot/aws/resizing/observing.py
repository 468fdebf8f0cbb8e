"""Observing: what AWS shows of a resize's target now, as much as its phase asks for."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.aws.calls import Calls
from bot.aws.evidence import definition_reading, job_definition_reading
from bot.aws.evidence.site import Site
from bot.aws.resizing import (
    definitions,
    deployments,
    drift,
    finding,
    impediments,
    job_definitions,
    pins,
    runs,
)
from bot.aws.resizing.drift import Code
from bot.aws.resizing.peaks import Peaks
from bot.aws.trouble import Rejected
from bot.domain.aws.arn import Arn
from bot.domain.plan.plan import TargetKind
from bot.domain.resize.ending import POLICY, is_pinned, old_arn
from bot.domain.resize.observation import Deployment, Found, Observation, Rollout
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.watch import keeps_size

Json = Mapping[str, Any]
_GONE = {"ClusterNotFoundException"}
_ON_THE_MOVE = frozenset({ResizePhase.DEPLOYING, ResizePhase.ROLLING_BACK})
_AFTER = frozenset({ResizePhase.WATCHING, ResizePhase.PROVEN})


async def observe(calls: Calls, resize: Resize, peaks: Peaks) -> Observation:
    """What AWS shows; kills, freezes and the kill switch are the store's and the settings' to tell. Raises an AwsTrouble."""
    subject = resize.spec.plan.target.subject
    site = Site(calls, subject.account, subject.region)
    looked = await _look(site, resize)
    return replace(looked, found=await _found(site, resize), peak_mib=await _peak(site, resize, peaks))


async def _look(site: Site, resize: Resize) -> Observation:
    kind = resize.spec.plan.target.kind
    if kind is TargetKind.SERVICE:
        return await _service(site, resize)
    if is_pinned(resize):
        return await _pins(site, resize)
    return await (_job if kind is TargetKind.JOB else _family)(site, resize)


async def _found(site: Site, resize: Resize) -> Found | None:
    status = resize.status
    is_unknown = status.phase is ResizePhase.ROLLING_BACK and not status.new_revision_arn
    if status.phase is ResizePhase.REGISTERING or is_unknown:
        return await finding.found(site, resize)
    return None


async def _peak(site: Site, resize: Resize, peaks: Peaks) -> float | None:
    return await peaks.of(site, resize) if resize.status.phase is ResizePhase.WATCHING else None


async def _service(site: Site, resize: Resize) -> Observation:
    service = await _described(site, resize)
    if service is None:
        return Observation(is_gone=True)
    status, arn = resize.status, str(service.get("taskDefinition", ""))
    new, deployment, trouble, keeps = status.new_revision_arn, None, "", None
    if status.phase in _ON_THE_MOVE and new:
        deployment = await deployments.newest_to(site, service, new)
        trouble = await _trouble(site, resize, service, deployment)
    if status.phase in _AFTER:
        keeps = await _keeps(site, resize, {arn})
    code = await _code(site, resize, arn)
    return Observation(
        current_arn=arn,
        deployment=deployment,
        is_deploying=is_deploying(service),
        trouble=trouble,
        runs=_running(service, new) if arn == new else None,
        keeps_size=keeps,
        other_code=code.other,
        unknown_code=code.unknown,
    )


async def _code(site: Site, resize: Resize, arn: str) -> Code:
    """Asked where a deployment is next that nobody looks at once more: the change, and a policy's way back."""
    status = resize.status
    if status.phase is ResizePhase.APPROVED and arn == old_arn(resize):
        return Code(other=await drift.of(site, resize))
    is_policys = status.phase is ResizePhase.ROLLING_BACK and status.rollback_by == POLICY
    if is_policys and arn == status.new_revision_arn:
        return await drift.of_the_way_back(site, resize)
    return Code()


async def _described(site: Site, resize: Resize) -> Json | None:
    """The service where it is ACTIVE."""
    subject = resize.spec.plan.target.subject
    try:
        answer = await site.ask("ecs", "describe_services", cluster=subject.cluster, services=[subject.name])
    except Rejected as trouble:
        if trouble.code in _GONE:
            return None
        raise
    return next((one for one in answer.get("services", ()) if one.get("status") == "ACTIVE"), None)


async def _trouble(site: Site, resize: Resize, service: Json, deployment: Deployment | None) -> str:
    told = impediments.of_events(service, resize.status.deploying_since)
    if told or deployment is None or deployment.rollout is Rollout.COMPLETED or not deployment.failed_count:
        return told
    subject = resize.spec.plan.target.subject
    return await impediments.of_tasks(site, subject.cluster, subject.name, resize.status.new_revision_arn)


def is_deploying(service: Json) -> bool:
    """Whether a deployment of a described service is in progress."""
    given = service.get("deployments") or ()
    states = {one.get("rolloutState") for one in given}
    return "IN_PROGRESS" in states or (len(given) > 1 and None in states)


def _running(service: Json, arn: str) -> int:
    mine = [one for one in service.get("deployments", ()) if one.get("taskDefinition") == arn]
    return sum(int(one.get("runningCount", 0)) for one in mine)


async def _pins(site: Site, resize: Resize) -> Observation:
    names = resize.spec.plan.target.pins
    arns = await asyncio.gather(*(pins.current(site, one) for one in names))
    named = {name: arn for name, arn in zip(names, arns, strict=True) if arn}
    if not named:
        return Observation(is_gone=True)
    moved = {arn for name, arn in named.items() if name in resize.status.moved}
    keeps = await _keeps(site, resize, moved) if resize.status.phase in _AFTER and moved else None
    strangers = sorted(moved - {resize.status.new_revision_arn})
    return Observation(
        pins=named,
        current_arn=next(iter(strangers), resize.status.new_revision_arn),
        runs=await _runs(site, resize),
        keeps_size=keeps,
    )


async def _family(site: Site, resize: Resize) -> Observation:
    newest = await definitions.active(site, Arn.parse(old_arn(resize)).name)
    if not newest:
        return Observation(is_gone=True)
    keeps = await _keeps(site, resize, {newest[0]}) if resize.status.phase in _AFTER else None
    return Observation(current_arn=newest[0], runs=await _runs(site, resize), keeps_size=keeps)


async def _job(site: Site, resize: Resize) -> Observation:
    newest = await job_definitions.newest(site, resize.spec.plan.target.subject.name)
    if not newest:
        return Observation(is_gone=True)
    keeps = (
        keeps_size(resize.spec.plan, job_definition_reading.read(newest[0]))
        if resize.status.phase in _AFTER
        else None
    )
    return Observation(current_arn=str(newest[0]["jobDefinitionArn"]), keeps_size=keeps)


async def _runs(site: Site, resize: Resize) -> int | None:
    if resize.status.phase is not ResizePhase.WATCHING:
        return None
    arn, cluster = resize.status.new_revision_arn, resize.spec.plan.target.subject.cluster
    return await runs.on(site, cluster, Arn.parse(arn).name, arn) if cluster else None


async def _keeps(site: Site, resize: Resize, arns: set[str]) -> bool | None:
    """Whether all of these revisions have the size that was agreed."""
    strangers = sorted(arns - {resize.status.new_revision_arn})
    found = await asyncio.gather(*(definitions.describe_if_there(site, one) for one in strangers))
    kept = [
        None if one is None else keeps_size(resize.spec.plan, definition_reading.read(one["taskDefinition"]))
        for one in found
    ]
    if False in kept:
        return False
    return None if None in kept else True
