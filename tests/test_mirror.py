"""A configuration in Secrets Manager: read at the start, followed while the bot runs, kept where AWS is away."""

import asyncio
import json
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.aws.secret_text import secret_text
from bot.configuration.fault import Misconfigured
from bot.configuration.mirror import Mirror, mirrored
from bot.configuration.reading import read
from bot.settings import Settings
from tests.command import serving
from tests.sandbox.slack_parts import serve

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:oom-guard-config-AbCdEf"
HERE = {"OOM_CONFIG": ARN}


@dataclass
class Vault:
    """AWS Secrets Manager with one secret in it."""

    url: str = ""
    status: int = 200
    answer: Any = None

    def holds(self, text: str) -> None:
        """From now on."""
        self.status, self.answer = 200, {"ARN": ARN, "Name": "oom-guard-config", "SecretString": text}

    def refuses(self, code: str, status: int = 400) -> None:
        """From now on."""
        self.status, self.answer = status, {"__type": code, "message": "no, said the vault"}

    async def get(self, request: web.Request) -> web.Response:
        assert request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        assert json.loads(await request.text())["SecretId"] == ARN
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def vault(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Vault]:
    vault = Vault()
    vault.holds("")
    async with serve([web.post("/", vault.get)]) as vault.url:
        for name, value in keys(vault).items():
            monkeypatch.setenv(name, value)
        yield vault


def keys(vault: Vault) -> dict[str, str]:
    """What leads boto3 there."""
    return {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": vault.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_without_an_arn_no_disk_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "a disk that cannot be written to"))
    with mirrored({"OOM_CONFIG": "oomguard.toml"}, secret_text) as mirror:
        mirror.renew(at_once=True)
        assert mirror.environ == {"OOM_CONFIG": "oomguard.toml"}


def channel(environ: dict[str, str]) -> str:
    """What the settings say by way of a mirror, as a command reads them."""
    with mirrored(environ, secret_text) as mirror:
        return read(
            Settings, mirror.environ, {"slack_bot_token": "x", "slack_signing_secret": "y"}
        ).settings.slack_channel


async def test_a_secret_is_read_as_a_file_is(vault: Vault) -> None:
    vault.holds(
        '[slack]\nchannel = "C0VAULT"\n[sns]\ntopic_arns = ["arn:aws:sns:eu-west-1:123456789012:oom"]'
    )
    assert await asyncio.to_thread(channel, HERE) == "C0VAULT"


async def test_what_is_wrong_in_it_is_told_with_its_line(vault: Vault) -> None:
    vault.holds('[slack]\nchanel = "C0VAULT"')
    with pytest.raises(
        Misconfigured, match=r"oomguard\.toml, line 2, slack\.chanel: .*channel under \[slack\]"
    ):
        await asyncio.to_thread(channel, HERE)


@pytest.mark.parametrize(
    ("arn", "answer", "told"),
    [
        pytest.param(ARN, {"__type": "AccessDeniedException", "message": "no"}, "AccessDeniedException: no", id="not allowed"),
        pytest.param(ARN, {"__type": "ResourceNotFoundException"}, "ResourceNotFoundException", id="not there"),
        pytest.param(ARN, {"ARN": ARN, "SecretBinary": "AAEC"}, "it holds bytes and no text", id="bytes"),
        pytest.param("arn:aws:s3:::bucket/oomguard.toml", {}, "not the ARN of a secret", id="something else of AWS"),
    ],
)  # fmt: skip
async def test_a_start_without_it_is_refused_and_says_why(
    vault: Vault, arn: str, answer: Any, told: str
) -> None:
    vault.status, vault.answer = 400 if "__type" in answer else 200, answer
    with pytest.raises(Misconfigured, match=f"OOM_CONFIG: {arn} cannot be read: .*{told}"):
        await asyncio.to_thread(channel, {"OOM_CONFIG": arn})


async def test_while_aws_is_away_the_last_copy_counts(vault: Vault, tmp_path: Path) -> None:
    vault.holds("a = 1")
    mirror = await asyncio.to_thread(Mirror, HERE, secret_text, tmp_path)

    def copy() -> str:
        return Path(mirror.environ["OOM_CONFIG"]).read_text(encoding="utf-8")

    vault.refuses("InternalServiceError")
    with capture_logs() as logs:
        await asyncio.to_thread(mirror.renew, at_once=True)
    assert [one["event"] for one in logs] == ["configuration.not_fetched"]
    assert copy() == "a = 1"
    vault.holds("a = 2")
    await asyncio.to_thread(mirror.renew)
    assert copy() == "a = 1"  # it is not time
    await asyncio.to_thread(mirror.renew, at_once=True)
    assert copy() == "a = 2"


def test_without_an_arn_nothing_is_asked_or_copied(tmp_path: Path) -> None:
    mirror = Mirror({"OOM_CONFIG": "x.toml"}, secret_text, tmp_path)
    mirror.renew(at_once=True)
    assert mirror.environ == {"OOM_CONFIG": "x.toml"}
    assert list(tmp_path.iterdir()) == []


async def test_a_running_bot_follows_it(vault: Vault, tmp_path: Path) -> None:
    vault.holds('[slack]\nchannel = "C0OLD"')
    store = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/oom-guard.db",
        "SWEEP_MINUTES": "0",
        "REPORT_LOOKS": "false",
    }
    async with serving(tmp_path, **store, **keys(vault), **HERE, SLACK_CHANNEL="") as bot:
        vault.holds('[slack]\nchannel = "C0NEW"\n[group]\nwait_seconds = 1')
        bot.send(signal.SIGHUP)
        assert (await bot.says("configuration.in_force"))["files"]
        bot.send()
        assert await bot.ends() == 0
