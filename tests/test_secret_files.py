"""Secrets in files of their own: read as they are mounted, and refused in sentences that do not tell them."""

from pathlib import Path

import pytest

from bot.configuration.fault import Misconfigured
from bot.configuration.reading import database_url, read
from bot.settings import Settings

ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-hidden",
    "SLACK_SIGNING_SECRET": "hidden-secret",
    "SNS_TOPIC_ARNS": "arn:aws:sns:eu-west-1:123456789012:oom",
    "SLACK_CHANNEL": "C0ENV",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        read(Settings, environ)
    assert "hidden" not in str(caught.value)
    return [str(fault) for fault in caught.value.faults]


def secret(content: bytes, mode: int = 0o600) -> str:
    path = Path("secret")
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        pytest.param(b"xoxb-hidden", "xoxb-hidden", id="without an end of line"),
        pytest.param(b"xoxb-hidden\n", "xoxb-hidden", id="with one"),
        pytest.param(b"xoxb-hidden\r\n", "xoxb-hidden", id="from Windows"),
    ],
)
def test_a_secret_from_a_file(content: bytes, value: str) -> None:
    environ = ENOUGH | {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": secret(content)}
    found = read(Settings, environ)
    assert found.settings.slack_bot_token.get_secret_value() == value
    assert found.warnings == ()
    assert Path("secret") in found.files


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "secret is empty", id="empty"),
        pytest.param(b"\n\n", "secret is empty", id="nothing but ends of lines"),
        pytest.param(b"x" * 70_000, "more than 64 KiB", id="huge"),
        pytest.param(b"\xff\xfe", "not UTF-8", id="binary"),
    ],
)
def test_a_file_that_holds_no_secret(content: bytes, told: str) -> None:
    environ = ENOUGH | {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": secret(content)}
    [fault] = faults(environ)
    assert fault.startswith("SLACK_BOT_TOKEN_FILE: ")
    assert told in fault


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        pytest.param({"SLACK_BOT_TOKEN_FILE": "secret"}, "SLACK_BOT_TOKEN is set as well", id="both"),
        pytest.param(
            {"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "gone"},
            "gone cannot be read: No such file",
            id="none",
        ),
        pytest.param({"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "."}, "is not a file", id="a folder"),
        pytest.param({"SLACK_CHANNEL_FILE": "secret"}, "only secrets are read from files", id="no secret"),
    ],
)
def test_a_variable_that_names_no_secret(environ: dict[str, str], told: str) -> None:
    secret(b"hidden")
    [fault] = faults(ENOUGH | environ)
    assert told in fault


def test_a_secret_that_all_can_read_is_told() -> None:
    found = read(Settings, ENOUGH | {"SNS_BASIC_AUTH_FILE": secret(b"sns:hidden", 0o644)})
    assert found.warnings == ("secret (SNS_BASIC_AUTH_FILE) can be read by every user of this machine",)


def test_a_secret_of_an_account_from_a_file() -> None:
    name = secret(b"external\n")
    Path("oomguard.toml").write_text(
        f"[accounts.123456789012]\nexternal_id_file = '{name}'", encoding="utf-8"
    )
    found = read(Settings, ENOUGH)
    assert found.settings.accounts["123456789012"].external_id.get_secret_value() == "external"
    assert Path(name) in found.files


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        pytest.param({}, "sqlite:///var/oom-guard.db", id="by default"),
        pytest.param({"DATABASE_URL": "postgresql://db/a"}, "postgresql://db/a", id="a variable"),
        pytest.param({"DATABASE_URL_FILE": "secret"}, "postgresql://oom:p@db/b", id="a secret's file"),
        pytest.param({"OOM_CONFIG": "c.toml"}, "postgresql://db/c", id="the configuration file"),
        pytest.param(
            {"DATABASE_URL": "postgresql://db/a", "OOM_CONFIG": "gone"},
            "postgresql://db/a",
            id="all it needs",
        ),
    ],
)
def test_where_the_store_is(environ: dict[str, str], url: str) -> None:
    secret(b"postgresql://oom:p@db/b\n")
    Path("c.toml").write_text("database_url = 'postgresql://db/c'", encoding="utf-8")
    assert database_url(environ) == url


def test_where_the_store_is_cannot_be_told_from_a_broken_file() -> None:
    with pytest.raises(Misconfigured):
        database_url({"OOM_CONFIG": "gone"})
