"""ECS's API about clusters, tasks and task definitions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.aws.arns import ACCOUNT, arn, last_part
from sandbox.aws.definitions import Definition
from sandbox.aws.ecs import Ecs
from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
PRINCIPAL = f"arn:aws:sts::{ACCOUNT}:assumed-role/oom-guard/sandbox"


def page(names: Sequence[str], asked: Parameters, key: str, at_most: int = 100) -> Parameters:
    """One page of a list, with AWS's opaque nextToken when there is more."""
    size = min(asked.get("maxResults", at_most), at_most)
    token = asked.get("nextToken", "0")
    if not token.isdigit():
        raise AwsError("InvalidParameterException", "Invalid token")
    first = int(token)
    more = {"nextToken": str(first + size)} if first + size < len(names) else {}
    return {key: list(names[first : first + size])} | more


def missing(resource: str) -> Parameters:
    """A failure entry for what is not there."""
    return {"arn": resource, "reason": "MISSING"}


def check_cluster(ecs: Ecs, asked: Parameters) -> str:
    """The cluster that is asked for, "default" when left out; AwsError when there is none."""
    name = last_part(asked.get("cluster", "default"))
    if name not in ecs.clusters:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return name


class EcsTasksApi:
    """Operations on clusters, tasks and task definitions."""

    def __init__(self, ecs: Ecs, room_for: Callable[[Definition], bool]) -> None:
        """`room_for` tells whether one machine could take a task that is not on Fargate."""
        self._ecs = ecs
        self._room_for = room_for

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function."""
        return {
            "DescribeClusters": self._describe_clusters,
            "ListClusters": lambda asked: page(
                [self._cluster_arn(n) for n in self._ecs.clusters], asked, "clusterArns"
            ),
            "DescribeCapacityProviders": self._describe_providers,
            "DescribeTasks": self._describe_tasks,
            "ListTasks": self._list_tasks,
            "StopTask": self._stop_task,
            "RunTask": self._run_task,
            "RegisterTaskDefinition": self._register,
            "DescribeTaskDefinition": self._describe_definition,
            "DeregisterTaskDefinition": self._deregister,
            "ListTaskDefinitions": self._list_definitions,
            "ListTaskDefinitionFamilies": self._list_families,
            "ListTagsForResource": self._list_tags,
        }

    def _cluster_arn(self, name: str) -> str:
        return arn("ecs", f"cluster/{name}")

    def _describe_clusters(self, asked: Parameters) -> Parameters:
        names = [last_part(name) for name in asked.get("clusters", ["default"])]
        known = [name for name in names if name in self._ecs.clusters]
        return {
            "clusters": [self._cluster(name) | self._tags_of(name, asked) for name in known],
            "failures": [missing(self._cluster_arn(name)) for name in names if name not in known],
        }

    def _describe_providers(self, asked: Parameters) -> Parameters:
        """AWS's own two, which every account has."""
        names = [last_part(name) for name in asked.get("capacityProviders", _PROVIDERS)]
        arns = {name: arn("ecs", f"capacity-provider/{name}") for name in names}
        return {
            "capacityProviders": [
                {"name": name, "capacityProviderArn": arns[name], "status": "ACTIVE"}
                for name in names
                if name in _PROVIDERS
            ],
            "failures": [missing(arns[name]) for name in names if name not in _PROVIDERS],
        }

    def _tags_of(self, cluster: str, asked: Parameters) -> Parameters:
        tagged = "TAGS" in asked.get("include", [])
        return {"tags": self._ecs.cluster_tags.get(cluster, [])} if tagged else {}

    def _cluster(self, name: str) -> Parameters:
        tasks = [task for task in self._ecs.tasks.values() if task.cluster == name]
        return {
            "clusterArn": self._cluster_arn(name),
            "clusterName": name,
            "status": "ACTIVE",
            "runningTasksCount": sum(task.status == "RUNNING" for task in tasks),
            "pendingTasksCount": sum(task.status in ("PROVISIONING", "PENDING") for task in tasks),
            "activeServicesCount": sum(cluster == name for cluster, _ in self._ecs.services),
            "settings": [{"name": "containerInsights", "value": self._insights(name)}],
        }

    def _insights(self, cluster: str) -> str:
        if cluster in self._ecs.insights_off:
            return "disabled"
        return "enhanced" if cluster in self._ecs.insights_enhanced else "enabled"

    def _describe_tasks(self, asked: Parameters) -> Parameters:
        cluster = check_cluster(self._ecs, asked)
        if len(asked["tasks"]) > 100:
            raise AwsError("InvalidParameterException", "Tasks can not have more than 100 entries.")
        arns = [arn("ecs", f"task/{cluster}/{last_part(name)}") for name in asked["tasks"]]
        return {
            "tasks": [self._ecs.tasks[one].detail() for one in arns if one in self._ecs.tasks],
            "failures": [missing(one) for one in arns if one not in self._ecs.tasks],
        }

    def _list_tasks(self, asked: Parameters) -> Parameters:
        cluster = check_cluster(self._ecs, asked)
        service = last_part(asked.get("serviceName", ""))
        if service and (cluster, service) not in self._ecs.services:
            raise AwsError("ServiceNotFoundException", "Service not found.")
        family, desired = asked.get("family"), asked.get("desiredStatus", "RUNNING")
        tasks = [t for t in self._ecs.tasks.values() if t.cluster == cluster and t.desired == desired]
        named = [t.arn for t in tasks if not service or t.service == service]
        return page([a for a in named if not family or self._family(a) == family], asked, "taskArns")

    def _family(self, task_arn: str) -> str:
        return str(self._ecs.tasks[task_arn].definition["family"])

    def _stop_task(self, asked: Parameters) -> Parameters:
        cluster = check_cluster(self._ecs, asked)
        task = self._ecs.tasks.get(arn("ecs", f"task/{cluster}/{last_part(asked['task'])}"))
        if task is None:
            raise AwsError("InvalidParameterException", "The referenced task was not found.")
        self._ecs.stop(task, "UserInitiated", asked.get("reason", "Task stopped by user"))
        return {"task": task.detail()}

    def _run_task(self, asked: Parameters) -> Parameters:
        cluster, definition = (
            check_cluster(self._ecs, asked),
            self._ecs.definitions.active(asked["taskDefinition"]),
        )
        group = asked.get("group", f"family:{definition['family']}")
        count, by = asked.get("count", 1), asked.get("startedBy", "")
        on_fargate = "FARGATE" in definition.get("requiresCompatibilities", [])
        tasks = [
            self._ecs.start(cluster, definition, group, by)
            for _ in range(count)
            if on_fargate or self._room_for(definition)
        ]
        failures = [{"reason": "RESOURCE:MEMORY"}] * (count - len(tasks))
        return {"tasks": [task.detail() for task in tasks], "failures": failures}

    def _register(self, asked: Parameters) -> Parameters:
        made = self._ecs.definitions.register(asked, self._ecs.clock.now(), PRINCIPAL)
        return {"taskDefinition": made, "tags": asked.get("tags", [])}

    def _describe_definition(self, asked: Parameters) -> Parameters:
        found = self._ecs.definitions.find(asked["taskDefinition"])
        tagged = "TAGS" in asked.get("include", [])
        tags = {"tags": self._ecs.definitions.tags(found["taskDefinitionArn"])} if tagged else {}
        return {"taskDefinition": found} | tags

    def _deregister(self, asked: Parameters) -> Parameters:
        found = self._ecs.definitions.find(asked["taskDefinition"])
        found |= {"status": "INACTIVE", "deregisteredAt": self._ecs.clock.now()}
        return {"taskDefinition": found}

    def _list_definitions(self, asked: Parameters) -> Parameters:
        arns = self._ecs.definitions.arns(asked.get("familyPrefix", ""), asked.get("status", "ACTIVE"))
        return page(arns[::-1] if asked.get("sort") == "DESC" else arns, asked, "taskDefinitionArns")

    def _list_families(self, asked: Parameters) -> Parameters:
        prefix = asked.get("familyPrefix", "")
        return page([n for n in self._ecs.definitions.families() if n.startswith(prefix)], asked, "families")

    def _list_tags(self, asked: Parameters) -> Parameters:
        resource = asked["resourceArn"]
        if ":task-definition/" in resource:
            return {
                "tags": self._ecs.definitions.tags(self._ecs.definitions.find(resource)["taskDefinitionArn"])
            }
        for service in self._ecs.services.values():
            if service.arn == resource:
                return {"tags": service.tags}
        raise AwsError("InvalidParameterException", f"The specified resource {resource} could not be found.")
