"""Metrics: what CloudWatch has of a container's or a service's memory, where there is no performance log to read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.aws.evidence.site import Site
from bot.domain.diagnosis.series import Sample, Series, SeriesSource
from bot.domain.telling.language import say

LIFE = timedelta(hours=3)
_AFTER = timedelta(minutes=2)
_STEP_S = 60
_NAMESPACE = "ECS/ContainerInsights"
_OWN = "own"


async def of_container(
    site: Site, dimensions: Mapping[str, str], died_at: datetime
) -> tuple[Series | None, Series | None]:
    """The container's own series, and the service's in per cent; each None where there is no data.

    `dimensions` by their CloudWatch names; those that are empty are not known. One call for all. Raises an AwsTrouble.
    """
    queries = list(_queries(dimensions))
    if not queries:
        return None, None
    answer = await site.ask(
        "cloudwatch",
        "get_metric_data",
        MetricDataQueries=queries,
        StartTime=died_at - LIFE,
        EndTime=died_at + _AFTER,
        ScanBy="TimestampAscending",
    )
    found = {str(one.get("Id", "")): _samples(one) for one in answer.get("MetricDataResults", ())}
    own = next((samples for name, samples in found.items() if name.startswith(_OWN) and samples), ())
    return (
        _series(
            own, SeriesSource.ENHANCED, say("container {name}", name=dimensions.get("ContainerName", ""))
        ),
        _series(
            found.get("service", ()),
            SeriesSource.SERVICE_MAXIMUM,
            say("the service (the fullest of its tasks)"),
        ),
    )


def in_mib(percent: Series, reserved_mib: float) -> Series:
    """A service's series in per cent of its tasks' reservation as MiB of one task."""
    return Series(
        samples=tuple(Sample(one.at, one.mib * reserved_mib / 100) for one in percent.samples),
        step_s=percent.step_s,
        source=percent.source,
        of=percent.of,
        limit_mib=reserved_mib,
    )


def _queries(dimensions: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """AWS documents more than one set of dimensions for a container's metrics: all are asked for at once."""
    owners = [name for name in ("ServiceName", "TaskDefinitionFamily") if dimensions.get(name)]
    container = ("ClusterName", "ContainerName", "TaskId")
    if all(dimensions.get(name) for name in container):
        for number, more in enumerate([(), *((owner,) for owner in owners)]):
            names = sorted((*container, *more))
            yield _query(f"{_OWN}{number}", _NAMESPACE, "ContainerMemoryUtilized", _picked(dimensions, names))
    service = ("ClusterName", "ServiceName")
    if all(dimensions.get(name) for name in service):
        yield _query("service", "AWS/ECS", "MemoryUtilization", _picked(dimensions, service))


def _picked(dimensions: Mapping[str, str], names: Iterable[str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": dimensions[name]} for name in names]


def _query(number: str, namespace: str, name: str, dimensions: Sequence[dict[str, str]]) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": list(dimensions)}
    return {"Id": number, "MetricStat": {"Metric": metric, "Period": _STEP_S, "Stat": "Maximum"}}


def _samples(result: Mapping[str, Any]) -> tuple[Sample, ...]:
    pairs = zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False)
    return tuple(sorted((Sample(at.astimezone(UTC), float(value)) for at, value in pairs), key=_at))


def _at(sample: Sample) -> datetime:
    return sample.at


def _series(samples: Sequence[Sample], source: SeriesSource, of: str) -> Series | None:
    return Series(samples=tuple(samples), step_s=_STEP_S, source=source, of=of) if samples else None
