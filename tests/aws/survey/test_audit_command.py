"""`python app.py audit`: what it prints, and the exit status that CI acts on."""

import asyncio
import json

import pytest
from click.testing import CliRunner, Result

from bot.audit_command import audit_command
from bot.look_settings import LookSettings
from sandbox.aws import kinds
from sandbox.aws.arns import REGION
from sandbox.aws.world import World


async def audit(*words: str) -> Result:
    """Run it; it has an event loop of its own."""
    command = audit_command(lambda: LookSettings(aws_region=REGION))
    return await asyncio.to_thread(CliRunner().invoke, command, words)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param([], 0, "6 services and tasks looked at: 0 severe", id="nothing severe"),
        pytest.param(["--cluster", "prod"], 0, "0 severe", id="one cluster"),
        pytest.param(
            ["--cluster", "pord"],
            3,
            "Not looked at: there is no cluster pord",
            id="a cluster that is not there",
        ),
    ],
)
async def test_the_status_tells(words: list[str], status: int, said: str) -> None:
    result = await audit(*words)
    assert said in result.output
    assert result.exit_code == status


async def test_severe_is_1_and_json_has_evidence_and_fix(world: World) -> None:
    kinds.begin(world.ecs, "host")
    kinds.begin(world.ecs, "jvm-xmx-too-high")
    result = await audit("--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["severe"], told["not_looked_at"]) == (1, 2, [])
    rules = {one["rule"]: one for one in told["remarks"]}
    assert rules["limit.none"]["subject"].endswith("prod/service:kind-host")
    assert rules["knob.jvm.heap"]["paste"] == "-Xmx1536m"
    assert all(one["evidence"] and one["fix"] for one in told["remarks"])


async def test_what_may_not_be_looked_at_is_3_and_named(world: World) -> None:
    world.faults.deny("cloudwatch:GetMetricData")
    result = await audit()
    assert "the role needs cloudwatch:GetMetricData" in result.output
    assert result.exit_code == 3
