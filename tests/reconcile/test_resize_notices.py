"""What Slack shows of a resize: in its incident's alert as it goes on, or in a message of its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.chart.picture import Picture
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.incident.incident import Resolution
from bot.domain.plan.plan import Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.step import Finish
from bot.domain.subject.silence import Matcher
from bot.domain.subject.subject import Subject
from bot.store import doubts, incidents, investigations, leases, resizes, silences
from bot.store.investigations import Made
from tests.reconcile.scene import KEY, START, Scene
from tests.slack.block_kit import texts
from tests.slack.diagnoses import LEAK
from tests.slack.resizes import plan, resize

BOB = "U0BOB"


async def asked(stage: Scene, incident_id: int | None, **spec: Any) -> Resize:
    """Somebody asks for it now."""
    now = stage.clock()
    wanted = replace(
        resize().spec, incident_id=incident_id, requested_at=now, expires_at=now + timedelta(hours=1), **spec
    )
    decision = await stage.db.write(resizes.request, wanted, "V1", now)
    assert decision.resize is not None
    return decision.resize


async def diagnosed(stage: Scene, found: Diagnosis) -> None:
    """Somebody looked into what was killed last."""
    now = stage.clock()
    await stage.db.write(doubts.open_wanted, now)
    room, for_ = investigations.Room(alone=1), timedelta(minutes=1)
    (held,) = await stage.db.write(investigations.lease, "tests", now, room=room, lease_for=for_)
    picture = Picture(died_at=now, of="container app", source=None, life=None)
    made = Made(diagnosis=found, picture=picture, task_definition_arn="", kill_at=now, again_at=None)
    assert await stage.db.write(investigations.save, held, made, now)


async def goes_on(stage: Scene, phase: ResizePhase, **status: Any) -> None:
    """The reconciler of resizes got so far."""
    now = stage.clock()
    claim = leases.Claim(owner="tests", now=now, limit=1, lease_for=timedelta(minutes=1))
    (held,) = await stage.db.write(resizes.lease, claim)
    reached = replace(held.resize.status, phase=phase, **status)
    assert await stage.db.write(resizes.settle, held, Finish(reached, look_again_at=now), now)


async def test_the_alert_shows_each_stage_at_once(stage: Scene) -> None:
    incident_id = (await stage.kill("1")).incident_ids[0]
    await stage.passes()
    await asked(stage, incident_id)
    await stage.passes()
    (root,) = stage.roots()
    assert "*Waiting for approval*" in str(root.blocks)
    await goes_on(stage, ResizePhase.DEPLOYING, running_count=1, desired_count=3)
    await stage.live(2)  # not after the interval that coalesces kills
    assert "▰▰▰▱▱▱▱▱ 1/3" in str(root.blocks)
    await goes_on(stage, ResizePhase.PROVEN, words="No OOM in 24 h.", ended_at=stage.clock())
    await stage.passes(after=5)
    assert "*Proven*" in str(root.blocks)
    assert stage.roots() == [root]
    told = [text for text in stage.replies() if text.startswith("Resize #")]
    assert len(told) == 2  # the plan, and how it ended


async def test_an_incident_that_is_resolved_meanwhile_shows_how_its_resize_ends(stage: Scene) -> None:
    incident_id = (await stage.kill("1")).incident_ids[0]
    await stage.passes()
    await asked(stage, incident_id)
    await goes_on(stage, ResizePhase.DEPLOYING, running_count=1, desired_count=3)
    await stage.passes(after=5)
    await stage.db.write(incidents.resolve, incident_id, BOB, Resolution.BY_PERSON, stage.clock())
    await stage.passes(after=60)
    (root,) = stage.roots()
    assert "*Resolved* by <@U0BOB>" in str(root)
    assert "▰▰▰▱▱▱▱▱ 1/3" in str(root)  # it goes on: the person asked for the size, not for the incident
    words = "No OOM in 24 h, peak 61 % (minute samples): enough."
    await goes_on(stage, ResizePhase.PROVEN, words=words, ended_at=stage.clock())
    await stage.passes(after=5)
    assert stage.roots() == [root]
    assert "*Resolved* by <@U0BOB>" in str(root)
    assert words in "\n".join(texts(root.blocks))


async def test_a_resize_without_an_incident_has_a_message_of_its_own(stage: Scene) -> None:
    await asked(stage, None)
    await stage.passes()
    (root,) = stage.roots()
    assert "*Waiting for approval*" in str(root.blocks)
    await goes_on(stage, ResizePhase.FAILED, words="checkout-api was deleted meanwhile.", ended_at=START)
    await stage.passes(after=5)
    assert stage.roots() == [root]
    assert "deleted meanwhile" in str(root.blocks)


async def test_a_size_that_was_not_enough_is_followed_by_the_offer_of_an_alert(stage: Scene) -> None:
    await asked(stage, None, plan=plan(target=Target(kind=TargetKind.SERVICE, subject=Subject.of(KEY))))
    began_at = stage.clock()
    await goes_on(stage, ResizePhase.NOT_ENOUGH, words="Killed again.", began_at=began_at, ended_at=began_at)
    await stage.passes()
    (own,) = stage.roots()
    assert ("Resize…" in str(own.attachments), "Resize to" in str(own.attachments)) == (True, False)
    await stage.kill("1")
    await stage.live(1)
    await diagnosed(stage, replace(LEAK, made_at=stage.clock()))
    await stage.passes(after=5)
    assert "Resize to 3,072 MiB…" in str(own.attachments)
    assert "*Buys about 3 d*" in "\n".join(texts(own.blocks))


async def test_a_proof_that_a_later_kill_disproves_says_so_and_offers_the_next_size(stage: Scene) -> None:
    await asked(stage, None, plan=plan(target=Target(kind=TargetKind.SERVICE, subject=Subject.of(KEY))))
    began_at = stage.clock()
    await goes_on(stage, ResizePhase.PROVEN, words="No OOM in 24 h.", began_at=began_at, ended_at=began_at)
    await stage.passes()
    (own,) = stage.roots()
    assert ("*Proven*" in str(own.blocks), "Resize…" in str(own.attachments)) == (True, False)
    await stage.kill("1")
    await stage.live(1)
    await goes_on(stage, ResizePhase.PROVEN, kills_since=1)  # as its hourly look finds
    await stage.passes(after=5)
    shown = "\n".join(texts(own.blocks))
    assert "*Killed again* · 1 kill at 3,072 MiB · was proven" in shown
    assert "No OOM in 24 h" not in shown
    assert "Resize…" in str(own.attachments)
    await diagnosed(stage, replace(LEAK, made_at=stage.clock()))
    await stage.passes(after=5)
    assert "Resize to 3,072 MiB…" in str(own.attachments)


async def test_a_silent_incident_is_shown_once_somebody_resizes_it(stage: Scene) -> None:
    mute = Matcher(name=KEY.name)
    until = stage.clock() + timedelta(hours=3)
    await stage.db.write(silences.add, mute, stage.clock(), until, "U0BOB", "load test")
    incident_id = (await stage.kill("1")).incident_ids[0]
    await stage.passes()
    assert stage.roots() == []
    await asked(stage, incident_id)
    await stage.passes()
    (root,) = stage.roots()
    assert "Approve" in str(root.attachments)


async def test_a_later_deployment_that_undoes_it_is_told_in_the_channel(stage: Scene) -> None:
    incident_id = (await stage.kill("1")).incident_ids[0]
    await asked(stage, incident_id)
    words = "checkout-api:91 brought the old memory back: resize 1 of checkout-api is undone."
    undone = {"words": words, "ended_at": START, "regressed_at": START}
    await goes_on(stage, ResizePhase.PROVEN, **undone)
    await stage.passes()
    assert any("undone" in text for text in stage.replies())
    assert Subject.of(KEY).name in stage.replies()[-1]
