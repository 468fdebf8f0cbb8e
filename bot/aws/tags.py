"""Tags of what runs: read of the service, its task definition and its cluster (of a Batch job, its definition).

They come with the answers of calls that are made anyway and need no permission of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.aws.calls import AwsTrouble, Calls
from bot.aws.evidence.kept import Kept
from bot.domain.routing.tags import Source, Tags, merged
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say

Pairs = Sequence[tuple[str, str]]

_PATIENCE_S = 20.0
_SHARED_FOR_S = 60.0  # the services of a storm share their cluster
_WITH_TAGS = ["TAGS"]


class Tagged:
    """Reads tags in any account that may be read."""

    def __init__(self, calls: Calls, clock: Callable[[], datetime]) -> None:
        """Ask through these calls."""
        self._calls = calls
        self._clock = clock
        self._clusters: Kept[Pairs] = Kept(_SHARED_FOR_S)

    async def of(self, subject: Subject) -> Tags:
        """Its tags, the closest to its tasks first; what could not be read is told. Never raises an AwsTrouble.

        What is further off than something that could not be read is left out: a cluster's tag must not win only
        because nobody could ask the service.
        """
        now, parts, problem = self._clock(), [], ""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                async for part in self._read(subject):
                    parts.append(part)  # noqa: PERF401 -- what was read before a failure counts
        except AwsTrouble as trouble:
            problem = str(trouble)
        except TimeoutError:
            problem = say("AWS did not answer in time")
        return Tags(found=merged(parts), asked_at=now, problem=problem)

    async def _read(self, subject: Subject) -> AsyncIterator[tuple[Source, Pairs]]:
        definition = subject.name
        if subject.kind is OwnerKind.JOB:
            yield Source.JOB_DEFINITION, await self._job_definition(subject)
            return
        if subject.kind is OwnerKind.SERVICE:
            service = await self._service(subject)
            definition = str(service.get("taskDefinition") or "")
            yield Source.SERVICE, _pairs(service)
        if definition:
            answer = await self._ecs(
                subject, "describe_task_definition", taskDefinition=definition, include=_WITH_TAGS
            )
            yield Source.DEFINITION, _pairs(answer)
        place = (subject.account, subject.region, subject.cluster)
        yield Source.CLUSTER, await self._clusters.get(place, lambda: self._cluster(subject))

    async def _service(self, subject: Subject) -> Mapping[str, Any]:
        """As ECS describes it; nothing where it is gone."""
        answer = await self._ecs(
            subject,
            "describe_services",
            cluster=subject.cluster,
            services=[subject.name],
            include=_WITH_TAGS,
        )
        there = (one for one in answer.get("services", ()) if one.get("status") != "INACTIVE")
        return next(there, {})

    async def _cluster(self, subject: Subject) -> Pairs:
        answer = await self._ecs(subject, "describe_clusters", clusters=[subject.cluster], include=_WITH_TAGS)
        return [pair for one in answer.get("clusters", ()) for pair in _pairs(one)]

    async def _job_definition(self, subject: Subject) -> Pairs:
        """Of the newest revision."""
        answer = await self._calls.ask(
            "batch",
            subject.region,
            "describe_job_definitions",
            account=subject.account,
            jobDefinitionName=subject.name,
            status="ACTIVE",
        )
        newest: Mapping[str, Any] = max(
            answer.get("jobDefinitions", ()), key=lambda one: int(one.get("revision") or 0), default={}
        )
        return [(str(key), str(value)) for key, value in dict(newest.get("tags") or {}).items()]

    async def _ecs(self, subject: Subject, operation: str, **arguments: object) -> Mapping[str, Any]:
        return await self._calls.ask("ecs", subject.region, operation, account=subject.account, **arguments)


def _pairs(described: Mapping[str, Any]) -> Pairs:
    """The tags in what ECS describes."""
    return [(str(one.get("key") or ""), str(one.get("value") or "")) for one in described.get("tags") or ()]
