"""ECS's API about services and their deployments."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.ecs import Ecs
from sandbox.aws.ecs_tasks_api import PRINCIPAL, check_cluster, missing, page
from sandbox.aws.errors import AwsError
from sandbox.aws.rollouts import Rollouts
from sandbox.aws.services import Deployment, Service

Parameters = dict[str, Any]
_STATUS = {"IN_PROGRESS": "IN_PROGRESS", "COMPLETED": "SUCCESSFUL", "FAILED": "STOPPED"}


class EcsServicesApi:
    """Operations on services, service deployments and service revisions."""

    def __init__(self, ecs: Ecs, rollouts: Rollouts) -> None:
        self._ecs = ecs
        self._rollouts = rollouts

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function."""
        return {
            "DescribeServices": self._describe,
            "ListServices": self._list,
            "UpdateService": self._update,
            "ListServiceDeployments": self._list_deployments,
            "DescribeServiceDeployments": self._describe_deployments,
            "StopServiceDeployment": self._stop_deployment,
            "DescribeServiceRevisions": self._describe_revisions,
        }

    def _service(self, asked: Parameters) -> Service:
        cluster = check_cluster(self._ecs, asked)
        service = self._ecs.services.get((cluster, last_part(asked["service"])))
        if service is None:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        return service

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
        return page(
            [s.arn for s in self._ecs.services.values() if s.cluster == cluster], asked, "serviceArns", 10
        )

    def _update(self, asked: Parameters) -> Parameters:
        """A new revision or forceNewDeployment begins a deployment; a new count does not."""
        service, wanted = self._service(asked), asked.get("taskDefinition")
        force = asked.get("forceNewDeployment", False)
        if (wanted or force) and service.controller != "ECS":
            raise AwsError(
                "InvalidParameterException",
                f"Unable to update task definition on services with a {service.controller} deployment controller.",
            )
        definition = self._ecs.definitions.find(wanted) if wanted else service.primary.definition
        if definition["status"] != "ACTIVE" and definition is not service.primary.definition:
            raise AwsError("ClientException", "TaskDefinition is inactive")
        _configure(service, asked.get("deploymentConfiguration", {}))
        service.desired = asked.get("desiredCount", service.desired)
        if force or definition is not service.primary.definition:
            self._rollouts.deploy(service, definition)
        return {"service": self._shown(service)}

    def _shown(self, service: Service) -> Parameters:
        tasks = self._ecs.tasks_of(service)
        running = len(self._ecs.running(tasks))
        ours = service.controller == "ECS"
        current = {
            "currentServiceDeployment": service.history()[0].arn,
            "currentServiceRevisions": [
                {"arn": d.revision_arn, "runningTaskCount": self._counts(d)[0]} for d in service.deployments
            ],
        }
        return {
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": arn("ecs", f"cluster/{service.cluster}"),
            "status": "ACTIVE",
            "desiredCount": service.desired,
            "runningCount": running,
            "pendingCount": len(tasks) - running,
            "launchType": service.launch_type,
            "taskDefinition": service.primary.definition["taskDefinitionArn"],
            "deploymentConfiguration": _configuration(service),
            "deploymentController": {"type": service.controller},
            "deployments": [self._deployment(service, one) for one in service.deployments] if ours else [],
            "events": list(service.messages),
            "createdAt": service.created_at,
            "createdBy": PRINCIPAL,
            "schedulingStrategy": "REPLICA",
            "loadBalancers": [],
        } | (current if ours else {})

    def _counts(self, deployment: Deployment) -> tuple[int, int]:
        """Running and starting tasks of a deployment."""
        mine = [
            t for t in self._ecs.tasks.values() if deployment.owns(t.started_by) and t.desired == "RUNNING"
        ]
        running = len(self._ecs.running(mine))
        return running, len(mine) - running

    def _deployment(self, service: Service, deployment: Deployment) -> Parameters:
        running, pending = self._counts(deployment)
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

    def _find(self, deployment_arn: str) -> tuple[Service, Deployment] | None:
        pairs = ((s, d) for s in self._ecs.services.values() for d in s.history())
        return next((pair for pair in pairs if deployment_arn in (pair[1].arn, pair[1].revision_arn)), None)

    def _list_deployments(self, asked: Parameters) -> Parameters:
        service = self._service(asked)
        if service.controller != "ECS":
            raise AwsError(
                "UnsupportedFeatureException", "The deployment controller does not support this feature."
            )
        shown = [self._service_deployment(service, one) for one in service.history()]
        keep = asked.get("status") or set(_STATUS.values()) | {"ROLLBACK_SUCCESSFUL", "ROLLBACK_IN_PROGRESS"}
        brief = (
            "serviceDeploymentArn",
            "serviceArn",
            "clusterArn",
            "startedAt",
            "createdAt",
            "finishedAt",
            "status",
        )
        listed = [{key: one[key] for key in brief if key in one} for one in shown if one["status"] in keep]
        for one, full in zip(listed, [s for s in shown if s["status"] in keep], strict=True):
            one["targetServiceRevisionArn"] = full["targetServiceRevision"]["arn"]
        return {"serviceDeployments": listed[: asked.get("maxResults", 100)]}

    def _describe_deployments(self, asked: Parameters) -> Parameters:
        found = {one: self._find(one) for one in asked["serviceDeploymentArns"]}
        return {
            "serviceDeployments": [self._service_deployment(*pair) for pair in found.values() if pair],
            "failures": [missing(one) for one, pair in found.items() if not pair],
        }

    def _service_deployment(self, service: Service, deployment: Deployment) -> Parameters:
        target = deployment.rollback_to
        rollback = {
            "reason": deployment.reason,
            "startedAt": deployment.finished_at,
            "serviceRevisionArn": target.revision_arn if target else "",
        }
        return (
            {
                "serviceDeploymentArn": deployment.arn,
                "serviceArn": service.arn,
                "clusterArn": arn("ecs", f"cluster/{service.cluster}"),
                "createdAt": deployment.created_at,
                "startedAt": deployment.created_at,
                "updatedAt": self._ecs.clock.now(),
                "targetServiceRevision": self._summary(service, deployment),
                "status": _status(service, deployment),
                "statusReason": deployment.reason,
                "deploymentConfiguration": _configuration(service),
                "deploymentCircuitBreaker": _circuit_breaker(service, deployment),
            }
            | ({"finishedAt": deployment.finished_at} if deployment.finished_at else {})
            | ({"rollback": rollback} if deployment.rollback_to else {})
            | self._blue_green(service, deployment)
        )

    def _summary(self, service: Service, deployment: Deployment) -> Parameters:
        """A revision and its tasks, as the service deployments API counts them."""
        running, pending = self._counts(deployment)
        counts = {"requestedTaskCount": service.desired, "runningTaskCount": running}
        return {"arn": deployment.revision_arn} | counts | {"pendingTaskCount": pending}

    def _blue_green(self, service: Service, deployment: Deployment) -> Parameters:
        """The stage of a blue/green deployment under way, and the revision that it would go back to."""
        if service.strategy != "BLUE_GREEN" or deployment is not service.primary:
            return {}
        stage = {"lifecycleStage": deployment.stage} if deployment.rollout == "IN_PROGRESS" else {}
        blue = service.blue
        return stage | ({"sourceServiceRevisions": [self._summary(service, blue)]} if blue else {})

    def _stop_deployment(self, asked: Parameters) -> Parameters:
        pair = self._find(asked["serviceDeploymentArn"])
        if pair is None:
            raise AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
        if asked.get("stopType", "ROLLBACK") != "ROLLBACK":
            raise AwsError("InvalidParameterException", "The stop type must be ROLLBACK.")
        service, deployment = pair
        if deployment is not service.primary or deployment.rollout != "IN_PROGRESS":
            raise AwsError(
                "ConflictException", "The service deployment cannot be stopped in its current state."
            )
        self._rollouts.roll_back(service, "stopped", f"by {PRINCIPAL}.")
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


def _status(service: Service, deployment: Deployment) -> str:
    """The status in the service deployments API, which counts a rollback to the deployment that failed."""
    if deployment.rollback_to is None:
        return _STATUS[deployment.rollout]
    under_way = deployment in service.deployments and service.primary.rollout == "IN_PROGRESS"
    return "ROLLBACK_IN_PROGRESS" if under_way else "ROLLBACK_SUCCESSFUL"


def _circuit_breaker(service: Service, deployment: Deployment) -> Parameters:
    return {
        "status": "TRIGGERED" if deployment.rollback_to else "MONITORING",
        "failureCount": deployment.failed_tasks,
        "threshold": min(max(3, -(-service.desired // 2)), 200),
    }


def _configure(service: Service, asked: Parameters) -> None:
    """Take over a strategy; AwsError for one that ECS would not take or that is not played."""
    strategy = asked.get("strategy", service.strategy)
    if strategy in ("LINEAR", "CANARY"):
        raise AwsError("NotImplemented", f"The sandbox does not play the {strategy} strategy.", 501)
    if strategy == "BLUE_GREEN" and service.controller != "ECS":
        raise AwsError("InvalidParameterException", "BLUE_GREEN needs the ECS deployment controller.")
    bake = asked.get("bakeTimeInMinutes")
    if strategy == "BLUE_GREEN" and asked.get("strategy") and bake is None:
        raise AwsError("InvalidParameterException", "BLUE_GREEN must come with a bakeTimeInMinutes.")
    service.strategy, service.bake_minutes = strategy, service.bake_minutes if bake is None else bake


def _configuration(service: Service) -> Parameters:
    bake = {"bakeTimeInMinutes": service.bake_minutes} if service.strategy == "BLUE_GREEN" else {}
    return bake | {
        "deploymentCircuitBreaker": {"enable": service.breaker, "rollback": service.breaker},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": service.strategy,
    }
