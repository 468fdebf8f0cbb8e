"""Terraform: the module says the same as monitoring.yaml. It is parsed, formatted and its variables are tried."""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.deploy.template import ROOT, resources, template

MODULE = ROOT / "deploy" / "terraform"
FILES = sorted(MODULE.glob("*.tf"))
TERRAFORM = shutil.which("terraform")
META = {"count", "for_each", "depends_on", "lifecycle", "provider", "dynamic"}  # Terraform's own
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform on this machine")


@cache
def parsed() -> tuple[dict[str, Any], ...]:
    """The module's files."""
    return tuple(hcl2.loads(path.read_text()) for path in FILES)


def blocks(kind: str) -> dict[str, Any]:
    """All blocks of a kind; a resource's name is "type.name"."""
    found: dict[str, Any] = {}
    for file in parsed():
        for block in file.get(kind, ()):
            [(first, inner)] = block.items()
            if kind in {"resource", "data"}:
                [(second, body)] = inner.items()
                found[f"{unquoted(first)}.{unquoted(second)}"] = body
            else:
                found[unquoted(first)] = inner
    return found


def unquoted(text: str) -> str:
    return text.strip('"')


def test_every_variable_is_described_and_every_text_is_checked() -> None:
    for name, variable in blocks("variable").items():
        assert len(unquoted(variable["description"])) > 10, name
        if variable["type"] in {"string", "${set(string)}"}:
            assert variable["validation"], name


def test_everything_that_is_referred_to_is_there() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    assert set(re.findall(r"\bvar\.(\w+)", text)) == set(blocks("variable"))
    assert set(re.findall(r"[^.]\b(aws_\w+\.\w+)", text)) <= set(blocks("resource")) | set(blocks("data"))
    kept = {name for file in parsed() for one in file.get("locals", ()) for name in one}
    assert set(re.findall(r"\blocal\.(\w+)", text)) <= kept


def test_every_argument_is_one_that_the_provider_knows_and_none_lacks() -> None:
    """`terraform validate` of what can be told offline: arguments of the AWS provider 6, as bindings generated of it say."""
    provider = json.loads((Path(__file__).parent / "aws_provider.json").read_text())
    found = {}
    for name, body in blocks("resource").items():
        given = {unquoted(key) for key in body if not key.startswith("__")} - META
        kind = provider[name.partition(".")[0]]
        found[name] = (
            given - {*kind["known"], *(one.removesuffix("s") for one in kind["known"])},
            set(kind["required"]) - given,
        )
    assert {name: wrong for name, wrong in found.items() if wrong != (set(), set())} == {}


def test_it_makes_what_the_template_makes() -> None:
    ours = {
        "AWS::SNS::Topic": "aws_sns_topic",
        "AWS::SNS::TopicPolicy": "aws_sns_topic_policy",
        "AWS::SQS::Queue": "aws_sqs_queue",
        "AWS::SQS::QueuePolicy": "aws_sqs_queue_policy",
        "AWS::CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    }
    made = [name.partition(".")[0] for name in blocks("resource")]
    for theirs, kind in ours.items():
        assert made.count(kind) == len(resources("monitoring", theirs)), kind
    assert set(blocks("output")) == {"topic_arn", "signature_versions", "dead_letter_queue_url"}


def test_the_alarms_watch_the_same_figures() -> None:
    theirs = {
        (one["Namespace"], one["MetricName"], one["Period"], one["Statistic"])
        for one in resources("monitoring", "AWS::CloudWatch::Alarm").values()
    }
    ours = {
        (unquoted(one["namespace"]), unquoted(one["metric_name"]), one["period"], unquoted(one["statistic"]))
        for name, one in blocks("resource").items()
        if name.startswith("aws_cloudwatch_metric_alarm")
    }
    assert ours == theirs


def test_the_delivery_policy_and_the_sentence_are_the_same() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    policy = resources("monitoring", "AWS::SNS::Subscription")["Subscription"]["DeliveryPolicy"]
    for key, value in policy["healthyRetryPolicy"].items():
        assert re.search(rf"\b{key}\s*= {json.dumps(value)}\n", text), key
    [target] = resources("monitoring", "AWS::Events::Rule")["MailRule"]["Targets"]
    assert json.dumps(target["InputTransformer"]["InputTemplate"]) in text


def test_the_rules_come_from_the_file_of_patterns() -> None:
    assert 'jsondecode(file("${path.module}/patterns.json"))' in (MODULE / "main.tf").read_text()
    named = set(json.loads((MODULE / "patterns.json").read_text()))
    text = "\n".join(path.read_text() for path in FILES)
    assert (
        set(re.findall(r'local\.patterns\["([a-z-]+)"\]', text)) == {"mail", "errors", "every-stop"} <= named
    )


@pytest.mark.parametrize("name", ["bot_endpoint", "alarm_topic_arn", "event_bus_name"])
def test_a_text_is_checked_as_in_the_template(name: str) -> None:
    condition = blocks("variable")[name]["validation"][0]["condition"]
    found = re.search(r'regex\("((?:[^"\\]|\\.)*)"', condition)
    assert found
    parameter = "".join(word.capitalize() for word in name.split("_"))
    assert found[1].replace("\\\\", "\\") == template("monitoring")["Parameters"][parameter]["AllowedPattern"]


@needs_terraform
def test_it_is_formatted() -> None:
    done = subprocess.run(
        [str(TERRAFORM), "fmt", "-check", "-diff", str(MODULE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@needs_terraform
@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        pytest.param('email_addresses=["ann+oom@alerts.eu.example.co.uk"]', True, id="a real address"),
        pytest.param('email_addresses=["ann@localhost"]', False, id="no address"),
        pytest.param("bot_endpoint=https://sns:s3cr%40t@oom.example.com/sns", True, id="an endpoint"),
        pytest.param("bot_endpoint=http://oom.example.com/sns", False, id="not encrypted"),
        pytest.param("task_events=EVERYTHING", False, id="no such choice"),
        pytest.param("monitoring=DISABLED", True, id="switched off"),
    ],
)
def test_terraform_itself_checks_the_variables(value: str, is_fine: bool, tmp_path: Path) -> None:
    """Of a plan without resources: the AWS provider cannot be had offline."""
    shutil.copy(MODULE / "variables.tf", tmp_path)
    plan = [str(TERRAFORM), f"-chdir={tmp_path}", "plan", "-input=false", "-no-color", "-var", value]
    done = subprocess.run(plan, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is is_fine, done.stderr
    assert is_fine or "Invalid value for variable" in done.stderr
