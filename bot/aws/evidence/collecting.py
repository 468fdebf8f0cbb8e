"""Collecting: ask all sources of one death at the same time; what one of them does hinders no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.aws.calls import Calls
from bot.aws.evidence import hosts, images, log_tail, ownership, scaling, services
from bot.aws.evidence.definitions import Definitions
from bot.aws.evidence.gaps import LIMIT_S, NOT_UNDERSTOOD, Gaps
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.kept import Kept
from bot.aws.evidence.lives import Memories, Memory, is_late, lived
from bot.aws.evidence.performance_log import PerformanceLog
from bot.aws.evidence.services import Deployed, Seen
from bot.aws.evidence.site import Site
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.evidence import Evidence, Gap, Host, ImageState, LogLine, ServiceState, Source
from bot.domain.kills.death import Death
from bot.domain.subject.group_key import OwnerKind
from bot.domain.telling.language import say, spoken

log = structlog.get_logger(__name__)

_ASKED = ("ecs", "logs", "cloudwatch", "ecr", "application-autoscaling", "cloudformation", "pricing")
_SHARED_FOR_S = 60.0  # the incidents of one service, and those of a storm, ask the same
_SETTLED_AFTER = timedelta(minutes=10)  # later records are not to be expected


@dataclass(frozen=True, slots=True)
class Collected:
    """Evidence, when revisions were deployed, and whether asking again in a few minutes may bring more."""

    evidence: Evidence
    deployed: Sequence[datetime] = ()
    may_grow: bool = False


class Collector:
    """Collects evidence; keeps what several deaths have in common."""

    def __init__(
        self,
        calls: Calls,
        insights: Insights,
        *,
        clock: Callable[[], datetime],
        history: timedelta,
        limit_s: float = LIMIT_S,
    ) -> None:
        """`history`: how far back earlier lives are looked for; `limit_s`: how long one source may take."""
        self.limit_s = limit_s
        self.calls = calls
        self.log = PerformanceLog(insights)
        self.clock = clock
        self.history = history
        self.definitions = Definitions()
        self.services: Kept[Seen | None] = Kept(_SHARED_FOR_S)
        self.deployments: Kept[Sequence[Deployed]] = Kept(_SHARED_FOR_S)
        self.policies: Kept[bool] = Kept(_SHARED_FOR_S)
        self.owners: Kept[str] = Kept(_SHARED_FOR_S)
        self.instances: Kept[hosts.Instances] = Kept(_SHARED_FOR_S)
        self.images: Kept[ImageState] = Kept(_SHARED_FOR_S)

    async def make_ready(self, region: str) -> None:
        """Do what the first investigation would have to do first. Never raises."""
        try:
            await self.calls.make_ready(_ASKED, region)
        except RuntimeError as error:  # most likely the threads are gone: the process ends
            log.info("evidence.not_made_ready", error=str(error))
        except Exception:
            log.exception("evidence.not_ready")  # then the first call will tell

    async def collect(self, deaths: Sequence[Death]) -> Collected:
        """All there is on these deaths of one group key, newest first; never raises, never waits for ever."""
        return await _Collection(self, tuple(deaths)).whole()


class _Collection:
    """One investigation's questions."""

    def __init__(self, by: Collector, deaths: tuple[Death, ...]) -> None:
        self._by = by
        self._deaths = deaths
        self._death = deaths[0]
        self._key = self._death.group_key
        self._site = Site.of(by.calls, self._key)
        self._gaps = Gaps(by.limit_s)
        self._memories = Memories(by.log, self._site, self._gaps, by.history)
        self._is_service = self._key.kind is OwnerKind.SERVICE

    async def whole(self) -> Collected:
        async with asyncio.TaskGroup() as group:
            seen = group.create_task(self._seen())
            deployed = group.create_task(self._deployed())
            definition = group.create_task(self._definition(seen))
            previous = group.create_task(self._previous(definition, deployed))
            memory = group.create_task(self._memory(definition))
            lines = group.create_task(self._lines(definition))
            image = group.create_task(self._image(definition))
            host = group.create_task(self._host())
            service = group.create_task(self._service(seen, definition, deployed))
        evidence = Evidence(
            collected_at=self._by.clock(),
            deaths=self._deaths,
            definition=definition.result(),
            previous=previous.result(),
            series=memory.result().own,
            earlier=memory.result().earlier,
            others=memory.result().others,
            log_lines=lines.result(),
            image=image.result(),
            service=service.result(),
            host=host.result(),
            gaps=self._gaps.found,
        )
        may_grow = self._gaps.may_close or self._is_late(evidence)
        return Collected(evidence, tuple(one.at for one in deployed.result()), may_grow)

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

    async def _definition(self, seen: Awaitable[Seen | None]) -> TaskDefinition | None:
        """Of the death; an alarm tells none, and then the one that the service runs now."""
        arn = self._death.task_definition_arn
        if not arn and (found := await seen):
            arn = found.state.task_definition_arn
        if Arn.parse(arn).kind != "task-definition":
            return None  # a Batch job's is a job definition
        return await self._gaps.within(Source.DEFINITION, self._by.definitions.get(self._site, arn))

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
        """Each source in it has a limit of its own."""
        try:
            return await self._lives(definition)
        except Exception:
            log.exception("evidence.not_understood", source=Source.SERIES.value)
            self._gaps.add(Gap(source=Source.SERIES, why=say(NOT_UNDERSTOOD)))
            return Memory()

    async def _lives(self, definition: Awaitable[TaskDefinition | None]) -> Memory:
        arn = Arn.parse(self._death.task_definition_arn)
        family = arn.name if arn.kind == "task-definition" else ""
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

    async def _lines(self, definition: Awaitable[TaskDefinition | None]) -> tuple[LogLine, ...]:
        found = await definition
        is_known = found is not None or self._key.kind is OwnerKind.JOB
        if not is_known or not Arn.parse(self._death.task_arn).is_task or not self._death.container:
            return ()  # without its definition nobody knows where its log is
        lines = await log_tail.read_log_tail(
            self._by.calls, self._key, self._death, found, limit_s=self._by.limit_s
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
        arn = self._death.container_instance_arn
        return await self._gaps.within(Source.HOST, self._find_host(arn)) if arn else None

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
        if found is None:
            return ownership.hinted(registered_by)
        asked = self._by.owners.get(
            (spoken().code, *self._place()), lambda: ownership.of_service(self._site, found, registered_by)
        )
        return await self._gaps.within(Source.OWNER, asked) or ownership.hinted(registered_by)

    async def _service(
        self,
        seen: Awaitable[Seen | None],
        definition: Awaitable[TaskDefinition | None],
        deployed: Awaitable[Sequence[Deployed]],
    ) -> ServiceState | None:
        owner, scales = await asyncio.gather(self._owner(seen, definition), self._scales())
        found, history = await seen, await deployed
        if found is None:
            return None
        arn = self._death.task_definition_arn or found.state.task_definition_arn
        at = services.deployed_at(history, arn) or services.deployed_at(found.deployed, arn)
        return replace(found.state, deployed_at=at, scales_on_memory=scales, owner=owner)

    def _place(self) -> tuple[str, str, str, str]:
        return self._key.account, self._key.region, self._key.cluster, self._key.name

    def _is_late(self, evidence: Evidence) -> bool:
        is_recent = self._by.clock() - self._death.died_at < _SETTLED_AFTER
        return is_recent and is_late(evidence.series, self._death.died_at)
