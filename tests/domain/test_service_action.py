"""Service actions and deployments: what counts as a failure of a service, and whose it is."""

from typing import Any

import pytest

from bot.domain.kills.assess import assess
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import NOW, service_event

ACTION, DEPLOYMENT = "ECS Service Action", "ECS Deployment State Change"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        pytest.param(
            service_event(ACTION, eventType="WARN", eventName="SERVICE_TASK_START_IMPAIRED"),
            "Service checkout cannot keep its tasks running",
            id="tasks do not start",
        ),
        pytest.param(
            service_event(
                ACTION,
                eventType="ERROR",
                eventName="SERVICE_TASK_PLACEMENT_FAILURE",
                reason="RESOURCE:MEMORY",
            ),
            "Service checkout cannot place a task: RESOURCE:MEMORY",
            id="no room, after too big a resize say",
        ),
        pytest.param(
            service_event(ACTION, eventName="SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED"),
            "Service checkout reports SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
            id="no event type told",
        ),
        pytest.param(
            service_event(
                DEPLOYMENT, eventType="ERROR", eventName="SERVICE_DEPLOYMENT_FAILED", deploymentId="ecs-svc/1"
            ),
            "Service checkout failed a deployment",
            id="a deployment failed",
        ),
        pytest.param(
            service_event(
                DEPLOYMENT,
                eventType="INFO",
                eventName="SERVICE_DEPLOYMENT_IN_PROGRESS",
                reason="ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.",
            ),
            "Service checkout rolls a deployment back: ECS deployment circuit breaker: rolling back to deploymentId "
            "ecs-svc/1.",
            id="only the reason tells of the roll-back",
        ),
    ],
)
def test_failures(event: dict[str, Any], words: str) -> None:
    assessment = assess(event, NOW)
    assert (assessment.verdict, assessment.why) == (Verdict.FAILURE, words)
    (failure,) = assessment.deaths
    assert str(failure.group_key) == "123456789012/eu-west-1/prod/service:checkout/"
    assert not assessment.kills


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(service_event(ACTION, eventType="INFO", eventName="SERVICE_STEADY_STATE"), id="steady"),
        pytest.param(service_event(ACTION), id="nothing told"),
        pytest.param(
            service_event(
                DEPLOYMENT,
                eventType="INFO",
                eventName="SERVICE_DEPLOYMENT_COMPLETED",
                reason="ECS deployment circuit breaker: rollback to deploymentId ecs-svc/1 completed.",
            ),
            id="a roll-back is done",
        ),
    ],
)
def test_no_failures(event: dict[str, Any]) -> None:
    assessment = assess(event, NOW)
    assert (assessment.verdict, assessment.deaths) == (Verdict.NONE, ())


def test_one_deployment_is_one_failure_and_two_actions_are_two() -> None:
    def name(event: dict[str, Any]) -> str:
        return assess(event, NOW).deaths[0].task_arn

    failed = service_event(DEPLOYMENT, eventType="ERROR", deploymentId="ecs-svc/1")
    rolled_back = service_event(DEPLOYMENT, reason="rolling back to", deploymentId="ecs-svc/1") | {
        "id": "other"
    }
    impaired = service_event(ACTION, eventType="WARN")
    assert (
        name(failed)
        == name(rolled_back)
        == "arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout#ecs-svc:1"
    )
    assert name(impaired) != name(impaired | {"id": "other"})


def test_an_old_short_service_arn_takes_its_cluster_from_the_detail() -> None:
    event = service_event(ACTION, eventType="WARN")
    event["resources"] = ["arn:aws:ecs:eu-west-1:123456789012:service/checkout"]
    assert assess(event, NOW).deaths[0].group_key.cluster == "prod"
