"""Following the configuration: a bot that runs goes by its files as they change, and loses nothing on the way."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.aws.sns.sender import make_certificate, notification, pack, sign, stamp
from tests.command import Bot, serving
from tests.handlers.sns_door import KILLED
from tests.sandbox.slack_parts import serve

BY_ENVIRONMENT = {"SLACK_CHANNEL": "", "INVESTIGATE": "false", "SWEEP_MINUTES": "0", "REPORT_LOOKS": "false"}
APART = "[slack]\nchannel = 'C0OLD'\n[sns]\nallow_raw = ['arn:aws:sns:eu-west-1:123456789012:other']\n"
BROKEN = "[slack]\nchanel = 'C0NEW'\n"
Change = Callable[[Bot, Path], Awaitable[None]]


@dataclass
class Outside:
    """A host of certificates, and a Slack that takes everything and notes what was posted where, and what updated."""

    url: str = ""
    posted: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    updated: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    answers: list[int] = field(default_factory=list)

    async def certificate(self, _request: web.Request) -> web.Response:
        return web.Response(body=make_certificate())

    async def slack(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        heard = {"chat.postMessage": self.posted, "chat.update": self.updated}.get(method)
        channel = ""
        if heard is not None:
            said = await request.json()
            channel = said["channel"]
            heard.put_nowait((channel, said["text"]))
        answer = {"ok": True, "channel": channel, "ts": f"{self.posted.qsize()}.{len(self.answers):06}"}
        return web.json_response(answer | {"messages": [], "url": "https://x.slack.com/", "user_id": "U1"})

    async def deliver(self, session: aiohttp.ClientSession, bot: Bot, service: str) -> None:
        """Send a kill of this service as SNS does; it must be taken."""
        event: dict[str, Any] = json.loads(json.dumps(KILLED).replace("checkout", service))
        event["detail"]["taskArn"] = event["resources"][0] = f"{KILLED['resources'][0]}-{service}"  # type: ignore[index]
        envelope = notification(
            Message=json.dumps(event),
            MessageId=f"22b80b92-fdea-4c2c-8f9d-{len(self.answers):012}",
            Timestamp=stamp(datetime.now(UTC)),
            SigningCertURL=f"{self.url}/sns.pem",
        )
        body, headers = pack(sign(envelope))
        async with session.post(f"{bot.url}/sns", data=body, headers=headers) as answer:
            self.answers.append(answer.status)

    async def next_in(self, channel: str) -> str:
        """The next that is posted there; what a thread elsewhere is told is passed over."""
        while (found := await self.posted.get())[0] != channel:
            assert "payments" not in found[1]
        return found[1]


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    it = Outside()
    routes = [web.get("/sns.pem", it.certificate), web.route("*", "/api/{method}", it.slack)]
    async with serve(routes) as it.url:
        yield it


@asynccontextmanager
async def configured(
    folder: Path, outside: Outside, store: str, channel: str = "C0OLD", **settings: str
) -> AsyncIterator[Bot]:
    """A bot whose channel stands in oomguard.toml."""
    write(folder, channel)
    settings |= {
        "DATABASE_URL": store,
        "SNS_EMULATOR_ORIGIN": outside.url,
        "SLACK_API_URL": f"{outside.url}/api/",
    }
    async with serving(folder, **(BY_ENVIRONMENT | settings)) as bot:
        yield bot


def write(folder: Path, channel: str) -> None:
    (folder / "oomguard.toml").write_text(f"[slack]\nchannel = '{channel}'\n", encoding="utf-8")


async def by_file(_bot: Bot, folder: Path) -> None:
    write(folder, "C0NEW")


async def by_signal(bot: Bot, folder: Path) -> None:
    write(folder, "C0NEW")
    bot.send(signal.SIGHUP)


@pytest.mark.parametrize(
    ("change", "store_url"),
    [
        pytest.param(by_file, "sqlite", id="the file is written"),
        pytest.param(by_signal, "sqlite", id="SIGHUP"),
        pytest.param(by_signal, "postgresql", id="SIGHUP, on a server"),
    ],
    indirect=["store_url"],
)
async def test_the_next_alert_goes_by_the_new_settings_and_nothing_is_refused_meanwhile(
    tmp_path: Path, outside: Outside, store_url: str, change: Change
) -> None:
    async with configured(tmp_path, outside, store_url) as bot, aiohttp.ClientSession() as session:
        await outside.deliver(session, bot, "checkout")
        assert (await outside.posted.get())[0] == "C0OLD"

        changed = asyncio.create_task(bot.says("configuration.in_force"))
        await change(bot, tmp_path)
        while not changed.done():
            await outside.deliver(session, bot, "checkout")
            async with session.get(f"{bot.url}/readyz") as answer:
                assert answer.status == 200
        await outside.deliver(session, bot, "payments")
        async with asyncio.timeout(30):
            assert "payments" in await outside.next_in("C0NEW")

        assert set(outside.answers) == {200}
        async with session.get(f"{bot.url}/metrics") as answer:
            counted = re.findall(
                r"^oomguard_deliveries_total\{.*\} (\S+)$", await answer.text(), re.MULTILINE
            )
        assert sum(map(float, counted)) == len(outside.answers)  # of both settings
        bot.send()
        assert await bot.ends() == 0
    assert not {"shift.not_rested", "configuration.not_followed", "loop.pass_failed"} & set(bot.events())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(BROKEN, "oomguard.toml, line 2, slack.chanel", id="with a slip of the pen"),
        pytest.param(
            APART, "the settings: raw deliveries are allowed for topics", id="that fits no other setting"
        ),
    ],
)
async def test_a_broken_file_leaves_the_settings_of_before_in_force_and_is_told(
    tmp_path: Path, outside: Outside, sqlite_url: str, text: str, told: str
) -> None:
    auth = {"SNS_BASIC_AUTH": "sns:password"}
    async with configured(tmp_path, outside, sqlite_url, **auth) as bot, aiohttp.ClientSession() as session:
        (tmp_path / "oomguard.toml").write_text(text, encoding="utf-8")
        bot.send(signal.SIGHUP)
        [fault, *_] = (await bot.says("configuration.broken"))["faults"]
        assert fault.startswith(told)
        async with asyncio.timeout(30):
            channel, alert = await outside.posted.get()
        assert (channel, "The configuration has" in alert) == ("C0OLD", True)
        async with session.get(f"{bot.url}/readyz") as answer:
            assert answer.status == 200
            assert (await answer.json())["configuration"].startswith("broken (")
        async with session.get(f"{bot.url}/metrics") as answer:
            assert "oomguard_configuration_broken 1.0" in await answer.text()

        write(tmp_path, "C0OLD")
        bot.send(signal.SIGHUP)
        await bot.says("configuration.right_again")
        async with asyncio.timeout(60):
            assert "right again" in (await outside.updated.get())[1]
        async with session.get(f"{bot.url}/readyz") as answer:
            assert "configuration" not in await answer.json()
        assert (
            "configuration.in_force" not in bot.events()
        )  # nothing to take over: they are the same as before


async def test_what_cannot_change_at_run_time_is_said_and_kept(
    tmp_path: Path, outside: Outside, sqlite_url: str
) -> None:
    async with configured(tmp_path, outside, sqlite_url) as bot, aiohttp.ClientSession() as session:
        text = "database_url = 'sqlite:///other.db'\nlog_level = 'debug'\n[slack]\nchannel = 'C0NEW'\n"
        text = text.replace("log_level", "log.level")
        (tmp_path / "oomguard.toml").write_text(text, encoding="utf-8")
        bot.send(signal.SIGHUP)
        await bot.says("configuration.in_force")
        assert (await bot.says("configuration.needs_restart"))["settings"] == ["LOG_LEVEL"]
        assert not (tmp_path / "other.db").exists()  # the environment has DATABASE_URL, and wins
        async with session.get(f"{bot.url}/healthz") as answer:
            assert answer.status == 200


async def test_secrets_in_files_are_followed_too(tmp_path: Path, outside: Outside, sqlite_url: str) -> None:
    secret = tmp_path / "signing"
    secret.write_text("old\n", encoding="utf-8")
    secret.chmod(0o600)
    mounted = {"SLACK_SIGNING_SECRET": "", "SLACK_SIGNING_SECRET_FILE": str(secret)}
    async with configured(tmp_path, outside, sqlite_url, **mounted) as bot:
        secret.write_text("new\n", encoding="utf-8")
        bot.send(signal.SIGHUP)
        assert str(secret) in (await bot.says("configuration.in_force"))["files"]
    assert "configuration.odd" not in bot.events()
