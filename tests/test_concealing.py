"""Concealing: each secret of the settings is fed through every kind of line, and none comes out."""

import base64
import json
import subprocess
import sys

import pytest
from pydantic import SecretStr

from bot.concealing import Concealing, secrets_of
from bot.settings import Settings
from tests.command import REQUIRED

EXTERNAL = json.dumps({"123456789012": {"role_arn": "", "external_id": "ext-of-one-account"}})
GIVEN = {
    "SLACK_BOT_TOKEN": "xoxb-1-bot",
    "SLACK_APP_TOKEN": "xapp-1-app",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "SNS_BASIC_AUTH": 'sns:cor"rect-hörse',
    "AWS_EXTERNAL_ID": "the-external-id",
    "ACCOUNTS": EXTERNAL,
    "DATABASE_URL": "postgresql://oom:data%20base@db/oom",
}
OTHERS = {"AWS_SECRET_ACCESS_KEY": "aws/secret+key", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x"}
SECRETS = {
    *(
        GIVEN[name]
        for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SNS_BASIC_AUTH")
    ),
    'cor"rect-hörse',
    "the-external-id",
    "ext-of-one-account",
    "data base",
    *OTHERS.values(),
}
PROGRAM = """
import json, logging, sys, structlog
from bot import logs
secrets, given = json.load(sys.stdin)
logs.configure(level="debug", as_json=True, secrets=secrets)
log = structlog.get_logger("ours")
for one in given:
    log.warning("refused", why=f"invalid {one}!", headers={"Authorization": one})
    log.warning(one)
    logging.getLogger("theirs").error("got %s", one)
    try:
        try:
            raise KeyError(one)
        except KeyError as error:
            raise ValueError(f"bad: {one}") from error
    except ValueError:
        log.exception("failed")
        logging.getLogger("theirs").exception("failed")
"""


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in (REQUIRED | GIVEN).items():
        monkeypatch.setenv(name, value)
    return Settings()  # type: ignore[call-arg]  # the environment has the rest


def test_every_secret_of_the_settings_is_known(settings: Settings) -> None:
    assert secrets_of(settings, OTHERS) >= SECRETS
    fields = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert fields <= {name.lower() for name in GIVEN}, "a new secret setting: give it here a value"


def test_no_line_tells_a_secret(settings: Settings) -> None:
    hooks = "https://hooks.slack.com/actions/T1/2/abc"
    told = [*SECRETS, *(base64.b64encode(one.encode()).decode() for one in SECRETS), hooks, "xoxp-unknown-1"]
    fed = json.dumps([[*secrets_of(settings, OTHERS)], told])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=fed, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 5 * len(told)
    for one in told:
        assert one not in done.stdout
        assert json.dumps(one)[1:-1] not in done.stdout
        assert all(one not in str(line) for line in lines)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("a short secret is abc", "a short secret is abc", id="too short to be one"),
        pytest.param("hidden-secret and hidden", "[secret] and hidden", id="the longest first"),
        pytest.param("see https://hooks.slack.com/x/y z", "see [secret] z", id="an address that is a key"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_left_out_of_a_line(line: str, shown: str) -> None:
    assert Concealing(["abc", "hidden-secret"])(None, "", line) == shown


def test_secrets_of_settings_that_are_read_again_are_learned() -> None:
    concealing = Concealing(["first-secret"])
    concealing.learn(["second-secret"])
    assert concealing(None, "", "first-secret, second-secret") == "[secret], [secret]"
