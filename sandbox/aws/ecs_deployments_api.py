"""ECS's API about service deployments and service revisions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.aws.arns import arn
from sandbox.aws.ecs import Ecs
from sandbox.aws.ecs_services_api import service_of
from sandbox.aws.ecs_tasks_api import PRINCIPAL, missing
from sandbox.aws.errors import AwsError
from sandbox.aws.rollouts import Rollouts
from sandbox.aws.services import Deployment, Service

Parameters = dict[str, Any]
_STATUS = {"IN_PROGRESS": "IN_PROGRESS", "COMPLETED": "SUCCESSFUL", "FAILED": "STOPPED"}
_REPLACED = "The service deployment was stopped because it was replaced by a new service deployment."
_BRIEF = (
    "serviceDeploymentArn", "serviceArn", "clusterArn", "startedAt", "createdAt", "finishedAt", "status",
    "statusReason",
)  # fmt: skip
_MOST_AT_ONCE = 20


class EcsDeploymentsApi:
    """What is known of each service deployment; it can be stopped, and let go on where it pauses."""

    def __init__(self, ecs: Ecs, rollouts: Rollouts) -> None:
        self._ecs = ecs
        self._rollouts = rollouts

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function."""
        return {
            "ListServiceDeployments": self._list,
            "DescribeServiceDeployments": self._describe,
            "StopServiceDeployment": self._stop,
            "ContinueServiceDeployment": self._continue,
            "DescribeServiceRevisions": self._describe_revisions,
        }

    def _find(self, deployment_arn: str) -> tuple[Service, Deployment] | None:
        pairs = ((s, d) for s in self._ecs.services.values() for d in s.history())
        return next((pair for pair in pairs if deployment_arn in (pair[1].arn, pair[1].revision_arn)), None)

    def _list(self, asked: Parameters) -> Parameters:
        """Newest first; by status and by when they were made."""
        service = service_of(self._ecs, asked)
        if service.controller != "ECS":
            raise AwsError(
                "UnsupportedFeatureException", "The deployment controller does not support this feature."
            )
        span, keep = asked.get("createdAt", {}), asked.get("status")
        made = (one for one in service.history() if _within(one.created_at, span))
        shown = [one for one in map(self._in_service(service), made) if not keep or one["status"] in keep]
        briefs = [
            {key: one[key] for key in _BRIEF if key in one}
            | {"targetServiceRevisionArn": one["targetServiceRevision"]["arn"]}
            for one in shown
        ]
        first, size = int(asked.get("nextToken", "0")), asked.get("maxResults", 20)
        more = {"nextToken": str(first + size)} if first + size < len(briefs) else {}
        return {"serviceDeployments": briefs[first : first + size]} | more

    def _in_service(self, service: Service) -> Callable[[Deployment], Parameters]:
        return lambda deployment: self._shown(service, deployment)

    def _describe(self, asked: Parameters) -> Parameters:
        wanted = asked["serviceDeploymentArns"]
        if len(wanted) > _MOST_AT_ONCE:
            raise AwsError("InvalidParameterException", "At most 20 service deployments can be described.")
        found = {one: self._find(one) for one in wanted}
        return {
            "serviceDeployments": [self._shown(*pair) for pair in found.values() if pair],
            "failures": [missing(one) for one, pair in found.items() if not pair],
        }

    def _shown(self, service: Service, deployment: Deployment) -> Parameters:
        target, ended = deployment.rollback_to, deployment.finished_at
        rollback = {
            "reason": deployment.reason,
            "startedAt": ended,
            "serviceRevisionArn": target.revision_arn if target else "",
        }
        source = [self._summary(service, deployment.source)] if deployment.source else []
        over: Parameters = {"stoppedAt": ended} if _status(deployment) == "STOPPED" else {}
        return (
            {
                "serviceDeploymentArn": deployment.arn,
                "serviceArn": service.arn,
                "clusterArn": arn("ecs", f"cluster/{service.cluster}"),
                "createdAt": deployment.created_at,
                "startedAt": deployment.created_at,
                "updatedAt": self._ecs.clock.now(),
                "sourceServiceRevisions": source,
                "targetServiceRevision": self._summary(service, deployment),
                "status": _status(deployment),
                "statusReason": _REPLACED if deployment.superseded else deployment.reason,
                "deploymentConfiguration": service.plan.shown(),
                "deploymentCircuitBreaker": _circuit_breaker(service, deployment),
            }
            | ({"finishedAt": ended} | over if ended else {})
            | ({"rollback": rollback} if target else {})
            | _stage(service, deployment)
            | self._alarms(service, deployment)
        )

    def _alarms(self, service: Service, deployment: Deployment) -> Parameters:
        """What came of the deployment's alarms, if it heeds any."""
        heeded = service.plan.heeds()
        if not heeded or deployment.ignores_alarms:
            return {}
        tripped = deployment.rollout == "FAILED" and "alarm detected" in deployment.reason
        watching = "MONITORING" if deployment.rollout == "IN_PROGRESS" else "MONITORING_COMPLETE"
        on = {"triggeredAlarmNames": sorted(heeded & self._ecs.alarms_on)} if tripped else {}
        return {"alarms": {"status": "TRIGGERED" if tripped else watching, "alarmNames": sorted(heeded)} | on}

    def _summary(self, service: Service, deployment: Deployment) -> Parameters:
        """A revision and its tasks, as the service deployments API counts them."""
        running, pending = self._ecs.counts(deployment)
        counts = {"requestedTaskCount": service.desired, "runningTaskCount": running}
        return {"arn": deployment.revision_arn} | counts | {"pendingTaskCount": pending}

    def _moving(self, asked: Parameters) -> tuple[Service, Deployment]:
        """The service deployment that is asked for; AwsError unless it is under way."""
        pair = self._find(asked["serviceDeploymentArn"])
        if pair is None:
            raise AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
        if pair[1] is not pair[0].primary or pair[1].rollout != "IN_PROGRESS":
            raise AwsError(
                "ConflictException", "The service deployment cannot be stopped in its current state."
            )
        return pair

    def _stop(self, asked: Parameters) -> Parameters:
        if asked.get("stopType", "ROLLBACK") != "ROLLBACK":
            raise AwsError("InvalidParameterException", "The stop type must be ROLLBACK.")
        service, deployment = self._moving(asked)
        self._rollouts.roll_back(service, "stopped", f"by {PRINCIPAL}.")
        return {"serviceDeploymentArn": deployment.arn}

    def _continue(self, asked: Parameters) -> Parameters:
        """Let a deployment go on that a PAUSE hook holds, or have it rolled back."""
        service, deployment = self._moving(asked)
        if deployment.stage not in service.plan.pauses or asked["hookId"] != _hook_id(deployment):
            raise AwsError("InvalidParameterException", "No lifecycle hook of that id awaits an action.")
        if asked.get("action", "CONTINUE") == "ROLLBACK":
            self._rollouts.roll_back(service, "stopped", f"at {deployment.stage} by {PRINCIPAL}.")
        else:
            deployment.continued.add(deployment.stage)
        return {"serviceDeploymentArn": deployment.arn}

    def _describe_revisions(self, asked: Parameters) -> Parameters:
        found = {one: self._find(one) for one in asked["serviceRevisionArns"]}
        return {
            "serviceRevisions": [self._revision(*pair) for pair in found.values() if pair],
            "failures": [missing(one) for one, pair in found.items() if not pair],
        }

    def _revision(self, service: Service, deployment: Deployment) -> Parameters:
        """A service revision, with the digests that its tags meant when it was deployed."""
        digests = self._ecs.resolved.get(deployment.id, {})
        images = [(one["name"], one["image"]) for one in deployment.definition["containerDefinitions"]]
        return {
            "serviceRevisionArn": deployment.revision_arn,
            "serviceArn": service.arn,
            "clusterArn": arn("ecs", f"cluster/{service.cluster}"),
            "taskDefinition": deployment.definition["taskDefinitionArn"],
            "launchType": service.launch_type,
            "containerImages": [
                {"containerName": name, "image": image, "imageDigest": digests[image]}
                for name, image in images
                if image in digests
            ],
            "createdAt": deployment.created_at,
        }


def _within(moment: datetime, span: Parameters) -> bool:
    after, before = span.get("after"), span.get("before")
    return (after is None or moment > after) and (before is None or moment < before)


def _status(deployment: Deployment) -> str:
    """The status in the service deployments API, which counts a rollback to the deployment that failed."""
    back = deployment.rollback
    if deployment.superseded:
        return "STOPPED"
    if back is None:
        return _STATUS[deployment.rollout]
    if back.superseded:
        return "ROLLBACK_FAILED"
    return "ROLLBACK_IN_PROGRESS" if back.rollout == "IN_PROGRESS" else "ROLLBACK_SUCCESSFUL"


def _stage(service: Service, deployment: Deployment) -> Parameters:
    """The lifecycle stage of a blue/green deployment under way, and the hook that holds it."""
    moving = deployment is service.primary and deployment.rollout == "IN_PROGRESS"
    if service.plan.strategy != "BLUE_GREEN" or not moving:
        return {}
    hook = {"hookId": _hook_id(deployment), "targetType": "PAUSE", "status": "AWAITING_ACTION"}
    held = {"lifecycleHookDetails": [hook]} if deployment.stage in service.plan.pauses else {}
    return {"lifecycleStage": deployment.stage} | held


def _hook_id(deployment: Deployment) -> str:
    return f"{deployment.uid}-{deployment.stage.lower()}"


def _circuit_breaker(service: Service, deployment: Deployment) -> Parameters:
    breaker = service.plan.breaker
    tripped = deployment.rollout == "FAILED" and "circuit breaker" in deployment.reason
    watching = "MONITORING" if deployment.rollout == "IN_PROGRESS" else "MONITORING_COMPLETE"
    return {
        "status": "DISABLED" if not breaker.enable else "TRIGGERED" if tripped else watching,
        "failureCount": deployment.failed_tasks,
        "threshold": breaker.threshold(service.desired),
    }
