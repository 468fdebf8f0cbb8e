"""The child: the bot's own process, started with settings alone and stopped with the sandbox."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence

import aiohttp

_TAIL = 40
_STOP_S = 15.0


class ChildDied(Exception):
    """The bot ended before it should; the message is for the person at the terminal."""


class Child:
    """A command run as a process of its own; its last lines are kept for when it dies."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, verbose: bool) -> None:
        """The command inherits this process's environment, overridden by `environment`."""
        self._command = list(command)
        self._environment = dict(os.environ) | dict(environment)  # noqa: TID251 a child inherits PATH and the like
        self._verbose = verbose
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the process; ChildDied when there is no such command."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=1024 * 1024,
                start_new_session=True,  # Ctrl-C is for the sandbox, which then stops the bot in order
            )
        except OSError as error:
            raise ChildDied(f"Cannot start {' '.join(self._command)}: {error}") from error
        self._reader = asyncio.create_task(self._read(self._process))

    async def ready(self, url: str, seconds: float) -> None:
        """Return when `url` answers 200; ChildDied when the process ends or does not get there in time."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            try:
                async with asyncio.timeout(seconds):
                    while not await _answers(session, url):
                        self._check_alive()
                        await asyncio.sleep(0.1)
            except TimeoutError as error:
                raise ChildDied(self._story(f"did not become ready within {seconds:.0f} s")) from error

    async def wait(self) -> None:
        """Return never; raise ChildDied when the process ends by itself."""
        if self._process and self._reader:
            await self._process.wait()
            await self._reader
        self._check_alive()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when that does not help in time."""
        if self._process is None or self._reader is None:
            return
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _STOP_S)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        await self._reader

    def _check_alive(self) -> None:
        if self._process is None or self._process.returncode is not None:
            code = self._process.returncode if self._process else "?"
            raise ChildDied(self._story(f"ended with exit code {code}"))

    def _story(self, what: str) -> str:
        lines = [f"  bot | {line}" for line in self._tail]
        return "\n".join([f"The bot ({' '.join(self._command)}) {what}.", *lines])

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Keep the last lines; show all of them with --verbose, else only the errors."""
        if process.stdout is None:
            return
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self._tail.append(line)
            if self._verbose or _is_error(line):
                print(f"bot | {line}", file=sys.stderr, flush=True)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _is_error(line: str) -> bool:
    lowered = line.lower()
    return any(
        word in lowered for word in ('"level": "error"', '"level":"error"', "[error", "critical", "traceback")
    )
