"""Job definitions of Batch: registered as revisions, submitted as jobs that end well or for want of memory."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.batch import Batch, Job
from sandbox.aws.definitions import FARGATE_MIB
from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
_NEEDS_MIB = 17_800  # what a genome wants
_BEFORE = 6  # revisions of the first definition that nobody remembers


class JobDefinitions:
    """RegisterJobDefinition, DescribeJobDefinitions, SubmitJob."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._revisions: dict[str, list[Parameters]] = {}
        properties = {"image": "genome-align:latest", "command": []}
        sizes = [{"type": "MEMORY", "value": "15000"}, {"type": "VCPU", "value": "2"}]
        made = {"jobDefinitionName": "genome-align", "type": "container"}
        self._register(made | {"containerProperties": properties | {"resourceRequirements": sizes}})

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {
            "RegisterJobDefinition": self._register,
            "DescribeJobDefinitions": self._describe,
            "SubmitJob": self._submit,
        }

    def _register(self, asked: Parameters) -> Parameters:
        name = asked["jobDefinitionName"]
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
            raise AwsError("ClientException", "Job definition name has invalid characters or is too long.")
        if asked["type"] != "container" or "containerProperties" not in asked:
            raise AwsError(
                "NotImplemented", "The sandbox plays job definitions with containerProperties.", 501
            )
        _check_sizes(asked)
        revisions = self._revisions.setdefault(name, [])
        revision = len(revisions) + 1 + (_BEFORE if name == "genome-align" else 0)
        named = {
            "jobDefinitionName": name,
            "jobDefinitionArn": arn("batch", f"job-definition/{name}:{revision}"),
        }
        numbered = named | {"revision": revision}
        revisions.append(
            {"tags": {}, "parameters": {}}
            | asked
            | numbered
            | {"status": "ACTIVE", "containerOrchestrationType": "ECS"}
        )
        return numbered

    def _describe(self, asked: Parameters) -> Parameters:
        """Those named (with or without a revision), or all of a name; newest first."""
        names = [last_part(one) for one in asked.get("jobDefinitions", [])]
        family, status = asked.get("jobDefinitionName"), asked.get("status")
        found = [
            one
            for revisions in self._revisions.values()
            for one in reversed(revisions)
            if not names or {one["jobDefinitionName"], last_part(one["jobDefinitionArn"])} & set(names)
        ]
        kept = [one for one in found if family in (None, one["jobDefinitionName"])]
        return {"jobDefinitions": [one for one in kept if status in (None, one["status"])]}

    def _submit(self, asked: Parameters) -> Parameters:
        """The newest revision, unless one is named; the sizes are its own, unless overridden for this job."""
        found = self._describe({"jobDefinitions": [asked["jobDefinition"]]})["jobDefinitions"]
        if not found:
            raise AwsError("ClientException", f"JobDefinition {asked['jobDefinition']} does not exist.")
        own = found[0]["containerProperties"]["resourceRequirements"]
        overrides = asked.get("containerOverrides", {}).get("resourceRequirements", [])
        sizes = {one["type"]: one["value"] for one in (*own, *overrides)}
        job: Job = self._batch.submit(asked["jobName"], found[0], sizes, needs_mib=_NEEDS_MIB)
        return {key: job[key] for key in ("jobArn", "jobName", "jobId")}


def _check_sizes(asked: Parameters) -> None:
    """MEMORY and VCPU as Batch takes them; on Fargate a pair that Fargate sells."""
    properties = asked["containerProperties"]
    sizes = {one["type"]: one["value"] for one in properties.get("resourceRequirements", [])}
    if not properties.get("image") or not {"MEMORY", "VCPU"} <= set(sizes):
        raise AwsError(
            "ClientException", "Container properties need an image, and MEMORY and VCPU requirements."
        )
    if not sizes["MEMORY"].isdigit() or int(sizes["MEMORY"]) < 4:
        raise AwsError("ClientException", "Resource requirement MEMORY must be a whole number of at least 4.")
    if "FARGATE" in asked.get("platformCapabilities", []):
        units = int(float(sizes["VCPU"]) * 1024)
        if int(sizes["MEMORY"]) not in FARGATE_MIB.get(units, ()):
            raise AwsError("ClientException", "Fargate resource requirements (vCPU, memory) not valid.")
