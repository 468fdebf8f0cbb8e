"""The sandbox alone: the settings that it prints are all that a bot of somebody else's needs to live in it."""

import asyncio
import os
import shlex

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.test_world_cli import BOT, address, sandbox, state


async def printed(process: asyncio.subprocess.Process) -> dict[str, str]:
    """The settings, as a shell would read them."""
    assert process.stdout
    settings: dict[str, str] = {}
    async with asyncio.timeout(30):
        while "DATABASE_URL" not in settings:
            words = shlex.split((await process.stdout.readline()).decode(), comments=True)
            if words:
                assert words[0] == "export"
                name, _, value = words[1].partition("=")
                settings[name] = value
    return settings


async def dispatched(url: str) -> str:
    """What the wire log says of a slash command."""
    typed = {"user": "U0ALICE", "channel": "C0OOMALERTS", "text": "/oom help"}
    async with aiohttp.ClientSession() as session:
        await session.post(f"{url}/human/command", json=typed)
        async with session.get(f"{url}/page/state", params={"user": "U0ALICE"}) as response:
            wire = (await response.json())["wire"]
    return str(next(one["note"] for one in reversed(wire) if "/oom" in one["title"]))


async def test_a_bot_that_somebody_else_starts_lives_in_it() -> None:
    async with sandbox("--port", "0", "--set", "OWNER=S0PAYMENTS") as process:
        url = await address(process)
        settings = await printed(process)
        assert settings["OWNER"] == "S0PAYMENTS"
        slack = AsyncWebClient(settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        assert (await slack.auth_test())["ok"]
        assert settings["SLACK_SIGNING_SECRET"]
        await state(url, lambda world: world["sns"]["subscription"] != "confirmed")
        inherited = os.environ | settings  # noqa: TID251 a child inherits PATH and the like
        bot = await asyncio.create_subprocess_exec(*BOT, env=inherited)
        try:
            await state(url, lambda world: world["sns"]["subscription"] == "confirmed")
            assert (await dispatched(url)).endswith("HTTP 404: 404: Not Found")  # this bot knows no Slack
        finally:
            bot.kill()
            await bot.wait()


async def test_the_help_names_the_options_and_the_buttons() -> None:
    async with sandbox("--help") as process:
        out, _ = await process.communicate()
    for line in (b"--bot-port", b"run --help", b"scenario --help"):
        assert line in out
    async with sandbox("run", "--help") as process:
        out, _ = await process.communicate()
    assert b"prints the settings" in out
    async with sandbox("scenario", "--help") as process:
        out, _ = await process.communicate()
    assert [line.split() for line in out.decode().splitlines() if "leak" in line] == [["leak", "A", "leak"]]


async def test_nothing_is_red_while_no_bot_is_there() -> None:
    async with sandbox("--port", "0") as process:
        url = await address(process)
        await printed(process)
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{url}/human/scenario", json={"name": "kill"}) as response:
                assert (await response.json())["ok"]
            async with session.get(f"{url}/page/state", params={"user": "U0ALICE"}) as response:
                wire = (await response.json())["wire"]
    assert [one for one in wire if one["level"] == "error"] == []
