"""CloudWatch: the memory metrics of services, computed from the lives of their tasks."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.aws.ecs import Ecs
from sandbox.aws.errors import AwsError
from sandbox.aws.memory import lives
from sandbox.aws.tasks import Task

Parameters = dict[str, Any]
_STATISTICS: Mapping[str, Callable[[list[float]], float]] = {
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "Sum": sum,
    "SampleCount": len,
}
_ENHANCED = ("ECS/ContainerInsights", "ContainerMemoryUtilized")  # of one container in one task
_METRICS: Mapping[tuple[str, str], Callable[[float, int], float | None]] = {
    ("AWS/ECS", "MemoryUtilization"): lambda used, reserved: 100 * used / reserved if reserved else None,
    ("ECS/ContainerInsights", "MemoryUtilized"): lambda used, _: used,
    ("ECS/ContainerInsights", "MemoryReserved"): lambda _, reserved: float(reserved),
    _ENHANCED: lambda used, _: used,
}
_OF_CONTAINER = frozenset({"ClusterName", "ContainerName", "TaskId"})


class Metrics:
    """GetMetricData over AWS/ECS and ECS/ContainerInsights."""

    def __init__(self, ecs: Ecs) -> None:
        self._ecs = ecs

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"GetMetricData": self._get}

    def _get(self, asked: Parameters) -> Parameters:
        if asked["StartTime"] >= asked["EndTime"]:
            raise AwsError(
                "ValidationError", "The parameter StartTime must be less than the parameter EndTime."
            )
        newest_first = asked.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        return {
            "MetricDataResults": [
                self._result(q, asked, newest_first=newest_first) for q in asked["MetricDataQueries"]
            ]
        }

    def _result(self, query: Parameters, asked: Parameters, *, newest_first: bool) -> Parameters:
        if "MetricStat" not in query:
            raise AwsError("ValidationError", "The sandbox plays MetricStat queries only, no expressions.")
        points = sorted(self._points(query["MetricStat"], asked).items(), reverse=newest_first)
        return {
            "Id": query["Id"],
            "Label": query.get("Label", query["MetricStat"]["Metric"]["MetricName"]),
            "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in points],
            "Values": [float(value) for _, value in points],
            "StatusCode": "Complete",
        }

    def _points(self, wanted: Parameters, asked: Parameters) -> dict[int, float]:
        """Start of period → statistic; a metric that nobody has is empty, as with CloudWatch."""
        metric, period = wanted["Metric"], int(wanted["Period"])
        name = (metric.get("Namespace", ""), metric.get("MetricName", ""))
        if period % 60 or wanted["Stat"] not in _STATISTICS:
            raise AwsError("ValidationError", "Period must be a multiple of 60 and Stat a simple statistic.")
        dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
        if not self._exists(name, dimensions):
            return {}
        minutes = self._minutes(dimensions, asked)
        periods: dict[int, list[float]] = defaultdict(list)
        for at, (used, reserved) in minutes.items():
            if (value := _METRICS[name](used, reserved)) is not None:
                periods[at - at % period].append(value)
        return {at: _STATISTICS[wanted["Stat"]](values) for at, values in periods.items()}

    def _exists(self, name: tuple[str, str], dimensions: dict[str, str]) -> bool:
        """Whether there is such a metric: those of Container Insights only where it is switched on."""
        cluster, of_container = (
            dimensions.get("ClusterName", ""),
            {"ContainerName", "TaskId"} & dimensions.keys(),
        )
        if name == _ENHANCED:
            more = dimensions.keys() - _OF_CONTAINER
            is_of_one = dimensions.keys() >= _OF_CONTAINER and more in (set(), {"ServiceName"})
            return is_of_one and cluster in self._ecs.insights_enhanced
        if name[0] == _ENHANCED[0] and cluster in self._ecs.insights_off:
            return False
        return name in _METRICS and not of_container

    def _minutes(self, dimensions: dict[str, str], asked: Parameters) -> dict[int, tuple[float, int]]:
        """Minute → MiB used and MiB reserved, over all tasks that the dimensions name."""
        used: dict[int, float] = defaultdict(float)
        reserved: dict[int, int] = defaultdict(int)
        counted: set[str] = set()  # a task's own limit counts once, not once a container
        span = asked["StartTime"].timestamp(), asked["EndTime"].timestamp()
        service, family = dimensions.get("ServiceName"), dimensions.get("TaskDefinitionFamily")

        task_id, container = dimensions.get("TaskId"), dimensions.get("ContainerName")

        def is_meant(task: Task) -> bool:
            is_its = service in (None, task.service) and family in (None, task.definition["family"])
            return is_its and task_id in (None, task.id)

        for life in lives(self._ecs, dimensions.get("ClusterName", ""), span, is_meant):
            if container not in (None, life.container):
                continue
            key = life.task.arn if life.task.limit_mib else f"{life.task.arn}/{life.container}"
            size = 0 if key in counted else life.task.limit_mib or life.reserved_mib
            counted.add(key)
            for at, mib in zip(life.minutes, life.used_mib, strict=True):
                used[at] += mib
                reserved[at] += size
        return {at: (used[at], reserved[at]) for at in used}
