"""Lines of infrastructure as code: the right property names, only what changes, and values that break out of nothing."""

import json
from dataclasses import replace

import pytest

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan import iac
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.telling.language import speaking
from bot.language.catalogs import language

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:42"
CHANGE = Change(
    revision_arn=ARN,
    containers=(
        ContainerChange(
            name="app",
            old_memory_mib=1024,
            new_memory_mib=3072,
            old_reservation_mib=512,
            new_reservation_mib=1536,
        ),
    ),
    task_memory_mib=(1024, 3072),
    cpu=(256, 512),
)
ONLY_TASK = Change(
    revision_arn=ARN,
    containers=(ContainerChange(name="app", old_memory_mib=None, new_memory_mib=None),),
    task_memory_mib=(1024, 2048),
    cpu=(256, 256),
)
ONLY_CONTAINER = Change(
    revision_arn=ARN,
    containers=(ContainerChange(name="app", old_memory_mib=None, new_memory_mib=2048),),
    task_memory_mib=(4096, 4096),
    cpu=(256, 256),
)


def turned(value: str, variable: str = "JAVA_TOOL_OPTIONS") -> Change:
    """The change with one environment variable."""
    knob = KnobChange(variable=variable, old="", new=value, why="-Xmx1g → -Xmx2g")
    return replace(CHANGE, knobs=(("app", knob),))


@pytest.mark.parametrize(
    ("owner", "change", "expected"),
    [
        pytest.param(
            "CloudFormation stack shop-prod",
            CHANGE,
            """\
# CloudFormation: Properties of the AWS::ECS::TaskDefinition
Cpu: "512"  # was 256
Memory: "3072"  # was 1024
ContainerDefinitions:
  - Name: "app"
    Memory: 3072  # was 1024
    MemoryReservation: 1536  # was 512

// CDK: the task definition, then its addContainer
cpu: 512,  // was 256
memoryLimitMiB: 3072,  // was 1024
// container app
memoryLimitMiB: 3072,  // was 1024
memoryReservationMiB: 1536,  // was 512""",
            id="CloudFormation, and CDK, which nobody can tell from it",
        ),
        pytest.param(
            "CloudFormation stack shop-prod",
            ONLY_TASK,
            """\
# CloudFormation: Properties of the AWS::ECS::TaskDefinition
Memory: "2048"  # was 1024

// CDK: the task definition, then its addContainer
memoryLimitMiB: 2048,  // was 1024""",
            id="CloudFormation, of the task alone",
        ),
        pytest.param(
            "Terraform (judging by a tag)",
            CHANGE,
            """\
# Terraform: resource "aws_ecs_task_definition"
cpu = "512"  # was 256
memory = "3072"  # was 1024
container_definitions = jsonencode([
  {
    name = "app"
    memory = 3072  # was 1024
    memoryReservation = 1536  # was 512
  },
])""",
            id="Terraform",
        ),
        pytest.param(
            "OpenTofu (judging by the role tofu)",
            ONLY_TASK,
            """\
# Terraform: resource "aws_ecs_task_definition"
memory = "2048"  # was 1024""",
            id="OpenTofu, of the task alone",
        ),
        pytest.param(
            "Copilot application shop",
            ONLY_TASK,
            "# copilot/<service>/manifest.yml\nmemory: 2048  # was 1024",
            id="Copilot",
        ),
        pytest.param(
            "Copilot application shop",
            ONLY_CONTAINER,
            """\
# CloudFormation: Properties of the AWS::ECS::TaskDefinition
ContainerDefinitions:
  - Name: "app"
    Memory: 2048  # not set before

// CDK: the task definition, then its addContainer
// container app
memoryLimitMiB: 2048,  // not set before""",
            id="Copilot, of what its manifest does not know",
        ),
    ],
)
def test_lines_to_change(owner: str, change: Change, expected: str) -> None:
    assert iac.lines(change, owner) == expected


def test_other_tools_get_the_task_definition_as_ecs_has_it() -> None:
    for owner in ("ecspresso (judging by the role deploy)", "Pulumi (judging by a tag)", "somebody"):
        assert json.loads(iac.lines(CHANGE, owner)) == {
            "cpu": "512",
            "memory": "3072",
            "containerDefinitions": [{"name": "app", "memory": 3072, "memoryReservation": 1536}],
        }


@pytest.mark.parametrize(
    ("owner", "value", "expected"),
    [
        pytest.param(
            "CloudFormation",
            '-Dx="a"\n# evil: true',
            '- {Name: "JAVA_TOOL_OPTIONS", Value: "-Dx=\\"a\\"\\n# evil: true"}',
            id="YAML: quotes and a line end",
        ),
        pytest.param(
            "Terraform",
            '${file("/etc/passwd")}%{ if',
            'value = "$${file(\\"/etc/passwd\\")}%%{ if"',
            id="HCL: templates",
        ),
        pytest.param(
            "CDK", "`${x}`\u2028", 'environment: { "JAVA_TOOL_OPTIONS": "`${x}`\\u2028" },', id="TypeScript"
        ),
    ],
)
def test_values_are_escaped(owner: str, value: str, expected: str) -> None:
    assert expected in iac.lines(turned(value), owner)


@pytest.mark.parametrize("owner", ["CloudFormation", "CDK", "Copilot", "Terraform", "Pulumi"])
def test_secrets_are_not_pasted_around(owner: str) -> None:
    told = iac.lines(turned("-Xmx2g -Ddb.password=hunter2hunter2"), owner)
    assert "hunter2" not in told
    assert "<as before, but -Xmx1g" in told


def test_a_pinned_image_stands_in_all_of_them() -> None:
    pinned = replace(CHANGE.containers[0], image="shop/app@sha256:abc")
    for owner in ("CloudFormation", "CDK", "Terraform", ""):
        assert '"shop/app@sha256:abc"' in iac.lines(replace(CHANGE, containers=(pinned,)), owner)


@pytest.mark.parametrize("owner", ["CloudFormation", "Terraform", "Pulumi"])
def test_remarks_are_in_the_language_that_is_spoken_and_readable(owner: str) -> None:
    with speaking(language("zh-CN")):
        told = iac.lines(turned("-Xmx2g -Ddb.password=hunter2hunter2"), owner)
    assert "<同前，但 -Xmx1g → -Xmx2g>" in told
    assert ("原为 1024" in told) is (owner != "Pulumi"), "JSON has no remarks"
