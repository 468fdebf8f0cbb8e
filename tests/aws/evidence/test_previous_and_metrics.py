"""What is looked for in several places: the revision before, a container's metric, the room on instances."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.evidence import hosts, metrics
from bot.aws.evidence.definitions import Definitions
from bot.aws.evidence.site import Site
from bot.domain.diagnosis.series import SeriesSource
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.errors import AwsError
from tests.aws.evidence.conftest import Inquiry

STEM = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/shop"
ALL = {
    "ClusterName": "prod",
    "ServiceName": "shop",
    "TaskDefinitionFamily": "shop",
    "TaskId": "0a",
    "ContainerName": "app",
}


def site_of(inquiry: Inquiry) -> Site:
    return Site(inquiry.calls, ACCOUNT, REGION)


@pytest.mark.parametrize(
    ("exist", "before"),
    [
        pytest.param({7, 8, 9}, 8, id="the next lower one"),
        pytest.param({3, 6, 9, 11}, 6, id="that one was deleted: the newest that is left below"),
        pytest.param({9, 10, 11}, None, id="none is left below"),
    ],
)
async def test_the_revision_before(inquiry: Inquiry, exist: set[int], before: int | None) -> None:
    def describe(asked: dict[str, Any]) -> dict[str, Any]:
        revision = int(str(asked["taskDefinition"]).rpartition(":")[2])
        if revision not in exist:
            raise AwsError("ClientException", "Unable to describe task definition.")
        return {"taskDefinition": {"taskDefinitionArn": f"{STEM}:{revision}", "revision": revision}}

    def listed(asked: dict[str, Any]) -> dict[str, Any]:
        assert (asked["familyPrefix"], asked["sort"]) == ("shop", "DESC")
        return {"taskDefinitionArns": [f"{STEM}:{one}" for one in sorted(exist, reverse=True)]}

    inquiry.world._at_home["ecs"] |= {"DescribeTaskDefinition": describe, "ListTaskDefinitions": listed}
    found = await Definitions().before(site_of(inquiry), f"{STEM}:9")
    assert (found.revision if found else None) == before


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"ClusterName", "ContainerName", "TaskId"}, id="by task alone"),
        pytest.param({"ClusterName", "ContainerName", "TaskId", "ServiceName"}, id="by service too"),
        pytest.param({"ClusterName", "ContainerName", "TaskDefinitionFamily", "TaskId"}, id="by family too"),
    ],
)
async def test_a_containers_metric_by_whichever_dimensions_it_has(inquiry: Inquiry, known: set[str]) -> None:
    now = inquiry.clock.now()

    def answer(query: Mapping[str, Any]) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        is_it = {one["Name"] for one in metric["Dimensions"]} == known
        return {"Id": query["Id"], "Timestamps": [now] if is_it else [], "Values": [300.0] if is_it else []}

    def get(asked: dict[str, Any]) -> dict[str, Any]:
        return {"MetricDataResults": [answer(query) for query in asked["MetricDataQueries"]]}

    inquiry.world._at_home["cloudwatch"] = {"GetMetricData": get}
    own, service = await metrics.of_container(site_of(inquiry), ALL, now + timedelta(minutes=1))
    assert own is not None
    assert (own.source, own.peak_mib, own.of) == (SeriesSource.ENHANCED, 300.0, "container app")
    assert service is None


def test_the_largest_instance_counts_in_a_mixed_cluster() -> None:
    def instance(name: str, registered: int, left: int, *, is_connected: bool = True) -> dict[str, Any]:
        sizes = {"registeredResources": registered, "remainingResources": left}
        resources = {kind: [{"name": "MEMORY", "integerValue": size}] for kind, size in sizes.items()}
        return {"ec2InstanceId": name, "agentConnected": is_connected, **resources}

    small, large = instance("i-small", 3767, 100), instance("i-large", 15_767, 900)
    lost = instance("i-lost", 63_000, 63_000, is_connected=False)
    found = hosts.host(small, [small, large, lost])
    assert (found.registered_mib, found.remaining_mib) == (3767, 100)
    assert (found.largest_registered_mib, found.largest_free_mib) == (15_767, 900)
