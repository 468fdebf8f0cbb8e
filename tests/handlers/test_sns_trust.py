"""What the SNS door asks for beside signatures: credentials, and a setting for raw deliveries; and what it never tells."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from structlog.testing import capture_logs

from bot.store import incidents, pulse
from tests.aws.sns.sender import (
    OTHER_TOPIC,
    TOKEN,
    TOPIC,
    confirmation,
    notification,
    rsa_key,
    sign,
)
from tests.handlers.sns_door import CREDENTIALS, KILLED, open_door, settings, understand


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        pytest.param(None, 401, id="as SNS asks first"),
        pytest.param(encode_basic_auth("sns", "correct horse"), 200, id="right"),
        pytest.param(encode_basic_auth("sns", "wrong horse"), 401, id="wrong password"),
        pytest.param(encode_basic_auth("other", "correct horse"), 401, id="wrong user"),
        pytest.param("Bearer c25zOmNvcnJlY3QgaG9yc2U=", 401, id="another scheme"),
        pytest.param("Basic", 401, id="nothing after the scheme"),
        pytest.param("Basic ÿ", 401, id="not ASCII"),
    ],
)
async def test_credentials_when_configured_are_asked_of_everybody(
    tmp_path: Path, authorization: str | None, status: int
) -> None:
    async with open_door(tmp_path, basic_auth=CREDENTIALS) as door:
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = await door.post(sign(notification()), **headers)
        assert answer.status == status
        if status == 401:
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="oom-guard"'
            assert await door.db.read(pulse.last_event_at) is None


RAW = {
    "x-amz-sns-rawdelivery": "true",
    "x-amz-sns-message-type": "Notification",
    "x-amz-sns-message-id": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "x-amz-sns-topic-arn": TOPIC,
    "Authorization": encode_basic_auth("sns", "correct horse"),
}
ALLOWED: dict[str, Any] = {"basic_auth": CREDENTIALS, "allow_raw": frozenset({TOPIC})}


async def test_a_raw_delivery_where_setting_and_credentials_allow_it(tmp_path: Path) -> None:
    async with open_door(tmp_path, **ALLOWED) as door:
        answers = [await door.client.post("/sns", data=json.dumps(KILLED), headers=RAW) for _ in range(2)]
        assert [await answer.text() for answer in answers] == ["recorded", "duplicate"]
        (incident,) = await door.db.read(incidents.unfinished, 10)
        assert incident.kill_count == 1


@pytest.mark.parametrize(
    ("allowed", "headers", "status"),
    [
        pytest.param({}, {}, 400, id="nobody allowed it"),
        pytest.param({"basic_auth": CREDENTIALS}, {}, 400, id="credentials alone do not allow it"),
        pytest.param(ALLOWED, {"Authorization": ""}, 401, id="no credentials presented"),
        pytest.param(ALLOWED, {"x-amz-sns-topic-arn": OTHER_TOPIC}, 400, id="allowed for another topic"),
        pytest.param(ALLOWED, {"x-amz-sns-message-id": "1"}, 400, id="no proper message id"),
        pytest.param(
            ALLOWED, {"x-amz-sns-message-type": "SubscriptionConfirmation"}, 400, id="a confirmation"
        ),
    ],
)
async def test_raw_deliveries_are_refused(
    tmp_path: Path, allowed: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    async with open_door(tmp_path, **allowed) as door:
        answer = await door.client.post("/sns", data=json.dumps(KILLED), headers=RAW | headers)
        assert answer.status == status
        assert await door.db.read(pulse.last_event_at) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"\xff\xfe", 400, id="not UTF-8"),
        pytest.param(b"x" * 100_001, 413, id="over the limit"),
    ],
)
async def test_raw_deliveries_have_limits_too(tmp_path: Path, body: bytes, status: int) -> None:
    async with open_door(tmp_path, **ALLOWED) as door:
        assert (await door.client.post("/sns", data=body, headers=RAW)).status == status


async def test_allowing_raw_does_not_open_the_door_to_unsigned_envelopes(tmp_path: Path) -> None:
    async with open_door(tmp_path, **ALLOWED) as door:
        unsigned = sign(notification(), rsa_key("evil"))
        answer = await door.post(unsigned, Authorization=RAW["Authorization"])
        assert answer.status == 403


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"basic_auth": "password"}, "user:password", id="no user"),
        pytest.param({"basic_auth": "user:"}, "user:password", id="no password"),
        pytest.param({"allow_raw": frozenset({TOPIC})}, "not signed", id="raw without credentials"),
    ],
)
def test_settings_that_leave_the_door_open(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        settings(understand, **changes)


async def test_raw_deliveries_of_a_topic_that_nobody_listens_to(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not listened to: arn:aws:sns:eu-west-1:666666666666:evil"):
        async with open_door(tmp_path, basic_auth=CREDENTIALS, allow_raw=frozenset({TOPIC, OTHER_TOPIC})):
            pass


async def test_no_log_line_tells_a_secret(tmp_path: Path) -> None:
    async with open_door(tmp_path, basic_auth=CREDENTIALS) as door:
        authorization = encode_basic_auth("sns", "correct horse")
        with capture_logs() as lines:
            for fields in (
                sign(notification(Message="the message itself")),
                sign(confirmation()),
                sign(confirmation("UnsubscribeConfirmation")),
                sign(confirmation(), rsa_key("evil")),
            ):
                await door.post(fields, Authorization=authorization)
        assert len(lines) == 4
        told = repr(lines) + repr(settings(understand, basic_auth=CREDENTIALS))
        for secret in (TOKEN, "the message itself", "https://", "correct horse", authorization):
            assert secret not in told
        assert [line.get("result") or line["layer"] for line in lines] == [
            "recorded",
            "confirmation",
            "unsubscribed",
            "signature",
        ]
