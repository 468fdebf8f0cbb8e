"""Facts: all that a plan rests on, read in AWS at the same time; what cannot be read is a gap in words."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.aws.calls import Calls
from bot.aws.evidence import (
    definition_reading,
    hosts,
    images,
    job_definition_reading,
    ownership,
    scaling,
    services,
)
from bot.aws.evidence.pricing import PriceList
from bot.aws.evidence.services import Seen
from bot.aws.evidence.site import Site
from bot.aws.resizing import definitions, job_definitions, pins, running, usage
from bot.aws.resizing.pins import Pin
from bot.aws.resizing.running import Running
from bot.aws.resizing.unseen import Unseen
from bot.aws.trouble import AwsTrouble, Unreachable
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import Host, ImageState
from bot.domain.plan.plan import Target, TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.sizing.tail import Peak
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import count, mark, say

LIMIT_S = 8.0
Json = Mapping[str, Any]


class NothingThere(AwsTrouble):
    """There is nothing of that name, or nothing that can be resized; the text is a sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom to ask. `limit_s`: how long one question may take. `clock` gives aware UTC."""

    calls: Calls
    prices: PriceList
    limit_s: float = LIMIT_S
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What everything else is asked of."""

    target: Target
    definition: TaskDefinition
    described: Json
    service: Json | None = None
    named_by: tuple[Pin, ...] = ()


async def read(sources: Sources, subject: Subject, diagnosis: Diagnosis | None = None) -> Facts:
    """The facts on a service, a family or a job. `diagnosis` is the latest one, from the store.

    Raises an AwsTrouble where its definition cannot be read: NothingThere where there is none.
    """
    site, unseen = Site(sources.calls, subject.account, subject.region), Unseen(sources.limit_s)
    try:
        async with asyncio.timeout(2 * sources.limit_s):
            basis = await _basis(site, unseen, subject)
    except TimeoutError:
        limit = f"{2 * sources.limit_s:g}"
        raise Unreachable(mark("AWS did not answer within {limit} s"), limit=limit) from None
    facts = await _beside(sources, site, unseen, basis)
    named = await sources.calls.names_people(subject.region, subject.account)
    return replace(facts, diagnosis=diagnosis, gaps=unseen.sentences, names_asker=named)


async def _basis(site: Site, unseen: Unseen, subject: Subject) -> _Basis:
    if subject.kind is OwnerKind.SERVICE:
        return await _of_service(site, unseen, subject)
    if subject.kind is OwnerKind.FAMILY:
        return await _of_family(site, unseen, subject)
    if subject.kind is OwnerKind.JOB:
        return await _of_job(site, subject)
    raise NothingThere(mark("Only the task's ARN is known: name the service or the task family to resize."))


async def _of_service(site: Site, unseen: Unseen, subject: Subject) -> _Basis:
    service = await services.described(site, subject.cluster, subject.name)
    if service is None:
        raise NothingThere(
            mark("There is no service {name} in cluster {cluster} (any more)."),
            name=subject.name,
            cluster=subject.cluster,
        )
    arn = str(service.get("taskDefinition", ""))
    if not arn:
        raise NothingThere(
            mark("{name} runs task sets: an external controller deploys it, change its memory there."),
            name=subject.name,
        )
    family = Arn.parse(arn).name
    described = await definitions.describe(site, arn)
    named_by = await _naming(site, unseen, subject.cluster, family)
    target = Target(kind=TargetKind.SERVICE, subject=subject)
    return _Basis(target, _read(described), described, service, named_by)


async def _of_family(site: Site, unseen: Unseen, subject: Subject) -> _Basis:
    """What is pinned decides about the target: the newest revision that anything pins."""
    newest = await definitions.active(site, subject.name)
    named_by = await _naming(site, unseen, subject.cluster, subject.name)
    pinned = [one for one in named_by if one.is_pinned]
    arns = {one.task_definition for one in pinned} or set(newest[:1])
    if not arns:
        raise NothingThere(mark("There is no active task definition {name}."), name=subject.name)
    arn = max(arns, key=lambda one: Arn.parse(one).revision or 0)
    mine = sorted(one.name for one in pinned if one.task_definition == arn)
    kinds = {one.kind for one in pinned if one.name in mine}
    kind = TargetKind.FAMILY
    if kinds:
        kind = TargetKind.RULE if pins.RULE in kinds else TargetKind.SCHEDULE
    target = Target(kind=kind, subject=subject, pins=tuple(mine))
    described = await definitions.describe(site, arn)
    return _Basis(target, _read(described), described, None, named_by)


async def _of_job(site: Site, subject: Subject) -> _Basis:
    newest = await job_definitions.newest(site, subject.name)
    if not newest:
        raise NothingThere(mark("There is no active job definition {name}."), name=subject.name)
    definition = job_definition_reading.read(newest[0])
    return _Basis(Target(kind=TargetKind.JOB, subject=subject), definition, newest[0])


async def _naming(site: Site, unseen: Unseen, cluster: str, family: str) -> tuple[Pin, ...]:
    if not cluster:
        return ()
    rules, elsewhere, schedules = await asyncio.gather(
        unseen.within(mark("rules of EventBridge"), pins.of_rules(site, cluster, family)),
        unseen.within(mark("rules of other event buses"), pins.of_other_buses(site, cluster, family)),
        unseen.within(mark("schedules of EventBridge"), pins.of_schedules(site, cluster, family)),
    )
    on_others, left_out = elsewhere or pins.Elsewhere([], 0)
    if left_out:
        unseen.tell(_too_many_buses(left_out))
    return (*(rules or ()), *on_others, *(schedules or ()))


def _too_many_buses(left_out: int) -> str:
    return count(
        left_out,
        "{n} event bus was not looked at, as {most} others were: its rules may name this task as well.",
        "{n} event buses were not looked at, as {most} others were: their rules may name this task as well.",
        most=pins.MOST_BUSES,
    )


async def _beside(sources: Sources, site: Site, unseen: Unseen, basis: _Basis) -> Facts:
    """Everything else, side by side."""
    target, definition = basis.target, basis.definition
    is_job = target.kind is TargetKind.JOB
    async with asyncio.TaskGroup() as group:
        seen = group.create_task(_seen(site, unseen, basis))
        host = group.create_task(_host(site, unseen, basis))
        prices = group.create_task(sources.prices.of(site.region))
        run = group.create_task(_running(site, unseen, basis))
        used = group.create_task(_used(sources, site, unseen, basis))
    states, kept = await _images(site, unseen, definition, run.result())
    facts = Facts(
        target=target,
        definition=definition,
        described=basis.described,
        accepted=frozenset() if is_job else definitions.accepted_by_ecs(),
        is_active=_is_active(basis),
        images=states,
        kept_digests=kept,
        injected_mib=run.result().injected_mib,
        unpinned=tuple(_words(one) for one in basis.named_by if not one.is_pinned),
        overrides=tuple(_words(one) for one in basis.named_by if one.sets_memory),
        host=host.result(),
        prices=prices.result() if definition.is_fargate else None,
        peaks=used.result(),
    )
    return await _with_service(site, unseen, basis, facts, seen.result())


async def _with_service(site: Site, unseen: Unseen, basis: _Basis, facts: Facts, seen: Seen | None) -> Facts:
    by, service = basis.definition.registered_by, basis.service
    if basis.target.kind is TargetKind.JOB:
        asked = ownership.of_job_definition(site, basis.definition.arn, basis.definition.tags)
        return replace(facts, owner=await unseen.within(mark("CloudFormation"), asked) or "")
    if service is None or seen is None:
        return replace(facts, owner=ownership.hinted(by))
    cluster, name = basis.target.subject.cluster, basis.target.subject.name
    owner, scales = await asyncio.gather(
        unseen.within(mark("CloudFormation"), ownership.of_service(site, seen, by)),
        unseen.within(mark("autoscaling"), scaling.is_on_memory(site, cluster, name)),
    )
    return replace(
        facts,
        service=replace(seen.state, scales_on_memory=scales),
        is_gone=service.get("status") == "DRAINING",
        is_express=service.get("resourceManagementType") == "ECS",
        deployment_words=_deploying(service),
        owner=owner or ownership.hinted(by, seen.created_by),
    )


async def _seen(site: Site, unseen: Unseen, basis: _Basis) -> Seen | None:
    return (
        None
        if basis.service is None
        else await unseen.within(mark("the service"), services.read(site, basis.service))
    )


async def _host(site: Site, unseen: Unseen, basis: _Basis) -> Host | None:
    """The largest instance of the cluster, and the most room on any."""
    cluster = basis.target.subject.cluster
    if basis.definition.is_fargate or basis.target.kind is TargetKind.JOB or not cluster:
        return None
    found = await unseen.within(mark("container instances"), hosts.instances(site, cluster)) or ()
    described = [hosts.host(one, found) for one in found]
    return max(described, key=lambda one: one.registered_mib, default=None)


async def _running(site: Site, unseen: Unseen, basis: _Basis) -> Running:
    subject = basis.target.subject
    if basis.target.kind is TargetKind.JOB or not subject.cluster:
        return Running()
    service = subject.name if basis.service is not None else ""
    asked = running.of(site, subject.cluster, basis.definition, service)
    return await unseen.within(mark("what runs now"), asked) or Running()


async def _used(sources: Sources, site: Site, unseen: Unseen, basis: _Basis) -> tuple[Peak, ...]:
    if basis.service is None:
        return ()
    asked = usage.peaks(site, sources.calls, basis.service, basis.definition, sources.clock())
    return await unseen.within(mark("memory history"), asked) or ()


async def _images(
    site: Site, unseen: Unseen, definition: TaskDefinition, run: Running
) -> tuple[dict[str, ImageState], frozenset[str]]:
    """By container how its tag stands to what runs, and which of these digests the registry still has."""
    states: dict[str, ImageState] = {}
    kept: set[str] = set()

    async def look(name: str, image: str, digest: str) -> None:
        state = await unseen.within(mark("image tags"), images.state(site, image, digest))
        if state is not None:
            states[name] = state
        if "@" not in image and await unseen.within(
            mark("image digests"), images.is_kept(site, image, digest)
        ):
            kept.add(digest)

    known = [one for one in definition.containers if run.digests.get(one.name)]
    await asyncio.gather(*(look(one.name, one.image, run.digests[one.name]) for one in known))
    return states, frozenset(kept)


def _read(described: Json) -> TaskDefinition:
    return definition_reading.read(described["taskDefinition"])


def _is_active(basis: _Basis) -> bool:
    told = basis.described.get("taskDefinition", basis.described)
    return str(told.get("status", "ACTIVE")) == "ACTIVE"


def _words(pin: Pin) -> str:
    kind, first, last, bus = pins.parts(pin.name)
    if kind == pins.SCHEDULE:
        return say("schedule {name}", name=last)
    if bus == pins.DEFAULT_BUS:
        return say("rule {rule}, target {target}", rule=first, target=last)
    return say("rule {rule}, target {target}, on bus {bus}", rule=first, target=last, bus=bus)


def _deploying(service: Json) -> str:
    """Of the deployment that is under way; "" for none."""
    for one in service.get("deployments", ()):
        if one.get("rolloutState") == "IN_PROGRESS":
            return say(
                "A deployment of {revision} is under way: {running} of {desired} tasks run.",
                revision=str(one.get("taskDefinition", "")).rpartition("/")[2],
                running=one.get("runningCount", 0),
                desired=one.get("desiredCount", 0),
            )
    return ""
