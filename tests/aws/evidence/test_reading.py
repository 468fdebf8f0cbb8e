"""Reading AWS's answers: task definitions, deployments, owners, prices; and answers that are kept."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.aws.evidence import definition_reading, pricing, scaling, services
from bot.aws.evidence.insights import quoted
from bot.aws.evidence.kept import Kept
from bot.aws.evidence.ownership import hinted
from bot.aws.evidence.services import Deployed
from bot.aws.trouble import Unreachable

GIVEN: dict[str, Any] = {
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7",
    "family": "shop",
    "revision": 7,
    "cpu": "512",
    "memory": "1024",
    "requiresCompatibilities": ["EC2", "FARGATE"],
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    "registeredBy": "arn:aws:sts::123456789012:assumed-role/atlantis/x",
    "containerDefinitions": [
        {
            "name": "app",
            "image": "shop:1",
            "memory": 900,
            "memoryReservation": 500,
            "command": ["java", "-Xmx700m"],
            "environment": [
                {"name": "JAVA_OPTS", "value": "-Xms1g"},
                {"name": "DB_PASSWORD", "value": "hunter2"},
            ],
            "secrets": [{"name": "API_KEY", "valueFrom": "arn:…"}],
            "linuxParameters": {
                "sharedMemorySize": 64,
                "maxSwap": 0,
                "tmpfs": [{"containerPath": "/tmp", "size": 10}, {"containerPath": "/x", "size": 20}],
            },
            "restartPolicy": {"enabled": True},
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/g"}},
        },
        {"name": "proxy", "essential": False},
    ],
}


def test_a_revision_is_read_without_the_values_of_its_secrets() -> None:
    found = definition_reading.read(GIVEN)
    assert (found.cpu, found.memory_mib, found.is_fargate, found.is_arm, found.is_windows) == (
        512,
        1024,
        True,
        True,
        False,
    )
    app, proxy = found.containers
    assert (app.memory_mib, app.reservation_mib, app.restarts) == (900, 500, True)
    assert (app.shared_memory_mib, app.tmpfs_mib, app.max_swap_mib) == (64, 30, 0)
    assert app.knobs == {"JAVA_OPTS": "-Xms1g"}
    assert app.variables == {"JAVA_OPTS", "DB_PASSWORD", "API_KEY"}
    assert "hunter2" not in repr(found) + str(app.knobs)
    assert app.log is not None
    assert (app.log.driver, app.log.group) == ("awslogs", "/g")
    assert (proxy.is_essential, proxy.memory_mib, proxy.log) == (False, None, None)


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def deployed(*revisions: int) -> list[Deployed]:
    """Deployments of these revisions, newest first, an hour between two."""
    return [Deployed(NOON - timedelta(hours=n), f"shop:{one}") for n, one in enumerate(revisions)]


@pytest.mark.parametrize(
    ("history", "at", "before"),
    [
        pytest.param([7, 6], NOON, "shop:6", id="just deployed"),
        pytest.param([8, 7, 6], NOON - timedelta(hours=1), "shop:6", id="someone deployed meanwhile"),
        pytest.param([7, 7, 5], NOON - timedelta(hours=1), "shop:5", id="deployed again without a change"),
        pytest.param([7, 6, 7, 5], NOON, "shop:6", id="rolled back and forth"),
        pytest.param([7], NOON, "", id="never another"),
        pytest.param([9, 8], None, "", id="longer ago than ECS remembers"),
        pytest.param([], None, "", id="no history"),
    ],
)
def test_what_ran_before_and_since_when(history: list[int], at: datetime | None, before: str) -> None:
    assert services.deployed_at(deployed(*history), "shop:7") == at
    assert services.before(deployed(*history), "shop:7") == before


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        pytest.param(
            "arn:aws:sts::1:assumed-role/atlantis-prod/i",
            "Terraform (judging by the role atlantis-prod)",
            id="Atlantis",
        ),
        pytest.param("arn:aws:iam::1:role/cdk-deploy", "CDK (judging by the role cdk-deploy)", id="CDK"),
        pytest.param("arn:aws:iam::1:user/alice", "", id="a person"),
        pytest.param("", "", id="nobody"),
    ],
)
def test_principals_hint_at_tools(principal: str, words: str) -> None:
    assert hinted(principal) == words


def policy(**target: Any) -> dict[str, Any]:
    """A target-tracking policy."""
    return {"TargetTrackingScalingPolicyConfiguration": target}


@pytest.mark.parametrize(
    ("given", "is_on_memory"),
    [
        pytest.param(
            policy(
                PredefinedMetricSpecification={"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}
            ),
            True,
            id="predefined",
        ),
        pytest.param(policy(CustomizedMetricSpecification={"MetricName": "MemoryUtilized"}), True, id="own"),
        pytest.param(
            policy(
                CustomizedMetricSpecification={
                    "Metrics": [{"MetricStat": {"Metric": {"MetricName": "MemoryUtilization"}}}]
                }
            ),
            True,
            id="a formula",
        ),
        pytest.param(
            policy(PredefinedMetricSpecification={"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}),
            False,
            id="on CPU",
        ),
        pytest.param({"PolicyType": "StepScaling"}, False, id="steps"),
    ],
)
def test_which_policies_look_at_memory(given: dict[str, Any], is_on_memory: bool) -> None:
    assert scaling._looks_at_memory(given) is is_on_memory


def product(usage: str, usd: str) -> str:
    """One product of the price list."""
    step = {"priceDimensions": {"d": {"unit": "hours", "pricePerUnit": {"USD": usd}}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": {"OnDemand": {"t": step}}})


def test_rates_are_found_in_the_price_list() -> None:
    products = [
        product("EU-Fargate-vCPU-Hours:perCPU", "0.04048"),
        product("EU-Fargate-GB-Hours", "0.004445"),
        product("EU-Fargate-ARM-vCPU-Hours:perCPU", "0.03238"),
        product("EU-Fargate-Windows-GB-Hours", "9"),
        product("EU-SpotUsage-Fargate-GB-Hours", "9"),
        product("EU-Fargate-EphemeralStorage-GB-Hours", "9"),
        product("EU-Fargate-ARM-GB-Hours", "many"),
        "{",
        "[]",
        '{"product": {"attributes": {}}}',
    ]
    found = pricing.read("eu-west-1", products, date(2026, 3, 2))
    assert found.x86 is not None
    assert (found.x86.vcpu_hour, found.x86.gb_hour, found.is_fallback) == (0.04048, 0.004445, False)
    assert found.arm is None, "half a rate is none"


def test_a_quotation_mark_does_not_end_a_string() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


async def test_kept_answers_are_asked_for_once_and_grow_old() -> None:
    now, asked = [0.0], []

    async def ask() -> int:
        asked.append(now[0])
        await asyncio.sleep(0)
        return len(asked)

    kept: Kept[int] = Kept(60, most=2, clock=lambda: now[0])
    assert await asyncio.gather(kept.get("a", ask), kept.get("a", ask)) == [1, 1]  # type: ignore[comparison-overlap]  # gather says tuple
    now[0] = 59
    assert await kept.get("a", ask) == 1
    now[0] = 60
    assert await kept.get("a", ask) == 2
    await kept.get("b", ask)
    await kept.get("c", ask)
    assert await kept.get("a", ask) == 5, "only so many are kept"


async def test_trouble_is_kept_shortly_and_a_waiter_that_leaves_spoils_nothing() -> None:
    now, troubles = [0.0], [Unreachable("slow down")]
    begun = asyncio.Event()

    async def ask() -> str:
        begun.set()
        await asyncio.sleep(0.01)
        if troubles:
            raise troubles[0]
        return "well"

    kept: Kept[str] = Kept(60, clock=lambda: now[0])
    impatient = asyncio.create_task(kept.get("a", ask))
    await begun.wait()
    impatient.cancel()
    with pytest.raises(Unreachable):
        await kept.get("a", ask)
    troubles.clear()
    now[0] = 9
    with pytest.raises(Unreachable):
        await kept.get("a", ask)
    now[0] = 10
    assert await kept.get("a", ask) == "well"
