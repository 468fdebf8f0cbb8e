"""ECS's API about services: described, made, changed, deleted."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.deployment_plan import DeploymentPlan
from sandbox.aws.ecs import Ecs
from sandbox.aws.ecs_tasks_api import PRINCIPAL, check_cluster, missing, page
from sandbox.aws.errors import AwsError
from sandbox.aws.rollouts import Rollouts
from sandbox.aws.services import Deployment, Service

Parameters = dict[str, Any]
_PLAYED = {
    "cluster", "service", "taskDefinition", "desiredCount", "forceNewDeployment", "deploymentConfiguration",
}  # fmt: skip
_MADE_OF = (_PLAYED - {"service", "forceNewDeployment"}) | {
    "serviceName", "launchType", "deploymentController", "tags", "clientToken", "schedulingStrategy",
    "networkConfiguration",
}  # fmt: skip
_HOW_ELSE = {
    "CODE_DEPLOY": "Use AWS CodeDeploy to trigger a new deployment.",
    "EXTERNAL": "Use CreateTaskSet to bring a new task definition.",
}


class EcsServicesApi:
    """Operations on services."""

    def __init__(self, ecs: Ecs, rollouts: Rollouts) -> None:
        self._ecs = ecs
        self._rollouts = rollouts

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function."""
        return {
            "DescribeServices": self._describe,
            "ListServices": self._list,
            "UpdateService": self._update,
            "CreateService": self._create,
            "DeleteService": self._delete,
            "CreateTaskSet": self._create_task_set,
        }

    def _describe(self, asked: Parameters) -> Parameters:
        cluster = check_cluster(self._ecs, asked)
        if len(asked["services"]) > 10:
            raise AwsError("InvalidParameterException", "Services can not have more than 10 entries.")
        names = [last_part(name) for name in asked["services"]]
        known = [self._ecs.services[cluster, name] for name in names if (cluster, name) in self._ecs.services]
        absent = [name for name in names if (cluster, name) not in self._ecs.services]
        tagged = "TAGS" in asked.get("include", [])
        return {
            "services": [self._shown(one) | ({"tags": one.tags} if tagged else {}) for one in known],
            "failures": [missing(arn("ecs", f"service/{cluster}/{name}")) for name in absent],
        }

    def _list(self, asked: Parameters) -> Parameters:
        cluster = check_cluster(self._ecs, asked)
        there = [s for s in self._ecs.services.values() if s.cluster == cluster and s.status != "INACTIVE"]
        wanted = asked.get("launchType")
        return page(
            [s.arn for s in there if wanted in (None, s.launch_type)], asked, "serviceArns", at_most=10
        )

    def _create(self, asked: Parameters) -> Parameters:
        """A service whose first deployment begins at once; its containers want little, as nobody said more."""
        _refuse_unplayed(asked, _MADE_OF)
        cluster, name = check_cluster(self._ecs, asked), asked["serviceName"]
        old = self._ecs.services.get((cluster, name))
        if old and old.status != "INACTIVE":
            raise AwsError("InvalidParameterException", "Creation of service was not idempotent.")
        controller = asked.get("deploymentController", {}).get("type", "ECS")
        _check_makeable(asked, controller)
        definition = self._ecs.definitions.active(asked.get("taskDefinition", ""))
        plan = DeploymentPlan().changed(asked.get("deploymentConfiguration", {}), controller)
        kind = asked.get("launchType", "FARGATE" if "FARGATE" in definition["compatibilities"] else "EC2")
        service = Service(
            name, cluster, asked.get("desiredCount", 1), self._ecs.clock.now(), launch_type=kind
        )
        service.controller, service.plan, service.tags = controller, plan, asked.get("tags", [])
        self._ecs.services[cluster, name] = service
        self._rollouts.deploy(service, definition)
        return {"service": self._shown(service)}

    def _delete(self, asked: Parameters) -> Parameters:
        """It drains, then it is INACTIVE."""
        service = service_of(self._ecs, asked)
        if service.desired and not asked.get("force"):
            sentence = "The service cannot be stopped while it is scaled above 0."
            raise AwsError("InvalidParameterException", sentence)
        service.desired, service.status = 0, "DRAINING"
        return {"service": self._shown(service)}

    def _create_task_set(self, asked: Parameters) -> Parameters:
        """Refused: task sets belong to EXTERNAL services, and those are not played."""
        service = service_of(self._ecs, asked)
        if service.controller != "EXTERNAL":
            sentence = "Unable to create task set: the service's deployment controller is not EXTERNAL."
            raise AwsError("InvalidParameterException", sentence)
        raise AwsError("NotImplemented", "The sandbox does not play task sets.", 501)

    def _update(self, asked: Parameters) -> Parameters:
        """A new revision or forceNewDeployment begins a deployment; a new count or plan does not."""
        service, wanted = service_of(self._ecs, asked), asked.get("taskDefinition")
        if service.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        _refuse_unplayed(asked, _PLAYED)
        _check_count(asked)
        force = asked.get("forceNewDeployment", False)
        if wanted or force:
            _check_ours_to_deploy(service)
        now = service.primary.definition
        definition = self._ecs.definitions.active(wanted) if wanted else now
        service.plan = service.plan.changed(asked.get("deploymentConfiguration", {}), service.controller)
        service.desired = asked.get("desiredCount", service.desired)
        if force or definition is not now:
            self._rollouts.deploy(service, definition)
        return {"service": self._shown(service)}

    def _shown(self, service: Service) -> Parameters:
        tasks = self._ecs.tasks_of(service)
        running = len(self._ecs.running(tasks))
        shown = self._shown_deployments(service) if service.controller == "ECS" else []
        current = {
            "currentServiceDeployment": service.history()[0].arn,
            "currentServiceRevisions": [
                {"arn": d.revision_arn, "runningTaskCount": self._ecs.counts(d)[0]} for d in shown
            ],
        }
        return {
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": arn("ecs", f"cluster/{service.cluster}"),
            "status": service.status,
            "desiredCount": service.desired,
            "runningCount": running,
            "pendingCount": len(tasks) - running,
            "launchType": service.launch_type,
            "taskDefinition": service.primary.definition["taskDefinitionArn"],
            "deploymentConfiguration": service.plan.shown(),
            "deploymentController": {"type": service.controller},
            "deployments": [self._deployment(service, one) for one in shown],
            "events": list(service.messages),
            "createdAt": service.created_at,
            "createdBy": PRINCIPAL,
            "schedulingStrategy": "REPLICA",
            "loadBalancers": [],
            "resourceManagementType": service.managed_by,
        } | (current if shown else {})

    def _shown_deployments(self, service: Service) -> list[Deployment]:
        """What a drained deployment that came to nothing leaves behind is nothing."""
        alive = (d for d in service.deployments[1:] if d.rollout == "COMPLETED" or any(self._ecs.counts(d)))
        return [service.primary, *alive]

    def _deployment(self, service: Service, deployment: Deployment) -> Parameters:
        running, pending = self._ecs.counts(deployment)
        primary = deployment is service.primary
        return {
            "id": deployment.id,
            "status": "PRIMARY" if primary else "ACTIVE",
            "taskDefinition": deployment.definition["taskDefinitionArn"],
            "desiredCount": service.desired if primary or deployment is service.blue else 0,
            "runningCount": running,
            "pendingCount": pending,
            "failedTasks": deployment.failed_tasks,
            "createdAt": deployment.created_at,
            "updatedAt": deployment.finished_at or deployment.created_at,
            "launchType": service.launch_type,
            "rolloutState": deployment.rollout,
            "rolloutStateReason": deployment.reason,
        }


def service_of(ecs: Ecs, asked: Parameters) -> Service:
    """The service that is asked for; AwsError when there is none."""
    cluster = check_cluster(ecs, asked)
    service = ecs.services.get((cluster, last_part(asked["service"])))
    if service is None:
        raise AwsError("ServiceNotFoundException", "Service not found.")
    return service


def _check_ours_to_deploy(service: Service) -> None:
    """AwsError for a service that something else than UpdateService deploys."""
    if how := _HOW_ELSE.get(service.controller):
        sentence = (
            f"Unable to update task definition on services with a {service.controller} deployment controller."
        )
        raise AwsError("InvalidParameterException", f"{sentence} {how}")
    if service.managed_by == "ECS":  # what AWS says here is not known
        sentence = "This service is managed by ECS. Use UpdateExpressGatewayService to update it."
        raise AwsError("InvalidParameterException", sentence)


def _check_makeable(asked: Parameters, controller: str) -> None:
    """AwsError for a service that ECS would not make, or that would not live here."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", asked["serviceName"]):
        raise AwsError("InvalidParameterException", "Invalid service name.")
    _check_count(asked)
    if controller == "CODE_DEPLOY":  # no service here has one
        sentence = "The CODE_DEPLOY deployment controller needs a load balancer."
        raise AwsError("InvalidParameterException", sentence)
    if controller == "EXTERNAL" and "taskDefinition" in asked:
        sentence = "A service with an EXTERNAL deployment controller takes no task definition."
        raise AwsError("InvalidParameterException", sentence)
    if controller == "EXTERNAL" or asked.get("schedulingStrategy", "REPLICA") != "REPLICA":
        raise AwsError("NotImplemented", "The sandbox makes no EXTERNAL and no DAEMON services.", 501)


def _check_count(asked: Parameters) -> None:
    if asked.get("desiredCount", 0) < 0:
        raise AwsError("InvalidParameterException", "desiredCount must not be negative.")


def _refuse_unplayed(asked: Parameters, played: set[str]) -> None:
    """A parameter that would change nothing here is refused, never silently taken."""
    if strange := sorted(set(asked) - played):
        raise AwsError("NotImplemented", f"The sandbox does not play {', '.join(strange)} of services.", 501)
