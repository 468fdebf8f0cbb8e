"""Job definitions of Batch: registered as revisions, submitted as jobs that end well or for want of memory."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.aws.arns import ACCOUNT, REGION, arn, last_part
from sandbox.aws.batch import Batch
from sandbox.aws.definitions import FARGATE_MIB
from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
_NEEDS_MIB = 17_800  # what a genome wants
_BEFORE = 5  # revisions of the first definition that nobody remembers
_IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/genome-align"
_FIRST = {
    "jobDefinitionName": "genome-align",
    "type": "container",
    "tags": {"team": "genomics", "managed-by": "terraform"},
}


class JobDefinitions:
    """RegisterJobDefinition, DescribeJobDefinitions, DeregisterJobDefinition, SubmitJob."""

    def __init__(self, batch: Batch) -> None:
        """There is one, of which two revisions are remembered."""
        self.batch = batch
        self._revisions: dict[str, list[Parameters]] = {}
        sizes = [{"type": "MEMORY", "value": "15000"}, {"type": "VCPU", "value": "2"}]
        for version, variables in (("1.9", ["REFERENCE"]), ("2.0", ["REFERENCE", "INDEX_IN_MEMORY"])):
            properties = {
                "image": f"{_IMAGE}:{version}",
                "command": ["align.sh", "Ref::sample"],
                "environment": [{"name": name, "value": "yes"} for name in variables],
                "resourceRequirements": sizes,
            }
            self.register(_FIRST | {"containerProperties": properties})
        self._deregister({"jobDefinition": "genome-align:6"})

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {
            "RegisterJobDefinition": self.register,
            "DescribeJobDefinitions": self._describe,
            "DeregisterJobDefinition": self._deregister,
            "SubmitJob": self._submit,
        }

    def newest(self, name: str) -> Parameters:
        """The newest ACTIVE revision, or the one that is named; AwsError where there is none."""
        found = [one for one in self._named([name]) if one["status"] == "ACTIVE"]
        if not found:
            raise AwsError("ClientException", f"JobDefinition {name} does not exist.")
        return found[0]

    def register(self, asked: Parameters) -> Parameters:
        """A further revision."""
        name = asked["jobDefinitionName"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
            raise AwsError("ClientException", "Job definition name has invalid characters or is too long.")
        told = [key for key in ("containerProperties", "ecsProperties") if key in asked]
        if asked["type"] != "container" or len(told) != 1:
            raise AwsError(
                "NotImplemented",
                "The sandbox plays job definitions with containerProperties or ecsProperties.",
                501,
            )
        _check_sizes(asked)
        revisions = self._revisions.setdefault(name, [])
        revision = len(revisions) + 1 + (_BEFORE if name == "genome-align" else 0)
        named = {
            "jobDefinitionName": name,
            "jobDefinitionArn": arn("batch", f"job-definition/{name}:{revision}"),
        }
        numbered = named | {"revision": revision}
        told_only = {"status": "ACTIVE", "containerOrchestrationType": "ECS"}
        revisions.append({"tags": {}, "parameters": {}} | asked | numbered | told_only)
        return numbered

    def _describe(self, asked: Parameters) -> Parameters:
        """Those named, by ARN or name:revision; or all of a name, or all; newest first."""
        named = asked.get("jobDefinitions")
        if named and set(asked) - {"jobDefinitions"}:
            raise AwsError("ClientException", "jobDefinitions can not be used with other parameters.")
        family, status = asked.get("jobDefinitionName"), asked.get("status")
        found = self._named(named) if named else [*self._all()]
        kept = [one for one in found if family in (None, one["jobDefinitionName"])]
        return {"jobDefinitions": [one for one in kept if status in (None, one["status"])]}

    def _deregister(self, asked: Parameters) -> Parameters:
        """It stays to be seen, as INACTIVE, for half a year."""
        for one in self._named([asked["jobDefinition"]]):
            one["status"] = "INACTIVE"
        return {}

    def _all(self) -> Sequence[Parameters]:
        return [one for revisions in self._revisions.values() for one in reversed(revisions)]

    def _named(self, names: Sequence[str]) -> list[Parameters]:
        wanted = {last_part(one) for one in names}
        return [
            one
            for one in self._all()
            if {one["jobDefinitionName"], last_part(one["jobDefinitionArn"])} & wanted
        ]

    def _submit(self, asked: Parameters) -> Parameters:
        """The newest revision, unless one is named; the sizes are its own, unless overridden for this job."""
        definition = self.newest(asked["jobDefinition"])
        if overrides := asked.get("containerOverrides", {}).get("resourceRequirements", []):
            properties = definition["containerProperties"]
            own = {one["type"]: one for one in (*properties["resourceRequirements"], *overrides)}
            sized = properties | {"resourceRequirements": [*own.values()]}
            definition = definition | {"containerProperties": sized}
        job = self.batch.submit(asked["jobName"], definition, needs_mib=_NEEDS_MIB)
        return {key: job[key] for key in ("jobArn", "jobName", "jobId")}


def _check_sizes(asked: Parameters) -> None:
    """MEMORY and VCPU as Batch takes them; on Fargate a pair that Fargate sells."""
    is_fargate = "FARGATE" in asked.get("platformCapabilities", [])
    if "containerProperties" in asked:
        sizes = _check_container(asked["containerProperties"], is_fargate=is_fargate)
        if is_fargate and int(sizes["MEMORY"]) not in FARGATE_MIB.get(int(float(sizes["VCPU"]) * 1024), ()):
            raise AwsError("ClientException", "Fargate resource requirements (vCPU, memory) not valid.")
        return
    tasks = asked["ecsProperties"]["taskProperties"]
    if len(tasks) != 1 or not 0 < len(tasks[0]["containers"]) <= 10:
        raise AwsError("ClientException", "ecsProperties take one task with at most 10 containers.")
    for container in tasks[0]["containers"]:
        _check_container(container, is_fargate=is_fargate)


def _check_container(properties: Parameters, *, is_fargate: bool) -> dict[str, str]:
    """Its sizes; the deprecated members say the same on EC2 alone."""
    old = {"MEMORY": properties.get("memory"), "VCPU": properties.get("vcpus")}
    sizes = {} if is_fargate else {kind: str(value) for kind, value in old.items() if value is not None}
    sizes |= {one["type"]: one["value"] for one in properties.get("resourceRequirements", [])}
    if not properties.get("image") or not {"MEMORY", "VCPU"} <= set(sizes):
        raise AwsError(
            "ClientException", "Container properties need an image, and MEMORY and VCPU requirements."
        )
    if not sizes["MEMORY"].isdigit() or int(sizes["MEMORY"]) < 4:
        raise AwsError("ClientException", "Resource requirement MEMORY must be a whole number of at least 4.")
    return sizes
