"""Alarms: which of them warn of memory running out, and for whom."""

from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import NOW, memory_alarm

INSIGHTS = "ECS/ContainerInsights"


def _trigger(**told: Any) -> dict[str, Any]:
    return {"Trigger": memory_alarm()["Trigger"] | told}


def _math(namespace: str, name: str, *, comparison: str = "GreaterThanThreshold") -> dict[str, Any]:
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"name": "ClusterName", "value": "prod"}],
    }
    parts = [{"Id": "e1", "Expression": "100 * m1 / m2"}, {"Id": "m1", "MetricStat": {"Metric": metric}}]
    return {"Trigger": {"ComparisonOperator": comparison, "Metrics": parts}}


def _band(comparison: str) -> dict[str, Any]:
    parts = _math("AWS/ECS", "MemoryUtilization", comparison=comparison)
    parts["Trigger"]["Metrics"][0]["Expression"] = "ANOMALY_DETECTION_BAND(m1, 2)"
    return parts


def _query(select: str, comparison: str = "GreaterThanThreshold") -> dict[str, Any]:
    return {"Trigger": {"ComparisonOperator": comparison, "Metrics": [{"Id": "q1", "Expression": select}]}}


def _from_eventbridge(state: str, reason: str = "Threshold Crossed") -> dict[str, Any]:
    metric = {
        "namespace": INSIGHTS,
        "name": "MemoryUtilized",
        "dimensions": {"ClusterName": "prod", "TaskDefinitionFamily": "report"},
    }
    return {
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "123456789012",
        "region": "eu-west-1",
        "time": "2026-03-01T10:13:24Z",
        "resources": ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:report-memory"],
        "detail": {
            "alarmName": "report-memory",
            "state": {
                "value": state,
                "reason": reason,
                "timestamp": "2026-03-01T10:13:24.006+0000",
            },
            "configuration": {"metrics": [{"id": "m1", "metricStat": {"metric": metric, "stat": "Maximum"}}]},
        },
    }


@pytest.mark.parametrize(
    ("alarm", "verdict"),
    [
        pytest.param(memory_alarm(), Verdict.MEMORY_WARNING, id="memory of a service"),
        pytest.param(memory_alarm("OK"), Verdict.NONE, id="back to OK"),
        pytest.param(memory_alarm("INSUFFICIENT_DATA"), Verdict.NONE, id="no data"),
        pytest.param(memory_alarm(**_trigger(MetricName="CPUUtilization")), Verdict.NONE, id="CPU"),
        pytest.param(
            memory_alarm(**_trigger(Namespace="AWS/RDS")), Verdict.NONE, id="memory of something else"
        ),
        pytest.param(
            memory_alarm(**_trigger(Namespace=INSIGHTS, MetricName="ContainerMemoryUtilization")),
            Verdict.MEMORY_WARNING,
            id="Container Insights",
        ),
        pytest.param(
            memory_alarm(**_trigger(ComparisonOperator="LessThanThreshold")),
            Verdict.NONE,
            id="target tracking's low alarm asks to scale in",
        ),
        pytest.param(
            memory_alarm(**_math(INSIGHTS, "MemoryUtilized")), Verdict.MEMORY_WARNING, id="metric math"
        ),
        pytest.param(
            memory_alarm(**_math("AWS/ECS", "MemoryUtilization", comparison="LessThanThreshold")),
            Verdict.MEMORY_WARNING,
            id="metric math over what is free",
        ),
        pytest.param(
            memory_alarm(**_math("AWS/EC2", "NetworkOut")), Verdict.NONE, id="metric math of something else"
        ),
        pytest.param(memory_alarm(Trigger=None), Verdict.NONE, id="a composite alarm has no trigger"),
        pytest.param(_from_eventbridge("ALARM"), Verdict.MEMORY_WARNING, id="through EventBridge"),
        pytest.param(_from_eventbridge("OK"), Verdict.NONE, id="through EventBridge, OK"),
        pytest.param(
            _from_eventbridge(
                "ALARM", "Threshold Crossed: 1 datapoint [9.0] was less than the threshold (20.0)."
            ),
            Verdict.NONE,
            id="through EventBridge, little in use",
        ),
        pytest.param(
            memory_alarm(**_band("LessThanLowerThreshold")), Verdict.NONE, id="an anomaly band left downwards"
        ),
        pytest.param(
            memory_alarm(**_band("GreaterThanUpperThreshold")),
            Verdict.MEMORY_WARNING,
            id="an anomaly band left upwards",
        ),
        pytest.param(
            memory_alarm(**_band("LessThanLowerOrGreaterThanUpperThreshold")),
            Verdict.MEMORY_WARNING,
            id="an anomaly band left either way",
        ),
        pytest.param(
            memory_alarm(**_query('SELECT MAX(MemoryUtilization) FROM SCHEMA("AWS/ECS", ServiceName)')),
            Verdict.MEMORY_WARNING,
            id="a Metrics Insights query",
        ),
        pytest.param(
            memory_alarm(**_query('SELECT MAX("CPUUtilization") FROM "AWS/ECS"')),
            Verdict.NONE,
            id="a Metrics Insights query about CPU",
        ),
    ],
)
def test_verdict(alarm: dict[str, Any], verdict: Verdict) -> None:
    assessment = assess(alarm, NOW)
    assert assessment.verdict is verdict
    assert not assessment.kills


@pytest.mark.parametrize(
    ("alarm", "key"),
    [
        pytest.param(memory_alarm(), "123456789012/eu-west-1/prod/service:checkout/", id="a service"),
        pytest.param(_from_eventbridge("ALARM"), "123456789012/eu-west-1/prod/family:report/", id="a family"),
        pytest.param(
            memory_alarm(**_math("AWS/ECS", "MemoryUtilization")),
            "123456789012/eu-west-1/prod/task:checkout-memory/",
            id="a whole cluster: the alarm's own name",
        ),
    ],
)
def test_owner(alarm: dict[str, Any], key: str) -> None:
    (state,) = assess(alarm, NOW).alarms
    assert str(state.group_key) == key


@pytest.mark.parametrize(
    ("alarm", "is_on"),
    [
        pytest.param(memory_alarm(), [True], id="it went off"),
        pytest.param(memory_alarm("OK"), [False], id="it is OK again"),
        pytest.param(
            memory_alarm("INSUFFICIENT_DATA"), [], id="without data nobody knows whether it is over"
        ),
        pytest.param(memory_alarm("OK", **_trigger(MetricName="CPUUtilization")), [], id="CPU is OK again"),
    ],
)
def test_an_alarm_is_a_warning_and_no_death(alarm: dict[str, Any], is_on: list[bool]) -> None:
    assessment = assess(alarm, NOW)
    assert [one.is_on for one in assessment.alarms] == is_on
    assert assessment.deaths == ()


def test_an_alarm_keeps_its_name_from_state_to_state() -> None:
    (on,), (ok,) = (assess(memory_alarm(state), NOW).alarms for state in ("ALARM", "OK"))
    assert on.alarm == ok.alarm
    assert on.changed_at <= NOW
