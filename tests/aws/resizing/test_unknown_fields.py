"""Unknown fields: what botocore would drop in silence stops a resize before anything is written."""

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import web

from bot.aws.calls import Calls
from bot.aws.evidence.site import Site
from bot.aws.resize_writing import Pen, Refused, move_pin
from bot.aws.resizing import definitions, job_definitions
from bot.aws.unknown_fields import UNKNOWN
from bot.domain.plan import revision
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.plan.revision import CannotRevise
from bot.domain.resize.resize import ResizePhase, Status
from bot.domain.resize.step import MovePin
from tests.sandbox.slack_parts import serve

ACCOUNT, REGION = "123456789012", "eu-west-1"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:1"
CHANGE = Change(
    revision_arn=ARN, containers=(ContainerChange(name="app", old_memory_mib=512, new_memory_mib=1024),)
)
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Tomorrow:
    """An AWS that is newer than our botocore: it answers what it is told to."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.answer: dict[str, Any] = {}
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        """STS knows us; everything else gets the answer."""
        body = (await request.read()).decode()
        self.asked.append(request.headers.get("X-Amz-Target", "").rpartition(".")[2] or request.path)
        if "GetCallerIdentity" in body:
            return web.Response(text=IDENTITY, content_type="text/xml")
        return web.Response(text=json.dumps(self.answer), content_type="application/json")


@pytest.fixture
async def tomorrow(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tomorrow]:
    it = Tomorrow()
    async with serve([web.route("*", "/{path:.*}", it.handle)]) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATOMORROW")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made up")
        yield it


@pytest.fixture
def site(tomorrow: Tomorrow) -> Any:
    with ThreadPoolExecutor(2) as pool:
        yield Site(Calls(pool), ACCOUNT, REGION)


def definition(**more: Any) -> dict[str, Any]:
    return {"taskDefinitionArn": ARN, "family": "web", "revision": 1} | more


@pytest.mark.parametrize(
    ("told", "named"),
    [
        pytest.param(
            definition(containerDefinitions=[{"name": "app", "memory": 512}], quantumMode="on"),
            "quantumMode",
            id="a field of the task",
        ),
        pytest.param(
            definition(containerDefinitions=[{"name": "app", "memory": 512, "gravity": {"g": 9.81}}]),
            "containerDefinitions.gravity",
            id="a field of a container",
        ),
        pytest.param(
            definition(
                containerDefinitions=[
                    {"name": "app", "memory": 512, "linuxParameters": {"tmpfs": [{"speed": 1}]}}
                ]
            ),
            "containerDefinitions.linuxParameters.tmpfs.speed",
            id="a field deep within",
        ),
    ],
)
async def test_a_revision_with_a_field_of_tomorrow_is_not_registered_anew(
    tomorrow: Tomorrow, site: Site, told: dict[str, Any], named: str
) -> None:
    tomorrow.answer = {"taskDefinition": told}
    described = await definitions.describe(site, ARN)
    with pytest.raises(CannotRevise, match=f"does not know the field {named} "):
        revision.request(described, CHANGE, accepted=definitions.accepted_by_ecs(), tags=())


async def test_what_botocore_knows_all_of_goes_round(tomorrow: Tomorrow, site: Site) -> None:
    app = {"name": "app", "memory": 512, "dockerLabels": {"any": "key"}}
    tomorrow.answer = {"taskDefinition": definition(containerDefinitions=[app])}
    described = await definitions.describe(site, ARN)
    made = revision.request(described, CHANGE, accepted=definitions.accepted_by_ecs(), tags=())
    assert made["containerDefinitions"] == [app | {"memory": 1024}]


async def test_a_job_definition_of_tomorrow_is_not_registered_anew(tomorrow: Tomorrow, site: Site) -> None:
    one = {"jobDefinitionName": "genome", "jobDefinitionArn": "arn", "revision": 1, "type": "container"}
    sizes = [{"type": "MEMORY", "value": "512"}]
    properties = {"image": "genome", "resourceRequirements": sizes, "mood": "bright"}
    tomorrow.answer = {"jobDefinitions": [one | {"status": "ACTIVE", "containerProperties": properties}]}
    [described] = await job_definitions.newest(site, "genome")
    with pytest.raises(CannotRevise, match=r"containerProperties\.mood"):
        job_definitions.request(described, CHANGE, ())


@pytest.mark.parametrize(
    ("pin", "answer"),
    [
        pytest.param(
            "rule nightly/1",
            {
                "Targets": [
                    {"Id": "1", "Arn": "c", "EcsParameters": {"TaskDefinitionArn": ARN}, "Aura": "blue"}
                ]
            },
            id="a target of a rule",
        ),
        pytest.param(
            "schedule default/nightly",
            {
                "Name": "nightly",
                "Target": {"Arn": "c", "EcsParameters": {"TaskDefinitionArn": ARN, "Aura": 1}},
            },
            id="a schedule",
        ),
    ],
)
async def test_a_pin_of_tomorrow_is_not_replaced(
    tomorrow: Tomorrow, site: Site, pin: str, answer: dict[str, Any]
) -> None:
    tomorrow.answer = answer
    pen = Pen(site.calls, ACCOUNT, REGION, "U0ALICE")
    step = MovePin(Status(phase=ResizePhase.DEPLOYING), pin, ARN, f"{ARN}0")
    with pytest.raises(Refused, match="Aura"):
        await move_pin(pen, step)
    assert "PutTargets" not in tomorrow.asked
    assert len([one for one in tomorrow.asked if "schedules" in one]) <= 1


async def test_an_answer_that_nobody_sends_back_is_not_searched(tomorrow: Tomorrow, site: Site) -> None:
    tomorrow.answer = {"services": [], "surprise": 1}
    assert UNKNOWN not in await site.ask("ecs", "describe_services", services=["web"])
