"""CloudWatch Logs' API: streams to read, and queries that take a moment."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.aws.ecs import Ecs
from sandbox.aws.errors import AwsError, SaysNo
from sandbox.aws.filter_patterns import matcher
from sandbox.aws.insights import Record, demanded, run
from sandbox.aws.logs import Line, Logs
from sandbox.aws.memory import samples
from sandbox.aws.tasks import Task

Parameters = dict[str, Any]
_RUNS_S = 0.3
_INSIGHTS = "/aws/ecs/containerinsights/"
_PERFORMANCE = f"{_INSIGHTS}{{}}/performance"


class LogsApi:
    """GetLogEvents, and Logs Insights over log groups and Container Insights' performance log."""

    def __init__(self, logs: Logs, ecs: Ecs) -> None:
        self._logs = logs
        self._ecs = ecs
        self._queries: dict[str, tuple[float, list[Record]]] = {}

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {
            "DescribeLogGroups": self._groups,
            "DescribeLogStreams": self._streams,
            "GetLogEvents": self._events,
            "FilterLogEvents": self._filter,
            "StartQuery": self._start,
            "GetQueryResults": self._results,
            "StopQuery": self._stop,
        }

    def _groups(self, asked: Parameters) -> Parameters:
        self._ecs.lives.recall()
        prefix = asked.get("logGroupNamePrefix", "")
        names = [*self._logs.groups, *(_PERFORMANCE.format(one) for one in self._ecs.clusters)]
        return {"logGroups": [{"logGroupName": name} for name in sorted(names) if name.startswith(prefix)]}

    def _streams(self, asked: Parameters) -> Parameters:
        """The streams of a group; those written to last come first when ordered by that."""
        streams = self._group(asked["logGroupName"])
        prefix = asked.get("logStreamNamePrefix", "")
        shown = [
            {
                "logStreamName": name,
                "creationTime": lines[0].at_ms,
                "firstEventTimestamp": lines[0].at_ms,
                "lastEventTimestamp": lines[-1].at_ms,
            }
            for name, lines in sorted(streams.items())
            if name.startswith(prefix)
        ]
        if asked.get("orderBy") == "LastEventTime":
            shown.sort(key=lambda one: one["lastEventTimestamp"], reverse=asked.get("descending", False))
        elif asked.get("descending"):
            shown.reverse()
        return _page(shown, asked, "logStreams", 50)

    def _filter(self, asked: Parameters) -> Parameters:
        """The lines that match, of all streams together, oldest first."""
        streams, matches = self._group(asked["logGroupName"]), matcher(asked.get("filterPattern", ""))
        names, prefix = asked.get("logStreamNames"), asked.get("logStreamNamePrefix", "")
        first, last = asked.get("startTime", 0), asked.get("endTime", 2**60)
        found = [
            {
                "logStreamName": name,
                "timestamp": line.at_ms,
                "ingestionTime": line.at_ms,
                "message": line.message,
            }
            for name, lines in streams.items()
            if name.startswith(prefix) and (names is None or name in names)
            for line in lines
            if first <= line.at_ms <= last and matches(line.message)
        ]
        numbered = [one | {"eventId": f"{number:056d}"} for number, one in enumerate(found)]
        numbered.sort(key=lambda one: one["timestamp"])
        return _page(numbered, asked, "events", 10_000) | {"searchedLogStreams": []}

    def _group(self, name: str) -> dict[str, Any]:
        self._ecs.lives.recall()
        if name not in self._logs.groups:
            kind = SaysNo if name.startswith(_INSIGHTS) else AwsError  # so one learns that Insights is off
            raise kind("ResourceNotFoundException", "The specified log group does not exist.")
        return self._logs.groups[name]

    def _events(self, asked: Parameters) -> Parameters:
        """The newest lines unless startFromHead; the tokens are never null."""
        streams = self._group(asked["logGroupName"].removesuffix(":*"))
        if asked["logStreamName"] not in streams:
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        first, last = asked.get("startTime", 0), asked.get("endTime", 2**60)
        lines = [line for line in streams[asked["logStreamName"]] if first <= line.at_ms < last]
        limit = asked.get("limit", 10_000)
        chosen = lines[:limit] if asked.get("startFromHead") else lines[-limit:]
        events = [
            {"timestamp": one.at_ms, "message": one.message, "ingestionTime": one.at_ms} for one in chosen
        ]
        return {"events": events, "nextForwardToken": "f/0", "nextBackwardToken": "b/0"}

    def _start(self, asked: Parameters) -> Parameters:
        """The query is read and run at once; its results may be had a little later."""
        names = asked.get("logGroupNames") or [asked.get("logGroupName", "")]
        start, end = float(asked["startTime"]), float(asked["endTime"])
        if start >= end:
            raise AwsError("MalformedQueryException", "The query's start time must be before its end time.")
        query = asked["queryString"]
        records = [record for name in names for record in self._records(name, (start, end), query)]
        rows = run(query, records)
        query_id = str(uuid4())
        self._queries[query_id] = (self._ecs.clock.time(), rows[: asked.get("limit", 1000)])
        return {"queryId": query_id}

    def _records(self, group: str, span: tuple[float, float], query: str) -> list[Record]:
        for cluster in self._ecs.clusters:
            if group == _PERFORMANCE.format(cluster) and cluster not in self._ecs.insights_off:
                return self._performance(cluster, span, query)
        streams = self._group(group)
        return [
            {"@timestamp": line.at_ms, "@message": line.message, "@logStream": stream}
            for stream, lines in streams.items()
            for line in _between(lines, *span)
        ]

    def _performance(self, cluster: str, span: tuple[float, float], query: str) -> list[Record]:
        """Container Insights' records, one a minute for each container; only those that the query may want."""
        rows = []
        only, is_counted = demanded(query), " stats " in query and "@message" not in query

        def is_meant(task: Task) -> bool:
            has = {"TaskId": task.id, "TaskDefinitionFamily": task.definition["family"]}
            return all(has[field] in values for field, values in only.items() if field in has)

        for sample in samples(self._ecs, cluster, span, is_meant):
            fields = {
                "Type": "Container",
                "ClusterName": cluster,
                "ContainerName": sample.container,
                "TaskId": sample.task.id,
                "TaskDefinitionFamily": sample.task.definition["family"],
                "TaskDefinitionRevision": str(sample.task.definition["revision"]),
                "ServiceName": sample.task.service,
                "MemoryUtilized": round(sample.used_mib),
                "MemoryReserved": sample.reserved_mib,
                "Timestamp": sample.at * 1000,
            }
            message = {} if is_counted else {"@message": json.dumps(fields)}
            rows.append(fields | {"@timestamp": sample.at * 1000} | message)
        return rows

    def _query(self, asked: Parameters) -> tuple[float, list[Record]]:
        if asked["queryId"] not in self._queries:
            raise AwsError("ResourceNotFoundException", "The specified query does not exist.")
        return self._queries[asked["queryId"]]

    def _results(self, asked: Parameters) -> Parameters:
        began, rows = self._query(asked)
        if self._ecs.clock.time() < began + _RUNS_S:
            return {"status": "Running", "results": []}
        shown = [
            [{"field": k, "value": _text(k, v)} for k, v in row.items() if v is not None] for row in rows
        ]
        return {"status": "Complete", "results": shown, "statistics": {"recordsMatched": float(len(rows))}}

    def _stop(self, asked: Parameters) -> Parameters:
        self._query(asked)
        return {"success": True}


def _page(rows: list[Parameters], asked: Parameters, key: str, at_most: int) -> Parameters:
    """One page of rows, and the token of the next."""
    first, size = asked.get("nextToken", "0"), min(asked.get("limit", at_most), at_most)
    if not first.isdigit():
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    end = int(first) + size
    return {key: rows[int(first) : end]} | ({"nextToken": str(end)} if end < len(rows) else {})


def _between(lines: Any, start: float, end: float) -> list[Line]:
    return [line for line in lines if start * 1000 <= line.at_ms <= end * 1000]


def _text(name: str, value: Any) -> str:
    """As Insights prints values: moments without a zone, whole numbers without a fraction."""
    if name == "@timestamp" or name.startswith(("bin(", "bin (")):
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return f"{value:g}" if isinstance(value, float) else str(value)
