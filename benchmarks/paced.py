"""Paced: letters at an even rate, whatever the answers take, each with the moment at which it left."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

_ANSWER_TIMEOUT_S = 30


@dataclass(slots=True)
class Paced:
    """What was sent: when (nanoseconds of the monotonic clock, as for each letter), and what went wrong."""

    sent_at: list[int] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    refused: int = 0


def send(port: int, letters: Sequence[bytes], per_second: float) -> Paced:
    """Send all of them, then return."""
    return asyncio.run(_send(port, letters, per_second))


async def _send(port: int, letters: Sequence[bytes], per_second: float) -> Paced:
    paced, idle = Paced(), asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, letter in zip(count(), letters, strict=False):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            line = idle.get_nowait() if not idle.empty() else await asyncio.open_connection("127.0.0.1", port)
            group.create_task(_deliver(paced, idle, line, letter))
    while not idle.empty():
        idle.get_nowait()[1].close()
    return paced


async def _deliver(
    paced: Paced,
    idle: "asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]",
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    letter: bytes,
) -> None:
    reader, writer = line
    sent_at = time.monotonic_ns()
    paced.sent_at.append(sent_at)
    writer.write(letter)
    async with asyncio.timeout(_ANSWER_TIMEOUT_S):
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    paced.waits_s.append((time.monotonic_ns() - sent_at) / 1e9)
    paced.refused += not head.startswith(b"HTTP/1.1 200")
    idle.put_nowait(line)
