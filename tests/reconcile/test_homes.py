"""Home as people see it: published when opened, when pressed, when something changes; once, whoever is at work."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.policy.policy import Grant, Policy, Role
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.silence import Matcher
from bot.language.tongues import Tongues
from bot.store import homes, incidents, silences
from sandbox.slack.faults import ratelimited, refused
from tests.reconcile.fronts import ALICE, BOB, Front, asked
from tests.reconcile.scene import START, Scene

APPROVERS = Policy(grants=(Grant(role=Role.APPROVER, who=(BOB,)),))


@pytest.fixture
def front(stage: Scene) -> Front:
    return Front(stage)


async def test_an_empty_home_says_what_to_do_first(front: Front) -> None:
    await front.opens()
    says = front.says()
    assert says.startswith(
        "✅ *No incident is open.* No kill was ever recorded.\n👉 Nothing has come from AWS yet."
    )
    assert "Nobody has looked at all services yet." in says
    assert "*Setup*" in says  # no policy yet: anybody may set one up


async def test_an_open_incident_leads_to_its_alert(stage: Scene, front: Front) -> None:
    await stage.kill("1")
    await stage.passes()
    await front.opens()
    (root,) = stage.roots()
    says = front.says()
    assert "*1 incident is unfinished.* None is yours." in says
    assert f"/archives/{stage.channel}/p{root.ts.replace('.', '')}|Open the message>" in says


@pytest.mark.parametrize(
    ("owner", "acknowledged"),
    [
        pytest.param(ALICE, False, id="owner of the route"),
        pytest.param("S0PAYMENTS", False, id="in the group that owns the route"),
        pytest.param("", True, id="took it over"),
    ],
)
async def test_mine_come_first(stage: Scene, owner: str, acknowledged: bool) -> None:
    recorded = await stage.kill("1")
    await stage.passes()
    if acknowledged:
        await stage.db.write(incidents.acknowledge, recorded.incident_ids[0], ALICE, stage.clock())
    front = Front(stage, owner=owner, groups={"S0PAYMENTS": {ALICE}})
    await front.opens(ALICE)
    await front.opens(BOB)
    assert "1 is yours." in front.says(ALICE)
    assert "Your incidents" in front.says(ALICE)
    assert "None is yours." in front.says(BOB)


async def test_a_change_is_shown_within_ten_seconds_and_not_at_each_commit(
    stage: Scene, front: Front
) -> None:
    await front.opens()
    for number in range(3):
        await stage.kill(str(number))
        await front.publish()
    assert "No incident is open" in front.says()
    await stage.clock.sleep(10)
    await front.publish()
    assert "1 incident is unfinished" in front.says()
    assert stage.calls("views.publish") == 2
    await stage.clock.sleep(10)
    await front.publish()
    assert stage.calls("views.publish") == 2  # nothing changed


async def test_what_was_pressed_is_shown_at_once(stage: Scene, front: Front) -> None:
    recorded = await stage.kill("1")
    await front.opens()
    await stage.clock.sleep(1)
    await stage.db.write(homes.pressed, ALICE, stage.clock())
    await front.publish()
    await stage.db.write(incidents.acknowledge, recorded.incident_ids[0], ALICE, stage.clock())
    await front.publish()
    assert "acknowledged by <@U0ALICE>" in front.says()
    assert stage.calls("views.publish") == 2


async def test_nobody_who_left_hours_ago_is_published_for(stage: Scene, front: Front) -> None:
    await front.opens()
    await stage.clock.sleep(timedelta(hours=4, seconds=1).total_seconds())
    await stage.kill("1")
    await front.publish()
    assert stage.calls("views.publish") == 1


async def test_two_replicas_publish_once(stage: Scene, front: Front) -> None:
    other = Front(stage, worker="worker-2")
    await front.opens()
    await other.publish()
    await stage.kill("1")
    await stage.clock.sleep(10)
    for one in (front, other, front, other):
        await one.publish()
    assert stage.calls("views.publish") == 2


async def test_what_slack_shows_instead_is_replaced(stage: Scene, front: Front) -> None:
    await front.opens()
    stage.slack.views.homes[ALICE].hash = "somebody else's"
    await stage.db.write(homes.opened, ALICE, stage.clock())
    await front.publish()
    assert stage.calls("views.publish") == 3
    (home,) = await stage.db.read(homes.everybody)
    assert home.view_hash == stage.slack.views.homes[ALICE].hash


async def test_approvals_are_offered_to_approvers_alone(stage: Scene) -> None:
    recorded = await stage.kill("1")
    await asked(stage, recorded.incident_ids[0])
    await stage.passes()
    front = Front(stage, policy=APPROVERS)
    await front.opens(ALICE)
    await front.opens(BOB)
    assert "*1 change waits for your approval.*" in front.says(BOB)
    assert "resize.approve" in str(front.blocks(BOB))
    assert "resize.approve" not in str(front.blocks(ALICE))
    assert "waits for your approval" not in front.says(ALICE)
    assert "*Setup*" in front.says(BOB)
    assert "*Setup*" not in front.says(ALICE)


async def test_a_silence_is_shown_with_its_end_and_goes(stage: Scene, front: Front) -> None:
    matcher = Matcher(name="checkout-api", kind=OwnerKind.SERVICE)
    until = START + timedelta(hours=1)
    added = await stage.db.write(silences.add, matcher, START, until, BOB, "load test")
    await front.opens()
    assert "1 silence in force" in front.says()
    assert "by <@U0BOB> · load test" in front.says()
    await stage.db.write(silences.end, added.id, ALICE, stage.clock())
    await stage.clock.sleep(10)
    await front.publish()
    assert "silence" not in front.says()


async def test_where_nobody_is_told_directly_no_box_is_offered(stage: Scene) -> None:
    front = Front(stage, sends_messages=False)
    await front.opens()
    assert "direct message" not in front.says()


async def test_where_the_app_has_no_home_tab_slack_is_asked_once(stage: Scene, front: Front) -> None:
    stage.slack.faults.next("views.publish", refused("not_enabled"))
    await stage.db.write(homes.opened, ALICE, stage.clock())
    await front.publish()
    await stage.clock.sleep(60)
    await stage.kill("1")
    await front.publish()
    assert stage.calls("views.publish") == 1


async def test_slack_is_left_alone_for_as_long_as_it_asks(stage: Scene, front: Front) -> None:
    stage.slack.faults.next("views.publish", ratelimited(30))
    await front.opens()
    await stage.clock.sleep(20)
    await front.publish()
    assert stage.calls("views.publish") == 1
    await stage.clock.sleep(11)
    await front.publish()
    assert "No incident is open" in front.says()


async def test_a_message_that_is_gone_is_led_to_no_more_and_not_asked_for_again(
    stage: Scene, front: Front
) -> None:
    await stage.kill("1")
    await stage.passes()
    (root,) = stage.roots()
    root.deleted = True
    await front.opens()
    await front.opens()
    assert "Open the message" not in front.says()
    assert stage.calls("chat.getPermalink") == 1


async def test_home_speaks_as_the_person_does(stage: Scene) -> None:
    async def locale(user: str) -> str:
        return {ALICE: "zh-CN"}.get(user, "de-DE")

    stage.bench = replace(stage.bench, tongues=Tongues(locale=locale))
    front = Front(stage)
    await front.opens(ALICE)
    await front.opens(BOB)
    assert "没有未解决的事件" in front.says(ALICE)
    assert "No incident is open" in front.says(BOB)
