"""Direct messages: what people wished for, once each, with the way to the channel; channels go first."""

from datetime import timedelta

import pytest

from bot.domain.home.wish import Wish
from bot.domain.policy.policy import Grant, Policy, Role
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.silence import Matcher
from bot.reconcile.pace import ALL_POSTS
from bot.store import homes, incidents, silences
from sandbox.slack.faults import dropped, ratelimited, refused
from tests.reconcile.fronts import ALICE, BOB, Front, asked, goes_on
from tests.reconcile.scene import START, Scene

APPROVERS = Policy(grants=(Grant(role=Role.APPROVER, who=(BOB, ALICE)),))


async def wishes(stage: Scene, *wished: Wish, user: str = ALICE) -> None:
    await stage.db.write(homes.wish, user, wished, stage.clock())


async def test_an_approver_is_told_without_asking_for_it_and_who_asked_is_not(stage: Scene) -> None:
    recorded = await stage.kill("1")
    await asked(stage, recorded.incident_ids[0])
    await stage.passes()
    front = Front(stage, policy=APPROVERS)
    await front.tell()
    await front.tell(after=5)
    assert front.direct(BOB) == [
        "⏳ <@U0ALICE> asks for your approval: checkout-api 2,048 → 3,072 MiB (+50 %)."
    ]
    assert front.direct(ALICE) == []
    (message,) = stage.slack.workspace.channels["D0BOB"].messages.values()
    (root,) = stage.roots()
    assert f"p{root.ts.replace('.', '')}|Open the message>" in str(message.blocks)


async def test_who_wants_no_approvals_is_told_of_none(stage: Scene) -> None:
    await asked(stage, None)
    await wishes(stage, user=BOB)
    front = Front(stage, policy=APPROVERS)
    await front.tell()
    assert front.direct(BOB) == []


@pytest.mark.parametrize(
    ("group", "told"),
    [
        pytest.param({ALICE, BOB}, True, id="a group"),
        pytest.param(
            {ALICE, BOB, *(f"U0{number:04}" for number in range(29))}, False, id="half of the company"
        ),
    ],
)
async def test_members_of_an_approving_group_are_told_though_they_never_opened_home(
    stage: Scene, group: set[str], *, told: bool
) -> None:
    await asked(stage, None)
    policy = Policy(grants=(Grant(role=Role.APPROVER, who=("S0PAYMENTS",)),))
    front = Front(stage, policy=policy, groups={"S0PAYMENTS": group})
    await front.tell()
    await front.tell(after=5)
    assert bool(front.direct(BOB)) is told
    assert front.direct(ALICE) == []


async def test_my_incident_is_told_once_it_is_in_the_channel(stage: Scene) -> None:
    await wishes(stage, Wish.INCIDENT)
    await wishes(stage, Wish.INCIDENT, user=BOB)
    front = Front(stage, owner=ALICE)
    await stage.kill("1")
    await front.tell()
    assert front.direct() == []  # there is nothing to lead to yet
    await stage.passes()
    await front.tell()
    await stage.kill("2")
    await front.tell(after=5)
    assert front.direct() == ["🔴 An incident of yours opened: checkout-api / app, 1 kill."]
    assert front.direct(BOB) == []


async def test_who_took_it_over_need_not_be_told(stage: Scene) -> None:
    await wishes(stage, Wish.INCIDENT)
    recorded = await stage.kill("1")
    await stage.passes()
    await stage.db.write(incidents.acknowledge, recorded.incident_ids[0], ALICE, stage.clock())
    front = Front(stage, owner=ALICE)
    await front.tell()
    assert front.direct() == []


async def test_a_silenced_incident_is_not_told(stage: Scene) -> None:
    await wishes(stage, Wish.INCIDENT)
    until = START + timedelta(hours=1)
    await stage.db.write(silences.add, Matcher(name="checkout-api"), START, until, BOB, "")
    await stage.kill("1")
    await stage.passes()
    front = Front(stage, owner=ALICE)
    await front.tell()
    assert front.direct() == []


@pytest.mark.parametrize(
    ("phase", "told"),
    [
        pytest.param(ResizePhase.PROVEN, ["✅ Your change of checkout-api is over."], id="proven"),
        pytest.param(ResizePhase.NOT_ENOUGH, ["❌ Your change of checkout-api is over."], id="not enough"),
        pytest.param(ResizePhase.ROLLED_BACK, ["⏪ Your change of checkout-api is over."], id="rolled back"),
        pytest.param(ResizePhase.CANCELLED, [], id="taken back, which they know"),
    ],
)
async def test_my_resize_is_over(stage: Scene, phase: ResizePhase, told: list[str]) -> None:
    await wishes(stage, Wish.RESIZE)
    await asked(stage, None, needs_approval=())
    await stage.passes()
    await goes_on(stage, phase, ended_at=stage.clock())
    front = Front(stage)
    await front.tell()
    await front.tell(after=60)
    assert [text.partition(" Resize")[0] for text in front.direct()] == told


async def test_two_replicas_tell_once(stage: Scene) -> None:
    await asked(stage, None)
    fronts = [Front(stage, policy=APPROVERS, worker=name) for name in ("a", "b")]
    for front in fronts:
        await front.tidings.one_pass()
    for front in fronts:
        await front.couriers.one_pass()
    assert len(fronts[0].direct(BOB)) == 1


@pytest.mark.parametrize("after", [True, False], ids=["Slack did post it", "Slack did not"])
async def test_what_is_in_doubt_is_looked_for_before_it_is_repeated(stage: Scene, after: bool) -> None:
    await asked(stage, None)
    front = Front(stage, policy=APPROVERS)
    stage.slack.faults.next("chat.postMessage", dropped(after=after))
    await front.tell()
    assert len(front.direct(BOB)) == int(after)
    await front.tell(after=30)
    assert len(front.direct(BOB)) == 1
    await front.tell(after=600)
    assert len(front.direct(BOB)) == 1


async def test_without_the_scope_to_look_what_is_in_doubt_is_not_repeated(stage: Scene) -> None:
    await asked(stage, None)
    front = Front(stage, policy=APPROVERS)
    stage.slack.faults.next("conversations.open", refused("missing_scope"))
    stage.slack.faults.next("chat.postMessage", dropped(after=True))
    stage.slack.faults.next("conversations.history", refused("missing_scope"))
    await front.tell()
    await front.tell(after=30)
    await front.tell(after=600)
    assert len(front.direct(BOB)) == 1
    assert stage.calls("chat.postMessage") == 1


async def test_what_slack_asks_to_wait_for_is_posted_later(stage: Scene) -> None:
    await asked(stage, None)
    front = Front(stage, policy=APPROVERS)
    stage.slack.faults.next("chat.postMessage", ratelimited(20))
    await front.tell()
    await front.tell(after=10)
    assert front.direct(BOB) == []
    await front.tell(after=11)
    assert len(front.direct(BOB)) == 1


async def test_who_is_gone_is_not_asked_for_again(stage: Scene) -> None:
    await asked(stage, None)
    front = Front(stage, policy=Policy(grants=(Grant(role=Role.APPROVER, who=("U0GONE",)),)))
    await front.tell()
    await front.tell(after=600)
    assert stage.calls("conversations.open") == 1


async def test_a_request_that_was_decided_meanwhile_is_no_news(stage: Scene) -> None:
    await asked(stage, None)
    front = Front(stage, policy=APPROVERS)
    await front.tidings.one_pass()
    await goes_on(stage, ResizePhase.APPROVED)
    await front.couriers.one_pass()
    await front.tell(after=60)
    assert front.direct(BOB) == []


async def test_channels_go_first(stage: Scene) -> None:
    await wishes(stage, Wish.INCIDENT)
    await stage.kill("1")
    await stage.passes()
    front = Front(stage, owner=ALICE)
    for _ in range(ALL_POSTS.burst // 2 + 2):
        await stage.bench.pace.turn(ALL_POSTS)
    await front.tell()
    assert front.direct() == []
    await front.tell(after=30)
    assert len(front.direct()) == 1
