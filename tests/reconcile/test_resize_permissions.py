"""Permissions of resizes: the calls that were made over the wire are exactly those that the policies allow, in whose name."""

import json
from pathlib import Path

import pytest

from bot.domain.resize.resize import ResizePhase
from bot.store import resize_decisions
from bot.store.resize_decisions import Will
from sandbox.wire import Entry
from tests.reconcile.cloud import Cloud
from tests.reconcile.resizing import APPROVER, ASKER, Workshop, family, job, service

FOLDER = Path(__file__).parents[2] / "deploy" / "iam"
# What AWS's own documents ask for besides the calls themselves.
BESIDES = {"ecs:TagResource", "batch:TagResource", "iam:PassRole"}


def allowed(name: str) -> set[str]:
    policy = json.loads((FOLDER / f"{name}.json").read_text())
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def is_change(entry: Entry) -> bool:
    return entry.kind.removeprefix("aws ") in allowed("resize")


def session(entry: Entry) -> str:
    """As CloudTrail names it."""
    return entry.actor.partition(":assumed-role/")[2]


async def roll_back(shop: Workshop, resize_id: int) -> None:
    will = Will(resize_id=resize_id, by=APPROVER, at=shop.aws.stage.clock())
    await shop.aws.stage.db.write(resize_decisions.ask_rollback, will)
    await shop.to(resize_id, ResizePhase.ROLLED_BACK)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_the_policies_allow_exactly_what_resizes_call(aws: Cloud) -> None:
    shop = Workshop(aws=aws)
    aws.world.rules.add("month-end", "prod", "nightly-report:1")
    before = set(shop.asked)
    changers, readers = set[str](), set[str]()
    aws.wire.listeners.append(lambda entry: (changers if is_change(entry) else readers).add(session(entry)))
    resize_id = await shop.agreed(await shop.plan(service("checkout-api"), "api", "2G"))
    await shop.live(resize_id, lambda one: bool(one.status.deployment_arn))
    await roll_back(shop, resize_id)
    for subject, container, wanted in (
        (family("nightly-report"), "report", "3G"),
        (job("genome-align"), "default", "20G"),
        (service("notifications"), "sender", "512M"),
        (service("image-resizer"), "resizer", "2G"),
    ):
        resize_id = await shop.agreed(await shop.plan(subject, container, wanted))
        await shop.to(resize_id, ResizePhase.WATCHING)
        await shop.live(resize_id, lambda _: False, 130, patient=True)
    called = set(shop.asked) - before - {"sts:GetCallerIdentity"}
    assert called & allowed("resize") == allowed("resize") - BESIDES
    assert called <= allowed("resize") | allowed("read-only") | {"sts:AssumeRole"}
    assert changers == {"oom-guard-resize/oom-guard-" + person for person in (ASKER, APPROVER)}
    assert not readers & changers, "the bot's own keys read, and nothing else"
