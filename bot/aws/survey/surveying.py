"""Surveying: which services run in which clusters, and with which revision; trouble costs one place, not the survey."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.aws import identity
from bot.aws.accounts import Place
from bot.aws.calls import Calls
from bot.aws.evidence import definition_reading
from bot.aws.evidence.kept import FOR_GOOD, Kept
from bot.aws.evidence.site import Site
from bot.aws.survey import reading
from bot.aws.survey.pacing import Pacing
from bot.aws.trouble import AwsTrouble, Rejected
from bot.domain.aws.arn import Arn
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.inspection.running import Fleet, Running
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import say

log = structlog.get_logger(__name__)

_PAGE = 100  # of ListClusters, ListServices and ListTasks, and the most that DescribeTasks takes
_MOST_PAGES = 200
_TOGETHER = 10  # services that DescribeServices takes
_MOST_DEFINITIONS = 5000
_NOT_FOUND = "ClusterNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What is surveyed: places as the sweep knows them, and clusters by name or ARN (none: all)."""

    places: Sequence[Place]
    has_role: Callable[[Place], bool]
    clusters: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One survey: of one cluster only (a name or ARN), with standalone tasks or without, and who hears the count.

    `chosen`: of all that was found, what is wanted; of nothing else the revisions are asked for.
    """

    cluster: str = ""
    with_tasks: bool = False
    heard: Callable[[int], None] = lambda _: None
    chosen: Callable[[Sequence[Subject]], Collection[Subject]] = lambda found: found


@dataclass(frozen=True, slots=True)
class _Cluster:
    site: Site
    name: str  # or ARN, as it was given


class Surveyor:
    """Surveys what its installation watches. Revisions never change, so they are kept from one survey to the next."""

    def __init__(self, calls: Calls, where: Where) -> None:
        """Nothing was asked yet."""
        self._calls = calls
        self._where = where
        self._definitions: Kept[TaskDefinition] = Kept(FOR_GOOD, most=_MOST_DEFINITIONS)
        self._own = ""

    async def fleet(self, pacing: Pacing, wish: Wish) -> Fleet:
        """All that runs there. Never raises an AwsTrouble: what could not be looked at is in `gaps`."""
        survey = _Survey(self._calls, pacing, self._definitions)
        clusters = [
            one for place in await self._places(survey) for one in await self._clusters(survey, place, wish)
        ]
        services = [one for found in await asyncio.gather(*map(survey.services, clusters)) for one in found]
        if wish.with_tasks:
            services += [one for found in await asyncio.gather(*map(survey.tasks, clusters)) for one in found]
        wish.heard(len(services))
        chosen = set(wish.chosen([one.subject for one in services]))
        running = await asyncio.gather(*(survey.running(one) for one in services if one.subject in chosen))
        if wish.cluster and not survey.clusters:
            survey.gap(say("there is no cluster {name} where I look", name=wish.cluster))
        return Fleet(
            running=tuple(sorted(filter(None, running), key=lambda one: one.subject)),
            clusters=len(survey.clusters),
            gaps=tuple(survey.gaps),
        )

    async def _places(self, survey: "_Survey") -> list[Place]:
        """Each once: our own account may be named in the settings, too."""
        places = []
        for place in self._where.places:
            if not self._own:
                try:
                    self._own = await identity.own_account(self._calls, place.region)
                except AwsTrouble as trouble:
                    survey.gap(say("our own account is not known: {why}", why=trouble))
            if place.account in {"", self._own}:
                places.append(Place(self._own, place.region))
            elif self._where.has_role(place):
                places.append(place)
        return list(dict.fromkeys(places))

    async def _clusters(self, survey: "_Survey", place: Place, wish: Wish) -> list[_Cluster]:
        site = Site(self._calls, place.account, place.region)
        if wish.cluster:
            names: Sequence[str] = [wish.cluster]
        else:
            names = self._where.clusters or await survey.clusters_of(site)
        return [_Cluster(site, name) for name in names if _may_be_in(name, place)]


class _Survey:
    """One survey's questions; trouble becomes a sentence, each said once."""

    def __init__(self, calls: Calls, pacing: Pacing, definitions: Kept[TaskDefinition]) -> None:
        self._calls = calls
        self._pacing = pacing
        self._definitions = definitions
        self.clusters: set[tuple[str, str, str]] = set()
        self.gaps: dict[str, None] = {}

    def gap(self, sentence: str) -> None:
        self.gaps[sentence] = None

    async def clusters_of(self, site: Site) -> list[str]:
        try:
            return [arn async for page in self._pages(site, "list_clusters", "clusterArns") for arn in page]
        except AwsTrouble as trouble:
            self._trouble(site, "", trouble)
            return []

    async def services(self, cluster: _Cluster) -> list[reading.Found]:
        """The services that want tasks or have some."""
        site, found = cluster.site, []
        try:
            pages = self._pages(site, "list_services", "serviceArns", cluster=cluster.name)
            arns = [arn async for page in pages for arn in page]
            self.clusters.add((site.account, site.region, reading.name_of(cluster.name)))
            for start in range(0, len(arns), _TOGETHER):
                answer = await self._pacing.ask(
                    site,
                    "ecs",
                    "describe_services",
                    cluster=cluster.name,
                    services=arns[start : start + _TOGETHER],
                )
                found += [reading.service(site, one) for one in answer.get("services", ())]
        except AwsTrouble as trouble:
            self._trouble(site, cluster.name, trouble)
        return [one for one in found if one.is_active]

    async def tasks(self, cluster: _Cluster) -> list[reading.Found]:
        """The families of running tasks that belong to no service, each with how many there are."""
        site, tasks = cluster.site, []
        try:
            pages = self._pages(site, "list_tasks", "taskArns", cluster=cluster.name, desiredStatus="RUNNING")
            async for arns in pages:
                answer = await self._pacing.ask(
                    site, "ecs", "describe_tasks", cluster=cluster.name, tasks=arns
                )
                tasks += [reading.task(site, one) for one in answer.get("tasks", ())]
        except AwsTrouble as trouble:
            self._trouble(site, cluster.name, trouble)
        return [one.with_count(count) for one, count in Counter(filter(None, tasks)).items()]

    async def running(self, found: reading.Found) -> Running | None:
        try:
            key = (found.site.account, found.definition_arn)
            definition = await self._definitions.get(key, lambda: self._describe(found))
        except AwsTrouble as trouble:
            self._trouble(found.site, found.subject.cluster, trouble)
            return None
        except (LookupError, TypeError, ValueError):
            log.exception("survey.not_understood", arn=found.definition_arn)
            self.gap(say("{name}: AWS's answer was not understood", name=found.subject.name))
            return None
        return found.running(definition)

    async def _describe(self, found: reading.Found) -> TaskDefinition:
        answer = await self._pacing.ask(
            found.site, "ecs", "describe_task_definition", taskDefinition=found.definition_arn
        )
        return definition_reading.read(answer["taskDefinition"])

    async def _pages(
        self, site: Site, operation: str, key: str, **arguments: object
    ) -> AsyncIterator[list[str]]:
        asked: dict[str, Any] = {"maxResults": _PAGE, **arguments}
        for _ in range(_MOST_PAGES):
            answer = await self._pacing.ask(site, "ecs", operation, **asked)
            if names := list(answer.get(key, ())):
                yield names
            if not answer.get("nextToken"):
                return
            asked["nextToken"] = answer["nextToken"]

    def _trouble(self, site: Site, cluster: str, trouble: AwsTrouble) -> None:
        if isinstance(trouble, Rejected) and trouble.code == _NOT_FOUND:
            return  # it may be in another place
        place = " ".join(filter(None, (reading.name_of(cluster), site.account, site.region)))
        self.gap(say("{what}: {words}", what=place, words=trouble))


def _may_be_in(cluster: str, place: Place) -> bool:
    arn = Arn.parse(cluster)
    return not arn or (arn.region == place.region and place.account in {"", arn.account})
