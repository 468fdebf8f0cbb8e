"""Confirming a subscription: what AWS is asked, and what its answers mean; AWS is faked at the wire."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.aws.calls import Calls
from bot.aws.writing import ConfirmationRefused, ConfirmationTrouble, Subscriptions

TOPIC = "arn:aws:sns:eu-west-1:123456789012:oom-alerts"
TOKEN = "2336412f37fb687f5d51e6e2425929f52e8e353134fe72d5"
OURS = f"{TOPIC}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55"


@dataclass
class FakeSns:
    """SNS's query API, as far as one action goes."""

    status: int = 200
    body: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    signed_for: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        self.signed_for.append(request.headers["Authorization"])
        return web.Response(status=self.status, text=self.body, content_type="text/xml")

    def confirms(self, arn: str) -> None:
        self.body = (
            '<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult>'
            f"<SubscriptionArn>{arn}</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>"
        )

    def fails(self, status: int, code: str, message: str = "no") -> None:
        self.status = status
        self.body = (
            '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )


@pytest.fixture
def sns() -> FakeSns:
    return FakeSns()


@pytest.fixture
async def make(
    sns: FakeSns, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[bool], Subscriptions]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    app = web.Application()
    app.router.add_post("/", sns.answer)
    server = TestServer(app, host="127.0.0.1")
    with ThreadPoolExecutor(1) as pool:
        async with server:
            calls = Calls(pool, sns_emulator=str(server.make_url("/")).rstrip("/"))
            yield lambda emulated: Subscriptions(calls, emulated=emulated)


Make = Callable[[bool], Subscriptions]


async def test_confirmed_in_the_topics_region_so_that_only_its_owner_can_unsubscribe(
    sns: FakeSns, make: Make
) -> None:
    sns.confirms(OURS)
    assert await make(False).confirm(TOPIC, TOKEN) == OURS
    (asked,) = sns.asked
    assert asked["Action"] == "ConfirmSubscription"
    assert (asked["TopicArn"], asked["Token"], asked["AuthenticateOnUnsubscribe"]) == (TOPIC, TOKEN, "true")
    assert "/eu-west-1/sns/" in sns.signed_for[0]


@pytest.mark.parametrize(
    ("arn", "emulated"),
    [
        pytest.param("arn:aws:sns:eu-west-1:666666666666:evil:2bcfbf39", False, id="a foreign topic's token"),
        pytest.param(f"{TOPIC}-2:2bcfbf39", False, id="a topic whose name begins like ours"),
        pytest.param("pending confirmation", False, id="no ARN"),
        pytest.param("", True, id="nothing, from an emulator"),
        pytest.param(
            "arn:aws:sns:eu-west-1:666666666666:evil:2bcfbf39", True, id="foreign, from an emulator"
        ),
    ],
)
async def test_a_subscription_of_another_topic_is_none_of_ours(
    sns: FakeSns, make: Make, arn: str, emulated: bool
) -> None:
    sns.confirms(arn)
    with pytest.raises(ConfirmationRefused, match="no subscription of"):
        await make(emulated).confirm(TOPIC, TOKEN)


async def test_an_emulators_bare_id_will_do(sns: FakeSns, make: Make) -> None:
    sns.confirms("2bcfbf39-05c3-41de-beaa-fcfcc21c8f55")
    assert await make(True).confirm(TOPIC, TOKEN) == "2bcfbf39-05c3-41de-beaa-fcfcc21c8f55"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        pytest.param(400, "InvalidParameter", ConfirmationRefused, id="the token is wrong or too old"),
        pytest.param(404, "NotFound", ConfirmationRefused, id="no such topic"),
        pytest.param(403, "AuthorizationError", ConfirmationRefused, id="the role may not"),
        pytest.param(403, "ExpiredToken", ConfirmationTrouble, id="our credentials have just expired"),
        pytest.param(500, "InternalError", ConfirmationTrouble, id="AWS has trouble"),
    ],
)
async def test_what_aws_says_no_to(
    sns: FakeSns, make: Make, status: int, code: str, kind: type[Exception]
) -> None:
    sns.fails(status, code, f"Invalid parameter: {TOKEN}")
    with pytest.raises((ConfirmationRefused, ConfirmationTrouble)) as caught:
        await make(False).confirm(TOPIC, TOKEN)
    assert caught.type is kind
    assert TOKEN not in str(caught.value)
    assert caught.value.__suppress_context__
