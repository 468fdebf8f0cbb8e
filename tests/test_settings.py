"""Settings: every one is documented; what is wrong is named at once, all of it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.aws.accounts import Place
from bot.domain.kills.verdict import Verdict
from bot.settings import Settings

TOPIC = "arn:aws:sns:eu-west-1:123456789012:oom"
REQUIRED = {
    "sns_topic_arns": TOPIC,
    "slack_bot_token": "xoxb-1",
    "slack_signing_secret": "s3cret",
    "slack_channel": "C1",
}
CONFIGURATION = Path(__file__).parents[1] / "docs" / "configuration.md"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", [*Settings.model_fields])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name.upper()}`" in CONFIGURATION.read_text()


def test_no_setting_is_documented_that_is_none() -> None:
    rows = [line.split("`")[1] for line in CONFIGURATION.read_text().splitlines() if line.startswith("| `")]
    ours = {name.upper() for name in Settings.model_fields}
    not_ours = {row for row in rows if row not in ours}
    assert all(row.startswith("AWS_") for row in not_ours)  # boto3's own


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings()  # type: ignore[call-arg]  # the environment has the rest
    assert {error["loc"][0] for error in caught.value.errors()} == set(REQUIRED)


def test_texts_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("SNS_TOPIC_ARNS", f"{TOPIC}-a, {TOPIC}-b")
    monkeypatch.setenv("ROUTES", '[{"name": "pay-*", "channel": "C2", "verdicts": ["oom", "failure"]}]')
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api")
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    assert settings.sns_topic_arns == (f"{TOPIC}-a", f"{TOPIC}-b")
    assert settings.slack_api_url.endswith("/api/")
    [route] = settings.as_routes().others
    assert (route.channel, route.verdicts) == ("C2", frozenset({Verdict.OOM, Verdict.FAILURE}))
    assert "s3cret" not in repr(settings)
    assert "xoxb" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SNS_TOPIC_ARNS", " , ", id="a list of topics without a topic"),
        pytest.param("SQS_QUEUE_URLS", "arn:aws:sqs:eu-west-1:123456789012:oom", id="a queue by its ARN"),
        pytest.param("WATCHED_CLUSTERS", "arn:aws:ecs:eu-west-1:123456789012:service/x", id="no cluster"),
        pytest.param("SWEEP_MINUTES", "-1", id="sweeping back in time"),
        pytest.param("ROUTES", '[{"chanel": "C2"}]', id="a route with a slip of the pen"),
        pytest.param("PORT", "eighty", id="a port in words"),
        pytest.param("SLACK_APP_TOKEN", "xoxb-1", id="a bot token in place of the app's"),
        pytest.param("RESOLVE_AFTER_HOURS", "0", id="resolving before it happened"),
    ],
)
def test_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()  # type: ignore[call-arg]  # the environment has the rest


QUEUE = "https://sqs.us-west-2.amazonaws.com/123456789012/oom"


def test_a_queue_will_do_without_a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.delenv("SNS_TOPIC_ARNS")
    monkeypatch.setenv("SQS_QUEUE_URLS", QUEUE)
    orders = Settings().as_pull_orders()  # type: ignore[call-arg]  # the environment has the rest
    assert [queue.url for queue in orders.queues] == [QUEUE]
    assert orders.topics == ()
    assert orders.places == (Place("", "us-west-2"),)


def test_swept_is_wherever_something_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.setenv("SQS_QUEUE_URLS", QUEUE)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("ACCOUNTS", '{"999999999999": {"regions": ["eu-north-1"]}}')
    orders = Settings().as_pull_orders()  # type: ignore[call-arg]  # the environment has the rest
    own = [Place("", region) for region in ("eu-central-1", "eu-west-1", "us-west-2")]
    assert orders.places == (*own, Place("999999999999", "eu-north-1"))
    assert not orders.has_role(orders.places[-1])


@pytest.mark.parametrize(
    ("token", "secret"),
    [
        pytest.param("xapp-1", "", id="socket mode alone"),
        pytest.param("", "s3cret", id="http alone"),
        pytest.param("xapp-1", "s3cret", id="both"),
    ],
)
def test_either_of_slacks_ways_in_will_do(monkeypatch: pytest.MonkeyPatch, token: str, secret: str) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.setenv("SLACK_APP_TOKEN", token)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", secret)
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    assert settings.slack_app_token.get_secret_value() == token
    assert "xapp" not in repr(settings)


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        pytest.param("new", ("new",), id="one"),
        pytest.param("new,old", ("new", "old"), id="two while it is replaced"),
        pytest.param("new, ", ("new",), id="an empty second one is none"),
        pytest.param("new\nold", ("new", "old"), id="two lines of a file"),
    ],
)
def test_signing_secrets(monkeypatch: pytest.MonkeyPatch, value: str, secrets: tuple[str, ...]) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", value)
    settings = Settings()  # type: ignore[call-arg]  # the environment has the rest
    assert settings.as_slack_keys().signing_secrets == secrets


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(" , ", id="nothing but a comma"),
        pytest.param("a,b,c", id="three: somebody forgot to take the oldest out"),
    ],
)
def test_no_signing_secrets(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    for required, good in REQUIRED.items():
        monkeypatch.setenv(required.upper(), good)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", value)
    with pytest.raises(ValidationError, match="slack_signing_secret"):
        Settings()  # type: ignore[call-arg]  # the environment has the rest
