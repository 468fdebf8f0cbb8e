"""IAM: the policies allow what the code calls and nothing that changes anything; the templates embed the same."""

import ast
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.loaders import Loader

from bot.aws.checkup import needed
from tests.deploy.template import ROOT, resources, template

FOLDER = ROOT / "deploy" / "iam"
# The services that we call, by the prefix that IAM gives their actions.
SERVICES = {
    "ecs": "ecs",
    "sns": "sns",
    "sqs": "sqs",
    "sts": "sts",
    "logs": "logs",
    "cloudwatch": "cloudwatch",
    "ecr": "ecr",
    "events": "events",
    "scheduler": "scheduler",
    "batch": "batch",
    "pricing": "pricing",
    "application-autoscaling": "application-autoscaling",
    "cloudformation": "cloudformation",
    "iam": "iam",
}
OF_BATCHES = {"sqs:DeleteMessageBatch": "sqs:DeleteMessage"}
FREE = {"sts:GetCallerIdentity"}  # needs no permission
CHANGES = (
    "Register",
    "Update",
    "Put",
    "Delete",
    "Create",
    "Stop",
    "Start",
    "Tag",
    "Send",
    "Pass",
    "Run",
    "Execute",
)
HARMLESS = {"logs:StartQuery", "logs:StopQuery", "iam:SimulatePrincipalPolicy"}  # they read
# What AWS's own documents ask for besides the call itself: https://docs.aws.amazon.com/service-authorization/.
BESIDES = {"ecs:TagResource", "batch:TagResource", "iam:PassRole", "sts:SetSourceIdentity"}
MEANINGS = {
    "AWS::Partition": "aws",
    "ReadRoleName": "oom-guard-read",
    "ResizeRoleName": "oom-guard-resize",
}
# To whom roles are passed: to the tasks, and to what runs them by the clock.
PASSED_TO = ("ecs-tasks.amazonaws.com", ["events.amazonaws.com", "scheduler.amazonaws.com"])


def policy(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def actions(name: str) -> set[str]:
    return {action for statement in policy(name)["Statement"] for action in statement["Action"]}


@cache
def operations() -> dict[str, set[str]]:
    """IAM's actions by the Python name of the operation; several services may share one."""
    found: dict[str, set[str]] = {}
    for service, prefix in SERVICES.items():
        for operation in Loader().load_service_model(service, "service-2")["operations"]:
            action = f"{prefix}:{operation}"
            found.setdefault(xform_name(operation), set()).add(OF_BATCHES.get(action, action))
    return found


def called(path: Path) -> Iterator[set[str]]:
    """The actions behind each string in the code that is an operation's name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if "_" in name and name in operations():
            yield operations()[name]


def test_everything_that_the_code_calls_is_allowed_somewhere() -> None:
    allowed = actions("read-only") | actions("resize") | actions("bot") | FREE
    code = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    missing = {
        f"{path.relative_to(ROOT)}: {' or '.join(sorted(one))}"
        for path in code
        for one in called(path)
        if not one & allowed
    }
    assert missing == set(), "add these to deploy/iam and to the templates that embed it"


@pytest.mark.parametrize("name", ["read-only", "resize", "bot"])
def test_every_action_exists_and_none_is_a_wildcard(name: str) -> None:
    known = {action for found in operations().values() for action in found}
    assert actions(name) - BESIDES <= known
    assert not [action for action in actions(name) if "*" in action]


def test_the_read_only_policy_changes_nothing() -> None:
    assert not [
        action
        for action in actions("read-only") - HARMLESS
        if action.partition(":")[2].startswith(CHANGES) or action.startswith("iam:")
    ]


def test_a_resize_can_neither_run_nor_delete_anything_nor_pass_any_role() -> None:
    never = {"ecs:DeregisterTaskDefinition", "ecs:RunTask", "ecs:ExecuteCommand", "ecs:DeleteService"}
    assert not actions("resize") & never
    for statement in policy("resize")["Statement"]:
        if statement["Action"] == ["iam:PassRole"]:
            assert list(statement["Condition"]) == ["StringEquals"]
            assert statement["Condition"]["StringEquals"]["iam:PassedToService"] in PASSED_TO
        if statement["Action"] != ["ecs:RegisterTaskDefinition"]:
            assert statement["Resource"] != "*"


def embedded(name: str) -> Iterator[tuple[str, Any]]:
    """The inline policies of a template by their names."""
    for role in resources(name, "AWS::IAM::Role").values():
        yield from ((one["PolicyName"], one["PolicyDocument"]) for one in role.get("Policies", ()))
    for one in resources(name, "AWS::IAM::RolePolicy").values():
        yield one["PolicyName"], one["PolicyDocument"]


def resolved(value: Any, name: str) -> Any:
    """A policy with lists of parameters as their defaults, in the commercial partition."""
    if isinstance(value, list):
        return [resolved(one, name) for one in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Sub" in value:
        text: str = value["Fn::Sub"]
        for name_, meaning in MEANINGS.items():
            text = text.replace(f"${{{name_}}}", meaning)
        return text
    if set(value) == {"Ref"}:
        parameter = template(name)["Parameters"][value["Ref"]]
        return parameter["Default"].split(",") if "Default" in parameter else value
    return {key: resolved(one, name) for key, one in value.items()}


@pytest.mark.parametrize(
    ("name", "inline", "source"),
    [
        pytest.param("roles", "read", "read-only", id="reading one account"),
        pytest.param("resize", "resize", "resize", id="resizing"),
        pytest.param("member", "read", "read-only", id="reading a member of the organisation"),
        pytest.param("bot-fargate", "read", "read-only", id="reading its own account from Fargate"),
        pytest.param("bot-small", "read", "read-only", id="reading its own account from the small one"),
    ],
)
def test_a_template_embeds_the_policy_as_it_is(name: str, inline: str, source: str) -> None:
    assert resolved(dict(embedded(name))[inline], name) == policy(source)


@pytest.mark.parametrize("name", ["bot-fargate", "bot-small"])
def test_the_bots_own_permissions_are_a_choice_of_the_policy(name: str) -> None:
    whole = {one["Sid"]: one for one in policy("bot")["Statement"]}
    chosen = [one for one in dict(embedded(name))["bot"]["Statement"] if "Sid" in one]
    for one in chosen:
        pattern = whole[one["Sid"]]
        assert one["Action"] == pattern["Action"]
        if one["Sid"] in {"OtherAccounts", "TestEvents"}:  # the others name what is a parameter here
            assert resolved(one["Resource"], name) == pattern["Resource"]
        assert one.get("Condition") == pattern.get("Condition")
    wanted = {"ConfirmSubscriptions"} if name == "bot-fargate" else {"Events", "DeadLetters"}
    assert wanted <= {one["Sid"] for one in chosen}


@pytest.mark.parametrize("name", ["bot-fargate", "bot-small"])
def test_the_bot_may_read_its_configuration_and_no_other_secret(name: str) -> None:
    (conditional,) = [one["Fn::If"] for one in dict(embedded(name))["bot"]["Statement"] if "Fn::If" in one]
    assert (conditional[0], conditional[2]) == ("HasConfig", {"Ref": "AWS::NoValue"})
    assert conditional[1]["Action"] == ["secretsmanager:GetSecretValue"]
    assert conditional[1]["Resource"] == {"Ref": "ConfigSecretArn"}


def test_the_doctor_knows_each_action_that_the_policies_grant() -> None:
    """At run time there is no deploy/ beside the bot."""
    listed = {"read-only": needed.READING, "bot": needed.OF_THE_BOT}
    for name, needs in listed.items():
        assert {action for one in needs for action in one.actions} == actions(name), name
    changing = {action for one in needed.CHANGING for action in one.actions}
    assert changing | set(needed.CHANGING_SOME) == actions("resize")


@pytest.mark.parametrize("name", ["read-only", "bot"])
def test_the_examples_that_the_doctor_asks_for_lie_within_the_policies(name: str) -> None:
    for need in needed.READING if name == "read-only" else (needed.TESTS,):
        example = need.resource.format(partition="aws", region="eu-west-1", account="123456789012")
        for action in need.actions:
            [statement] = [one for one in policy(name)["Statement"] if action in one["Action"]]
            allowed = (
                [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            )
            assert any(fnmatchcase(example, one) for one in allowed), action
            assert dict(need.context) == statement.get("Condition", {}).get("StringEquals", {})
