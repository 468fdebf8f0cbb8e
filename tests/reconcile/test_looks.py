"""Looks: what was asked about the living is answered once AWS was looked at, to the asker alone, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.aws.accounts import Place
from bot.aws.survey.pacing import Pacing
from bot.aws.survey.surveying import Where
from bot.domain.command.look import Look
from bot.reconcile.look_orders import LookOrders
from bot.reconcile.looks import Looks
from bot.reconcile.outlook import Outlook
from bot.slack.answers.answer import Answer
from bot.store import looks
from bot.store.database import Database
from sandbox.aws import kinds
from sandbox.aws.arns import REGION
from sandbox.aws.curves import Curve
from sandbox.aws.workloads import Part, Workload, run
from tests.reconcile.clinic import doctor
from tests.reconcile.cloud import Cloud


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite alone: what differs between stores is in tests/store/test_looks.py, and AWS takes its time."""
    db = Database.open(sqlite_url)
    yield db
    await db.close()


def orders(aws: Cloud, **changes: object) -> LookOrders:
    """Everything in the sandbox's only region."""
    told: dict[str, object] = {
        "where": Where(places=(Place("", REGION),), has_role=lambda _: True),
        "near_percent": 90,
        "scan_every": timedelta(0),
        "routes": aws.stage.routes,
        "reopen_within": timedelta(days=7),
        "account_name": lambda _: "prod-eu",
    }
    return LookOrders(**(told | changes))  # type: ignore[arg-type]  # a test's own words


def outlook(aws: Cloud, **changes: object) -> Outlook:
    """On the scene's clock."""
    clock = aws.stage.clock
    pacing = Pacing(sleep=clock.sleep, clock=clock.sandbox.time)
    return Outlook(aws.stage.db, aws.calls, orders(aws, **changes), clock=clock, pacing=pacing)


async def ask(aws: Cloud, words: str) -> str:
    """Somebody asks; the way back to where that was."""
    stage = aws.stage
    url = stage.slack.response_urls.give(stage.slack.workspace.channels[stage.channel], "U0ALICE")
    await stage.db.write(looks.add, user="U0ALICE", response_url=url, words=words, now=stage.clock())
    return url


def told(aws: Cloud) -> list[str]:
    """What Alice was told, and nobody else."""
    seen = aws.stage.slack.snapshot("U0ALICE")["messages"][aws.stage.channel]
    assert all(message["ephemeral_for"] == "U0ALICE" for message in seen)
    return [message["text"] for message in seen]


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        pytest.param(
            "near-miss", "near 7d", "kind-near-miss 95 % of 1,024 MiB (969 MiB)", id="it came near and lived"
        ),
        pytest.param(
            "stuck", "near 24h", "kind-stuck 98 % of 1,024 MiB (1,009 MiB), stuck there", id="stuck"
        ),
        pytest.param("host", "audit", "kind-host: No hard limit on a shared host", id="no limit on a host"),
        pytest.param(
            "jvm-xmx-too-high",
            "audit prod",
            "The Java heap may grow to 3,072 MiB",
            id="a heap above the limit",
        ),
        pytest.param("silent", "scan kind-silent", "silent kills in the last 24 hours", id="killed inside"),
        pytest.param("steady", "waste", "notifications 384 → ", id="more than it needs"),
    ],
)
async def test_the_answer_follows(aws: Cloud, kind: str, words: str, said: str) -> None:
    kinds.begin(aws.world.ecs, kind)
    await ask(aws, words)
    await Looks(aws.stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    (answer,) = told(aws)
    assert said in answer
    assert not await aws.stage.db.read(looks.due, aws.stage.clock() + timedelta(days=1))


async def test_a_container_that_is_stuck_beside_healthy_ones_is_told(aws: Cloud) -> None:
    stuck = Part("app", 512, Curve("plateau", 300, 900, 3600, runtime="reclaim"))
    parts = (stuck, Part("agent", None, Curve("steady", 90, 90)))
    run(aws.world.ecs, Workload("crowd", 512, 2048, parts, desired=2, age_s=4 * 3600))
    await ask(aws, "near 24h")
    looks_ahead = outlook(aws, queries_at_once=2)
    await Looks(aws.stage.bench, looks_ahead, doctor(aws), patience_s=60).one_pass()
    (answer,) = told(aws)
    assert "crowd 98 % of 512 MiB (504 MiB), stuck there" in answer


async def test_a_scan_of_one_service_asks_for_no_other_revision(aws: Cloud) -> None:
    await ask(aws, "scan checkout-api 1h")
    await Looks(aws.stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    assert aws.asked("ecs:DescribeTaskDefinition") == 1


async def test_a_service_nobody_runs(aws: Cloud) -> None:
    await ask(aws, "scan zzz 1h")
    await Looks(aws.stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    assert told(aws) == ["🤷 No service called zzz runs where I look."]


@pytest.mark.parametrize(
    ("action", "words", "named"),
    [
        pytest.param("ecs:ListServices", "audit", "the role needs ecs:ListServices", id="services"),
        pytest.param(
            "cloudwatch:GetMetricData", "near", "the role needs cloudwatch:GetMetricData", id="metrics"
        ),
        pytest.param(
            "logs:FilterLogEvents", "scan kind-silent", "the role needs logs:FilterLogEvents", id="logs"
        ),
    ],
)
async def test_a_permission_that_lacks_is_named(aws: Cloud, action: str, words: str, named: str) -> None:
    kinds.begin(aws.world.ecs, "silent")
    aws.world.faults.deny(action)
    await ask(aws, words)
    await Looks(aws.stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    message = aws.stage.slack.snapshot("U0ALICE")["messages"][aws.stage.channel][-1]
    assert named in str(message["blocks"])
    assert "✅" not in message["text"]


class Slow(Outlook):
    """Counts, and then does not come to an end until it may."""

    def __init__(self, may_end: asyncio.Event) -> None:
        self.may_end = may_end

    async def answer(self, look: Look, heard: Callable[[int], None]) -> Answer:
        heard(214)
        await self.may_end.wait()
        raise KeyError("a fault of ours")


async def test_meanwhile_the_person_hears_of_it_and_a_fault_is_told(aws: Cloud) -> None:
    may_end = asyncio.Event()
    await ask(aws, "near")
    doing = asyncio.create_task(Looks(aws.stage.bench, Slow(may_end), doctor(aws), patience_s=0).one_pass())
    for _ in range(2000):
        if told(aws):
            break
        await asyncio.sleep(0.01)
    may_end.set()
    await doing
    first, last = told(aws)
    assert first.startswith("🔎 Looking at 214 services…")
    assert "/oom near went wrong on my side (KeyError)" in last


async def test_what_takes_too_long_is_given_up(aws: Cloud) -> None:
    await ask(aws, "audit")
    await Looks(aws.stage.bench, Slow(asyncio.Event()), doctor(aws), limit_s=0.01, patience_s=60).one_pass()
    assert "took longer than" in told(aws)[-1]


async def test_who_dies_over_it_is_followed_by_another_thrice_at_most(aws: Cloud) -> None:
    await ask(aws, "audit")
    stage = aws.stage
    for _ in range(3):
        (held,) = await stage.db.write(
            looks.lease, "dead", stage.clock(), limit=1, lease_for=timedelta(minutes=1)
        )
        await stage.clock.sleep(61)
    assert held.fence == 3
    await Looks(stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    assert told(aws) == ["💥 I could not answer /oom audit. Ask again, please."]


async def test_an_address_that_is_too_old_is_left_alone(aws: Cloud) -> None:
    await ask(aws, "audit")
    await aws.stage.clock.sleep(30 * 60)
    await Looks(aws.stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    assert told(aws) == []
    assert not await aws.stage.db.read(looks.due, aws.stage.clock())
