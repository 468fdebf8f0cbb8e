"""Ownership: who manages a service as code, and would put back what somebody changes by hand."""

import re
from collections.abc import Mapping

from bot.aws.evidence.services import Seen
from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.telling.language import say

_STACK = "aws:cloudformation:stack-name"
_COPILOT = "copilot-application"
_MANAGED_BY = ("managed-by", "managedby", "managed_by", "provisioner", "iac", "created-by")
_TOOLS = {
    "terraform": "Terraform",
    "atlantis": "Terraform",
    "opentofu": "OpenTofu",
    "pulumi": "Pulumi",
    "cloudformation": "CloudFormation",
    "cdk": "CDK",
    "copilot": "Copilot",
    "ecspresso": "ecspresso",
    "github": "GitHub Actions",
    "gitlab": "GitLab CI",
}
_WORD = re.compile("|".join(_TOOLS), re.IGNORECASE)


async def of_service(site: Site, seen: Seen, registered_by: str) -> str:
    """Who manages it in words, "" where nothing hints. Raises an AwsTrouble where CloudFormation does not tell.

    `registered_by` is the principal that registered the revision, "" where nobody knows.
    """
    return _from_tags(seen.tags) or await _stack_of(site, seen.arn) or hinted(registered_by, seen.created_by)


async def of_job_definition(site: Site, arn: str, tags: Mapping[str, str]) -> str:
    """Likewise of a revision of a job definition; `tags` by lower-case key. Batch does not tell who registered it."""
    return _from_tags(tags) or await _stack_of(site, arn)


def hinted(*principals: str) -> str:
    """What the names of these principals hint at; "" for nothing. Only a hint: roles are named by people."""
    for principal in principals:
        if word := _WORD.search(principal):
            return say(
                "{tool} (judging by the role {role})", tool=_TOOLS[word[0].lower()], role=_name(principal)
            )
    return ""


def _name(principal: str) -> str:
    """Of a role, also where it was assumed and a session's name follows."""
    parts = principal.split("/")
    return parts[1 if "assumed-role" in parts[0] and len(parts) > 1 else -1][:80]


def _from_tags(tags: Mapping[str, str]) -> str:
    if application := tags.get(_COPILOT):
        return say("Copilot application {name}", name=application)
    if stack := tags.get(_STACK):
        return say("CloudFormation stack {name}", name=stack)
    named = next((tags[key] for key in _MANAGED_BY if tags.get(key)), "")
    if "terraform" in tags and not named:
        named = "terraform"
    word = _WORD.search(named)
    return say("{tool} (judging by a tag)", tool=_TOOLS[word[0].lower()]) if word else ""


async def _stack_of(site: Site, arn: str) -> str:
    try:
        answer = await site.ask("cloudformation", "describe_stack_resources", PhysicalResourceId=arn)
    except Rejected as trouble:
        if trouble.code == "ValidationError":  # no stack has it
            return ""
        raise
    stack = next((str(one.get("StackName", "")) for one in answer.get("StackResources", ())), "")
    return say("CloudFormation stack {name}", name=stack) if stack else ""
