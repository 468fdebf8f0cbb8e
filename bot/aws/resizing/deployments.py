"""Deployments: a service's newest deployment to a revision, from the API of service deployments or without it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.resize.observation import Deployment, Rollout

Json = Mapping[str, Any]
_MOST = 20  # of DescribeServiceDeployments and DescribeServiceRevisions
_LONGEST = 300
_UNKNOWN = {"UnsupportedFeatureException", "InvalidParameterException", "ServiceNotFoundException"}
_ROLLOUTS = {
    "PENDING": Rollout.IN_PROGRESS,
    "IN_PROGRESS": Rollout.IN_PROGRESS,
    "STOP_REQUESTED": Rollout.IN_PROGRESS,
    "SUCCESSFUL": Rollout.COMPLETED,
    "STOPPED": Rollout.STOPPED,
    "ROLLBACK_REQUESTED": Rollout.ROLLING_BACK,
    "ROLLBACK_IN_PROGRESS": Rollout.ROLLING_BACK,
    "ROLLBACK_SUCCESSFUL": Rollout.ROLLED_BACK,
    "ROLLBACK_FAILED": Rollout.STOPPED,
}
_STATES = {
    "IN_PROGRESS": Rollout.IN_PROGRESS,
    "COMPLETED": Rollout.COMPLETED,
    "FAILED": Rollout.FAILED,
}


async def newest_to(site: Site, service: Json, arn: str) -> Deployment | None:
    """The newest deployment of a described service to this revision; None where there is none. Raises an AwsTrouble."""
    shown = [one for one in service.get("deployments", ()) if one.get("taskDefinition") == arn]
    told = await _told(site, service, arn)
    if told is None:
        return _plain(service, shown[0]) if shown else None
    rollout = _ROLLOUTS.get(str(told.get("status")), Rollout.IN_PROGRESS)
    state = shown[0].get("rolloutState") if shown else None
    if state == "FAILED" and rollout is Rollout.STOPPED:
        rollout = Rollout.FAILED  # the circuit breaker gave up, and nobody stopped it
    target = told.get("targetServiceRevision") or {}
    why = (told.get("rollback") or {}).get("reason") or told.get("statusReason") or ""
    named = str(told.get("serviceDeploymentArn", ""))
    return Deployment(
        id=named.rpartition("/")[2],
        arn=named,
        rollout=rollout,
        running_count=int(target.get("runningTaskCount", 0)),
        desired_count=int(target.get("requestedTaskCount", 0)),
        failed_count=int((told.get("deploymentCircuitBreaker") or {}).get("failureCount", 0)),
        reason="" if rollout is Rollout.IN_PROGRESS else str(why)[:_LONGEST],
    )


async def _told(site: Site, service: Json, arn: str) -> Json | None:
    """The newest service deployment whose target is this revision; None where the API does not know it."""
    try:
        mine = await _briefs(site, service, arn)
    except Rejected as trouble:
        if trouble.code in _UNKNOWN:
            return None
        raise
    if not mine:
        return None
    newest = max(mine, key=lambda one: one["createdAt"])
    answer = await site.ask(
        "ecs", "describe_service_deployments", serviceDeploymentArns=[newest["serviceDeploymentArn"]]
    )
    return next(iter(answer.get("serviceDeployments", ())), None)


async def _briefs(site: Site, service: Json, arn: str) -> Sequence[Json]:
    """The service's last deployments, those to this revision; their own list does not tell what they deploy."""
    listed = await site.ask(
        "ecs",
        "list_service_deployments",
        cluster=service["clusterArn"],
        service=service["serviceName"],
        maxResults=_MOST,
    )
    briefs: Sequence[Json] = listed.get("serviceDeployments", ())
    targets = list(dict.fromkeys(str(one.get("targetServiceRevisionArn", "")) for one in briefs))
    known = [one for one in targets if one]
    if not known:
        return ()
    answer = await site.ask("ecs", "describe_service_revisions", serviceRevisionArns=known)
    revisions = answer.get("serviceRevisions", ())
    ours = {one.get("serviceRevisionArn") for one in revisions if one.get("taskDefinition") == arn}
    return [one for one in briefs if one.get("targetServiceRevisionArn") in ours]


def _plain(service: Json, shown: Json) -> Deployment:
    """As DescribeServices tells it; behind a Classic Load Balancer it tells no state."""
    running, desired = int(shown.get("runningCount", 0)), int(service.get("desiredCount", 0))
    alone = len(service.get("deployments", ())) == 1
    rollout = _STATES.get(str(shown.get("rolloutState", "")))
    if rollout is None:
        is_done = alone and running >= desired and not shown.get("pendingCount")
        rollout = Rollout.COMPLETED if is_done else Rollout.IN_PROGRESS
    return Deployment(
        id=str(shown.get("id", "")),
        rollout=rollout,
        running_count=running,
        desired_count=desired,
        failed_count=int(shown.get("failedTasks", 0)),
        reason="" if rollout is Rollout.IN_PROGRESS else str(shown.get("rolloutStateReason", ""))[:_LONGEST],
    )
