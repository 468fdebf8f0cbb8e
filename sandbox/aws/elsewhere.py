"""Elsewhere: another account, in which nothing runs."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]


def operations() -> Mapping[str, Callable[[Parameters], Parameters]]:
    """ECS's answers there: operation name → function."""
    return {
        "ListClusters": lambda _: {"clusterArns": []},
        "DescribeTasks": _no_cluster,
        "DescribeServices": _no_cluster,
        "ListTasks": _no_cluster,
        "DescribeTaskDefinition": _no_definition,
    }


def _no_cluster(_asked: Parameters) -> NoReturn:
    raise AwsError("ClusterNotFoundException", "Cluster not found.")


def _no_definition(_asked: Parameters) -> NoReturn:
    raise AwsError("ClientException", "Unable to describe task definition.")
