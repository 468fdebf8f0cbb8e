"""The command: app.py as a process of its own, as a platform or a person runs it."""

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.nest import Hatched, nest

SECRETS = {"SLACK_BOT_TOKEN": "xoxb-bot-secret", "SLACK_SIGNING_SECRET": "signing-secret"}
REQUIRED = {
    "SNS_TOPIC_ARNS": "arn:aws:sns:eu-west-1:123456789012:oom-alerts",
    "SLACK_CHANNEL": "C1",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "HOST": "127.0.0.1",
    "PORT": "0",
    "AWS_EC2_METADATA_DISABLED": "true",
    **SECRETS,
}
_PATIENCE_S = 60  # of two busy cores


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


def run(folder: Path, *words: str, settings: Mapping[str, str] | None = None) -> Ended:
    """Run `python app.py …` in the folder, with these settings and no others, to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        code = nest().hatch(folder, words, settings or {}, out.fileno(), err.fileno()).code(_PATIENCE_S)
        out.seek(0)
        err.seek(0)
        return Ended(code, out.read(), err.read())


@dataclass
class Bot:
    """A bot that serves. `said` are its log lines so far."""

    process: Hatched
    lines: asyncio.StreamReader
    said: list[dict[str, Any]] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    has_ended: bool = False
    url: str = ""

    async def listen(self) -> None:
        """Read what it says, to the end."""
        async for line in self.lines:
            async with self.heard:
                self.said.append(json.loads(line))
                self.heard.notify_all()
        async with self.heard:
            self.has_ended = True
            self.heard.notify_all()

    async def says(self, event: str) -> dict[str, Any]:
        """Return the first line of this event, once it is there."""

        def found() -> dict[str, Any] | None:
            return next((line for line in self.said if line["event"] == event), None)

        async with asyncio.timeout(_PATIENCE_S), self.heard:
            while (line := found()) is None:
                assert not self.has_ended, f"it ended after {self.said}"
                await self.heard.wait()
            return line

    def events(self) -> list[str]:
        """What its lines are about, oldest first."""
        return [line["event"] for line in self.said]

    def send(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop."""
        os.kill(self.process.pid, number)

    async def ends(self) -> int:
        """Return its exit code, once it has ended."""
        return await asyncio.to_thread(self.process.code, _PATIENCE_S)


@asynccontextmanager
async def serving(folder: Path, **settings: str) -> AsyncIterator[Bot]:
    """`app.py serve --migrate` with the required settings and these, until the block ends."""
    lines = asyncio.StreamReader()
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as out, tempfile.TemporaryFile() as err:
        with os.fdopen(writing, "wb"):
            process = await asyncio.to_thread(
                nest().hatch, folder, ["serve", "--migrate"], REQUIRED | settings, writing, err.fileno()
            )
        protocol = asyncio.StreamReaderProtocol(lines)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, out)
        bot = Bot(process, lines)
        listener = asyncio.create_task(bot.listen())
        try:
            host, port = (await bot.says("serving"))["address"]
            bot.url = f"http://{host}:{port}"
            yield bot
        finally:
            with suppress(ProcessLookupError):
                bot.send(signal.SIGKILL)
            await listener
            process.told.close()
