"""Collections: ask all sources of one death at the same time; what one of them does hinders no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bot.aws import tasks
from bot.aws.calls import Calls
from bot.aws.evidence import hosts, images, jobs, log_tail, ownership, scaling, services
from bot.aws.evidence.definitions import Definitions, is_known
from bot.aws.evidence.gaps import Gaps
from bot.aws.evidence.jobs import Job
from bot.aws.evidence.kept import Kept
from bot.aws.evidence.lives import Memories, Memory, is_late, lived
from bot.aws.evidence.performance_log import PerformanceLog
from bot.aws.evidence.services import Deployed, Seen
from bot.aws.evidence.site import Site
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import Evidence, Gap, Host, ImageState, LogLine, ServiceState, Source
from bot.domain.diagnosis.series import Series
from bot.domain.kills.batch_job import is_told_by_batch, job_arn
from bot.domain.kills.death import Death
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import say, spoken

_SHARED_FOR_S = 60.0  # the incidents of one service, and those of a storm, ask the same
_SETTLED_AFTER = timedelta(minutes=10)  # later records are not to be expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Whom to ask, how far back and for how long (seconds a source), and what was answered to others just now."""

    calls: Calls
    log: PerformanceLog
    clock: Callable[[], datetime]
    history: timedelta
    limit_s: float
    definitions: Definitions = field(default_factory=Definitions)
    services: Kept[Seen | None] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    jobs: Kept[Job | None] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    deployments: Kept[Sequence[Deployed]] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    policies: Kept[bool] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    owners: Kept[str] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    instances: Kept[hosts.Instances] = field(default_factory=lambda: Kept(_SHARED_FOR_S))
    images: Kept[ImageState] = field(default_factory=lambda: Kept(_SHARED_FOR_S))


class Collection:
    """One investigation's questions."""

    def __init__(self, by: Means, deaths: tuple[Death, ...]) -> None:
        """`deaths` are of one group key, the one to be examined first."""
        self._by = by
        self._deaths = deaths
        self._death = deaths[0]
        self._key = self._death.group_key
        self._site = Site.of(by.calls, self._key)
        self._gaps = Gaps(by.limit_s)
        self._memories = Memories(by.log, self._site, self._gaps, by.history)
        self._is_service = self._key.kind is OwnerKind.SERVICE

    async def whole(self) -> tuple[Evidence, Sequence[datetime], bool]:
        """The evidence, when revisions were deployed, and whether asking again may bring more. Never raises."""
        evidence, deployed = await self._evidence()
        may_grow = self._gaps.may_close or self._is_late(evidence)
        return evidence, tuple(one.at for one in deployed), may_grow

    async def _evidence(self) -> tuple[Evidence, Sequence[Deployed]]:
        async with asyncio.TaskGroup() as group:
            seen = group.create_task(self._seen())
            deployed = group.create_task(self._deployed())
            job = group.create_task(self._job())
            definition = group.create_task(self._definition(seen))
            previous = group.create_task(self._previous(definition, deployed))
            memory = group.create_task(self._memory(definition))
            lines = group.create_task(self._lines(definition, job))
            image = group.create_task(self._image(definition))
            host = group.create_task(self._host())
            owner = group.create_task(self._owner(seen, definition))
            service = group.create_task(self._service(seen, deployed))
        evidence = Evidence(
            collected_at=self._by.clock(),
            deaths=self._deaths,
            definition=definition.result(),
            previous=previous.result(),
            log_lines=lines.result(),
            image=image.result(),
            service=service.result(),
            job=found.state(self._death) if (found := job.result()) else None,
            host=host.result(),
            owner=owner.result(),
            gaps=self._gaps.found,
        )
        return memory.result().added_to(evidence), deployed.result()

    async def _seen(self) -> Seen | None:
        if not self._is_service:
            return None
        place = self._place()
        asked = self._by.services.get(
            place, lambda: services.look(self._site, self._key.cluster, self._key.name)
        )
        return await self._gaps.within(Source.SERVICE, asked)

    async def _deployed(self) -> Sequence[Deployed]:
        if not self._is_service:
            return ()
        asked = self._by.deployments.get(
            self._place(), lambda: services.history(self._site, self._key.cluster, self._key.name)
        )
        return await self._gaps.within(Source.PREVIOUS, asked) or ()

    async def _job(self) -> Job | None:
        arn = job_arn(self._death)
        if not arn:
            return None
        asked = self._by.jobs.get((self._key.account, arn), lambda: jobs.look(self._site, arn))
        found = await self._gaps.within(Source.JOB, asked)
        if found is None:
            self._gaps.add(Gap(source=Source.JOB, why=say("Batch tells nothing of this job any more")))
        return found

    async def _definition(self, seen: Awaitable[Seen | None]) -> TaskDefinition | None:
        """Of the death; an alarm tells none, and then the one that the service runs now."""
        arn = self._death.task_definition_arn
        if not arn and (found := await seen):
            arn = found.state.task_definition_arn
        if not is_known(arn):
            return None
        source = Source.JOB_DEFINITION if is_told_by_batch(self._death) else Source.DEFINITION
        return await self._gaps.within(source, self._by.definitions.get(self._site, arn))

    async def _previous(
        self, definition: Awaitable[TaskDefinition | None], deployed: Awaitable[Sequence[Deployed]]
    ) -> TaskDefinition | None:
        """What the service ran before; where ECS keeps no history, the family's next lower revision."""
        history, found = await deployed, await definition
        if found is None:
            return None
        known = services.before(history, found.arn)
        definitions = self._by.definitions
        asked = definitions.get(self._site, known) if known else definitions.before(self._site, found.arn)
        return await self._gaps.within(Source.PREVIOUS, asked)

    async def _memory(self, definition: Awaitable[TaskDefinition | None]) -> Memory:
        return await self._gaps.within(Source.SERIES, self._lives(definition), has_limits=True) or Memory()

    async def _lives(self, definition: Awaitable[TaskDefinition | None]) -> Memory:
        if is_told_by_batch(self._death):
            found, earlier = await self._lives_of_job()
        else:
            family = Arn.parse(self._death.task_definition_arn).name
            found, earlier = await asyncio.gather(
                self._memories.of_task(self._death), self._memories.of_family(self._deaths, family)
            )
        own = found.pop(self._death.container, None)
        if own is None:
            own = await self._memories.of_service(self._death, await definition)
        return Memory(
            own=None if own is None else lived(own, self._death),
            others=tuple(lived(series, self._death) for series in found.values()),
            earlier=earlier,
        )

    async def _lives_of_job(self) -> tuple[dict[str, Series], tuple[Series, ...]]:
        """Records name the task definition that Batch made, which only ECS tells; few clusters have any records."""
        found = await self._memories.of_task(self._death)
        task = Arn.parse(self._death.task_arn)
        if not found or not task.cluster:
            return found, ()
        asked = tasks.describe(
            self._by.calls, region=self._site.region, cluster=task.cluster, task_arn=self._death.task_arn
        )
        told = await self._gaps.within(Source.SERIES, asked) or {}
        family = Arn.parse(str(told.get("taskDefinitionArn", ""))).name
        return found, await self._memories.of_family(self._deaths, family)

    async def _lines(
        self, definition: Awaitable[TaskDefinition | None], job: Awaitable[Job | None]
    ) -> tuple[LogLine, ...]:
        found, told = await definition, await job
        has_place = found is not None or self._key.kind is OwnerKind.JOB
        if not has_place or not Arn.parse(self._death.task_arn).is_task or not self._death.container:
            return ()  # without its definition nobody knows where its log is
        stream = told.stream(self._death) if told else ""
        lines = await log_tail.read_log_tail(
            self._by.calls, self._death, found, stream=stream, limit_s=self._by.limit_s
        )
        if isinstance(lines, Gap):
            self._gaps.add(lines)
            return ()
        return lines

    async def _image(self, definition: Awaitable[TaskDefinition | None]) -> ImageState | None:
        digest, named = self._death.image_digest, self._death.image
        if (
            not named
            and (found := await definition)
            and (container := found.container(self._death.container))
        ):
            named = container.image
        if not named or not Arn.parse(self._death.task_arn).is_task:
            return None
        asked = self._by.images.get(
            (spoken().code, self._key.account, named, digest), lambda: images.state(self._site, named, digest)
        )
        return await self._gaps.within(Source.IMAGES, asked)

    async def _host(self) -> Host | None:
        """Of a Batch job none: its compute environment starts instances as jobs need them."""
        arn = self._death.container_instance_arn
        if not arn or self._key.kind is OwnerKind.JOB:
            return None
        return await self._gaps.within(Source.HOST, self._find_host(arn))

    async def _find_host(self, arn: str) -> Host | None:
        site, cluster = self._site, self._key.cluster
        place = (self._key.account, self._key.region, cluster)
        others = await self._by.instances.get(place, lambda: hosts.instances(site, cluster))
        mine = [one for one in others if one.get("containerInstanceArn") == arn]
        mine = mine or list(await hosts.describe(site, cluster, [arn]))
        return hosts.host(mine[0], others) if mine else None

    async def _scales(self) -> bool | None:
        if not self._is_service:
            return None
        asked = self._by.policies.get(
            self._place(), lambda: scaling.is_on_memory(self._site, self._key.cluster, self._key.name)
        )
        return await self._gaps.within(Source.SCALING, asked)

    async def _owner(self, seen: Awaitable[Seen | None], definition: Awaitable[TaskDefinition | None]) -> str:
        found, revision = await seen, await definition
        registered_by = revision.registered_by if revision else ""
        if found is not None:
            ask = partial(ownership.of_service, self._site, found, registered_by)
        elif revision is not None and is_told_by_batch(self._death):
            ask = partial(ownership.of_job_definition, self._site, revision.arn, revision.tags)
        else:
            return ownership.hinted(registered_by)
        whose = revision.arn if revision and found is None else ""
        kept = self._by.owners.get((spoken().code, *self._place(), whose), ask)
        return await self._gaps.within(Source.OWNER, kept) or ownership.hinted(registered_by)

    async def _service(
        self, seen: Awaitable[Seen | None], deployed: Awaitable[Sequence[Deployed]]
    ) -> ServiceState | None:
        scales = await self._scales()
        found, history = await seen, await deployed
        if found is None:
            return None
        arn = self._death.task_definition_arn or found.state.task_definition_arn
        at = services.deployed_at(history, arn) or services.deployed_at(found.deployed, arn)
        return replace(found.state, deployed_at=at, scales_on_memory=scales)

    def _place(self) -> tuple[str, str, str, str]:
        return self._key.account, self._key.region, self._key.cluster, self._key.name

    def _is_late(self, evidence: Evidence) -> bool:
        is_recent = self._by.clock() - self._death.died_at < _SETTLED_AFTER
        return is_recent and is_late(evidence.series, self._death.died_at)
