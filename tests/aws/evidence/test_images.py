"""Images: what a tag means now, of one platform and of many, in our registry, in another account's, and in none."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.aws.evidence import images
from bot.aws.evidence.site import Site
from sandbox.aws.arns import ACCOUNT, REGION
from sandbox.aws.errors import AwsError
from tests.aws.evidence.conftest import Inquiry

INDEX = "application/vnd.oci.image.index.v1+json"
OURS = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop/api:live"
THEIRS = OURS.replace(ACCOUNT, "999999999999")


class Shelves:
    """An ECR whose tag is an index of two platforms; what it was asked stays."""

    def __init__(self, *children: str) -> None:
        self.children = children
        self.asked: list[Mapping[str, Any]] = []

    def describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(asked)
        named = {"imageDigest": "sha256:index", "imageManifestMediaType": INDEX}
        return {"imageDetails": [named | {"repositoryName": asked["repositoryName"]}]}

    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(asked)
        manifest = {"manifests": [{"digest": one, "size": 1} for one in self.children]}
        return {"images": [{"imageId": asked["imageIds"][0], "imageManifest": json.dumps(manifest)}]}


def site_of(inquiry: Inquiry) -> Site:
    return Site(inquiry.calls, ACCOUNT, REGION)


@pytest.mark.parametrize(
    ("running", "has_moved"),
    [
        pytest.param("sha256:index", False, id="ECS tells the index itself"),
        pytest.param("sha256:arm", False, id="ECS tells the platform that ran"),
        pytest.param("sha256:old", True, id="neither: other code"),
    ],
)
async def test_a_tag_of_many_platforms(inquiry: Inquiry, running: str, *, has_moved: bool) -> None:
    shelves = Shelves("sha256:amd", "sha256:arm")
    play(inquiry, shelves)
    found = await images.state(site_of(inquiry), OURS, running)
    assert (found.tag_digest, found.has_moved) == ("sha256:index", has_moved)


async def test_a_repository_of_another_account_is_asked_for_by_its_id(inquiry: Inquiry) -> None:
    shelves = Shelves()
    play(inquiry, shelves)
    await images.state(site_of(inquiry), THEIRS, "sha256:index")
    assert {one["registryId"] for one in shelves.asked} == {"999999999999"}
    assert {one["repositoryName"] for one in shelves.asked} == {"shop/api"}


@pytest.mark.parametrize("code", ["ImageNotFoundException", "RepositoryNotFoundException"])
async def test_a_tag_that_is_gone_is_said_to_be(inquiry: Inquiry, code: str) -> None:
    inquiry.world.faults.ordered["ecr:DescribeImages"] = (AwsError(code, "not there"), -1)
    found = await images.state(site_of(inquiry), OURS, "sha256:a")
    assert (found.has_moved, found.is_gone, found.why) == (
        None,
        True,
        "the tag live is no longer in ECR: a new task could not pull it",
    )


@pytest.mark.parametrize(
    ("image", "running", "has_moved", "why"),
    [
        pytest.param("redis:7", "sha256:a", None, "not in ECR", id="another registry"),
        pytest.param(f"{OURS}", "", None, "did not tell which digest", id="ECS did not tell"),
        pytest.param("redis@sha256:a", "", False, "", id="pinned"),
    ],
)
async def test_what_nobody_has_to_be_asked_for(
    inquiry: Inquiry, image: str, running: str, has_moved: object, why: str
) -> None:
    inquiry.world.faults.deny("*")
    found = await images.state(site_of(inquiry), image, running)
    assert found.has_moved is has_moved
    assert why in found.why


def play(inquiry: Inquiry, shelves: Shelves) -> None:
    """Let these shelves answer for ECR."""
    inquiry.world._at_home["ecr"] = {"DescribeImages": shelves.describe, "BatchGetImage": shelves.get}
