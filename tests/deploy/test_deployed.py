"""Templates deployed into an emulator: the stacks come up, the switch switches, and each rule has its target.

The emulator is moto, for nothing else in this house (docs/adr/0005): it resolves parameters, conditions and references, and makes
the resources that it knows. It leaves out policies, subscriptions and alarms; those are read by test_cloudformation.py. The
address of a database is no attribute there (bot-fargate.yaml): one is put in its place. Its rules do not look into lists, where our containers are:
what passes is tested by test_event_rules.py.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.deploy.template import FOLDER, patterns, resources

pytestmark = [
    pytest.mark.filterwarnings("ignore:Tried to parse"),
]
ACCOUNT = "arn:aws:{}:eu-west-1:123456789012:"
BOT_ROLE = "arn:aws:iam::123456789012:role/oom-guard"
UNKNOWN = {"Database.Endpoint.Address": "db.example.com", "Database.Endpoint.Port": "5432"}
TOLD_TO_PEOPLE = {"mail", "errors", "every-stop"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account."""
    for name, value in (("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def deployed(name: str, **parameters: str) -> dict[str, str]:
    """Deploy the template; its outputs."""
    text = (FOLDER / f"{name}.yaml").read_text()
    for attribute, value in UNKNOWN.items():
        text = text.replace(f"${{{attribute}}}", value).replace(f"!GetAtt {attribute}", value)
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName="oom-guard",
        TemplateBody=text,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    [stack] = cloudformation.describe_stacks(StackName="oom-guard")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def rules() -> dict[str, dict[str, Any]]:
    """The rules there are, by the last part of their names."""
    found = boto3.client("events").list_rules()["Rules"]
    return {one["Name"].removeprefix("oom-guard-"): one for one in found}


def test_monitoring_comes_up_and_each_rule_has_its_target_and_its_dead_letters(aws: None) -> None:
    outputs = deployed("monitoring", EmailAddresses="ann+oom@alerts.example.co.uk")
    assert outputs["TopicArn"] == ACCOUNT.format("sns") + "oom-guard"
    assert set(rules()) == (set(patterns("monitoring")) | {"pulse"}) - {"errors", "every-stop"}
    for name, rule in rules().items():
        assert rule["State"] == "ENABLED"
        [target] = boto3.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["DeadLetterConfig"]["Arn"].endswith(":oom-guard-undelivered")
        assert (target["Arn"] == outputs["TopicArn"]) is (name != "mail")


@pytest.mark.parametrize(
    ("parameters", "more", "state"),
    [
        pytest.param({"Monitoring": "DISABLED"}, set(), "DISABLED", id="switched off"),
        pytest.param({"TaskEvents": "KILLS_AND_ERRORS"}, {"errors"}, "ENABLED", id="errors too"),
        pytest.param({"TaskEvents": "EVERY_STOP"}, {"errors", "every-stop"}, "ENABLED", id="every stop"),
    ],
)
def test_what_is_chosen_is_what_is_made(
    aws: None, parameters: dict[str, str], more: set[str], state: str
) -> None:
    deployed("monitoring", **parameters)
    assert set(rules()) == (set(patterns("monitoring")) | {"pulse"}) - TOLD_TO_PEOPLE | more
    assert {one["State"] for one in rules().values()} == {state}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        pytest.param("roles", {"BotRoleArn": BOT_ROLE, "ExternalId": "x-1"}, id="roles"),
        pytest.param("resize", {"BotRoleArn": BOT_ROLE}, id="the role that changes memory"),
        pytest.param(
            "member",
            {
                "HubBusArn": ACCOUNT.format("events") + "event-bus/oom-guard",
                "BotRoleArn": BOT_ROLE,
                "ExternalId": "x-1",
                "RoleRegion": "eu-west-1",
            },
            id="a member of the organisation",
        ),
        pytest.param("organisation", {"OrganizationId": "o-abcdefghij"}, id="the organisation's bus"),
    ],
)
def test_the_others_come_up(aws: None, name: str, parameters: dict[str, str]) -> None:
    deployed(name, **parameters)


def test_the_small_bot_comes_up(aws: None) -> None:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = "eu-west-1a"
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=zone)["Subnet"][
        "SubnetId"
    ]
    deployed(
        "bot-small",
        Image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/oom-guard:1",
        SlackSecretArn=ACCOUNT.format("secretsmanager") + "secret:oom-guard-slack",
        SlackChannel="C0123456789",
        QueueUrl="https://sqs.eu-west-1.amazonaws.com/123456789012/oom-guard",
        QueueArn=ACCOUNT.format("sqs") + "oom-guard",
        DeadLetterQueueArn=ACCOUNT.format("sqs") + "oom-guard-dead",
        VpcId=vpc,
        Subnet=subnet,
        AvailabilityZone=zone,
    )
    roles = [one["RoleName"] for one in boto3.client("iam").list_roles()["Roles"]]
    assert len(roles) == len(resources("bot-small", "AWS::IAM::Role"))


@pytest.mark.parametrize("config", ["", ACCOUNT.format("secretsmanager") + "secret:oom-guard-config-AbCdEf"])
def test_the_bot_on_fargate_comes_up_with_and_without_a_configuration(aws: None, config: str) -> None:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"eu-west-1{zone}")
        for at, zone in enumerate("ab")
    ]
    both = ",".join(one["Subnet"]["SubnetId"] for one in subnets)
    deployed(
        "bot-fargate",
        Image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/oom-guard:1",
        SlackSecretArn=ACCOUNT.format("secretsmanager") + "secret:oom-guard-slack",
        SlackChannel="C0123456789",
        TopicArns=ACCOUNT.format("sns") + "oom-guard",
        VpcId=vpc,
        PublicSubnets=both,
        TaskSubnets=both,
        CertificateArn=boto3.client("acm").request_certificate(DomainName="oom.example.com")[
            "CertificateArn"
        ],
        ConfigSecretArn=config,
    )
    [arn] = boto3.client("ecs").list_task_definitions()["taskDefinitionArns"]
    found = boto3.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    given = {one["name"]: one["value"] for one in found["containerDefinitions"][0]["environment"] if one}
    assert given.get("OOM_CONFIG", "") == config
