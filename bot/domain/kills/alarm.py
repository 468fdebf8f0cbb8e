"""Alarms: CloudWatch alarms on the memory of ECS, which warn before a kill.

Read from both shapes: the JSON that CloudWatch itself sends to SNS, and EventBridge's "CloudWatch Alarm State Change".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.domain.aws.arn import LONGEST, Arn
from bot.domain.aws.event import Event
from bot.domain.aws.field import Fields, each, fields, moment, text
from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import say

# Metrics Insights: SELECT MAX(MemoryUtilization) FROM SCHEMA("AWS/ECS", ServiceName)
QUERY = re.compile(
    r"\s*SELECT\s+\w+\(\s*[\"'`]?(?P<name>\w+)[\"'`]?\s*\)\s+FROM\s+(?:SCHEMA\(\s*)?[\"'`]?(?P<namespace>[\w/]+)",
    re.IGNORECASE,
)
BAND = re.compile(r"\s*ANOMALY_DETECTION_BAND\b", re.IGNORECASE)
# EventBridge tells no comparison, but CloudWatch's own words do.
WAS_LESS = re.compile(
    r"\b(?:was|were) less than (?:or equal to )?the (?:lower )?threshold(?!.*\bor greater than\b)"
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric that an alarm looks at."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]

    @property
    def is_ecs_memory(self) -> bool:
        """Whether it tells how full the memory of ECS tasks is."""
        if self.namespace == "ECS/ContainerInsights":
            return "memory" in self.name.lower()
        return self.namespace == "AWS/ECS" and self.name == "MemoryUtilization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One change of one alarm's state. `asks_for_less`: it fires below its threshold."""

    name: str
    arn: str
    state: str
    reason: str
    account: str
    region: str
    metrics: tuple[Metric, ...]
    asks_for_less: bool = False
    changed_at: datetime | None = None

    @classmethod
    def read_sns(cls, source: Fields) -> Self:
        """As CloudWatch's own action sends it; its Region is a display name, only the ARN tells the code."""
        trigger = fields(source, "Trigger")
        arn = text(source, "AlarmArn", LONGEST)
        formulas = [text(part, "Expression", 2000) for part in each(trigger, "Metrics")]
        parts = (
            trigger,
            *(fields(fields(part, "MetricStat"), "Metric") for part in each(trigger, "Metrics")),
        )
        return cls(
            name=text(source, "AlarmName"),
            arn=arn,
            state=text(source, "NewStateValue", 32).upper(),
            reason=text(source, "NewStateReason", 300),
            account=text(source, "AWSAccountId", 64) or Arn.parse(arn).account,
            region=Arn.parse(arn).region,
            metrics=tuple(
                Metric(text(part, "Namespace"), text(part, "MetricName"), _listed_dimensions(part))
                for part in parts
            )
            + _queried(formulas),
            asks_for_less=_asks_for_less(text(trigger, "ComparisonOperator"), "", formulas),
            changed_at=moment(source, "StateChangeTime"),
        )

    @classmethod
    def read_event(cls, event: Event) -> Self:
        """As EventBridge sends it."""
        detail = event.detail
        configured = fields(detail, "configuration")
        formulas = [text(part, "expression", 2000) for part in each(configured, "metrics")]
        reason = text(fields(detail, "state"), "reason", 300)
        found = [fields(fields(part, "metricStat"), "metric") for part in each(configured, "metrics")]
        return cls(
            name=text(detail, "alarmName"),
            arn=event.resource[:LONGEST],
            state=text(fields(detail, "state"), "value", 32).upper(),
            reason=reason,
            account=event.account or Arn.parse(event.resource).account,
            region=event.region or Arn.parse(event.resource).region,
            metrics=tuple(
                Metric(
                    text(part, "namespace"),
                    text(part, "name"),
                    _mapped_dimensions(fields(part, "dimensions")),
                )
                for part in found
            )
            + _queried(formulas),
            asks_for_less=_asks_for_less(text(configured, "comparisonOperator"), reason, formulas),
            changed_at=moment(fields(detail, "state"), "timestamp") or event.at,
        )


def assess_alarm(alarm: Alarm, now: datetime) -> Assessment:
    """A warning if an alarm on ECS memory goes off, its end if it is OK again; nothing otherwise."""
    metric = next((metric for metric in alarm.metrics if metric.is_ecs_memory), None)
    if metric is None:
        return Assessment(
            verdict=Verdict.NONE, why=say("Alarm {name} does not look at the memory of ECS", name=alarm.name)
        )
    if alarm.asks_for_less:
        return Assessment(
            verdict=Verdict.NONE,
            why=say("Alarm {name} tells of little memory in use, which is safe", name=alarm.name),
        )
    if alarm.state != "ALARM":
        return Assessment(
            verdict=Verdict.NONE,
            why=say(
                "Alarm {name} went to {state}", name=alarm.name, state=alarm.state or say("no known state")
            ),
            # Without data nobody knows whether it is over.
            alarms=(_state(alarm, metric, now),) if alarm.state == "OK" else (),
        )
    words = say(
        "Alarm {name} on {metric} went off: {why}",
        name=alarm.name,
        metric=metric.name,
        why=alarm.reason or say("CloudWatch gave no reason"),
    )
    return Assessment(verdict=Verdict.MEMORY_WARNING, why=words, alarms=(_state(alarm, metric, now),))


def _state(alarm: Alarm, metric: Metric, now: datetime) -> AlarmState:
    key = _owner(alarm, metric)
    return AlarmState(
        alarm=alarm.arn or f"{key.account}/{key.region}/{alarm.name}",
        name=alarm.name,
        group_key=key,
        is_on=alarm.state == "ALARM",
        metric=metric.name,
        reason=alarm.reason,
        changed_at=min(alarm.changed_at or now, now),
    )


def _owner(alarm: Alarm, metric: Metric) -> GroupKey:
    service, family = (metric.dimensions.get(name, "") for name in ("ServiceName", "TaskDefinitionFamily"))
    if service:
        kind, name = OwnerKind.SERVICE, service
    else:
        # A metric of a whole cluster belongs to no service: the alarm itself is what people know it by.
        kind, name = (OwnerKind.FAMILY, family) if family else (OwnerKind.TASK, alarm.name)
    return GroupKey(
        account=alarm.account,
        region=alarm.region,
        cluster=metric.dimensions.get("ClusterName", ""),
        kind=kind,
        name=name,
        container=metric.dimensions.get("ContainerName", ""),
    )


def _queried(formulas: Iterable[str]) -> tuple[Metric, ...]:
    found = [QUERY.match(formula) for formula in formulas]
    return tuple(Metric(query["namespace"], query["name"], {}) for query in found if query)


def _asks_for_less(comparison: str, reason: str, formulas: Iterable[str]) -> bool:
    """Only of a metric as it is do we know that less means safe: a formula may compute what is free."""
    if any(formula and not BAND.match(formula) and not QUERY.match(formula) for formula in formulas):
        return False
    if comparison:
        return comparison.startswith("LessThan") and "Greater" not in comparison  # not a band left either way
    return bool(WAS_LESS.search(reason))


def _listed_dimensions(part: Fields) -> dict[str, str]:
    return {text(item, "name"): text(item, "value") for item in each(part, "Dimensions")}


def _mapped_dimensions(part: Fields) -> dict[str, str]:
    return {str(key): text(part, key) for key in list(part)[:30]}
