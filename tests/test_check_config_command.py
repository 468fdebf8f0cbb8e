"""The command check-config: all that is wrong at once, or what the configuration amounts to."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.aws.secret_text import secret_text
from bot.check_config_command import check_config_command
from bot.settings import Settings
from tests.command import run

GOOD = """
[sns]
topic_arns = ["arn:aws:sns:eu-west-1:123456789012:oom"]
[slack]
channel = "C0DEFAULT"
[accounts.123456789012]
name = "prod"
"""
SHADOWED = """
[[routes]]
channel = "C0FIRST"
name = "pay-*"
[[routes]]
channel = "C0NEVER"
name = "pay-api"
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*words: str, **environ: str) -> Result:
    return CliRunner().invoke(check_config_command(environ, secret_text), list(words))


def write(folder: Path, text: str, name: str = "oomguard.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_what_is_right_is_summed_up(folder: Path) -> None:
    write(folder, GOOD)
    done = check(SLACK_BOT_TOKEN="xoxb-hidden", SLACK_SIGNING_SECRET="hidden")
    assert done.exit_code == 0
    assert done.output == (
        "ok: 1 account, 0 routes, 1 topic, 0 queues, 0 grants to change memory, the rest goes to C0DEFAULT\n"
    )


def test_all_that_is_wrong_is_told_without_a_secret(folder: Path) -> None:
    write(folder, f"{GOOD}\n[log]\nlevl = 'info'\n[storm]\nservices = 1\n")
    done = check(SLACK_BOT_TOKEN="xoxb-hidden", SLACK_SIGNING_SECRET="hidden,hidden,hidden")
    assert done.exit_code == 1
    assert "log.levl: there is no such setting; did you mean level under [log]?" in done.output
    assert "storm.services: Input should be" in done.output
    assert "SLACK_SIGNING_SECRET: two secrets at most" in done.output
    assert "hidden" not in done.output


def test_a_route_that_is_never_reached_is_a_warning(folder: Path) -> None:
    name = write(folder, GOOD + SHADOWED, "other.toml")
    done = check(name, "--without-secrets")
    assert done.exit_code == 0
    warning, ok = done.output.splitlines()
    assert warning == (
        "warning: route 2 (to C0NEVER) is never reached: route 1 (to C0FIRST) takes all that it would take; "
        "move it up, or remove it"
    )
    assert ok.startswith("ok: 1 account, 2 routes")


def test_in_ci_secrets_and_their_files_are_not_missed(folder: Path) -> None:
    write(folder, GOOD + "external_id_file = '/run/secrets/none'\n")
    assert check().exit_code == 1
    assert check("--without-secrets", SLACK_BOT_TOKEN_FILE="/run/secrets/none").exit_code == 0


def test_a_file_that_is_not_there(folder: Path) -> None:
    done = check("gone.toml", "--without-secrets")
    assert done.exit_code == 1
    assert "gone.toml: it cannot be read: No such file or directory" in done.output


def test_the_schema_for_editors(folder: Path) -> None:
    schema = json.loads(check("--schema").output)
    assert schema["properties"]["storm"]["properties"]["services"]["minimum"] == 2
    assert "slack" in schema["properties"]


def test_as_a_person_calls_it(folder: Path) -> None:
    write(folder, GOOD)
    ended = run(folder, "check-config", "--without-secrets")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("ok: 1 account")
