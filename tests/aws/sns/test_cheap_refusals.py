"""What is refused without asking anybody: each row says which check stops it, and nothing is fetched."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.sns.refusal import Refused, TooLarge
from tests.aws.sns.judging import refusal, verifier
from tests.aws.sns.sender import (
    CERT_URL,
    FILE,
    NOW,
    OTHER_TOPIC,
    TOPIC,
    CertificateHost,
    confirmation,
    notification,
    pack,
    sign,
    stamp,
)

GOOD = json.dumps(sign(notification()))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"OOM!", id="bare text"),
        pytest.param(f"[{GOOD}]".encode(), id="in an array"),
        pytest.param(json.dumps(GOOD).encode(), id="in a string"),
        pytest.param(f"{GOOD} x".encode(), id="something after it"),
        pytest.param(GOOD.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="a byte order mark"),
        pytest.param(GOOD.encode().replace(b"killed", b"\xc0\xaf"), id="overlong UTF-8"),
        pytest.param(GOOD.replace("killed", "\\ud800").encode(), id="a lone surrogate"),
        pytest.param(f'{GOOD[:-1]}, "\\ud800": 1}}'.encode(), id="a lone surrogate in a name"),
        pytest.param(f'{{"TopicArn": "{OTHER_TOPIC}", {GOOD[1:]}'.encode(), id="a name twice"),
        pytest.param(f'{GOOD[:-1]}, "x": {{"a": 1, "a": 2}}}}'.encode(), id="a name twice, further down"),
        pytest.param(f'{GOOD[:-1]}, "x": NaN}}'.encode(), id="NaN"),
        pytest.param(f'{GOOD[:-1]}, "x": -Infinity}}'.encode(), id="infinity"),
        pytest.param(f'{GOOD[:-1]}, "x": {"9" * 5000}}}'.encode(), id="a number of 5000 digits"),
        pytest.param(f'{GOOD[:-1]}, "x": {"[" * 100_000}'.encode(), id="nested without end"),
        pytest.param(
            f'{GOOD[:-1]}, "x": {"[" * 100_000}{"]" * 100_000}}}'.encode(),
            id="nested 100,000 deep and closed",
        ),
    ],
)
async def test_only_one_reading_of_the_body_is_possible(body: bytes) -> None:
    host = CertificateHost()
    assert await refusal(body, pack(notification())[1], host) == "json"
    assert host.fetched == []


async def test_a_body_over_the_limit_is_too_large() -> None:
    body, headers = pack(sign(notification()))
    with pytest.raises(TooLarge):
        await verifier(max_body_bytes=len(body) - 1).verify(body, headers, NOW)
    await verifier(max_body_bytes=len(body)).verify(body, headers, NOW)


def changed(layer: str, name: str, value: Any, story: str, kind: Callable[..., Any] = notification) -> Any:
    """A row: signed as it stands with one field changed, and still refused."""
    return pytest.param(layer, kind(**{name: value}), id=story)


UNREADABLE = [
    *(
        changed("structure", name, value, f"{name} is {story}")
        for name in (
            "MessageId",
            "TopicArn",
            "Message",
            "Timestamp",
            "SignatureVersion",
            "SigningCertURL",
            "Type",
        )
        for value, story in (
            (None, "missing"),
            ("", "empty"),
            (7, "a number"),
            (True, "true"),
            ([], "a list"),
        )
    ),
    changed("structure", "Subject", 7, "Subject is a number"),
    changed("structure", "Subject", "", "Subject is empty"),
    changed(
        "structure", "Subject", "two\nlines", "Subject has two lines: it would move the borders of fields"
    ),
    changed("structure", "Subject", "tab\t", "Subject has a control character"),
    changed("structure", "Subject", "s" * 101, "Subject is too long"),
    changed(
        "structure", "MessageId", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n", "MessageId ends with a newline"
    ),
    changed("structure", "MessageId", "message-1", "MessageId is no UUID"),
    changed("structure", "Timestamp", "2026-11-01T12:00:08Z", "Timestamp without milliseconds"),
    changed("structure", "Timestamp", "2026-11-01T12:00:08.123+00:00", "Timestamp with an offset"),
    changed("structure", "Timestamp", "2026-11-01T12:00:08.123", "Timestamp without a zone"),
    changed("structure", "Timestamp", "2026-11-01 12:00:08.123Z", "Timestamp with a space"),
    changed("structure", "Timestamp", "2026-11-31T12:00:08.123Z", "Timestamp on no day"),
    changed(
        "structure", "Timestamp", "２026-11-01T12:00:08.123Z", "Timestamp with a digit that is not ASCII"
    ),
    changed("structure", "Token", None, "confirmation without Token", confirmation),
    changed("structure", "Token", "", "confirmation with empty Token", confirmation),
    changed("structure", "Token", "two\nlines", "confirmation with an odd Token", confirmation),
    changed("structure", "Token", "t" * 2049, "confirmation with an endless Token", confirmation),
    changed("structure", "SubscribeURL", None, "confirmation without SubscribeURL", confirmation),
    changed("type", "Type", "notification", "Type in lower case"),
    changed("type", "Type", "Notification ", "Type with a space"),
    changed("type", "Type", "Ｎotification", "Type with a letter that only looks right"),
    changed("topic", "TopicArn", OTHER_TOPIC, "another account's topic, validly signed by AWS"),
    changed("topic", "TopicArn", TOPIC + ":2bcfbf39-05c3", "a subscription's ARN"),
    changed("topic", "TopicArn", TOPIC + "\n", "our topic with a newline"),
    changed(
        "topic", "TopicArn", TOPIC.replace("eu-west-1", "eu-west-2"), "our topic's name in another region"
    ),
    changed("version", "SignatureVersion", "3", "version 3"),
    changed("version", "SignatureVersion", "01", "version 01"),
    changed("version", "SignatureVersion", "２", "a version that only looks right"),
    changed("freshness", "Timestamp", stamp(NOW - timedelta(seconds=3901)), "older than any retry"),
    changed("freshness", "Timestamp", stamp(NOW + timedelta(minutes=6)), "from the future"),
    changed("freshness", "Timestamp", "0001-01-01T00:00:00.000Z", "from the year 1"),
    changed("freshness", "Timestamp", "9999-12-31T23:59:59.999Z", "from the year 9999"),
]


async def test_without_topics_nothing_is_believed_and_the_refusal_says_why() -> None:
    host = CertificateHost()
    body, headers = pack(sign(notification()))
    with pytest.raises(Refused, match="SNS_TOPIC_ARNS is empty") as caught:
        await verifier(host, topics=[]).verify(body, headers, NOW)
    assert caught.value.layer == "topic"
    assert host.fetched == []


@pytest.mark.parametrize(("layer", "fields"), UNREADABLE)
async def test_signed_but_not_as_sns_writes_it(layer: str, fields: dict[str, Any]) -> None:
    host = CertificateHost()
    assert await refusal(*pack(sign(fields)), host) == layer
    assert host.fetched == []


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        pytest.param(
            {"x-amz-sns-rawdelivery": "true"}, "not signed", id="raw delivery of a signed-looking body"
        ),
        pytest.param({"x-amz-sns-message-type": "SubscriptionConfirmation"}, "Type", id="another type"),
        pytest.param({"x-amz-sns-topic-arn": OTHER_TOPIC}, "TopicArn", id="another topic"),
        pytest.param({"x-amz-sns-message-id": "another"}, "MessageId", id="another message"),
        pytest.param({"X-Amz-Sns-Message-Type": "UnsubscribeConfirmation"}, "twice", id="a header twice"),
    ],
)
async def test_headers_can_only_refuse(headers: dict[str, str], why: str) -> None:
    host = CertificateHost()
    body, own = pack(sign(notification()))
    with pytest.raises(Refused, match=why) as caught:
        await verifier(host).verify(body, own | headers, NOW)
    assert caught.value.layer == "headers"
    assert host.fetched == []


@pytest.mark.parametrize("name", ["x-amz-sns-message-type", "x-amz-sns-message-id", "x-amz-sns-topic-arn"])
async def test_sns_sends_all_its_headers(name: str) -> None:
    body, headers = pack(sign(notification()))
    del headers[name]
    assert await refusal(body, headers) == "headers"


async def test_version_one_can_be_left_out() -> None:
    body, headers = pack(sign(notification(SignatureVersion="1")))
    assert await refusal(body, headers, versions=frozenset({"2"})) == "version"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"http://sns.eu-west-1.amazonaws.com/{FILE}", id="not https"),
        pytest.param(f"HTTPS://sns.eu-west-1.amazonaws.com/{FILE}", id="scheme in capitals"),
        pytest.param(f"https://sns.eu-west-2.amazonaws.com/{FILE}", id="another region's"),
        pytest.param(f"https://sns.s3-eu-west-1.amazonaws.com/{FILE}", id="a bucket called sns"),
        pytest.param(f"https://s3.amazonaws.com/sns/{FILE}", id="any bucket"),
        pytest.param(
            f"https://sns.eu-west-1.amazonaws.com.evil.example/{FILE}", id="a host that begins right"
        ),
        pytest.param(f"https://sns-eu-west-1xamazonaws.com/{FILE}", id="dots that match anything"),
        pytest.param(f"https://evil.example/sns.eu-west-1.amazonaws.com/{FILE}", id="the host in the path"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com@evil.example/{FILE}", id="the host as user name"),
        pytest.param(
            f"https://sns.eu-west-1.amazonaws.com;.evil.example/{FILE}", id="parsers differ on this host"
        ),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com\\@evil.example/{FILE}", id="a backslash"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com:443/{FILE}", id="a port"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com./{FILE}", id="a dot after the host"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com.cn/{FILE}", id="China's host"),
        pytest.param(f"https://sns-fips.eu-west-1.amazonaws.com/{FILE}", id="the FIPS host"),
        pytest.param(f"https://169.254.169.254/{FILE}", id="the instance's metadata"),
        pytest.param(f"{CERT_URL}\n", id="a newline at the end"),
        pytest.param(f"{CERT_URL}?x=.pem", id="a query"),
        pytest.param(f"{CERT_URL}#.pem", id="a fragment"),
        pytest.param(f" {CERT_URL}", id="a space before"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com/x/{FILE}", id="a folder"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com//{FILE}", id="two slashes"),
        pytest.param(f"https://sns.eu-west-1.amazonaws.com/{FILE.upper()}", id="capitals in the path"),
        pytest.param(
            "https://sns.eu-west-1.amazonaws.com/?Action=GetTopicAttributes&x=.pem", id="the API's echo"
        ),
        pytest.param("https://sns.eu-west-1.amazonaws.com/cert.pem", id="any .pem on the right host"),
    ],
)
async def test_only_the_certificate_address_of_the_topics_region(url: str) -> None:
    host = CertificateHost()
    assert await refusal(*pack(sign(notification(SigningCertURL=url))), host) == "cert_url"
    assert host.fetched == []
