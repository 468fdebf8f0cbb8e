"""The bots of that day: real processes that die by SIGKILL and come back."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Bot:
    """One process at one port; `port` stays the same when it is started again."""

    environment: dict[str, str]
    port: int
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is up some time later."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "app.py",
                "serve",
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def end(self, number: signal.Signals) -> None:
        """Send the signal and wait for the end."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()


@dataclass
class Bots:
    """All of them."""

    all: list[Bot] = field(default_factory=list)
    killed: int = 0
    hung: int = 0
    revived: int = 0

    @classmethod
    def of(cls, environment: dict[str, str], count: int, folder: Path) -> "Bots":
        """So many bots, not yet started."""
        ports = [_free_port() for _ in range(count)]
        return cls(
            [
                Bot(environment | {"PORT": str(port), "HOST": "127.0.0.1"}, port, folder / f"bot-{port}.log")
                for port in ports
            ]
        )

    def doors(self) -> list[str]:
        """Where SNS delivers."""
        return [f"http://127.0.0.1:{bot.port}/sns" for bot in self.all]

    async def start(self) -> None:
        """Start all."""
        for bot in self.all:
            await bot.start()

    async def kill_one(self, dice: random.Random) -> None:
        """SIGKILL one, whatever it is doing, and start it again."""
        bot = dice.choice(self.all)
        await bot.end(signal.SIGKILL)
        self.killed += 1
        await bot.start()

    async def hang_one(self, dice: random.Random) -> None:
        """Stop one in the middle of whatever it does (SIGSTOP), often for longer than others wait for it; then go on."""
        bot = dice.choice(self.all)
        process = bot.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGSTOP)
        self.hung += 1
        try:
            await asyncio.sleep(dice.uniform(5, 30))
        finally:
            if process.returncode is None:  # it may have been killed meanwhile
                process.send_signal(signal.SIGCONT)

    async def supervise(self) -> None:
        """Start again what gave up because the database was away, as whoever runs them in earnest would. For ever."""
        while True:
            for bot in self.all:
                if bot.process is None or bot.process.returncode is not None:
                    self.revived += 1
                    await bot.start()
            await asyncio.sleep(0.5)

    async def stop(self) -> list[int | None]:
        """Ask all to stop; their exit codes."""
        await asyncio.gather(*(bot.end(signal.SIGTERM) for bot in self.all))
        return [bot.process.returncode if bot.process else None for bot in self.all]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bare_environment() -> dict[str, str]:
    """Nothing of ours but what a process needs."""
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}  # noqa: TID251 - a child's
