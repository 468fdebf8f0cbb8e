"""SNS on that day: each report is signed and sent until somebody answers 200, to whichever bot is up, or put into SQS."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime

import aiohttp

from sandbox.aws.envelopes import Seal, headers, notification, printed
from sandbox.aws.sns import TOPIC_ARN
from tests.chaos.plan import Report

_PATIENCE = aiohttp.ClientTimeout(total=15)
_BY_QUEUE = 0.3
_SPELLS = 6  # every other one is a gust


class Sender:
    """Delivers at least once. A 4xx would be final for SNS: it is remembered, and fails the audit."""

    def __init__(
        self, seal: Seal, doors: Callable[[], list[str]], put: Callable[[str], object], dice: random.Random
    ) -> None:
        """`doors` gives the addresses of the bots' /sns; `put` puts a message into their queue."""
        self._put = put
        self._seal = seal
        self._doors = doors
        self._dice = dice
        self.attempts = 0
        self.kept = 0  # in the letter box, as they came in a gust
        self.refused: list[str] = []

    async def send_all(self, reports: list[Report], *, at_once: int, over_s: float) -> None:
        """Send all reports, spread over so many seconds, half of them in gusts; returns when each has been taken."""
        spell = max(1, len(reports) // _SPELLS)
        places = asyncio.Semaphore(at_once)
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session, asyncio.TaskGroup() as group:
            for number, report in enumerate(reports):
                await places.acquire()
                task = group.create_task(self._send(session, report))
                task.add_done_callback(lambda _: places.release())
                if number // spell % 2 == 0:
                    await asyncio.sleep(2 * over_s / len(reports))

    async def _send(self, session: aiohttp.ClientSession, report: Report) -> None:
        now = datetime.now(UTC)
        envelope = self._seal.close(notification(TOPIC_ARN, report.message_id, report.body, None, now))
        if self._dice.random() < _BY_QUEUE:
            self.attempts += 1
            self._put(printed(envelope).decode())
            return
        head = headers(envelope, f"{TOPIC_ARN}:chaos", raw=False)
        while True:
            self.attempts += 1
            try:
                async with session.post(
                    self._dice.choice(self._doors()), data=printed(envelope), headers=head
                ) as answer:
                    if answer.status == 200:
                        self.kept += await answer.text() == "kept"
                        return
                    if 400 <= answer.status < 500:
                        self.refused.append(f"{answer.status} {await answer.text()}")
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(self._dice.uniform(0.1, 0.6))
