"""Who started a task, as far as ECS tells."""

from dataclasses import replace

import pytest

from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.launcher import launched_by

SERVICE = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api", "app")
FAMILY = replace(SERVICE, kind=OwnerKind.FAMILY, name="nightly")


@pytest.mark.parametrize(
    ("key", "started_by", "words"),
    [
        pytest.param(SERVICE, "ecs-svc/4711", "service checkout-api", id="a deployment of a service"),
        pytest.param(SERVICE, "", "service checkout-api", id="a service, untold"),
        pytest.param(FAMILY, "events-rule/nightly", "EventBridge rule nightly", id="a rule"),
        pytest.param(FAMILY, "chronos-schedule/hourly", "EventBridge schedule hourly", id="a schedule"),
        pytest.param(
            FAMILY,
            "chronos-schedule/gold-coast-data-lak",
            "EventBridge schedule gold-coast-data-lak… (name cut by ECS)",
            id="a schedule whose name ECS cut",
        ),
        pytest.param(FAMILY, "AWS Step Functions", "Step Functions", id="a state machine"),
        pytest.param(FAMILY, "", "standalone task", id="plain run-task"),
        pytest.param(
            FAMILY, "deploy-script", "standalone task, started by deploy-script", id="somebody's own words"
        ),
        pytest.param(replace(FAMILY, kind=OwnerKind.JOB), "", "AWS Batch job", id="a Batch job"),
        pytest.param(
            replace(FAMILY, cluster="AWSBatch-ce-1a2b"), "", "AWS Batch job", id="in a cluster of Batch"
        ),
        pytest.param(
            replace(FAMILY, cluster="ce_Batch_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
            "",
            "AWS Batch job",
            id="in a cluster of Batch, older naming",
        ),
        pytest.param(replace(FAMILY, kind=OwnerKind.TASK), "", "", id="known by its ARN alone"),
    ],
)
def test_launchers(key: GroupKey, started_by: str, words: str) -> None:
    assert launched_by(key, started_by) == words
