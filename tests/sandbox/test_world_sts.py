"""STS in the sandbox: roles that trust us or not, keys that end, and whose call a call is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.sts import STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE
from sandbox.aws.world import World
from sandbox.clock import ManualClock

Client = Callable[..., Any]


async def lent(aws: Client, **asked: Any) -> dict[str, str]:
    """Keys of the staging account's role, as boto3's `client` takes them."""
    whole = {
        "RoleArn": STAGING_ROLE,
        "RoleSessionName": "oom-guard",
        "ExternalId": STAGING_EXTERNAL_ID,
    } | asked
    given = (await asyncio.to_thread(aws("sts").assume_role, **whole))["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


async def test_lent_keys_are_of_the_other_account_in_which_nothing_runs(aws: Client) -> None:
    keys = await lent(aws)
    who = await asyncio.to_thread(aws("sts", **keys).get_caller_identity)
    assert (who["Account"], who["Arn"].rpartition("/")[2]) == (STAGING, "oom-guard")
    assert (await asyncio.to_thread(aws("ecs", **keys).list_clusters))["clusterArns"] == []
    assert (await asyncio.to_thread(aws("ecs").list_clusters))["clusterArns"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"ExternalId": "guessed"}, id="another external id"),
        pytest.param({"RoleArn": f"{STAGING_ROLE}-2"}, id="no such role"),
    ],
)
async def test_a_role_that_is_not_lent(aws: Client, asked: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        await lent(aws, **asked)


async def test_who_was_lent_keys_lends_none(aws: Client) -> None:
    keys = await lent(aws)
    with pytest.raises(ClientError, match="AccessDenied"):
        await asyncio.to_thread(
            aws("sts", **keys).assume_role, RoleArn=STAGING_ROLE, RoleSessionName="oom-guard"
        )


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        pytest.param("ecs", "list_clusters", "ExpiredTokenException", id="an API that speaks JSON"),
        pytest.param("sts", "get_caller_identity", "ExpiredToken", id="an API that speaks XML"),
    ],
)
async def test_lent_keys_end(
    aws: Client, clock: ManualClock, service: str, operation: str, code: str
) -> None:
    keys = await lent(aws, DurationSeconds=900)
    await clock.advance(899)
    await asyncio.to_thread(getattr(aws(service, **keys), operation))
    await clock.advance(1)
    with pytest.raises(ClientError) as caught:
        await asyncio.to_thread(getattr(aws(service, **keys), operation))
    assert caught.value.response["Error"]["Code"] == code


async def test_keys_need_their_token(aws: Client) -> None:
    keys = await lent(aws)
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        await asyncio.to_thread(aws("ecs", **keys | {"aws_session_token": "made up"}).list_clusters)


async def test_an_account_can_hang(aws: Client, world: World) -> None:
    keys = await lent(aws)
    world.faults.hang(STAGING)
    stuck = asyncio.create_task(asyncio.to_thread(aws("ecs", **keys).list_clusters))
    assert (await asyncio.to_thread(aws("ecs").list_clusters))["clusterArns"]
    assert not stuck.done()
    world.faults.hanging[STAGING].set()
    assert (await stuck)["clusterArns"] == []
