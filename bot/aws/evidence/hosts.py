"""Hosts: the container instance that a task ran on, and the most room that its cluster has."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.aws.evidence.site import Site
from bot.domain.diagnosis.evidence import Host

_MOST = 100  # of ListContainerInstances, and the most that DescribeContainerInstances takes

Instances = Sequence[Mapping[str, Any]]


async def instances(site: Site, cluster: str) -> Instances:
    """The cluster's active instances, a hundred at most. Raises an AwsTrouble."""
    listed = await site.ask(
        "ecs", "list_container_instances", cluster=cluster, status="ACTIVE", maxResults=_MOST
    )
    arns = list(listed.get("containerInstanceArns", ()))
    return await describe(site, cluster, arns) if arns else ()


async def describe(site: Site, cluster: str, arns: Sequence[str]) -> Instances:
    """These instances; those that are gone are left out. Raises an AwsTrouble."""
    answer = await site.ask(
        "ecs", "describe_container_instances", cluster=cluster, containerInstances=list(arns)
    )
    return tuple(answer.get("containerInstances", ()))


def host(instance: Mapping[str, Any], others: Instances) -> Host:
    """One instance, and the largest room, now and at all, among those that may take a task."""
    connected = [one for one in others if one.get("agentConnected", True)]
    return Host(
        instance_id=str(instance.get("ec2InstanceId", "")),
        registered_mib=_mib(instance, "registeredResources"),
        remaining_mib=_mib(instance, "remainingResources"),
        largest_free_mib=max((_mib(one, "remainingResources") for one in connected), default=None),
        largest_registered_mib=max((_mib(one, "registeredResources") for one in connected), default=None),
    )


def _mib(instance: Mapping[str, Any], kind: str) -> int:
    resources = instance.get(kind) or ()
    return next((int(one.get("integerValue", 0)) for one in resources if one.get("name") == "MEMORY"), 0)
