"""A graveyard: resizes are carried out by processes that SIGKILL ends at random, hundreds of times; then an audit."""

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from os import kill
from time import time as wall_time

from bot.store import migrate
from sandbox.aws.endpoint import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from sandbox.aws.sts import RESIZE_ROLE
from sandbox.sandbox import Sandbox
from sandbox.wire import Entry
from tests.chaos.bots import ROOT, bare_environment
from tests.chaos.inquest import CHANGES, broken_promises
from tests.chaos.mortal import UP, Life
from tests.chaos.patients import Patients
from tests.chaos.swift_clock import SwiftClock

SPEED = 80.0  # of all clocks
_LONGEST_LIFE_S = 1.5
_ASKING = 0.6  # of the deaths, while people ask for more: the others end what is under way


class Moment(StrEnum):
    """When a process dies."""

    CHANGED = "AWS was changed, and its answer not sent"
    ANSWERING = "AWS was asked something, and its answer not sent"
    COMMITTED = "a commit of its own, and nobody knows yet"
    WHENEVER = "any time between two of these"


@dataclass(frozen=True, kw_only=True)
class Plague:
    """How bad: services that are resized again and again, and deaths, after which what is under way may come to its end.

    `forgets`: the processes act before they write, and nobody waits for an end.
    """

    services: int
    deaths: int
    patience_s: float
    forgets: bool = False
    moments: tuple[Moment, ...] = tuple(Moment)
    most_changes: int = 3  # of AWS by one process that dies of them


@dataclass
class Graveyard:
    """What became of it. `changes` are the calls that changed AWS, in their order.

    `unanswered` are the audit trail's entries of calls that a death came between and their answers.
    """

    patients: Patients
    killed: Counter[Moment] = field(default_factory=Counter)
    unanswered: set[int] = field(default_factory=set)
    changes: list[Entry] = field(default_factory=list)

    def broken_promises(self) -> list[str]:
        """One sentence each; nothing where all is as promised."""
        return broken_promises(self.patients, self.changes)


@dataclass
class _Reaper:
    """Waits for its moment in the life of one process."""

    dice: random.Random
    pid: int = 0
    moment: Moment = Moment.WHENEVER
    left: int = 0

    def choose(self, moments: tuple[Moment, ...], most_changes: int) -> None:
        """The moment; for commits the process itself counts `left`."""
        self.pid, self.moment = 0, self.dice.choice(moments)
        most = {Moment.CHANGED: most_changes, Moment.COMMITTED: 6}.get(self.moment, 30)
        self.left = self.dice.randint(1, most)

    def hear(self, entry: Entry) -> None:
        """AWS did what it was asked, and its answer is still to be sent."""
        is_mine = is_change(entry) if self.moment is Moment.CHANGED else self.moment is not Moment.COMMITTED
        if not self.pid or not is_mine:
            return
        self.left -= 1
        if self.left:
            return
        if self.moment is Moment.WHENEVER:
            asyncio.get_running_loop().call_later(self.dice.uniform(0, 0.03), self.strike, self.pid)
        else:
            self.strike(self.pid)

    def strike(self, pid: int) -> None:
        """End it, unless another lives by now."""
        if pid == self.pid:
            with contextlib.suppress(ProcessLookupError):  # its own hand was quicker
                kill(pid, signal.SIGKILL)


def is_change(entry: Entry) -> bool:
    """Whether AWS did something."""
    return entry.status == 200 and entry.kind.rpartition(":")[2] in CHANGES


async def live(plague: Plague, url: str, dice: random.Random) -> Graveyard:
    """Have resizes carried out on the (empty) SQLite store at `url` until so many have died and all is over; the graveyard.

    Where patience ends first, what is unfinished is a broken promise.
    """
    migrate.upgrade(url)
    clock = SwiftClock(wall_time(), SPEED)
    async with Sandbox(clock=clock) as sandbox, _nursery(sandbox) as nursery:
        yard = Graveyard(Patients(sandbox, clock, url, plague.services, dice))
        reaper = _Reaper(dice)
        sandbox.wire.listeners.append(reaper.hear)
        sandbox.wire.listeners.append(lambda entry: yard.changes.append(entry) if is_change(entry) else None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(plague.patience_s):
                while await _one_life(plague, yard, reaper, nursery):
                    pass
        return yard


async def _one_life(
    plague: Plague, yard: Graveyard, reaper: _Reaper, nursery: asyncio.subprocess.Process
) -> bool:
    """From birth to death; whether there is more to do."""
    is_over = yard.killed.total() >= plague.deaths
    unfinished = yard.patients.between_lives(asks_more=yard.killed.total() < _ASKING * plague.deaths)
    if is_over and (plague.forgets or not unfinished):
        return False
    if not unfinished:
        yard.patients.between_lives(asks_more=True)
    reaper.choose((Moment.WHENEVER,) if is_over else plague.moments, plague.most_changes)
    clock = yard.patients.clock
    life = Life(
        url=yard.patients.url,
        role_pattern=RESIZE_ROLE,
        clock_origin=clock.origin,
        clock_speed=clock.speed,
        commits=reaper.left if reaper.moment is Moment.COMMITTED else 0,
        forgets=plague.forgets,
    )
    assert nursery.stdin
    assert nursery.stdout
    nursery.stdin.write(life.line().encode())
    reaper.pid = int(await nursery.stdout.readline())
    told = (await nursery.stdout.readline()).decode().strip()
    if told == UP:  # its time begins with its work: on a busy machine it is long in being born
        end = asyncio.get_running_loop().call_later(_LONGEST_LIFE_S, reaper.strike, reaper.pid)
        told = (await nursery.stdout.readline()).decode()
        end.cancel()
    code, reaper.pid = int(told), 0
    assert code == -signal.SIGKILL, f"it ended by itself: {code}"
    yard.killed[reaper.moment] += 1
    yard.unanswered |= yard.patients.waiting_for_answers()
    return True


@contextlib.asynccontextmanager
async def _nursery(sandbox: Sandbox) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        "AWS_ENDPOINT_URL": f"{sandbox.url}/aws",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.mortal",
        cwd=ROOT,
        env=bare_environment() | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
