"""ECR: tags that can be pushed over, and the digests that they mean."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.arns import ACCOUNT
from sandbox.aws.errors import AwsError
from sandbox.clock import Clock

Parameters = dict[str, Any]
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Registry:
    """Images by repository and tag; every reference that is run is known here."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tags: dict[str, dict[str, str]] = {}
        self._digests: dict[str, dict[str, int]] = {}
        self._gone: set[tuple[str, str]] = set()  # tags that were deleted

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"DescribeImages": self._describe, "BatchGetImage": self._get}

    def digest(self, image: str) -> str:
        """What an image reference means now, "" for a deleted tag; an unknown tag is pushed by asking."""
        name, at, pinned = image.partition("@")
        if at:
            return pinned
        repository, tag = _parts(name)
        if (repository, tag) in self._gone:
            return ""
        return self._tags.get(repository, {}).get(tag) or self.push(image)

    def push(self, image: str) -> str:
        """Push new bits over a tag; the digest before stays in the repository, untagged."""
        repository, tag = _parts(image)
        digests = self._digests.setdefault(repository, {})
        digest = f"sha256:{hashlib.sha256(f'{image} {len(digests)}'.encode()).hexdigest()}"
        digests[digest] = int(self._clock.time())
        self._tags.setdefault(repository, {})[tag] = digest
        self._gone.discard((repository, tag))
        return digest

    def untag(self, image: str) -> None:
        """Delete a tag; the digest that it meant stays in the repository."""
        repository, tag = _parts(image)
        self._tags.get(repository, {}).pop(tag, None)
        self._gone.add((repository, tag))

    def _repository(self, asked: Parameters) -> str:
        name = str(asked["repositoryName"])
        if name not in self._digests:
            sentence = f"The repository with name '{name}' does not exist in the registry with id '{ACCOUNT}'"
            raise AwsError("RepositoryNotFoundException", sentence)
        return name

    def _find(self, repository: str, wanted: Parameters) -> str | None:
        digest = wanted.get("imageDigest") or self._tags[repository].get(wanted.get("imageTag", ""))
        return digest if digest in self._digests[repository] else None

    def _describe(self, asked: Parameters) -> Parameters:
        repository = self._repository(asked)
        found = [self._find(repository, one) for one in asked.get("imageIds", [])] or list(
            self._digests[repository]
        )
        if None in found:
            raise AwsError(
                "ImageNotFoundException", f"The image does not exist within the repository '{repository}'"
            )
        return {"imageDetails": [self._detail(repository, digest) for digest in found if digest]}

    def _detail(self, repository: str, digest: str) -> Parameters:
        tags = [tag for tag, meant in self._tags[repository].items() if meant == digest]
        named = {"registryId": ACCOUNT, "repositoryName": repository, "imageDigest": digest}
        pushed = {"imagePushedAt": self._digests[repository][digest], "imageManifestMediaType": _MANIFEST}
        return named | pushed | ({"imageTags": tags} if tags else {})

    def _get(self, asked: Parameters) -> Parameters:
        repository = self._repository(asked)
        found = [(one, self._find(repository, one)) for one in asked["imageIds"]]
        manifest = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST})
        return {
            "images": [
                {"registryId": ACCOUNT, "repositoryName": repository, "imageManifest": manifest}
                | {"imageId": one | {"imageDigest": digest}, "imageManifestMediaType": _MANIFEST}
                for one, digest in found
                if digest
            ],
            "failures": [
                {"imageId": one, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}
                for one, digest in found
                if not digest
            ],
        }


def _parts(image: str) -> tuple[str, str]:
    """Repository and tag of a reference; the registry's host is no part of the repository's name."""
    path, _, tag = image.rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "latest")
    host, _, repository = path.partition("/")
    return (repository if repository and "." in host else path), tag
