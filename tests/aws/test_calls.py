"""Calls: what AWS answers at the wire, and which of our errors each refusal is."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected, Unreachable
from sandbox.aws.arns import REGION
from sandbox.aws.errors import AwsError
from sandbox.aws.world import World


async def trouble(calls: Calls, region: str = REGION, **arguments: Any) -> AwsTrouble:
    """What a question about tasks ends in."""
    asked: dict[str, Any] = {"cluster": "prod", "tasks": ["0" * 32]} | arguments
    with pytest.raises(AwsTrouble) as caught:
        await calls.ask("ecs", region, "describe_tasks", **asked)
    return caught.value


async def test_answered(calls: Calls) -> None:
    answer = await calls.ask("ecs", REGION, "describe_clusters", clusters=["prod"])
    assert [cluster["clusterName"] for cluster in answer["clusters"]] == ["prod"]


@pytest.mark.parametrize(
    ("code", "status", "kind", "words"),
    [
        pytest.param(
            "AccessDeniedException", 400, Forbidden, "the role needs ecs:DescribeTasks", id="denied"
        ),
        pytest.param(
            "UnauthorizedOperation", 403, Forbidden, "ecs:DescribeTasks", id="denied, in EC2's word"
        ),
        pytest.param("ThrottlingException", 400, Unreachable, "ThrottlingException", id="throttled"),
        pytest.param("RequestLimitExceeded", 503, Unreachable, "RequestLimitExceeded", id="EC2's throttle"),
        pytest.param("ServerException", 500, Unreachable, "ServerException", id="AWS's own trouble"),
        pytest.param(
            "ClusterNotFoundException", 400, Rejected, "ClusterNotFoundException", id="a wrong name"
        ),
        pytest.param("ExpiredTokenException", 400, Rejected, "ExpiredToken", id="our credentials have ended"),
    ],
)
async def test_what_each_refusal_is(
    world: World, calls: Calls, code: str, status: int, kind: type[AwsTrouble], words: str
) -> None:
    world.faults.ordered["ecs:DescribeTasks"] = (AwsError(code, "a sentence of AWS's", status), -1)
    caught = await trouble(calls)
    assert type(caught) is kind
    assert words in str(caught)


async def test_a_moments_trouble_is_none(world: World, calls: Calls) -> None:
    world.faults.throttle("ecs:DescribeClusters", times=2)
    answer = await calls.ask("ecs", REGION, "describe_clusters", clusters=["prod"])
    assert len(answer["clusters"]) == 1


@pytest.mark.parametrize(
    ("region", "arguments"),
    [
        pytest.param("-", {}, id="a region that is none"),
        pytest.param(REGION, {"tasks": 7}, id="an argument of the wrong kind"),
    ],
)
async def test_what_is_not_even_sent_would_not_be_better_later(
    calls: Calls, region: str, arguments: dict[str, object]
) -> None:
    assert isinstance(await trouble(calls, region, **arguments), Rejected)


async def test_no_one_is_there(world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert isinstance(await trouble(calls), Unreachable)


@pytest.mark.parametrize("service", ["ecs", "sts"])
async def test_a_proxy_that_answers_in_its_own_words(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=200, text="<html>Please log in<br></html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with TestServer(app) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", str(proxy.make_url("/")))
        operation = {"ecs": "list_clusters", "sts": "get_caller_identity"}[service]
        with pytest.raises(Unreachable, match="what answered is not AWS"):
            await calls.ask(service, "eu-central-1", operation)


async def test_without_credentials(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ThreadPoolExecutor(1) as pool:
        assert "NoCredentialsError" in str(await trouble(Calls(pool)))


async def test_many_at_once_from_the_first_call_on(calls: Calls) -> None:
    asked = [calls.ask("ecs", REGION, "describe_clusters", clusters=["prod"]) for _ in range(40)]
    answers = await asyncio.gather(*asked)
    assert [len(answer["clusters"]) for answer in answers] == [1] * 40


def at_work() -> list[asyncio.Task[Any]]:
    """The calls that threads are busy with."""
    return [one for one in asyncio.all_tasks() if "_work" in repr(one.get_coro())]


async def test_a_trouble_that_nobody_waits_for_any_more_is_no_error(world: World, calls: Calls) -> None:
    """Who asked was cancelled meanwhile, as when its time was up."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    world.faults.hang("123456789012")
    world.faults.throttle("ecs:DescribeClusters")
    asked = asyncio.create_task(calls.ask("ecs", REGION, "describe_clusters", clusters=["prod"]))
    for _ in range(5):
        await asyncio.sleep(0)
    (thread,) = at_work()
    asked.cancel()
    world.faults.hanging.pop("123456789012").set()
    await asyncio.wait([thread])
    del thread, asked
    gc.collect()
    assert complaints == []
