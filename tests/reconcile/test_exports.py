"""Exports: the file comes to the one who asked for it, once, whatever dies or is refused meanwhile."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.report.report_scope import ReportScope
from bot.domain.routing.route import Route, Routes
from bot.reconcile.exports import Exports
from bot.store import exports
from bot.store.database import Database
from sandbox.slack import faults
from tests.reconcile.scene import KEY, Scene

ALICE = "U0ALICE"
OPENED, COMPLETED = "files.getUploadURLExternal", "files.completeUploadExternal"


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite alone: leases are the same on both."""
    db = Database.open(sqlite_url)
    yield db
    await db.close()


class Clerk:
    """One process's exports."""

    def __init__(self, stage: Scene, most: int = 1000) -> None:
        self.stage = stage
        self.most = most
        self.scope = ReportScope.of_everything()

    async def ask(self, words: str = "report 7d all --csv") -> None:
        """Alice asks for a file."""
        channel = self.stage.slack.workspace.channels[self.stage.channel]
        url = self.stage.slack.response_urls.give(channel, ALICE)
        now = self.stage.clock()
        await self.stage.db.write(exports.add, user=ALICE, response_url=url, words=words, now=now)

    async def passes(self, worker: str = "worker-1") -> None:
        """Send what is due, for a minute."""
        bench = replace(self.stage.bench, worker=worker)
        for _ in range(8):
            while await Exports(bench, self.scope, most=self.most).one_pass():
                pass
            await self.stage.clock.sleep(15)

    def files(self) -> list[list[dict[str, str]]]:
        """The files in Alice's conversation with the bot, row by row."""
        slack = self.stage.slack
        held = [
            slack.files[one]
            for message in slack.workspace.im_with(ALICE).messages.values()
            for one in message.files
        ]
        return [list(csv.DictReader(io.StringIO((one.data or b"").decode()))) for one in held]

    def told(self) -> list[str]:
        """What Alice was told where she asked."""
        seen = self.stage.slack.snapshot(ALICE)["messages"][self.stage.channel]
        return [message["text"] for message in seen if message["ephemeral_for"] == ALICE]


@pytest.fixture
async def clerk(stage: Scene) -> Clerk:
    """One, with two kills to tell of."""
    await stage.kill("1")
    await stage.kill("2", group_key=replace(KEY, name="pay-api"), reason="=cmd|' /C calc'!A0")
    await stage.clock.sleep(60)
    return Clerk(stage)


async def test_kills_come_as_a_file_in_the_direct_messages(clerk: Clerk) -> None:
    await clerk.ask()
    await clerk.passes()
    ((first, second),) = clerk.files()
    assert (first["kind"], first["owner"], first["state"], first["at"]) == (
        "kill",
        "checkout-api",
        "oom",
        "2026-11-21T03:00:00.000Z",
    )
    assert (first["lived_s"], first["limit_mib"], first["exit_code"]) == ("1860", "768", "137")
    assert second["reason"].startswith("'=cmd"), "no spreadsheet calculates it"
    assert clerk.told() == ["📄 The file is in our direct messages (2 rows)."]


async def test_of_a_channel_it_has_that_channels_kills(clerk: Clerk) -> None:
    clerk.scope = replace(
        clerk.scope, routes=Routes(Route(channel="oom-alerts"), (Route(channel="team-pay", name="pay-*"),))
    )
    await clerk.ask("report 7d #team-pay --csv")
    await clerk.passes()
    (rows,) = clerk.files()
    assert [one["owner"] for one in rows] == ["pay-api"]


async def test_what_is_too_long_is_cut_and_said_to_be(clerk: Clerk) -> None:
    clerk.most = 1
    await clerk.ask()
    await clerk.passes()
    assert [len(one) for one in clerk.files()] == [1]
    assert "The first 1 rows" in clerk.told()[0]


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        pytest.param(OPENED, faults.ratelimited(20), id="Slack asks to wait"),
        pytest.param(OPENED, faults.dropped(after=True), id="the connection broke before"),
        pytest.param(COMPLETED, faults.dropped(after=False), id="it was not shared"),
        pytest.param(COMPLETED, faults.dropped(after=True), id="it was shared, and nobody heard of it"),
    ],
)
async def test_trouble_passes_and_the_file_comes_once(clerk: Clerk, method: str, fault: faults.Fault) -> None:
    clerk.stage.slack.faults.next(method, fault)
    await clerk.ask()
    await clerk.passes()
    assert len(clerk.files()) == 1
    assert len(clerk.told()) == 1


async def test_where_slack_refuses_it_says_what_lacks(clerk: Clerk) -> None:
    clerk.stage.slack.faults.next(OPENED, faults.refused("missing_scope"))
    await clerk.ask()
    await clerk.passes()
    assert clerk.files() == []
    assert "did not take the file (missing_scope)" in clerk.told()[0]


async def test_who_dies_over_it_is_followed_by_another(clerk: Clerk) -> None:
    await clerk.ask()
    now = clerk.stage.clock()
    await clerk.stage.db.write(exports.lease, "dead", now, limit=1, lease_for=timedelta(seconds=60))
    await clerk.passes("worker-2")
    assert len(clerk.files()) == 1


async def test_a_file_that_kills_whoever_makes_it_is_given_up(clerk: Clerk) -> None:
    await clerk.ask()
    for _ in range(10):
        leased = await clerk.stage.db.write(
            exports.lease, "dead", clerk.stage.clock(), limit=1, lease_for=timedelta(seconds=60)
        )
        assert len(leased) == 1
        await clerk.stage.clock.sleep(61)
    await clerk.passes()
    assert clerk.files() == []
    assert not await clerk.stage.db.read(exports.due, clerk.stage.clock())
