"""Mortals: processes that carry resizes out until they are killed; a nursery, which has imported all, forks one after another."""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

import aiohttp
import click
import structlog
from prometheus_client import CollectorRegistry

from bot.aws.accounts import Accounts
from bot.aws.calls import Calls
from bot.aws.evidence.insights import Insights
from bot.aws.resizing.peaks import Peaks
from bot.domain.policy.policy import Policy
from bot.domain.resize.step import Writing
from bot.reconcile import leases, performing
from bot.reconcile.bench import Bench
from bot.reconcile.metrics import Metrics
from bot.reconcile.pace import Pace
from bot.reconcile.resizes import Resizes
from bot.slack.posting import Poster
from bot.store import resizes
from bot.store.database import Database
from bot.store.resizes import Held
from tests.chaos.swift_clock import SwiftClock

UP = "up"  # it begins its work
_IDLE_S = 0.02


@dataclass(frozen=True, kw_only=True)
class Life:
    """What one is born to; `commits` is after how many of its own it dies (0: by another's hand). `forgets` breaks a promise."""

    url: str
    role_pattern: str
    clock_origin: float
    clock_speed: float
    commits: int = 0
    forgets: bool = False

    def line(self) -> str:
        """As the nursery reads it."""
        return json.dumps(asdict(self)) + "\n"


class Forgetful(Resizes):
    """Acts without having written down that it is about to."""

    async def _perform(self, held: Held, step: Writing, looked_at: datetime) -> None:
        now = self._bench.clock()
        done = await performing.perform(self._calls, held.resize, step, now, tagged=True)
        await self._db.write(resizes.settle, held, done.step, looked_at)


async def live(life: Life) -> None:
    """Carry out whatever the store has, for ever."""
    clock = SwiftClock(life.clock_origin, life.clock_speed)
    db = Database.open(life.url)
    await leases.take_over(db)
    if life.commits:
        db.on_commit(_Thread(life.commits).spin)
    async with aiohttp.ClientSession() as session:
        bench = Bench(
            db=db,
            poster=Poster("xoxb-nobody", "http://127.0.0.1:9/", session),
            pace=Pace(),
            metrics=Metrics(CollectorRegistry()),
            worker=f"mortal {os.getpid()}",
            clock=clock.now,
        )
        accounts = Accounts(home_region="eu-west-1", resize_role_pattern=life.role_pattern)
        with ThreadPoolExecutor(8) as pool:
            calls = Calls(pool, accounts, clock=clock.now)
            kind = Forgetful if life.forgets else Resizes
            one_pass = kind(bench, calls, Peaks(Insights(1), clock.now), Policy()).one_pass
            click.echo(UP)
            while True:
                if await one_pass() is not True:
                    await asyncio.sleep(_IDLE_S)


@dataclass
class _Thread:
    """Of life: when it is spun to its end, the process dies, and what was committed stands."""

    left: int

    def spin(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _nursery() -> None:
    """For each line a life: its process id when it is born, and once it has ended how."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(live(Life(**json.loads(line))))
        click.echo(child)
        _, status = os.waitpid(child, 0)
        click.echo(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    _nursery()
