"""The verifier: what AWS signed for our topics is believed, in every partition."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.aws.sns.envelope import EnvelopeType
from bot.domain.aws.partition import partition_named
from tests.aws.sns.judging import refusal, verifier
from tests.aws.sns.sender import (
    FILE,
    NOW,
    TOKEN,
    TOPIC,
    CertificateHost,
    confirmation,
    make_certificate,
    notification,
    pack,
    sign,
    stamp,
)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(notification(), id="a notification"),
        pytest.param(notification(SignatureVersion="1"), id="signed with SHA-1, version 1"),
        pytest.param(notification(Subject=None), id="no subject, as EventBridge publishes"),
        pytest.param(notification(Subject="0"), id="a subject that looks false"),
        pytest.param(notification(Subject="Speicher läuft über 🔥"), id="a subject beyond ASCII"),
        pytest.param(
            notification(Subject="s" * 100), id="a subject of 100 characters, where CloudWatch cuts"
        ),
        pytest.param(notification(Message="  kept as it is\r\n\u2028 \n"), id="white space around a message"),
        pytest.param(notification(Message='"' * 262_144), id="the longest message, all quotes"),
        pytest.param(
            notification(Timestamp=stamp(NOW - timedelta(minutes=64))), id="SNS's last try after an hour"
        ),
        pytest.param(notification(Timestamp=stamp(NOW + timedelta(minutes=4))), id="our clock is behind"),
        pytest.param(
            notification(MessageAttributes={"k": {"Type": "String"}}, Future=[1, None]), id="unknown fields"
        ),
        pytest.param(confirmation(), id="a subscription to confirm"),
        pytest.param(
            confirmation(
                SubscribeURL=str(confirmation()["SubscribeURL"]).replace(TOPIC, TOPIC.replace(":", "%3A"))
            ),
            id="a subscription to confirm, with the ARN percent-encoded",
        ),
        pytest.param(confirmation("UnsubscribeConfirmation"), id="somebody unsubscribed us"),
    ],
)
async def test_what_aws_signed_is_believed(fields: dict[str, Any]) -> None:
    envelope = await verifier().verify(*pack(sign(fields)), NOW)
    assert envelope.type == fields["Type"]
    assert envelope.message == fields["Message"]
    assert envelope.subject == fields.get("Subject", "")
    assert envelope.token == fields.get("Token", "")
    assert stamp(envelope.published_at) == fields["Timestamp"]
    assert envelope.published_at.tzinfo is UTC


async def test_headers_are_found_in_any_case() -> None:
    body, headers = pack(sign(notification()))
    envelope = await verifier().verify(body, {name.upper(): value for name, value in headers.items()}, NOW)
    assert envelope.message_id == "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"


async def test_neither_token_nor_message_shows_in_the_repr() -> None:
    envelope = await verifier().verify(*pack(sign(confirmation(Message="the message"))), NOW)
    assert envelope.type is EnvelopeType.SUBSCRIPTION_CONFIRMATION
    assert TOKEN not in repr(envelope)
    assert "the message" not in repr(envelope)
    assert "http" not in repr(envelope)


@pytest.mark.parametrize(
    ("topic", "host_name", "signing_name"),
    [
        pytest.param(
            "aws:sns:us-east-1", "sns.us-east-1.amazonaws.com", "sns.amazonaws.com", id="commercial"
        ),
        pytest.param(
            "aws:sns:ap-northeast-3", "sns.ap-northeast-3.amazonaws.com", "sns.amazonaws.com", id="Osaka"
        ),
        pytest.param(
            "aws:sns:af-south-1",
            "sns.af-south-1.amazonaws.com",
            "sns-signing.af-south-1.amazonaws.com",
            id="opt-in",
        ),
        pytest.param(
            "aws-cn:sns:cn-north-1",
            "sns.cn-north-1.amazonaws.com.cn",
            "sns-cn-north-1.amazonaws.com.cn",
            id="China",
        ),
        pytest.param(
            "aws-us-gov:sns:us-gov-east-1",
            "sns.us-gov-east-1.amazonaws.com",
            "sns-us-gov-west-1.amazonaws.com",
            id="GovCloud east, signed in the west",
        ),
        pytest.param(
            "aws-eusc:sns:eusc-de-east-1",
            "sns.eusc-de-east-1.amazonaws.eu",
            "sns-signing.eusc-de-east-1.amazonaws.eu",
            id="European sovereign",
        ),
        pytest.param(
            "aws-iso:sns:us-iso-west-1",
            "sns.us-iso-west-1.c2s.ic.gov",
            "sns-us-iso-east-1.c2s.ic.gov",
            id="iso",
        ),
        pytest.param(
            "aws-iso-e:sns:eu-isoe-west-1",
            "sns.eu-isoe-west-1.cloud.adc-e.uk",
            "sns-signing.eu-isoe-west-1.cloud.adc-e.uk",
            id="iso-e",
        ),
    ],
)
async def test_every_partition_has_its_own_host_and_certificate(
    topic: str, host_name: str, signing_name: str
) -> None:
    arn = f"arn:{topic}:123456789012:oom-alerts"
    changes = {"TopicArn": arn, "SigningCertURL": f"https://{host_name}/{FILE}"}
    host = CertificateHost(make_certificate(signing_name))
    ours = verifier(host, topics=[arn])
    assert (await ours.verify(*pack(sign(notification(**changes))), NOW)).topic_arn == arn
    assert (await ours.verify(*pack(sign(confirmation(host=host_name, **changes))), NOW)).token == TOKEN
    assert host.fetched == [f"https://{host_name}/{FILE}"]
    foreign = CertificateHost(make_certificate("sns.elsewhere.example"))
    assert await refusal(*pack(sign(notification(**changes))), foreign, topics=[arn]) == "cert"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param({"topics": TOPIC}, "not the ARN", id="a bare string is not a list of topics"),
        pytest.param({"topics": ["*"]}, "not the ARN", id="any topic"),
        pytest.param({"topics": [TOPIC + ".fifo"]}, "FIFO", id="a FIFO topic"),
        pytest.param({"topics": ["arn:aws:sns:s3:123456789012:x"]}, "no region", id="no region"),
        pytest.param({"topics": ["arn:aws:sns:cn-north-1:123456789012:x"]}, "no region", id="China's in aws"),
        pytest.param({"topics": ["arn:awz:sns:eu-west-1:123456789012:x"]}, "partition", id="no partition"),
        pytest.param({"topics": ["arn:aws:sns:eu-west-1::x"]}, "account", id="no account"),
        pytest.param({"topics": [TOPIC + "\n"]}, "topic name", id="a newline"),
        pytest.param({"versions": frozenset()}, "signature versions", id="no version"),
        pytest.param({"versions": frozenset({"3"})}, "signature versions", id="a version that is none"),
        pytest.param(
            {"emulator_origin": "https://evil.example"}, "private network", id="an emulator on the internet"
        ),
    ],
)
def test_settings_without_sense_do_not_start(settings: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        verifier(**settings)


async def test_now_may_come_from_any_zone() -> None:
    zone = datetime.fromisoformat("2026-11-01T13:00:10+01:00")
    await verifier().verify(*pack(sign(notification())), zone)


def test_no_partition_of_that_name() -> None:
    assert partition_named("awz") is None
