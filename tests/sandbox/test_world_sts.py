"""STS in the sandbox: roles that trust us or not, keys that end, and whose call a call is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws.sts import RESIZE_ROLE, STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import WireLog

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


RESIZE = {"RoleArn": RESIZE_ROLE, "SourceIdentity": "U0ALICE", "RoleSessionName": "oom-guard-U0ALICE"}


async def test_the_role_for_resizes_changes_and_does_not_read(aws: Client, wire: WireLog) -> None:
    keys = await lent(aws, **RESIZE)
    with pytest.raises(ClientError, match=r"AccessDeniedException.*ecs:ListClusters"):
        await asyncio.to_thread(aws("ecs", **keys).list_clusters)
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        await asyncio.to_thread(aws("ecs", **keys).update_service, cluster="prod", service="none")
    assert wire.entries()[-1].actor.endswith("assumed-role/oom-guard-resize/oom-guard-U0ALICE")


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
        pytest.param({"SourceIdentity": "U0ALICE"}, id="a trust that takes no source identity"),
        pytest.param({"RoleArn": RESIZE_ROLE}, id="a trust that wants one"),
    ],
)
async def test_a_role_that_is_not_lent(aws: Client, asked: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        await lent(aws, **asked)


@pytest.mark.parametrize("field", ["RoleSessionName", "SourceIdentity"])
@pytest.mark.parametrize("name", ["a b", "a/b", "U0\u00c4", "x" * 65])
async def test_names_are_what_sts_takes(aws: Client, field: str, name: str) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        await lent(aws, **RESIZE | {field: name})


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
