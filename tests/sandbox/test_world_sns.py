"""SNS as an endpoint meets it: confirmation, signatures, retries, and what can go wrong on purpose."""

import asyncio
import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.aws.certificates import Signer, new_key
from sandbox.aws.sns import TOPIC_ARN, Twist
from sandbox.aws.subscriptions import retry_policy
from sandbox.aws.world import World
from sandbox.clock import ManualClock
from sandbox.wire import Entry, WireLog
from tests.sandbox.conftest import Letterbox

CONFIRMATION_FIELDS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
NOTIFICATION_FIELDS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")


async def certificate(url: str) -> x509.Certificate:
    """Fetch as a bot would."""
    async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as response:
        assert response.status == 200
        return x509.load_pem_x509_certificate(await response.read())


async def verify(envelope: dict[str, Any]) -> None:
    """The signature over the canonical text, computed here from the facts and not from the sandbox's code."""
    key = (await certificate(envelope["SigningCertURL"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    fields = NOTIFICATION_FIELDS if envelope["Type"] == "Notification" else CONFIRMATION_FIELDS
    text = "".join(f"{name}\n{envelope[name]}\n" for name in fields if name in envelope)
    digest = hashes.SHA1() if envelope["SignatureVersion"] == "1" else hashes.SHA256()
    key.verify(base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(), digest)


async def until(done: Callable[[], bool]) -> None:
    """Let real sockets work until `done`; the clock stands still meanwhile."""
    async with asyncio.timeout(60):
        while not done():  # noqa: ASYNC110 many things are waited for, most without an event
            await asyncio.sleep(0.002)


def attempts_in(wire: WireLog) -> list[Entry]:
    """Every attempt to deliver a notification so far."""
    return [entry for entry in wire.entries() if entry.kind == "sns Notification"]


async def subscribe(world: World, box: Letterbox, attributes: dict[str, str] | None = None) -> str:
    """A confirmed subscription; returns its ARN and empties the box."""
    subscription = world.sns.subscribe(TOPIC_ARN, box.url, attributes)
    await until(lambda: len(box.bodies) == 1)
    token = json.loads(box.bodies[0])["Token"]
    assert world.sns.confirm(token, authenticated=True) is subscription
    await world.sns.chores.idle()
    box.bodies.clear()
    box.headers.clear()
    return subscription.arn


async def test_a_topic_asks_before_it_sends(
    world: World, letterbox: Letterbox, aws: Callable[..., Any]
) -> None:
    sns = aws("sns")
    made = await asyncio.to_thread(sns.subscribe, TopicArn=TOPIC_ARN, Protocol="http", Endpoint=letterbox.url)
    assert made["SubscriptionArn"] == "pending confirmation"
    await until(lambda: bool(letterbox.bodies))
    asked = json.loads(letterbox.bodies[0])
    assert asked["Type"] == "SubscriptionConfirmation"
    assert "x-amz-sns-subscription-arn" not in letterbox.headers[0]
    await verify(asked)
    confirmed = await asyncio.to_thread(
        sns.confirm_subscription, TopicArn=TOPIC_ARN, Token=asked["Token"], AuthenticateOnUnsubscribe="true"
    )
    assert confirmed["SubscriptionArn"].startswith(f"{TOPIC_ARN}:")
    listed = await asyncio.to_thread(sns.list_subscriptions_by_topic, TopicArn=TOPIC_ARN)
    assert [one["SubscriptionArn"] for one in listed["Subscriptions"]] == [confirmed["SubscriptionArn"]]


@pytest.mark.parametrize("version", [pytest.param("1", id="SHA1"), pytest.param("2", id="SHA256")])
async def test_a_notification_is_signed_and_printed_as_aws_does(
    world: World, letterbox: Letterbox, version: str
) -> None:
    arn = await subscribe(world, letterbox)
    world.sns.topics[TOPIC_ARN].signature_version = version
    message_id = world.sns.publish(TOPIC_ARN, 'ümlaut "and" newline\n', "a subject")
    await world.sns.chores.idle()
    envelope = json.loads(letterbox.bodies[0])
    await verify(envelope)
    assert envelope["SignatureVersion"] == version
    assert letterbox.bodies[0].startswith('{\n  "Type" : "Notification",\n  "MessageId" : ')
    sent = {name.lower(): value for name, value in letterbox.headers[0].items()}
    assert sent["content-type"] == "text/plain; charset=UTF-8"
    assert sent["x-amz-sns-message-type"] == "Notification"
    assert sent["x-amz-sns-message-id"] == message_id == envelope["MessageId"]
    assert sent["x-amz-sns-subscription-arn"] == arn
    assert sent["user-agent"] == "Amazon Simple Notification Service Agent"


async def test_the_certificate_is_as_sns_has_it(world: World, clock: ManualClock) -> None:
    leaf = await certificate(world.url + world.sns.signer.path)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["sns.amazonaws.com"]
    assert leaf.not_valid_before_utc < clock.now() < leaf.not_valid_after_utc
    assert leaf.issuer != leaf.subject


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        pytest.param([200], (1, 1, 0), id="taken at once"),
        pytest.param([503, 200], (2, 1, 0), id="down for a moment"),
        pytest.param([500, 500, 500, 500, 200], (4, 0, 1), id="down for longer than three retries"),
        pytest.param([403], (1, 0, 1), id="refused: 4xx is final"),
        pytest.param([429], (1, 0, 1), id="429 is no exception"),
        pytest.param([302], (1, 0, 1), id="redirects are not followed"),
    ],
)
async def test_retries_are_twenty_seconds_apart_and_end(
    world: World,
    letterbox: Letterbox,
    clock: ManualClock,
    wire: WireLog,
    answers: list[int],
    end: tuple[int, int, int],
) -> None:
    arn = await subscribe(world, letterbox, {"RedrivePolicy": "{}"})
    subscription = world.sns.topics[TOPIC_ARN].subscriptions[arn]
    subscription.delivered = 0
    letterbox.answers = answers
    world.sns.publish(TOPIC_ARN, "x")
    attempts, delivered, dead = end
    for attempt in range(1, attempts + 1):
        await until(lambda: len(attempts_in(wire)) == attempt)  # noqa: B023 awaited in the same round
        await clock.advance(19)
        assert len(letterbox.bodies) == attempt
        await clock.advance(1)
    await world.sns.chores.idle()
    assert (subscription.delivered, len(subscription.dead_letters)) == (delivered, dead)
    assert len({json.loads(body)["MessageId"] for body in letterbox.bodies}) == 1


async def test_no_answer_within_fifteen_seconds_is_a_failure_and_retried(
    world: World, letterbox: Letterbox, clock: ManualClock, wire: WireLog
) -> None:
    await subscribe(world, letterbox)
    release = asyncio.Event()
    letterbox.before_answer = release.wait  # type: ignore[assignment]
    world.sns.publish(TOPIC_ARN, "x")
    await until(lambda: len(letterbox.bodies) == 1)
    await clock.advance(15)
    await until(lambda: len(attempts_in(wire)) == 1)
    assert attempts_in(wire)[0].status == 0
    assert "no answer within 15 s" in attempts_in(wire)[0].note
    release.set()
    await clock.advance(20)
    await world.sns.chores.idle()
    assert [entry.status for entry in attempts_in(wire)] == [0, 200]


def policy_of(**healthy: Any) -> str:
    """A DeliveryPolicy as one sets it."""
    return json.dumps({"healthyRetryPolicy": healthy})


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        pytest.param("{}", [20, 20, 20], id="nothing said: three times 20 s"),
        pytest.param('{"healthyRetryPolicy":{"numRetries":0}}', [], id="no retries at all"),
        pytest.param(
            '{"healthyRetryPolicy":{"numRetries":3,"minDelayTarget":10,"maxDelayTarget":30}}',
            [10, 20, 30],
            id="linear",
        ),
        pytest.param(
            policy_of(
                numRetries=6,
                numNoDelayRetries=1,
                numMinDelayRetries=1,
                numMaxDelayRetries=2,
                maxDelayTarget=60,
            ),
            [0, 20, 20, 60, 60, 60],
            id="at once, at the least delay, growing, at the greatest",
        ),
        pytest.param(
            policy_of(numRetries=3, minDelayTarget=10, maxDelayTarget=90, backoffFunction="exponential"),
            [10, 20, 90],
            id="exponential: short for long",
        ),
        pytest.param(
            policy_of(numRetries=3, minDelayTarget=10, maxDelayTarget=90, backoffFunction="geometric"),
            [10, 30, 90],
            id="geometric",
        ),
    ],
)
def test_a_delivery_policy_gives_delays(policy: str, delays: list[float]) -> None:
    assert retry_policy(policy).delays() == delays


def test_the_policy_that_is_installed_is_patient_for_an_hour_and_no_longer() -> None:
    template = (Path(__file__).parents[2] / "deploy/cloudformation/monitoring.yaml").read_text()
    shipped = dict(re.findall(r"^ +(num\w+|m..DelayTarget): (\d+)$", template, re.MULTILINE))
    assert len(shipped) == 6
    assert 3500 < sum(retry_policy(policy_of(**shipped)).delays()) <= 3600


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param('{"healthyRetryPolicy":{"numRetries":101}}', id="more than a hundred"),
        pytest.param('{"healthyRetryPolicy":{"minDelayTarget":0}}', id="no delay"),
        pytest.param(
            '{"healthyRetryPolicy":{"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60}}',
            id="over an hour in all",
        ),
        pytest.param(policy_of(numRetries=2, numNoDelayRetries=3), id="more at once than in all"),
        pytest.param(policy_of(backoffFunction="fibonacci"), id="a curve that SNS has not"),
        pytest.param(policy_of(numTries=3), id="a key that SNS has not"),
        pytest.param("nonsense", id="not JSON"),
    ],
)
async def test_sns_refuses_a_policy_that_it_cannot_keep(
    world: World, letterbox: Letterbox, aws: Callable[..., Any], policy: str
) -> None:
    arn = await subscribe(world, letterbox)
    with pytest.raises(ClientError, match="Invalid parameter: DeliveryPolicy"):
        await asyncio.to_thread(
            aws("sns").set_subscription_attributes,
            SubscriptionArn=arn,
            AttributeName="DeliveryPolicy",
            AttributeValue=policy,
        )


async def test_duplicates_keep_their_message_id_and_come_late_when_told(
    world: World, letterbox: Letterbox, clock: ManualClock
) -> None:
    await subscribe(world, letterbox)
    first = world.sns.publish(TOPIC_ARN, "early", twist=Twist(copies=2, delay=30))
    second = world.sns.publish(TOPIC_ARN, "late")
    await until(lambda: len(letterbox.bodies) == 1)
    await clock.advance(30)
    await world.sns.chores.idle()
    assert [json.loads(body)["MessageId"] for body in letterbox.bodies] == [second, first, first]


async def test_a_forgery_does_not_verify_and_a_foreign_topic_does(
    world: World, letterbox: Letterbox, clock: ManualClock
) -> None:
    await subscribe(world, letterbox)
    world.sns.publish(TOPIC_ARN, "forged", twist=Twist(signer=Signer(clock.now(), new_key())))
    await world.sns.chores.idle()
    with pytest.raises(InvalidSignature):
        await verify(json.loads(letterbox.bodies[0]))
    foreign = "arn:aws:sns:eu-west-1:666666666666:oom-guard"
    world.sns.publish(TOPIC_ARN, "foreign", twist=Twist(topic_arn=foreign))
    await world.sns.chores.idle()
    envelope = json.loads(letterbox.bodies[1])
    await verify(envelope)
    assert envelope["TopicArn"] == foreign


async def test_raw_delivery_sends_the_bare_message(world: World, letterbox: Letterbox) -> None:
    await subscribe(world, letterbox, {"RawMessageDelivery": "true"})
    world.sns.publish(TOPIC_ARN, "bare")
    await world.sns.chores.idle()
    assert letterbox.bodies == ["bare"]
    assert letterbox.headers[0]["x-amz-sns-rawdelivery"] == "true"


async def test_credentials_of_the_url_are_sent_only_when_asked_for(
    world: World, letterbox: Letterbox
) -> None:
    await subscribe(world, letterbox)
    letterbox.challenge = 'Basic realm="bot"'
    for subscription in world.sns.subscriptions():
        subscription.endpoint = letterbox.url.replace("http://", "http://sns:secret@")
    world.sns.publish(TOPIC_ARN, "x")
    await world.sns.chores.idle()
    credentials = [headers.get("Authorization") for headers in letterbox.headers]
    assert credentials == [None, "Basic " + base64.b64encode(b"sns:secret").decode()]


async def test_a_rate_spreads_a_backlog(world: World, letterbox: Letterbox, clock: ManualClock) -> None:
    await subscribe(world, letterbox, {"DeliveryPolicy": '{"throttlePolicy":{"maxReceivesPerSecond":2}}'})
    for number in range(4):
        world.sns.publish(TOPIC_ARN, str(number))
    await until(lambda: len(letterbox.bodies) == 1)
    await clock.advance(0.5)
    await until(lambda: len(letterbox.bodies) == 2)
    await clock.advance(1)
    await world.sns.chores.idle()
    assert [json.loads(body)["Message"] for body in letterbox.bodies] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("authenticated", "status", "told"),
    [
        pytest.param(True, 403, [], id="confirmed with AuthenticateOnUnsubscribe: refused"),
        pytest.param(False, 200, ["UnsubscribeConfirmation"], id="confirmed without: removed, and told"),
    ],
)
async def test_whoever_sees_the_unsubscribe_url(
    world: World, letterbox: Letterbox, authenticated: bool, status: int, told: list[str]
) -> None:
    arn = await subscribe(world, letterbox)
    subscription = world.sns.topics[TOPIC_ARN].subscriptions[arn]
    subscription.authenticated_unsubscribe = authenticated
    world.sns.publish(TOPIC_ARN, "x")
    await world.sns.chores.idle()
    url = json.loads(letterbox.bodies.pop())["UnsubscribeURL"]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == status
    await world.sns.chores.idle()
    assert [json.loads(body)["Type"] for body in letterbox.bodies] == told
    for body in letterbox.bodies:
        await verify(json.loads(body))


async def test_aws_confirms_by_token_whatever_topic_is_named(
    world: World, letterbox: Letterbox, aws: Callable[..., Any]
) -> None:
    world.sns.subscribe(TOPIC_ARN, letterbox.url)
    await until(lambda: bool(letterbox.bodies))
    token = json.loads(letterbox.bodies[0])["Token"]
    confirm = aws("sns").confirm_subscription
    other = TOPIC_ARN.replace("oom-guard", "no-such-topic")
    answer = await asyncio.to_thread(confirm, TopicArn=other, Token=token)
    assert answer["SubscriptionArn"].startswith(TOPIC_ARN)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        await asyncio.to_thread(confirm, TopicArn=TOPIC_ARN, Token="0" * 64)
    [subscription] = world.sns.subscriptions()
    subscription.made_at -= timedelta(days=2, seconds=1)
    with pytest.raises(ClientError, match="Invalid parameter: Token"):
        await asyncio.to_thread(confirm, TopicArn=TOPIC_ARN, Token=token)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param({"Message": "x" * 262_145}, "Message too long", id="over 256 KiB"),
        pytest.param(
            {"Message": "x", "Subject": "x" * 100}, "Subject", id="a subject of a hundred characters"
        ),
        pytest.param({"Message": "x", "Subject": "a\nb"}, "Subject", id="a line break in the subject"),
        pytest.param(
            {"Message": "x", "TopicArn": TOPIC_ARN + "x"}, "Topic does not exist", id="no such topic"
        ),
    ],
)
async def test_publish_refuses_what_sns_refuses(
    world: World, aws: Callable[..., Any], asked: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ClientError, match=sentence):
        await asyncio.to_thread(aws("sns").publish, **({"TopicArn": TOPIC_ARN} | asked))


async def test_topics_are_made_and_set_over_the_api(
    world: World, letterbox: Letterbox, aws: Callable[..., Any]
) -> None:
    sns = aws("sns")
    arn = (await asyncio.to_thread(sns.create_topic, Name="other"))["TopicArn"]
    listed = await asyncio.to_thread(sns.list_topics)
    assert [one["TopicArn"] for one in listed["Topics"]] == [TOPIC_ARN, arn]
    assert (await asyncio.to_thread(sns.get_topic_attributes, TopicArn=arn))["Attributes"][
        "SignatureVersion"
    ] == "1"
    version = {"TopicArn": arn, "AttributeName": "SignatureVersion"}
    await asyncio.to_thread(sns.set_topic_attributes, **version, AttributeValue="2")
    with pytest.raises(ClientError, match="SignatureVersion"):
        await asyncio.to_thread(sns.set_topic_attributes, **version, AttributeValue="3")
    world.sns.subscribe(arn, letterbox.url).confirmed = True
    sent = await asyncio.to_thread(sns.publish, TopicArn=arn, Message="hello", Subject="hi")
    await world.sns.chores.idle()
    envelope = json.loads(letterbox.bodies[-1])
    await verify(envelope)
    assert (envelope["MessageId"], envelope["SignatureVersion"]) == (sent["MessageId"], "2")
