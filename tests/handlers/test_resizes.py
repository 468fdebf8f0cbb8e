"""A resize in Slack: asked for in a form, agreed to by a second person; and everything that must not happen by accident."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.aws.calls import Forbidden, Unreachable
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import ImageState
from bot.domain.plan.resize_facts import Facts
from bot.domain.policy.policy import Approval, Grant, Policy, Role
from bot.domain.resize.audit import Deed
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.step import Finish
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.subject import Subject
from bot.slack.resize import controls, declining, modal, waiting
from bot.slack.resize.message import own_message
from bot.store import audit_trail, leases, resize_decisions, resizes
from bot.store.database import Database
from bot.store.resize_decisions import Will
from bot.store.schema import resizes as resize_rows
from handlers import resize_modal, resize_planning, resize_requests
from sandbox.slack.faults import http
from tests.domain.revisions import app, on_fargate
from tests.domain.wishes import NEWER_ARN, facts, service
from tests.handlers.workplace import ALICE, BOB, Workplace, workplace
from tests.slack.block_kit import texts
from tests.slack.incidents import death

DANA = "U0ADMIN"
KEY = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout", "app")
CHECKOUT = Subject.of(KEY)
PEOPLE = Policy(
    grants=(
        Grant(role=Role.OPERATOR, who=(ALICE,)),
        Grant(role=Role.APPROVER, who=("S0PAYMENTS",)),
    ),
    approvals=(Approval(always=True),),
)


@dataclass
class Aws:
    """What AWS says of `checkout`; a test changes it as the world does."""

    facts: Facts = field(default_factory=facts)
    trouble: Exception | None = None
    slow: asyncio.Event | None = None
    asked: int = 0

    async def read(self, _subject: Subject, _diagnosis: Diagnosis | None) -> Facts:
        """As bot.aws.resizing.facts does."""
        self.asked += 1
        if self.slow is not None:
            await self.slow.wait()
        if self.trouble:
            raise self.trouble
        return self.facts


@dataclass
class Shop:
    """A workplace where memory can be changed."""

    place: Workplace
    aws: Aws

    async def resize(self) -> Resize:
        """The one that there is."""
        (one,) = await self.place.db.read(resizes.of_target, CHECKOUT)
        return one

    async def form(self, words: str = "resize checkout 2G", user: str = ALICE) -> dict[str, Any]:
        """Type the words; the form once it shows the plan."""
        await self.place.slack.act(
            "command", {"user": user, "channel": self.place.channel, "text": f"/oom {words}"}
        )
        return await self.filled(user)

    async def filled(self, user: str = ALICE, *, but: str = "Looking at") -> dict[str, Any]:
        """The form when it says something else."""
        async with asyncio.timeout(60):
            while but in read(view := self.place.modal(user) or {}):  # noqa: ASYNC110 -- Slack tells nobody
                await asyncio.sleep(0.01)
        return view

    async def ask(self, user: str = ALICE) -> Resize:
        """Have it written down, whoever must agree."""
        await self.form(user=user)
        assert await self.place.submit(why("dies at noon"), user) == {}
        return await self.resize()

    async def message(self, one: Resize) -> str:
        """Post its message, as the reconciler does; its ts."""
        return await self.place._post(own_message(one, lambda account: account))

    def whisper(self, user: str = ALICE) -> str:
        """The ts of what this person alone was told last."""
        return str([one["ts"] for one in self.place.seen(user) if one["ephemeral_for"]][-1])

    async def deeds(self) -> list[Deed]:
        """What the audit trail tells, oldest first."""
        return [one.deed for one in await self.place.db.read(audit_trail.of_subject, str(CHECKOUT))][::-1]


def why(reason: str) -> dict[str, Any]:
    return {modal.REASON: {"type": "plain_text_input", "value": reason}}


def read(shown: dict[str, Any]) -> str:
    """The texts in the blocks of a message or form; "" while there are none."""
    return "\n".join(texts(shown.get("blocks") or []))


@pytest.fixture
async def shop(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    aws = Aws()
    policy: Policy = getattr(request, "param", PEOPLE)
    async with workplace(db, policy=policy, read_facts=aws.read) as place:
        await place.kill(death(group_key=KEY))
        yield Shop(place, aws)


async def test_the_form_shows_the_plan_and_what_is_confirmed_is_written(shop: Shop) -> None:
    view = await shop.form('resize checkout 2G --reason "dies at noon"')
    shown = str(view["blocks"])
    assert "1,024 → 2,048 MiB (+100 %)" in read(view)
    assert "dies at noon" in shown
    assert "A second person must approve it" in shown
    assert await shop.place.submit({}) == {}
    assert shop.place.modal() is None
    one = await shop.resize()
    assert (one.status.phase, one.spec.requested_by) == (ResizePhase.AWAITING, ALICE)
    assert (one.spec.reason, one.spec.incident_id) == ("dies at noon", 1)
    assert await shop.deeds() == [Deed.REQUESTED]


async def test_the_form_is_open_before_aws_has_answered(shop: Shop) -> None:
    shop.aws.slow = asyncio.Event()
    await shop.place.slack.act(
        "command", {"user": ALICE, "channel": shop.place.channel, "text": "/oom resize checkout"}
    )
    view = shop.place.modal()
    assert view is not None
    assert "Looking at *checkout*" in str(view["blocks"])
    assert view["submit"] is None
    shop.aws.slow.set()
    assert "Other sizes" not in str(await shop.filled())


async def test_another_size_is_planned_while_the_form_is_open(shop: Shop) -> None:
    view = await shop.form()
    block = next(one for one in view["blocks"] if one["block_id"].startswith(modal.SIZE))
    await shop.place.slack.act(
        "action",
        {
            "user": ALICE,
            "container": {"type": "view", "view_id": view["id"]},
            "block_id": block["block_id"],
            "action_id": modal.SIZE,
            "value": {"selected_option": {"value": "1536M"}},
        },
    )
    shown = await shop.filled(but="1,024 → 2,048 MiB")
    assert "1,024 → 1,536 MiB (+50 %)" in read(shown)
    assert shop.aws.asked == 1  # clicks in a form share one reading


async def test_what_aws_does_not_tell_is_told_in_the_form(shop: Shop) -> None:
    shop.aws.trouble = Forbidden("ecs:DescribeServices")
    view = await shop.form()
    assert "Not allowed: the role needs ecs:DescribeServices." in read(view)
    assert view["submit"] is None
    assert "Try again" not in str(view["blocks"]), "asking again gives nobody a permission"


async def press_retry(shop: Shop, view: dict[str, Any]) -> None:
    """In the form, if it has such a button."""
    block = view["blocks"][-1]
    assert [one["text"]["text"] for one in block["elements"]] == ["Try again"]
    gesture = {"user": ALICE, "container": {"type": "view", "view_id": view["id"]}}
    await shop.place.slack.act(
        "action", {**gesture, "block_id": block["block_id"], "action_id": waiting.RETRY, "value": {}}
    )


async def test_what_may_pass_is_tried_again_in_the_form_with_what_was_chosen(shop: Shop) -> None:
    shop.aws.trouble = Unreachable("ThrottlingException from ecs:DescribeServices")
    view = await shop.form('resize checkout 1536M --reason "dies at noon"')
    assert "I can't plan a resize of *checkout* yet.\nThrottlingException from ecs:Describe" in read(view)
    shop.aws.trouble, shop.aws.slow = None, asyncio.Event()
    await press_retry(shop, view)
    assert "Looking at" in read(await shop.filled(but="yet"))
    shop.aws.slow.set()
    shown = await shop.filled()
    assert "1,024 → 1,536 MiB (+50 %)" in read(shown)
    assert "dies at noon" in str(shown["blocks"])


async def test_a_form_that_waited_too_long_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resize_modal, "FILL_BUDGET_S", 0.05)
    shop.aws.slow = asyncio.Event()
    view = await shop.form()
    assert "AWS did not answer in time." in read(view)
    monkeypatch.undo()
    shop.aws.slow.set()
    await press_retry(shop, view)
    await shop.filled(but="yet")
    assert "1,024 → 2,048 MiB" in read(await shop.filled())


async def test_a_dry_run_says_what_may_pass(shop: Shop) -> None:
    shop.aws.trouble = Unreachable("ThrottlingException from ecs:DescribeServices")
    told = str((await shop.place.command("resize checkout 2G --dry-run"))["blocks"])
    assert "yet: ThrottlingException from ecs:DescribeServices. Nothing was changed; try again in" in told


async def test_a_service_that_code_deploy_deploys_is_refused_with_the_reason(shop: Shop) -> None:
    shop.aws.facts = facts(service=service(controller="CODE_DEPLOY"))
    view = await shop.form()
    assert "CodeDeploy" in str(view["blocks"])
    assert view["submit"] is None


async def test_who_deployed_meanwhile_makes_the_form_show_the_new_plan(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resize_requests, "SUBMITTED_S", -1.0)  # as if the form had stood open for long
    await shop.form()
    newer = replace(on_fargate(1024, 256, app(1024)), arn=NEWER_ARN, revision=43)
    shop.aws.facts = facts(newer, service=service(task_definition_arn=NEWER_ARN))
    assert await shop.place.submit(why("dies")) == {}
    view = shop.place.modal()
    assert view is not None
    assert "somebody deployed meanwhile, checkout:42 is checkout:43 now" in str(view["blocks"])
    assert await shop.place.db.read(resizes.recent) == []
    assert await shop.place.submit(why("dies")) == {}  # having seen it
    change = (await shop.resize()).spec.plan.change
    assert change is not None
    assert change.revision_arn == NEWER_ARN


@pytest.mark.parametrize("shop", [Policy()], indirect=True, ids=["no policy"])
async def test_without_a_policy_nobody_can_change_anything(shop: Shop) -> None:
    await shop.form()
    errors = await shop.place.submit(why("dies"))
    assert "this installation has no policy" in errors[modal.REASON]
    assert await shop.place.db.read(resizes.recent) == []
    assert await shop.deeds() == [Deed.REFUSED]


async def test_a_stranger_is_told_which_role_is_missing(shop: Shop) -> None:
    await shop.form(user=DANA)
    view = shop.place.modal(DANA)
    assert view is not None
    assert "You need the viewer role for 123456789012/prod/checkout" in str(view["blocks"])


async def test_a_freeze_stops_requests_until_it_is_thawed(shop: Shop) -> None:
    assert "Frozen" in (await shop.place.command("freeze Black Friday"))["text"]
    await shop.form()
    assert "froze changes" in (await shop.place.submit(why("dies")))[modal.REASON]
    assert "Changes of memory are frozen" in str((await shop.place.command(""))["blocks"])
    assert "Thawed" in (await shop.place.command("thaw"))["text"]
    assert await shop.place.submit(why("dies")) == {}


async def test_of_two_people_at_once_one_is_told_of_the_other(shop: Shop) -> None:
    await shop.form(user=ALICE)
    await shop.form("resize checkout 1536M", user=BOB)
    assert await shop.place.submit(why("dies"), ALICE) == {}
    errors = await shop.place.submit(why("dies"), BOB)
    assert f"<@{ALICE}> asked for another size" in errors[modal.REASON]
    assert (await shop.resize()).spec.requested_by == ALICE


@pytest.mark.parametrize(
    "shop", [replace(PEOPLE, windows=("Mon 08:00-09:00",))], indirect=True, ids=["a window"]
)
async def test_outside_of_the_change_windows_the_next_opening_is_told(shop: Shop) -> None:
    await shop.form()
    assert "opens Mon" in (await shop.place.submit(why("dies")))[modal.REASON]


async def test_a_second_person_of_a_user_group_approves(shop: Shop) -> None:
    one = await shop.ask()
    ts = await shop.message(one)
    await shop.place.press(ts, controls.APPROVE, BOB)
    await shop.place.press(ts, controls.APPROVE, BOB)  # a double click
    decided = await shop.resize()
    assert (decided.status.phase, decided.status.approved_by) == (ResizePhase.APPROVED, BOB)
    assert shop.place.whispers(BOB) == []
    assert (await shop.deeds()).count(Deed.APPROVED) == 1


@pytest.mark.parametrize(
    ("who", "told"),
    [
        pytest.param(ALICE, "You asked for this yourself", id="one's own request"),
        pytest.param(DANA, "You need the approver role", id="a stranger"),
    ],
)
async def test_who_may_not_approve_is_told_why(shop: Shop, who: str, told: str) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.press(ts, controls.APPROVE, who)
    assert told in shop.place.whispers(who)[-1]
    assert (await shop.resize()).status.phase is ResizePhase.AWAITING
    assert (await shop.deeds())[-1] is Deed.REFUSED


async def test_an_approval_that_comes_too_late_is_told_so(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    shop.place.now += timedelta(hours=2)
    await shop.place.press(ts, controls.APPROVE, BOB)
    assert "expired" in shop.place.whispers(BOB)[-1]
    assert (await shop.resize()).status.phase is ResizePhase.AWAITING


async def test_a_button_of_another_plan_approves_nothing(shop: Shop) -> None:
    one = await shop.ask()
    other = replace(one, spec=replace(one.spec, plan=replace(one.spec.plan, container="envoy")))
    await shop.place.press(await shop.message(other), controls.APPROVE, BOB)
    assert "older state" in shop.place.whispers(BOB)[-1]
    assert (await shop.resize()).status.phase is ResizePhase.AWAITING


async def test_a_stale_message_of_a_pruned_resize_is_told(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.db.write(lambda conn: conn.execute(resize_rows.delete()))
    await shop.place.press(ts, controls.APPROVE, BOB)
    assert "no resize #1 any more" in shop.place.whispers(BOB)[-1]


async def test_a_request_is_declined_with_a_reason(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.press(ts, controls.DECLINE, BOB)
    reason = {declining.REASON: {"type": "plain_text_input", "value": "not before the release"}}
    assert await shop.place.submit(reason, BOB) == {}
    one = await shop.resize()
    assert one.status.phase is ResizePhase.CANCELLED
    assert "not before the release" in one.status.words


async def test_whoever_asked_takes_it_back_with_one_click(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.press(ts, controls.DECLINE, ALICE)
    assert (await shop.resize()).status.phase is ResizePhase.CANCELLED
    await shop.place.press(ts, controls.APPROVE, BOB)
    assert "Too late" in shop.place.whispers(BOB)[-1]


async def test_what_did_not_help_is_planned_again_from_its_own_message(shop: Shop) -> None:
    one = await shop.ask()
    ts = await shop.message(replace(one, status=replace(one.status, phase=ResizePhase.NOT_ENOUGH)))
    await shop.place.press(ts, controls.AGAIN)
    shown = str((await shop.filled())["blocks"])
    assert "*checkout* / `app`" in shown
    assert "New size" in shown


@pytest.fixture
async def pushed_over(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """A resize that was not enough, after which somebody pushed other code over the tag; the ts of its message."""
    one, now = await shop.ask(), shop.place.now
    await shop.place.db.write(
        resize_decisions.approve, Will(resize_id=one.spec.id, by=BOB, at=now), one.spec.plan.hash
    )
    claim = leases.Claim(owner="tests", now=now, limit=1, lease_for=timedelta(minutes=1))
    (held,) = await shop.place.db.write(resizes.lease, claim)
    done = replace(held.resize.status, phase=ResizePhase.NOT_ENOUGH, began_at=now, ended_at=now)
    assert await shop.place.db.write(resizes.settle, held, Finish(done), now)
    running, meant = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    moved = ImageState(image="app:1", running_digest=running, tag_digest=meant, has_moved=True)
    definition = on_fargate(2048, 256, replace(app(2048), image="app:1"))
    shop.aws.facts = facts(definition, images={"app": moved}, kept_digests=frozenset({running}))
    monkeypatch.setattr(resize_planning, "SHOWN_S", 0.0)  # what was read for the plan is of before
    return await shop.message(await shop.resize())


async def test_a_rollback_that_ships_other_code_is_told_so_first_and_done_all_the_same(
    shop: Shop, pushed_over: str
) -> None:
    await shop.place.press(pushed_over, controls.ROLL_BACK)
    told = shop.place.whispers(ALICE)[-1]
    assert "going back may ship more than the old memory" in told
    assert (await shop.resize()).status.phase is ResizePhase.NOT_ENOUGH
    await shop.place.press(shop.whisper(), controls.ROLL_BACK_ANYWAY)
    assert (await shop.resize()).status.phase is ResizePhase.ROLLING_BACK


async def test_the_old_memory_can_be_had_with_the_code_that_runs(shop: Shop, pushed_over: str) -> None:
    await shop.place.press(pushed_over, controls.ROLL_BACK)
    await shop.place.press(shop.whisper(), controls.PIN_BACK)
    shown = read(await shop.filled())
    assert "2,048 → 1,024 MiB" in shown
    assert "pinned to `sha256:aaaaaaaaaaaa`" in shown


async def test_nothing_can_be_rolled_back_that_was_never_begun(shop: Shop) -> None:
    assert "nothing to roll back" in (await shop.place.command("rollback checkout"))["text"]
    await shop.ask()
    assert "nothing to roll back" in (await shop.place.command("rollback checkout"))["text"]


async def test_a_dry_run_tells_the_plan_and_stores_only_that_somebody_looked(shop: Shop) -> None:
    told = await shop.place.command("resize checkout 2G --dry-run")
    assert "1,024 → 2,048 MiB (+100 %)" in read(told)
    assert await shop.place.db.read(resizes.recent) == []
    assert await shop.deeds() == [Deed.LOOKED]


async def test_a_slow_dry_run_offers_to_look_again_at_what_was_read_meanwhile(shop: Shop) -> None:
    shop.aws.slow = asyncio.Event()
    told = await shop.place.command("resize checkout 2G --dry-run")
    assert "Still looking" in told["text"]
    shop.aws.slow.set()
    assert "2,048 MiB" in read(await shop.place.command("resize checkout 2G --dry-run"))
    assert shop.aws.asked == 1


async def test_history_tells_who_did_what(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.press(ts, controls.APPROVE, BOB)
    told = str((await shop.place.command("history checkout"))["blocks"])
    assert f"<@{ALICE}> *requested*: dies at noon" in told
    assert f"<@{BOB}> *approved*" in told


async def test_an_expired_trigger_opens_no_form_and_says_so(shop: Shop) -> None:
    shop.place.slack.faults.next("views.open", http(503))
    told = await shop.place.command("resize checkout 2G")
    assert "too slow to open the form" in told["text"]


async def test_a_form_that_is_sent_twice_is_one_request(shop: Shop) -> None:
    await shop.form()
    assert await shop.place.submit(why("dies")) == {}
    (sent,) = [one for one in shop.place.slack.wire.entries() if "view_submission" in str(one.request)]
    body = urlencode({"payload": json.dumps(sent.request["payload"])})
    assert await shop.place.post(body, "application/x-www-form-urlencoded") == 200
    assert (await shop.resize()).spec.requested_by == ALICE
    assert (await shop.deeds()).count(Deed.REQUESTED) == 1


async def test_a_form_works_on_in_a_bot_that_was_restarted_while_it_stood_open(shop: Shop) -> None:
    await shop.form()
    await shop.place.restart()
    asked = shop.aws.asked
    assert await shop.place.submit(why("dies")) == {}
    assert (await shop.resize()).status.phase is ResizePhase.AWAITING
    assert shop.aws.asked > asked, "everything is read again"


async def test_with_its_incident_resolved_meanwhile_a_resize_has_a_message_of_its_own(shop: Shop) -> None:
    await shop.form()
    await shop.place.command("resolve #1")
    assert await shop.place.submit(why("dies")) == {}
    assert (await shop.resize()).spec.incident_id is None


async def test_in_a_thread_a_mention_means_what_the_alert_is_about(shop: Shop) -> None:
    ts = await shop.message(await shop.ask())
    await shop.place.slack.act(
        "message",
        {
            "user": ALICE,
            "channel": shop.place.channel,
            "thread_ts": ts,
            "text": "@oomguard history checkout",
        },
    )
    async with asyncio.timeout(60):
        while not any("History of checkout" in text for text in shop.place.whispers(ALICE)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("account", "opens"),
    [
        pytest.param("123456789012", True, id="in an account that it watches"),
        pytest.param("666666666666", False, id="in an account of which it knows nothing"),
    ],
)
async def test_a_service_that_was_never_killed_is_named_by_its_arn(
    shop: Shop, account: str, opens: bool
) -> None:
    arn = f"arn:aws:ecs:eu-west-1:{account}:service/prod/quiet"
    told = await shop.place.command(f"resize {arn} 2G --dry-run")
    assert ("1,024 → 2,048 MiB" in read(told)) is opens
    assert ("I know no kill" in told["text"]) is not opens
