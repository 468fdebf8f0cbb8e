"""Images: what ran against what its tag means now, as far as ECR can tell."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.diagnosis.evidence import ImageState
from bot.domain.telling.language import say

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
    r"/(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[\w.-]+))?",
    re.ASCII,
)
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_GONE = {"ImageNotFoundException", "RepositoryNotFoundException"}


class _Child(msgspec.Struct):
    digest: str = ""


class _Index(msgspec.Struct):
    manifests: list[_Child] = []


async def state(site: Site, image: str, running_digest: str) -> ImageState:
    """How the tag stands to what ran. Raises an AwsTrouble where ECR does not tell."""
    if "@" in image:
        pinned = image.partition("@")[2]
        return ImageState(
            image=image, running_digest=running_digest or pinned, tag_digest=pinned, has_moved=False
        )
    if not running_digest:
        return ImageState(image=image, running_digest="", why=say("ECS did not tell which digest ran"))
    found = _ECR.fullmatch(image)
    if found is None:
        return ImageState(
            image=image,
            running_digest=running_digest,
            why=say("the image is not in ECR: what its tag means now is unknown"),
        )
    registry = Registry(
        Site(site.calls, site.account, found["region"]), found["account"], found["repository"]
    )
    return await registry.compare(image, found["tag"] or "latest", running_digest)


async def is_kept(site: Site, image: str, digest: str) -> bool:
    """Whether ECR still has the digest: untagged images are often removed. Raises an AwsTrouble."""
    found = _ECR.fullmatch(image.partition("@")[0])
    if found is None or not digest:
        return False
    there = Site(site.calls, site.account, found["region"])
    return await Registry(there, found["account"], found["repository"]).has(digest)


class Registry:
    """One repository, asked with the keys of the account in which the image ran."""

    def __init__(self, site: Site, account: str, repository: str) -> None:
        """`account` is the registry's, which may be another one."""
        self._site = site
        self._named = {"registryId": account, "repositoryName": repository}

    async def compare(self, image: str, tag: str, running: str) -> ImageState:
        """A tag of many platforms means an index, of which the digest that ran may be a part."""
        try:
            answer = await self._site.ask(
                "ecr", "describe_images", **self._named, imageIds=[{"imageTag": tag}]
            )
        except Rejected as trouble:
            if trouble.code not in _GONE:
                raise
            why = say("the tag {tag} is no longer in ECR: a new task could not pull it", tag=tag)
            return ImageState(image=image, running_digest=running, why=why, is_gone=True)
        detail: Mapping[str, Any] = next(iter(answer.get("imageDetails", ())), {})
        meant = str(detail.get("imageDigest", ""))
        has_moved = bool(meant) and meant != running
        if has_moved and detail.get("imageManifestMediaType", _INDEXES[0]) in _INDEXES:
            has_moved = running not in await self._children(meant)
        return ImageState(
            image=image, running_digest=running, tag_digest=meant, has_moved=has_moved if meant else None
        )

    async def has(self, digest: str) -> bool:
        """Whether the digest is there. Raises an AwsTrouble."""
        try:
            await self._site.ask("ecr", "describe_images", **self._named, imageIds=[{"imageDigest": digest}])
        except Rejected as trouble:
            if trouble.code in _GONE:
                return False
            raise
        return True

    async def _children(self, digest: str) -> set[str]:
        answer = await self._site.ask(
            "ecr",
            "batch_get_image",
            **self._named,
            imageIds=[{"imageDigest": digest}],
            acceptedMediaTypes=list(_INDEXES),
        )
        found: set[str] = set()
        for image in answer.get("images", ()):
            index = msgspec.json.decode(str(image.get("imageManifest", "{}")), type=_Index)
            found |= {child.digest for child in index.manifests}
        return found
