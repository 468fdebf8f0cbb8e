"""Addresses of console pages: every partition, every kind of owner, and none where none is true."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.subject import console
from bot.domain.subject.group_key import GroupKey, OwnerKind

ID = "7f9c2d1a0b3e4f5a6b7c8d9e0f1a2b3c"
SERVICE = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout-api", "app")
DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:87"
JOB = "arn:aws:batch:eu-west-1:123456789012:job-definition/align-genomes:4"


@pytest.mark.parametrize(
    ("region", "partition", "host"),
    [
        pytest.param("eu-west-1", "aws", "eu-west-1.console.aws.amazon.com", id="commercial"),
        pytest.param("cn-north-1", "aws-cn", "cn-north-1.console.amazonaws.cn", id="China"),
        pytest.param(
            "us-gov-west-1", "aws-us-gov", "us-gov-west-1.console.amazonaws-us-gov.com", id="GovCloud"
        ),
        pytest.param(
            "eusc-de-east-1", "aws-eusc", "eusc-de-east-1.console.amazonaws-eusc.eu", id="European sovereign"
        ),
    ],
)
def test_every_partition_has_its_console(region: str, partition: str, host: str) -> None:
    key = replace(SERVICE, region=region)
    page = f"https://{host}/ecs/v2/clusters/prod/tasks/{ID}"
    arn = f"arn:{partition}:ecs:{region}:123456789012:task/prod/{ID}"
    assert console.task(key, arn) == f"{page}/configuration?region={region}"
    assert console.task_logs(key, arn) == f"{page}/logs?region={region}"
    assert (
        console.owner(key, "")
        == f"https://{host}/ecs/v2/clusters/prod/services/checkout-api/health?region={region}"
    )


@pytest.mark.parametrize(
    ("key", "definition", "label", "path"),
    [
        pytest.param(
            SERVICE, DEFINITION, "Service", "ecs/v2/clusters/prod/services/checkout-api/health", id="service"
        ),
        pytest.param(
            replace(SERVICE, kind=OwnerKind.FAMILY),
            DEFINITION,
            "Task definition",
            "ecs/v2/task-definitions/checkout-api/87/containers",
            id="family, by the revision that died",
        ),
        pytest.param(
            replace(SERVICE, kind=OwnerKind.FAMILY, name="nightly"),
            "",
            "Task definition",
            "ecs/v2/task-definitions/nightly",
            id="family whose revision nobody told",
        ),
        pytest.param(
            replace(SERVICE, kind=OwnerKind.TASK, name=ID),
            DEFINITION,
            "Task definition",
            "ecs/v2/task-definitions/checkout-api/87/containers",
            id="task known by its ARN alone",
        ),
    ],
)
def test_the_owner_has_a_page(key: GroupKey, definition: str, label: str, path: str) -> None:
    assert (
        console.owner(key, definition) == f"https://eu-west-1.console.aws.amazon.com/{path}?region=eu-west-1"
    )
    assert console.owner_label(key) == label


def test_a_job_has_its_job_definition() -> None:
    key = replace(SERVICE, kind=OwnerKind.JOB, name="align-genomes")
    home = "https://eu-west-1.console.aws.amazon.com/batch/home?region=eu-west-1"
    assert console.owner(key, JOB) == f"{home}#job-definition/detail/{JOB}"
    assert console.owner_label(key) == "Job definition"


def test_an_old_short_arn_takes_the_cluster_of_its_group_key() -> None:
    page = console.task(SERVICE, f"arn:aws:ecs:eu-west-1:123456789012:task/{ID}")
    assert page.startswith(f"https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/tasks/{ID}/")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(console.task(SERVICE, ""), id="no ARN"),
        pytest.param(console.task(SERVICE, "arn:aws:batch:eu-west-1:1:job/abc"), id="the ARN of a job"),
        pytest.param(
            console.task(SERVICE, "arn:aws:ecs:evil.example/:1:task/prod/abc"), id="a region that is none"
        ),
        pytest.param(
            console.task(SERVICE, "arn:aws-iso:ecs:us-iso-east-1:1:task/prod/abc"), id="no public console"
        ),
        pytest.param(console.task(SERVICE, f"arn:aws:ecs:eu-west-1:1:task/prod/{'x' * 900}"), id="too long"),
        pytest.param(
            console.task(replace(SERVICE, cluster=""), f"arn:aws:ecs:eu-west-1:1:task/{ID}"),
            id="unknown cluster",
        ),
        pytest.param(console.owner(replace(SERVICE, region="us-isob-east-1"), ""), id="isolated region"),
        pytest.param(console.owner(replace(SERVICE, region=""), ""), id="no region"),
        pytest.param(
            console.owner(replace(SERVICE, kind=OwnerKind.JOB), DEFINITION), id="a job without definition"
        ),
        pytest.param(
            console.owner(replace(SERVICE, kind=OwnerKind.TASK), ""), id="a task without definition"
        ),
    ],
)
def test_no_link_is_better_than_one_that_leads_astray(page: str) -> None:
    assert page == ""


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=60))
def test_names_cannot_leave_the_console(cluster: str, name: str, region: str) -> None:
    key = replace(SERVICE, cluster=cluster, name=name, region=region or "eu-west-1")
    for page in (console.owner(key, ""), console.task(key, f"arn:aws:ecs:eu-west-1:1:task/{name}")):
        assert page == "" or (page.startswith("https://") and len(page) <= console.LONGEST)
        host = page.removeprefix("https://").split("/")[0]
        assert host == "" or host.endswith(tuple(console.HOSTS.values()))
        assert not set(page) & set(" <>|\"'`\n")


@pytest.mark.parametrize(
    ("arn", "task_id"),
    [
        pytest.param(f"arn:aws:ecs:eu-west-1:1:task/prod/{ID}", ID, id="new form"),
        pytest.param(f"arn:aws:ecs:eu-west-1:1:task/{ID}", ID, id="old form"),
        pytest.param("arn:aws:ecs:eu-west-1:1:service/prod/checkout-api", "", id="no task at all"),
    ],
)
def test_a_task_goes_by_its_id(arn: str, task_id: str) -> None:
    assert console.task_id(arn) == task_id
