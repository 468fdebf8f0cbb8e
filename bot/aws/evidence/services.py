"""Services: how a service stands now, what it ran before, and who may be scaling or owning it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.diagnosis.evidence import ServiceState

_MOST_DEPLOYMENTS = 15
_NO_HISTORY = {"UnsupportedFeatureException", "InvalidParameterException", "ServiceNotFoundException"}


@dataclass(frozen=True, slots=True)
class Deployed:
    """One deployment: which revision, and since when."""

    at: datetime
    task_definition_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One service as ECS tells it. `tags` by lower-case key; `deployed` newest first, empty where ECS keeps none."""

    state: ServiceState
    arn: str
    created_by: str
    tags: Mapping[str, str]
    deployed: Sequence[Deployed]


async def look(site: Site, cluster: str, name: str) -> Seen | None:
    """The service; None where there is no active one of that name. Raises an AwsTrouble."""
    given = await described(site, cluster, name)
    return None if given is None else await read(site, given)


async def described(site: Site, cluster: str, name: str) -> Mapping[str, Any] | None:
    """The service as DescribeServices tells it, with its tags; likewise."""
    answer = await site.ask("ecs", "describe_services", cluster=cluster, services=[name], include=["TAGS"])
    return next((one for one in answer.get("services", ()) if one.get("status") != "INACTIVE"), None)


async def read(site: Site, given: Mapping[str, Any]) -> Seen:
    """A described service; asks for a living task where one can be looked into. Raises an AwsTrouble."""
    deployments = given.get("deployments") or ()
    can_exec = bool(given.get("enableExecuteCommand"))
    cluster, name = str(given.get("clusterArn", "")), str(given.get("serviceName", ""))
    return Seen(
        state=ServiceState(
            desired_count=int(given.get("desiredCount", 0)),
            running_count=int(given.get("runningCount", 0)),
            task_definition_arn=str(given.get("taskDefinition", "")),
            is_deploying=len(deployments) > 1
            or any(one.get("rolloutState") == "IN_PROGRESS" for one in deployments),
            controller=str((given.get("deploymentController") or {}).get("type", "ECS")),
            can_exec=can_exec,
            living_task_arn=await _living(site, cluster, name) if can_exec else "",
        ),
        arn=str(given.get("serviceArn", "")),
        created_by=str(given.get("createdBy", "")),
        tags={str(tag.get("key", "")).lower(): str(tag.get("value", "")) for tag in given.get("tags", ())},
        deployed=_newest_first(_deployed(one, "taskDefinition") for one in deployments),
    )


async def history(site: Site, cluster: str, name: str) -> Sequence[Deployed]:
    """The service's last deployments, newest first; () where ECS keeps none of it. Raises an AwsTrouble."""
    try:
        answer = await site.ask(
            "ecs", "list_service_deployments", cluster=cluster, service=name, maxResults=_MOST_DEPLOYMENTS
        )
        briefs = answer.get("serviceDeployments", ())
        arns = list(dict.fromkeys(one.get("targetServiceRevisionArn", "") for one in briefs))
        if not any(arns):
            return ()
        answer = await site.ask(
            "ecs", "describe_service_revisions", serviceRevisionArns=[arn for arn in arns if arn]
        )
    except Rejected as trouble:
        if trouble.code in _NO_HISTORY:
            return ()
        raise
    runs = {one.get("serviceRevisionArn"): one for one in answer.get("serviceRevisions", ())}
    return _newest_first(
        _deployed({**one, **_definition(runs.get(one.get("targetServiceRevisionArn")))}, "taskDefinition")
        for one in briefs
    )


def deployed_at(deployed: Sequence[Deployed], arn: str) -> datetime | None:
    """When this revision was deployed last after another one; None where that is not known."""
    found = None
    for one in deployed:
        if one.task_definition_arn == arn:
            found = one.at
        elif found is not None:
            break
    return found


def before(deployed: Sequence[Deployed], arn: str) -> str:
    """The revision that ran before this one; "" where that is not known."""
    is_past = False
    for one in deployed:
        if one.task_definition_arn == arn:
            is_past = True
        elif is_past:
            return one.task_definition_arn
    return ""


async def _living(site: Site, cluster: str, name: str) -> str:
    answer = await site.ask(
        "ecs", "list_tasks", cluster=cluster, serviceName=name, desiredStatus="RUNNING", maxResults=1
    )
    return str(next(iter(answer.get("taskArns", ())), ""))


def _definition(revision: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if revision is None else {"taskDefinition": revision.get("taskDefinition", "")}


def _deployed(given: Mapping[str, Any], key: str) -> Deployed | None:
    at = given.get("startedAt") or given.get("createdAt")
    arn = str(given.get(key, ""))
    return Deployed(at.astimezone(UTC), arn) if isinstance(at, datetime) and arn else None


def _newest_first(found: Any) -> Sequence[Deployed]:
    return sorted(filter(None, found), key=lambda one: one.at, reverse=True)
