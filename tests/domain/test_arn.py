"""ARNs: what is told by all the forms that AWS has used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aws.arn import Arn


@pytest.mark.parametrize(
    ("text", "kind", "name", "cluster", "revision"),
    [
        pytest.param("arn:aws:ecs:eu-west-1:1:task/prod/0a1b", "task", "0a1b", "prod", None, id="task"),
        pytest.param(
            "arn:aws:ecs:eu-west-1:1:task/0a1b-2c", "task", "0a1b-2c", "", None, id="old short task"
        ),
        pytest.param("arn:aws:ecs:eu-west-1:1:cluster/prod", "cluster", "prod", "prod", None, id="cluster"),
        pytest.param(
            "arn:aws:ecs:eu-west-1:1:service/prod/web", "service", "web", "prod", None, id="service"
        ),
        pytest.param(
            "arn:aws:ecs:eu-west-1:1:service/web", "service", "web", "", None, id="old short service"
        ),
        pytest.param(
            "arn:aws-cn:ecs:cn-north-1:1:task-definition/web:12",
            "task-definition",
            "web",
            "",
            12,
            id="China, revision",
        ),
        pytest.param(
            "arn:aws:ecs:eu-west-1:1:task-definition/web", "task-definition", "web", "", None, id="family"
        ),
        pytest.param(
            "arn:aws:batch:eu-west-1:1:job-definition/render:3",
            "job-definition",
            "render",
            "",
            3,
            id="job definition",
        ),
        pytest.param(
            "arn:aws:batch:eu-west-1:1:job-queue/nightly", "job-queue", "nightly", "", None, id="job queue"
        ),
        pytest.param(
            "arn:aws:batch:eu-west-1:1:job/7777:4", "job", "7777:4", "", None, id="child of an array job"
        ),
        pytest.param("arn:aws:cloudwatch:eu-west-1:1:alarm:my:mem", "alarm", "my:mem", "", None, id="alarm"),
        pytest.param("arn:aws:sns:eu-west-1:1:topic", "", "topic", "", None, id="topic"),
        pytest.param(
            "arn:aws:ecs:REGION:ACCOUNT_NUMBER:x", "", "", "", None, id="a documentation's placeholder"
        ),
        pytest.param("no arn", "", "", "", None, id="no ARN"),
        pytest.param("arn:aws:ecs:eu-west-1:1:task/" + "x" * 5000, "", "", "", None, id="far too long"),
    ],
)
def test_parts(text: str, kind: str, name: str, cluster: str, revision: int | None) -> None:
    arn = Arn.parse(text)
    assert (arn.kind, arn.name, arn.cluster, arn.revision) == (kind, name, cluster, revision)


def test_envelope_parts() -> None:
    arn = Arn.parse(" arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task/prod/0a1b ")
    assert (arn.partition, arn.service, arn.region, arn.account) == (
        "aws-us-gov",
        "ecs",
        "us-gov-west-1",
        "123456789012",
    )
    assert arn.is_task


@given(st.one_of(st.text(), st.builds("arn:{}:{}:{}:{}:{}".format, *([st.text(max_size=8)] * 5))))
def test_any_text_is_read(text: str) -> None:
    arn = Arn.parse(text)
    assert arn.resource in text
    assert isinstance(arn.name + arn.cluster + arn.kind, str)
    assert arn.revision is None or arn.revision >= 0
