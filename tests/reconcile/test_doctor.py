"""The doctor, each of its lines with the outside broken in that way, and how to mend it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.aws.accounts import Account, Accounts, Place
from bot.aws.calls import Calls
from bot.domain.checkup.checkup import Area, State
from bot.domain.policy.freeze import Freeze
from bot.domain.policy.policy import Policy
from bot.reconcile.looks import Looks
from bot.reconcile.wards import Ward, Wards
from bot.slack.checkup import SlackProbe
from bot.store import confirmations, freezes, migrate, pulse, sightings
from bot.store.checkup import StoreFacts
from bot.store.database import Database
from bot.store.errors import StoreUnavailable
from bot.store.peek import Peek
from sandbox.aws.arns import REGION
from sandbox.aws.sns import TOPIC_ARN
from sandbox.aws.sts import RESIZE_ROLE, STAGING, STAGING_EXTERNAL_ID, STAGING_ROLE
from sandbox.slack.people import BOT_USER
from tests.reconcile.clinic import DOOR, doctor, line, looked, orders, queue
from tests.reconcile.cloud import Cloud
from tests.reconcile.test_looks import ask, outlook, told

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
Break = Callable[[Cloud], object]


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite alone: what the doctor reads of a store is in tests/store/test_checkup.py."""
    db = Database.open(sqlite_url)
    yield db
    await db.close()


async def make_well(aws: Cloud) -> None:
    """Everything is there: a confirmed subscription with dead letters, events and requests that came lately."""
    grave = aws.world.sqs.create("graves")
    redrive = json.dumps({"deadLetterTargetArn": grave.arn})
    aws.world.sns.subscribe(TOPIC_ARN, DOOR, {"RedrivePolicy": redrive}).confirmed = True
    now = aws.stage.clock()
    await aws.stage.db.write(pulse.hear, "123456789012", now)
    await aws.stage.db.write(sightings.see, sightings.SLACK_HTTP, now)


async def test_all_is_well(aws: Cloud) -> None:
    await make_well(aws)
    found = await doctor(aws).examine()
    bad = [(one.what, one.state, one.found) for one in found.checks if one.state is not State.OK]
    skews = [
        what for what, *_ in bad if what.startswith("Clock")
    ]  # the scene's clock is not that of its servers
    assert [one for one in bad if one[0] not in skews] == []
    assert {one.area for one in found.checks} == set(Area)


def subscription(aws: Cloud) -> Any:
    return aws.world.sns.subscriptions()[0]


def topic(aws: Cloud) -> Any:
    return aws.world.sns.topics[TOPIC_ARN]


def channel(aws: Cloud) -> Any:
    return aws.stage.slack.workspace.channel_named("oom-alerts")


def lock(aws: Cloud) -> None:
    channel(aws).is_private = True
    channel(aws).members.remove(BOT_USER)


def without_scopes(*names: str) -> Break:
    def take(aws: Cloud) -> None:
        workspace = aws.stage.slack.workspace
        workspace.manifest = replace(workspace.manifest, scopes=workspace.manifest.scopes - set(names))

    return take


def disable(*names: str) -> Break:
    def switch_off(aws: Cloud) -> None:
        for name in names:
            aws.world.event_rules.listeners[f"oom-guard-{name}"].is_enabled = False

    return switch_off


def bury(aws: Cloud) -> None:
    aws.world.sqs.send(aws.world.sqs.queues["graves"], "{}")


AREAS = {
    **dict.fromkeys(("Bot", "Scopes", "Channel"), Area.SLACK),
    **dict.fromkeys(
        ("Topic", "Policy", "Subscription", "Dead", "Rules", "Rule", "Queue", "Visibility"), Area.EVENTS
    ),
    **dict.fromkeys(("Permissions", "Identity", "Role"), Area.AWS),
    **dict.fromkeys(("Cluster", "Clusters"), Area.INSIGHTS),
}
LINES = [
    pytest.param(
        lambda aws: setattr(aws.stage.bench.poster.client, "token", "xoxb-another"),
        "Bot token",
        State.BROKEN,
        "invalid_auth",
        "SLACK_BOT_TOKEN",
        id="the token was revoked",
    ),
    pytest.param(
        without_scopes("files:write"),
        "Scopes",
        State.WARNING,
        "files:write (upload",
        "manifest.yaml",
        id="a scope lacks",
    ),
    pytest.param(
        without_scopes("chat:write"),
        "Scopes",
        State.BROKEN,
        "chat:write (post",
        "manifest.yaml",
        id="the one for alerts",
    ),
    pytest.param(
        lambda aws: setattr(channel(aws), "is_archived", True),
        "Channel",
        State.BROKEN,
        "archived",
        "Unarchive",
        id="the channel was archived",
    ),
    pytest.param(lock, "Channel", State.BROKEN, "channel_not_found", "invite", id="the channel is private"),
    pytest.param(
        lambda aws: setattr(subscription(aws), "confirmed", False),
        "Subscription http",
        State.BROKEN,
        "not confirmed",
        "sns:ConfirmSubscription",
        id="the subscription waits for us",
    ),
    pytest.param(
        lambda aws: topic(aws).subscriptions.clear(),
        "Subscription to",
        State.BROKEN,
        "none leads here",
        "Subscribe",
        id="there is no subscription",
    ),
    pytest.param(
        lambda aws: subscription(aws).attributes.update(RawMessageDelivery="true"),
        "Subscription http",
        State.WARNING,
        "raw",
        "Switch raw delivery off",
        id="raw delivery",
    ),
    pytest.param(
        lambda aws: subscription(aws).attributes.update(FilterPolicy="{}{"),
        "Subscription http",
        State.WARNING,
        "filter",
        "Take the filter away",
        id="a filter",
    ),
    pytest.param(
        lambda aws: subscription(aws).attributes.pop("RedrivePolicy"),
        "Dead letters of the subscription",
        State.WARNING,
        "is lost",
        "dead-letter queue",
        id="no dead letters are kept",
    ),
    pytest.param(
        bury,
        "Dead letters in graves",
        State.WARNING,
        "1 event was not taken",
        "read them",
        id="a dead letter",
    ),
    pytest.param(
        lambda aws: setattr(topic(aws), "signature_version", "1"),
        "Topic oom-guard",
        State.WARNING,
        "version 1",
        "SHA-256",
        id="signed with SHA-1",
    ),
    pytest.param(
        lambda aws: topic(aws).attributes.pop("Policy"),
        "Policy of topic",
        State.BROKEN,
        "may not publish",
        "sns:Publish",
        id="nobody may publish",
    ),
    pytest.param(
        lambda aws: topic(aws).attributes.update(KmsMasterKeyId="alias/aws/sns"),
        "Policy of topic",
        State.BROKEN,
        "encrypted",
        "kms:GenerateDataKey",
        id="encrypted with a key that EventBridge may not use",
    ),
    pytest.param(
        lambda aws: aws.world.sns.topics.clear(),
        "Topic oom-guard",
        State.BROKEN,
        "NotFound",
        "check its name",
        id="the topic is gone",
    ),
    pytest.param(
        disable("oom", "killed"),
        "Rules that lead to",
        State.BROKEN,
        "oom-guard-oom is disabled",
        "Enable the rule",
        id="the rules are off",
    ),
    pytest.param(
        lambda aws: aws.world.event_rules.listeners.clear(),
        "Rules that lead to",
        State.WARNING,
        "but events came lately",
        "EVENT_BUS",
        id="rules elsewhere, on another bus",
    ),
    pytest.param(
        disable("test"),
        "Rule for /oom test",
        State.WARNING,
        "cannot work",
        "oomguard.test",
        id="no rule for tests",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("ecs:ListServices"),
        "Permissions (deploy/iam/read-only.json)",
        State.BROKEN,
        "refused: ecs:ListServices (to look at tasks",
        "Grant them to arn:aws:iam::123456789012:role/oom-guard",
        id="a permission to read lacks",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("events:PutEvents"),
        "Permissions (deploy/iam/bot.json)",
        State.BROKEN,
        "events:PutEvents",
        "deploy/iam/bot.json",
        id="a permission of the bot's own lacks",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("ecs:RegisterTaskDefinition"),
        "Permissions (deploy/iam/resize.json)",
        State.BROKEN,
        "ecs:RegisterTaskDefinition",
        "deploy/iam/resize.json",
        id="a permission to change lacks",
    ),
    pytest.param(
        lambda aws: aws.world.sts.remove_role(RESIZE_ROLE),
        "Role that changes memory",
        State.BROKEN,
        f"AWS refused sts:AssumeRole on {RESIZE_ROLE}",
        "deploy/cloudformation/resize.yaml",
        id="no role that changes memory",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("sts:GetCallerIdentity"),
        "Identity",
        State.BROKEN,
        "sts:GetCallerIdentity",
        "trust",
        id="nobody knows who we are",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("sqs:GetQueueUrl"),
        "Dead letters in graves",
        State.UNSEEN,
        "not allowed",
        "Grant sqs:GetQueueUrl",
        id="dead letters that may not be counted",
    ),
    pytest.param(
        lambda aws: aws.world.faults.deny("ecs:DescribeClusters"),
        "Clusters",
        State.UNSEEN,
        "not allowed",
        "Grant ecs:DescribeClusters",
        id="clusters that may not be looked at",
    ),
    pytest.param(
        lambda aws: aws.world.ecs.insights_off.add("prod"),
        "Cluster prod",
        State.WARNING,
        "off: memory is known per service alone",
        "Switch it on",
        id="a cluster without Container Insights",
    ),
]


@pytest.mark.parametrize(("spoil", "what", "state", "found", "fix"), LINES)
async def test_a_line_with_its_outside_broken(
    aws: Cloud, spoil: Break, what: str, state: State, found: str, fix: str
) -> None:
    await make_well(aws)
    spoil(aws)
    one = line(await looked(aws, AREAS[what.split(maxsplit=1)[0]]), what)
    assert one.state is state
    assert found in one.found
    assert fix in f"{one.fix} {one.command}"


async def test_no_rule_and_no_event_is_broken(aws: Cloud) -> None:
    aws.world.event_rules.listeners.clear()
    one = line(await looked(aws, Area.EVENTS), "Rules that lead to")
    assert (one.state, one.found) == (State.BROKEN, "none on the bus default")


async def test_without_simulation_harmless_calls_tell(aws: Cloud) -> None:
    aws.world.faults.deny("iam:SimulatePrincipalPolicy")
    aws.world.faults.deny("ecs:ListServices")
    one = line(await looked(aws, Area.AWS), "Permissions (deploy/iam/read-only.json)")
    assert one.state is State.BROKEN
    assert one.found.startswith("refused: ecs:ListServices (")
    aws.world.faults.ordered.pop("ecs:ListServices")
    one = line(await looked(aws, Area.AWS), "Permissions (deploy/iam/read-only.json)")
    assert one.state is State.UNSEEN
    assert "ecs:ListServices" not in one.found
    assert "iam:SimulatePrincipalPolicy" in one.fix


async def test_a_policy_that_lets_nobody_change_needs_no_permission_for_it(aws: Cloud) -> None:
    found = await looked(aws, Area.AWS, policy=Policy())
    about_changes = ("resize.json", "changes memory")
    assert [one.what for one in found.checks if any(word in one.what for word in about_changes)] == []
    assert aws.asked("sts:AssumeRole") == 0


async def test_changes_are_made_by_a_role_whose_sessions_name_people(aws: Cloud) -> None:
    one = line(await looked(aws, Area.AWS), "Role that changes memory")
    assert (one.state, one.found) == (State.OK, f"{RESIZE_ROLE}; CloudTrail names who asked")


async def test_without_such_a_role_cloudtrail_names_the_bot_alone(aws: Cloud) -> None:
    with ThreadPoolExecutor(8) as pool:
        calls = Calls(pool, Accounts(home_region=REGION), clock=aws.stage.clock)
        one = line(await doctor(aws, calls=calls).examine(), "Role that changes memory")
    assert one.state is State.WARNING
    assert "role/oom-guard, my own: CloudTrail does not name who asked" in one.found
    assert "AWS_RESIZE_ROLE_ARN_PATTERN" in one.fix


@pytest.fixture
async def both(aws: Cloud) -> AsyncIterator[Calls]:
    """Calls that reach another account, too."""
    accounts = Accounts(
        [Account(id=STAGING, name="staging", role_arn=STAGING_ROLE, external_id=STAGING_EXTERNAL_ID)],
        home_region=REGION,
    )
    with ThreadPoolExecutor(8) as pool:
        yield Calls(pool, accounts, clock=aws.stage.clock)


PLACES = (Place("", REGION), Place(STAGING, REGION))


async def test_another_account_is_looked_at_by_its_role(aws: Cloud, both: Calls) -> None:
    found = await doctor(aws, calls=both, places=PLACES, topics=()).examine()
    own, other = [one for one in found.checks if one.what == "Identity"]
    assert (own.account, own.found) == ("own account", "arn:aws:iam::123456789012:role/oom-guard")
    assert (other.account, other.found) == ("staging", f"arn:aws:iam::{STAGING}:role/oom-guard-read")
    read = [one for one in found.checks if "read-only.json" in one.what]
    assert [one.state for one in read] == [State.OK, State.OK]


async def test_an_account_that_lets_nobody_in_is_told_with_its_role(aws: Cloud, both: Calls) -> None:
    aws.world.faults.deny("sts:AssumeRole")
    found = await doctor(aws, calls=both, places=PLACES, topics=()).examine()
    own, other = [one for one in found.checks if one.what == "Identity"]
    assert own.state is State.OK
    assert other.state is State.BROKEN
    assert STAGING_ROLE in other.found


async def test_an_account_that_hangs_does_not_hide_the_others(aws: Cloud, both: Calls) -> None:
    aws.world.faults.hang(STAGING)
    found = await doctor(aws, calls=both, places=PLACES, topics=(), limit_s=3).examine()
    aws.world.faults.hanging[STAGING].set()
    own, other = [one for one in found.checks if one.what == "Identity"]
    assert own.state is State.OK
    assert (other.state, other.found) == (State.UNSEEN, "no answer within 3 s")


@pytest.mark.parametrize(
    ("attributes", "what", "state", "found"),
    [
        pytest.param(
            {"VisibilityTimeout": "5"}, "Visibility timeout", State.WARNING, "5 seconds", id="taken twice"
        ),
        pytest.param(
            {}, "Dead letters of events", State.WARNING, "comes back for ever", id="no dead letters"
        ),
        pytest.param({}, "Queue events", State.OK, "0 events wait", id="empty"),
        pytest.param(
            {}, "Rules that lead to events", State.BROKEN, "none on the bus", id="no rule leads there"
        ),
    ],
)
async def test_a_queue(aws: Cloud, attributes: dict[str, str], what: str, state: State, found: str) -> None:
    polled = queue(aws, "events", **attributes)
    one = line(await looked(aws, Area.EVENTS, topics=(), queues=(polled,)), what)
    assert one.state is state
    assert found in one.found


async def test_a_queue_that_is_gone(aws: Cloud) -> None:
    polled = replace(queue(aws, "events"), url=f"{aws.world.url}/aws/123456789012/gone", name="gone")
    one = line(await looked(aws, Area.EVENTS, topics=(), queues=(polled,)), "Queue gone")
    assert one.state is State.BROKEN


async def test_the_freeze_and_the_faults_of_a_configuration_are_told(aws: Cloud) -> None:
    frozen = Freeze(id=0, frozen_by="U0ALICE", frozen_at=aws.stage.clock(), reason="Black Friday")
    await aws.stage.db.write(freezes.freeze, frozen)
    found = await looked(aws, Area.SLACK, faults=lambda: ["oomguard.toml: no such key"])
    assert line(found, "Freeze").state is State.WARNING
    assert "no such key" in line(found, "Configuration").found


async def test_a_subscription_that_we_confirmed_is_ours_whatever_its_address(aws: Cloud) -> None:
    mine = aws.world.sns.subscribe(TOPIC_ARN, "https://elsewhere.example.com/hook")
    mine.confirmed = True
    db, now = aws.stage.db, aws.stage.clock()
    await db.write(confirmations.add, TOPIC_ARN, mine.token, now)
    (held,) = await db.write(confirmations.lease, "w", now, limit=1, lease_for=timedelta(minutes=1))
    await db.write(confirmations.done, held, mine.arn, now)
    assert line(await looked(aws, Area.EVENTS), "Subscription https://elsewhere").state is State.OK


async def test_a_store_that_does_not_answer_hides_nothing_else(aws: Cloud, tmp_path: Path) -> None:
    patient = doctor(aws, topics=())
    patient._read = Peek(f"sqlite:///{tmp_path}/none.db").read
    found = await patient.examine()
    assert line(found, "Store").state is State.BROKEN
    assert line(found, "Bot token").state is State.OK
    with pytest.raises(StoreUnavailable):
        await patient._read(lambda _: None)


async def test_a_store_that_was_never_migrated(aws: Cloud, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    patient = doctor(aws, topics=())
    patient._read = Peek(f"sqlite:///{tmp_path}/empty.db").read
    one = line(await patient.examine(), "Migrations")
    assert (one.state, one.command) == (State.BROKEN, "python app.py migrate")


async def test_a_peek_sees_the_store_of_a_running_bot_and_writes_nothing(sqlite_url: str) -> None:
    db = Database.open(sqlite_url)  # and has its lock
    peek = Peek(sqlite_url)
    await db.write(sightings.see, "a door", NOW)
    assert "a door" in await peek.read(sightings.last)
    with pytest.raises(StoreUnavailable):
        await peek.read(sightings.see, "another", NOW)
    with pytest.raises(StoreUnavailable):
        await asyncio.to_thread(migrate.upgrade, sqlite_url)
    peek.close()
    await db.close()


async def test_it_answers_in_slack(aws: Cloud) -> None:
    await make_well(aws)
    aws.world.faults.deny("ecs:ListServices")
    await ask(aws, "doctor")
    stage = aws.stage
    await Looks(stage.bench, outlook(aws), doctor(aws), patience_s=60).one_pass()
    [text] = told(aws)
    assert text.startswith("🩺 3 broken")  # the clocks of the scene stand elsewhere than its servers
    assert "Permissions (deploy/iam/read-only.json)" in text


DOCUMENT = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text()
# Names of this scene, as the page writes what differs between installations.
NAMES = {
    "oom-guard-test": "NAME",
    "oom-guard": "NAME",
    "graves": "NAME",
    DOOR: "ADDRESS",
    "#oom-alerts (default)": "CHANNEL",
}


async def test_every_line_is_documented(aws: Cloud) -> None:
    await make_well(aws)
    aws.world.ecs.clusters.append("NAME")
    aws.world.ecs.insights_off.add("NAME")
    found = await doctor(aws, queues=(queue(aws, "NAME"),), app_token="xapp-1-none").examine()
    for one in found.checks:
        what = one.what
        for name, shown in NAMES.items():
            what = what.replace(name, shown)
        assert f"| {what} " in DOCUMENT or f", {what} |" in DOCUMENT or f" {what}, " in DOCUMENT, what
    assert len({one.what for one in found.checks}) > 25


class Slow(Wards):
    """Hundreds of looks, none of which comes to an end."""

    def all(self, facts: StoreFacts | None) -> list[Ward]:
        look = asyncio.Event().wait
        return [Ward(Area.AWS, "Identity", look, f"a{n}") for n in range(300)]  # type: ignore[arg-type]  # never


async def test_hundreds_that_hang_do_not_take_for_ever(aws: Cloud) -> None:
    patient = doctor(aws, limit_s=0.05)
    counted: list[int] = []
    patient._wards = Slow(
        SlackProbe(aws.stage.bench.poster.client, ""), aws.calls, orders(aws), aws.stage.clock
    )
    found = await patient.examine(counted.append)
    assert counted == [300]
    lost = [one for one in found.checks if one.what == "Identity"]
    assert {one.state for one in lost} == {State.UNSEEN}
    assert line(found, "Store").state is State.OK
