"""CloudFormation: clean for its linter, careful in its policies, and strict but fair to what people type."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.aws import secret_text
from bot.settings import Settings
from tests.deploy.template import ROOT, TEMPLATES, resources, template

WITH_BOT = ["bot-fargate", "bot-small"]
RETRIES_AT_MOST_S = 3600  # SNS: all retries of a policy together


def test_the_linter_has_nothing_to_say() -> None:
    linter = [Path(sys.executable).with_name("cfn-lint"), *TEMPLATES]
    done = subprocess.run(linter, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_parameter_says_what_it_is_and_refuses_rubbish(path: Path) -> None:
    for name, parameter in template(path.stem)["Parameters"].items():
        assert parameter["Description"].strip(), name
        if parameter["Type"] == "String":
            assert parameter.keys() & {"AllowedValues", "AllowedPattern"}, name
        if pattern := parameter.get("AllowedPattern"):
            assert pattern.startswith("^")
            assert pattern.endswith("$")
            assert "Default" not in parameter or re.fullmatch(pattern, parameter["Default"]), name


def accepts(name: str, parameter: str, value: str) -> bool:
    return re.fullmatch(template(name)["Parameters"][parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        pytest.param("", True, id="none"),
        pytest.param("ann@example.com", True, id="plain"),
        pytest.param("ann+oom@example.com", True, id="plus sign"),
        pytest.param("on-call.team_2@alerts.eu.example.co.uk", True, id="subdomains"),
        pytest.param("o'neil@example.photography", True, id="apostrophe, long top-level domain"),
        pytest.param("a@xn--bcher-kva.xn--p1ai", True, id="international domain"),
        pytest.param("a@example.com,b@example.com", True, id="two"),
        pytest.param("a@b.io, c@d.io, e@f.io, g@h.io, i@j.io", True, id="five"),
        pytest.param("a@b.io,c@d.io,e@f.io,g@h.io,i@j.io,k@l.io", False, id="six"),
        pytest.param("ann", False, id="no address"),
        pytest.param("ann@localhost", False, id="no domain"),
        pytest.param("ann@example.com,", False, id="a comma too many"),
        pytest.param("ann@example.com bob@example.com", False, id="no comma"),
        pytest.param("ann@@example.com", False, id="two at signs"),
    ],
)
def test_real_e_mail_addresses_are_taken(value: str, is_fine: bool) -> None:
    assert accepts("monitoring", "EmailAddresses", value) is is_fine


@pytest.mark.parametrize(
    ("value", "is_fine"),
    [
        pytest.param("", True, id="none yet"),
        pytest.param("https://oom.example.com/sns", True, id="plain"),
        pytest.param("https://sns:s3cr%40t@oom.example.com/sns", True, id="with basic authentication"),
        pytest.param("https://oom.example.com:8443/sns", True, id="port"),
        pytest.param("http://oom.example.com/sns", False, id="not encrypted"),
        pytest.param("https://oom_guard.example.com/sns", False, id="underscore, which SNS refuses"),
        pytest.param("https://oom.example.com/", False, id="another door"),
        pytest.param("https://oom.example.com/sns?x=1", False, id="query"),
    ],
)
def test_endpoints(value: str, is_fine: bool) -> None:
    assert accepts("monitoring", "BotEndpoint", value) is is_fine


def test_sns_retries_for_nearly_an_hour() -> None:
    [one] = [
        one for one in resources("monitoring", "AWS::SNS::Subscription").values() if "DeliveryPolicy" in one
    ]
    policy = one["DeliveryPolicy"]["healthyRetryPolicy"]
    flat = policy["numNoDelayRetries"] + policy["numMinDelayRetries"] + policy["numMaxDelayRetries"]
    least, most = policy["minDelayTarget"], policy["maxDelayTarget"]
    total_s = (
        policy["numMinDelayRetries"] * least
        + (policy["numRetries"] - flat) * (least + most) / 2  # linear
        + policy["numMaxDelayRetries"] * most
    )
    assert policy["numRetries"] <= 100
    assert RETRIES_AT_MOST_S - 300 < total_s <= RETRIES_AT_MOST_S


def test_topics_sign_with_version_two() -> None:
    assert resources("monitoring", "AWS::SNS::Topic")["Topic"]["SignatureVersion"] == "2"


@pytest.mark.parametrize("name", ["monitoring", "sqs"])
def test_what_is_not_delivered_is_kept_for_two_weeks_and_told(name: str) -> None:
    queue = resources(name, "AWS::SQS::Queue")["DeadLetters"]
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    watched = [
        alarm["Dimensions"][0]["Value"] for alarm in resources(name, "AWS::CloudWatch::Alarm").values()
    ]
    assert {"Fn::GetAtt": ["DeadLetters", "QueueName"]} in watched
    for rule in resources(name, "AWS::Events::Rule").values():
        if "EventPattern" in rule:
            assert all("DeadLetterConfig" in target for target in rule["Targets"])


@pytest.mark.parametrize("name", ["monitoring", "sqs"])
def test_one_switch_stops_all_rules(name: str) -> None:
    states = [rule["State"] for rule in resources(name, "AWS::Events::Rule").values()]
    assert states == [{"Ref": "Monitoring"}] * len(states)
    assert template(name)["Parameters"]["Monitoring"]["AllowedValues"] == ["ENABLED", "DISABLED"]


def statements(name: str, kind: str) -> list[Any]:
    return [one for policy in resources(name, kind).values() for one in policy["PolicyDocument"]["Statement"]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("monitoring", "AWS::SNS::TopicPolicy", id="topics"),
        pytest.param("monitoring", "AWS::SQS::QueuePolicy", id="the topic's dead letters"),
        pytest.param("sqs", "AWS::SQS::QueuePolicy", id="queues"),
    ],
)
def test_nobody_but_aws_own_services_for_us_and_the_owner_may_enter(name: str, kind: str) -> None:
    allowed = [one for one in statements(name, kind) if one["Effect"] == "Allow"]
    assert allowed
    for one in allowed:
        [(sort, who)] = one["Principal"].items()
        if sort == "AWS":
            assert who == {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
        else:
            assert who in {"events.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com"}
            assert "aws:SourceArn" in json.dumps(one["Condition"])


def test_eventbridge_publishes_without_a_condition_by_default() -> None:
    """AWS documents that conditions do not work for EventBridge and SNS: on by default, no alert might ever arrive."""
    found = [one for one in statements("monitoring", "AWS::SNS::TopicPolicy") if "Events" in one["Sid"]]
    assert [one["Condition"]["Fn::If"][0] for one in found] == ["OnlyFromRules"] * 2
    assert [one["Condition"]["Fn::If"][2] for one in found] == [{"Ref": "AWS::NoValue"}] * 2
    assert template("monitoring")["Parameters"]["PublishOnlyFromRules"]["Default"] == "NO"


def test_the_bus_takes_events_of_the_organisation_alone() -> None:
    [policy] = resources("organisation", "AWS::Events::EventBusPolicy").values()
    assert policy["Statement"]["Action"] == "events:PutEvents"
    assert policy["Statement"]["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}
    }


@pytest.mark.parametrize(
    ("name", "kind"), [("member", "ReadRole"), ("roles", "Role")], ids=["in an organisation", "alone"]
)
def test_only_the_bot_with_its_external_id_may_read_an_account(name: str, kind: str) -> None:
    trust, *more = resources(name, "AWS::IAM::Role")[kind]["AssumeRolePolicyDocument"]["Statement"]
    assert {one["Action"] for one in more} <= {"sts:SetSourceIdentity"}  # says for whom, and lets nobody in
    assert trust["Action"] == "sts:AssumeRole"
    assert all(one["Principal"] == {"AWS": {"Ref": "BotRoleArn"}} for one in (trust, *more))
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_nobody_changes_memory_without_saying_for_whom() -> None:
    trust, more = resources("resize", "AWS::IAM::Role")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Action"], more["Action"]) == ("sts:AssumeRole", "sts:SetSourceIdentity")
    assert trust["Principal"] == more["Principal"] == {"AWS": {"Ref": "BotRoleArn"}}
    assert trust["Condition"]["StringLike"] == {"sts:SourceIdentity": "*"}
    asked_for = {"sts:ExternalId": {"Ref": "ExternalId"}}
    assert trust["Condition"]["StringEquals"]["Fn::If"][:2] == ["HasExternalId", asked_for]


@pytest.mark.parametrize("name", WITH_BOT)
def test_the_bot_may_become_the_role_that_changes_memory_and_has_no_leave_of_its_own(name: str) -> None:
    pattern = variables(name)["AWS_RESIZE_ROLE_ARN_PATTERN"]
    assert pattern == {"Fn::Sub": "arn:{partition}:iam::{account}:role/${ResizeRoleName}"}
    usual = [template(one)["Parameters"] for one in (name, "resize")]
    assert usual[0]["ResizeRoleName"]["Default"] == usual[1]["RoleName"]["Default"]
    assert "ecs:UpdateService" not in json.dumps(template(name)["Resources"], default=str)


def test_the_organisation_gives_its_members_every_parameter_that_has_no_default() -> None:
    [stacks] = resources("organisation", "AWS::CloudFormation::StackSet").values()
    given = {one["ParameterKey"] for one in stacks["Parameters"]}
    known = template("member")["Parameters"]
    assert {key for key, one in known.items() if "Default" not in one} <= given <= set(known)


def container(name: str) -> Any:
    [task] = resources(name, "AWS::ECS::TaskDefinition").values()
    [one] = task["ContainerDefinitions"]
    return one


def variables(name: str) -> dict[str, Any]:
    one = container(name)
    found = [item for entry in (*one["Environment"], *one["Secrets"]) for item in plain(entry)]
    return {item["Name"]: item.get("Value", item.get("ValueFrom")) for item in found}


def plain(entry: Any) -> list[Any]:
    """An entry, also where a condition decides on it."""
    return [entry["Fn::If"][1]] if "Fn::If" in entry else [entry]


@pytest.mark.parametrize("name", WITH_BOT)
def test_every_variable_is_a_setting_and_secrets_come_from_the_secrets_manager(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}
    assert set(variables(name)) <= known
    secret = {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "AWS_EXTERNAL_ID",
        "SNS_BASIC_AUTH",
    }
    for entry in container(name)["Environment"]:
        assert not {item["Name"] for item in plain(entry)} & secret


@pytest.mark.parametrize("name", WITH_BOT)
def test_the_bot_starts_with_these_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = {
        "SNS_TOPIC_ARNS": "arn:aws:sns:eu-west-1:123456789012:oom-guard",
        "SQS_QUEUE_URLS": "https://sqs.eu-west-1.amazonaws.com/123456789012/oom-guard",
        "SLACK_APP_TOKEN": "xapp-1",
        "DATABASE_URL": "postgresql://oomguard:s3cret@db.example.com:5432/oomguard?sslmode=require",
        "AWS_ROLE_ARN_PATTERN": "arn:{partition}:iam::{account}:role/oom-guard-read",
        "AWS_RESIZE_ROLE_ARN_PATTERN": "arn:{partition}:iam::{account}:role/oom-guard-resize",
        "AWS_REGION": "eu-west-1",
        "AWS_EXTERNAL_ID": "0123456789",
        "OOM_CONFIG": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:oom-guard-config-AbCdEf",
    }
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
    for key, value in variables(name).items():
        monkeypatch.setenv(key, value if isinstance(value, str) else samples.get(key, "C0123456"))
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    assert settings.as_slack_keys().bot_token


@pytest.mark.parametrize("name", WITH_BOT)
def test_the_configuration_is_given_as_the_bot_can_fetch_it(name: str) -> None:
    """Only where it is given: a task without it must not ask for a secret that nobody made."""
    entry = next(one for one in container(name)["Environment"] if plain(one)[0]["Name"] == "OOM_CONFIG")
    assert entry["Fn::If"][0] == "HasConfig"
    for value in ("", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:oom-guard-config-AbCdEf"):
        assert accepts(name, "ConfigSecretArn", value)
        assert (secret_text.ARN.fullmatch(value) is not None) is bool(value)
    assert not accepts(name, "ConfigSecretArn", "oomguard.toml")


@pytest.mark.parametrize("name", WITH_BOT)
def test_a_stop_is_given_the_time_that_the_bot_takes(name: str) -> None:
    one = container(name)
    assert one["StopTimeout"] >= float(variables(name)["SHUTDOWN_SECONDS"]) + 5
    assert one["HealthCheck"]["Command"][-1] == f"http://127.0.0.1:{variables(name)['PORT']}/healthz"
    assert one["ReadonlyRootFilesystem"] is True


def test_the_balancer_asks_whether_the_bot_is_ready_and_opens_two_doors() -> None:
    [target] = resources("bot-fargate", "AWS::ElasticLoadBalancingV2::TargetGroup").values()
    [rule] = resources("bot-fargate", "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    assert target["HealthCheckPath"] == "/readyz"
    assert rule["Conditions"][0]["PathPatternConfig"]["Values"] == ["/sns", "/slack/events"]
    code = "".join(path.read_text() for path in (ROOT / "handlers").glob("*.py"))
    assert all(f'"{path}"' in code for path in ("/sns", "/slack/events", "/readyz", "/healthz"))


def test_sqlite_is_never_given_to_two_tasks_or_to_a_network_file_system() -> None:
    [service] = resources("bot-small", "AWS::ECS::Service").values()
    deployment = service["DeploymentConfiguration"]
    assert (deployment["MinimumHealthyPercent"], deployment["MaximumPercent"]) == (0, 100)
    assert "EFS" not in {one["Type"].split("::")[1] for one in template("bot-small")["Resources"].values()}
    [volume] = resources("bot-small", "AWS::EC2::Volume").values()
    assert volume["Encrypted"] is True
    assert template("bot-small")["Resources"]["Volume"]["DeletionPolicy"] == "Snapshot"


def test_the_script_of_the_small_instance_is_one_and_mounts_what_it_attached() -> None:
    [launch] = resources("bot-small", "AWS::EC2::LaunchTemplate").values()
    script = launch["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    known = {"AWS::Region", *template("bot-small")["Resources"]}
    assert set(re.findall(r"\$\{([^}]+)\}", script)) <= known
    filled = re.sub(r"\$\{[^}]+\}", "vol-0123", script)
    done = subprocess.run(["bash", "-n"], input=filled, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    [path] = {
        one["Host"]["SourcePath"]
        for one in resources("bot-small", "AWS::ECS::TaskDefinition")["TaskDefinition"]["Volumes"]
    }
    user, group = container("bot-small")["User"].split(":")
    assert f"install -d -o {user} -g {group} -m 0700 {path}" in script
