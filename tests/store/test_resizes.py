"""Resizes in the store: asked for once, decided once, leased by one, whatever races; on both databases."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.incident.incident import Resolution
from bot.domain.plan.plan import TargetKind
from bot.domain.policy.freeze import Freeze
from bot.domain.resize.audit import Deed
from bot.domain.resize.decision import Decision, Outcome
from bot.domain.resize.ending import ECS
from bot.domain.resize.resize import ResizePhase, Spec, Status
from bot.domain.resize.step import Finish, Wait
from bot.store import audit_trail, freezes, incidents, notices, resize_decisions, resizes
from bot.store.leases import Claim
from bot.store.prune import prune
from bot.store.resize_decisions import Will
from bot.store.resizes import Held
from bot.store.schema import notices as notice_rows
from tests.domain.agreed import ALICE, BOB, CAROL, CHECKOUT, DAY, HOUR, MINUTE, NEW, NOW, plan, spec
from tests.store.telling import Teller, death

P = ResizePhase
SECONDED = spec(id=0, needs_approval=("production",))
PLAIN = spec(id=0)
ON_ONE = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # what SQL has no part in
HASH = PLAIN.plan.hash


async def ask(teller: Teller, wanted: Spec = SECONDED, submission: str = "V1") -> Decision:
    return await teller.db.write(resizes.request, wanted, submission, NOW)


async def lease(teller: Teller, at: datetime = NOW, owner: str = "worker-1") -> list[Held]:
    claim = Claim(owner=owner, now=at, limit=10, lease_for=MINUTE)
    return await teller.db.write(resizes.lease, claim)


async def deeds(teller: Teller) -> list[Deed]:
    found = await teller.db.read(audit_trail.of_subject, str(CHECKOUT))
    return [entry.deed for entry in reversed(found)]


def will(by: str = BOB, at: datetime = NOW + MINUTE, why: str = "") -> Will:
    return Will(resize_id=1, by=by, at=at, why=why)


async def phase_of(teller: Teller) -> ResizePhase:
    found = await teller.db.read(resizes.get, 1)
    assert found is not None
    return found.status.phase


async def put(teller: Teller, phase: ResizePhase, **facts: object) -> None:
    """Have the resize in a phase, as the reconciler would."""
    [held] = await lease(teller)
    status = replace(held.resize.status, phase=phase, **facts)  # type: ignore[arg-type]  # fields of a status
    step = Finish(status) if phase.is_final else Wait(status, NOW + HOUR)
    assert await teller.db.write(resizes.settle, held, step, NOW)


async def test_a_request_is_written_with_its_audit_entry_and_a_notice(teller: Teller) -> None:
    asked = await ask(teller)
    assert asked.outcome is Outcome.DONE
    assert asked.resize is not None
    assert asked.resize.spec == replace(SECONDED, id=1)
    assert asked.resize.status == Status(phase=P.AWAITING)
    assert asked.resize.spec.plan.hash == HASH
    assert await teller.db.read(resizes.get, 1) == asked.resize
    assert await teller.db.read(resizes.recent) == await teller.db.read(resizes.of_target, CHECKOUT)
    [notice] = await teller.db.write(notices.lease, "w", NOW, limit=9, lease_for=MINUTE)
    assert (notice.resize_id, notice.incident_id) == (1, None)
    [entry] = await teller.db.read(audit_trail.of_resize, 1)
    assert (entry.deed, entry.who, entry.words, entry.at) == (
        Deed.REQUESTED,
        ALICE,
        "three kills tonight",
        NOW,
    )
    assert '"new_memory_mib":1024' in entry.detail


async def test_an_incidents_alert_shows_it_and_leaves_the_storm(teller: Teller) -> None:
    incident = await teller.incident(death())
    [first] = await teller.db.write(notices.lease, "w", NOW, limit=9, lease_for=MINUTE)
    await ask(teller, replace(PLAIN, incident_id=incident.id))
    assert (await teller.get(incident.id)).generation == incident.generation + 1
    again = NOW + 2 * MINUTE
    [notice] = await teller.db.write(notices.lease, "w", again, limit=9, lease_for=MINUTE)
    assert (notice.id, notice.generation) == (first.id, first.generation + 1)
    found = await teller.db.read(resizes.of_incident, incident.id)
    assert found is not None
    assert found.spec.id == 1


async def test_what_nobody_need_approve_is_approved_at_once(teller: Teller) -> None:
    await ask(teller, PLAIN)
    assert await phase_of(teller) is P.APPROVED


@pytest.mark.parametrize(
    ("wanted", "submission", "outcome"),
    [
        pytest.param(SECONDED, "V1", Outcome.REPLAYED, id="a double click"),
        pytest.param(SECONDED, "V2", Outcome.TAKEN, id="somebody else asked, too"),
        pytest.param(
            replace(SECONDED, requested_by=BOB, plan=plan(container="sidecar")),
            "V2",
            Outcome.TAKEN,
            id="another container of the same service",
        ),
        pytest.param(
            replace(SECONDED, plan=plan(refusals=("CodeDeploy deploys it.",))),
            "V2",
            Outcome.IMPOSSIBLE,
            id="a plan with refusals",
        ),
        pytest.param(
            replace(SECONDED, plan=plan(change=None)), "V2", Outcome.IMPOSSIBLE, id="a plan without a change"
        ),
    ],
)
async def test_a_second_request(teller: Teller, wanted: Spec, submission: str, outcome: Outcome) -> None:
    first = await ask(teller)
    second = await ask(teller, wanted, submission)
    assert second.outcome is outcome
    assert second.resize == (first.resize if outcome in (Outcome.REPLAYED, Outcome.TAKEN) else None)
    assert len(await teller.db.read(resizes.recent)) == 1
    refusals = [] if outcome is Outcome.REPLAYED else [Deed.REFUSED]
    assert await deeds(teller) == [Deed.REQUESTED, *refusals]


async def test_of_many_at_once_one_is_done(teller: Teller) -> None:
    asked = await asyncio.gather(*(ask(teller, SECONDED, f"V{number % 4}") for number in range(12)))
    outcomes = [one.outcome for one in asked]
    assert outcomes.count(Outcome.DONE) == 1
    assert outcomes.count(Outcome.REPLAYED) == 2  # the other two of the same form
    assert outcomes.count(Outcome.TAKEN) == 9


async def test_the_target_is_free_again_after_the_end(teller: Teller) -> None:
    await ask(teller, PLAIN)
    await put(teller, P.NOT_ENOUGH, ended_at=NOW)
    assert await teller.db.read(resizes.unfinished, CHECKOUT) is None
    assert (await ask(teller, PLAIN, "V2")).outcome is Outcome.DONE


async def test_while_frozen_nothing_is_asked_for_and_nothing_approved(teller: Teller) -> None:
    await ask(teller)
    frozen = await teller.db.write(
        freezes.freeze, Freeze(id=0, cluster="prod", frozen_by=CAROL, frozen_at=NOW, reason="release")
    )
    asked = await ask(teller, SECONDED, "V2")
    assert (asked.outcome, asked.freeze) == (Outcome.FROZEN, frozen)
    assert (await teller.db.write(resize_decisions.approve, will(), HASH)).outcome is Outcome.FROZEN
    await teller.db.write(freezes.thaw, frozen.id, CAROL, NOW)
    assert (await teller.db.write(resize_decisions.approve, will(), HASH)).outcome is Outcome.DONE


async def test_an_approval_says_who_and_when(teller: Teller) -> None:
    await ask(teller)
    decided = await teller.db.write(resize_decisions.approve, will(), HASH)
    assert decided.is_done
    assert decided.resize is not None
    status = decided.resize.status
    assert (status.phase, status.approved_by, status.approved_at) == (P.APPROVED, BOB, NOW + MINUTE)
    assert await deeds(teller) == [Deed.REQUESTED, Deed.APPROVED]


@ON_ONE
@pytest.mark.parametrize(
    ("who", "plan_hash", "outcome"),
    [
        pytest.param(will(ALICE), HASH, Outcome.OWN, id="her own request"),
        pytest.param(will(), plan(container="other").hash, Outcome.STALE, id="the button of another plan"),
        pytest.param(will(at=NOW + HOUR), HASH, Outcome.EXPIRED, id="too late"),
        pytest.param(Will(resize_id=99, by=BOB, at=NOW), HASH, Outcome.GONE, id="no such resize"),
    ],
)
async def test_no_approval(teller: Teller, who: Will, plan_hash: str, outcome: Outcome) -> None:
    await ask(teller)
    assert (await teller.db.write(resize_decisions.approve, who, plan_hash)).outcome is outcome
    assert await phase_of(teller) is P.AWAITING
    assert Deed.APPROVED not in await deeds(teller)


async def test_of_many_who_approve_and_reject_at_once_one_decides(teller: Teller) -> None:
    await ask(teller)
    decisions = await asyncio.gather(
        teller.db.write(resize_decisions.approve, will(BOB), HASH),
        teller.db.write(resize_decisions.reject, will(CAROL)),
        teller.db.write(resize_decisions.approve, will(CAROL), HASH),
        teller.db.write(resize_decisions.approve, will(BOB), HASH),
    )
    outcomes = [one.outcome for one in decisions]
    assert outcomes.count(Outcome.DONE) == 1
    assert set(outcomes) <= {Outcome.DONE, Outcome.TOO_LATE, Outcome.REPLAYED}


@ON_ONE
@pytest.mark.parametrize(
    ("phase", "decide", "outcome", "after"),
    [
        pytest.param(P.AWAITING, resize_decisions.reject, Outcome.DONE, P.CANCELLED, id="rejected"),
        pytest.param(
            P.APPROVED, resize_decisions.reject, Outcome.TOO_LATE, P.APPROVED, id="rejected after it"
        ),
        pytest.param(P.APPROVED, resize_decisions.cancel, Outcome.DONE, P.CANCELLED, id="cancelled in time"),
        pytest.param(
            P.CANCELLED, resize_decisions.cancel, Outcome.REPLAYED, P.CANCELLED, id="cancelled twice"
        ),
        pytest.param(
            P.REGISTERING,
            resize_decisions.cancel,
            Outcome.TOO_LATE,
            P.REGISTERING,
            id="cancelled after it began",
        ),
        pytest.param(
            P.APPROVED, resize_decisions.ask_rollback, Outcome.TOO_EARLY, P.APPROVED, id="nothing to undo yet"
        ),
        pytest.param(
            P.REGISTERING, resize_decisions.ask_rollback, Outcome.DONE, P.ROLLING_BACK, id="undone at once"
        ),
        pytest.param(
            P.WATCHING, resize_decisions.ask_rollback, Outcome.DONE, P.ROLLING_BACK, id="undone while watched"
        ),
        pytest.param(
            P.PROVEN, resize_decisions.ask_rollback, Outcome.DONE, P.ROLLING_BACK, id="undone long after"
        ),
        pytest.param(
            P.FAILED, resize_decisions.ask_rollback, Outcome.DONE, P.ROLLING_BACK, id="undone: it failed"
        ),
        pytest.param(
            P.ROLLING_BACK, resize_decisions.ask_rollback, Outcome.REPLAYED, P.ROLLING_BACK, id="undone twice"
        ),
        pytest.param(
            P.CANCELLED, resize_decisions.ask_rollback, Outcome.TOO_LATE, P.CANCELLED, id="it never began"
        ),
    ],
)
async def test_decisions(
    teller: Teller,
    phase: ResizePhase,
    decide: Callable[[Connection, Will], Decision],
    outcome: Outcome,
    after: ResizePhase,
) -> None:
    await ask(teller)
    await put(teller, phase, ended_at=NOW if phase.is_final else None, words="so")
    decided = await teller.db.write(decide, will())
    assert (decided.outcome, await phase_of(teller)) == (outcome, after)
    if outcome is Outcome.DONE and not after.is_final:
        assert [held.id for held in await lease(teller, NOW + MINUTE)] == [1]


async def test_a_familys_newest_revision_cannot_be_rolled_back(teller: Teller) -> None:
    await ask(teller, replace(PLAIN, plan=plan(kind=TargetKind.FAMILY)))
    await put(teller, P.WATCHING, new_revision_arn=NEW)
    assert (await teller.db.write(resize_decisions.ask_rollback, will())).outcome is Outcome.IMPOSSIBLE


@ON_ONE
@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        pytest.param(P.APPROVED, Outcome.TAKEN, id="while another is on its way"),
        pytest.param(P.PROVEN, Outcome.STALE, id="after another has changed it since"),
        pytest.param(P.CANCELLED, Outcome.DONE, id="another that came to nothing is no matter"),
    ],
)
async def test_a_finished_one_is_undone(teller: Teller, later: ResizePhase, outcome: Outcome) -> None:
    await ask(teller, PLAIN)
    await put(teller, P.PROVEN, ended_at=NOW)
    await ask(teller, PLAIN, "V2")
    await put(teller, later, ended_at=NOW if later.is_final else None, words="so")
    decided = await teller.db.write(resize_decisions.ask_rollback, will())
    assert decided.outcome is outcome
    assert decided.resize is not None
    assert decided.resize.spec.id == (2 if outcome is Outcome.TAKEN else 1)


async def test_a_rollback_by_itself_is_told_with_whose_it_is(teller: Teller) -> None:
    await ask(teller, PLAIN)
    await put(teller, P.ROLLED_BACK, rollback_by=ECS, words="ECS put it back", ended_at=NOW)
    [newest, _] = await teller.db.read(audit_trail.of_subject, str(CHECKOUT))
    assert (newest.who, newest.deed, newest.words) == (ECS, Deed.ADVANCED, "rolled_back: ECS put it back")


async def test_whoever_lost_the_lease_changes_nothing(teller: Teller) -> None:
    await ask(teller, PLAIN)
    [slept] = await lease(teller)
    assert await lease(teller, NOW, "worker-2") == []
    late = NOW + 2 * MINUTE
    [held] = await lease(teller, late, "worker-2")
    begun = replace(held.resize.status, phase=P.REGISTERING, began_at=late)
    assert await teller.db.write(resizes.advance, held, begun, late) is not None
    assert await teller.db.write(resizes.advance, slept, begun, late) is None
    assert not await teller.db.write(resizes.settle, slept, Wait(slept.resize.status, late), late)
    assert not await teller.db.write(resizes.retry, slept, late, "late")
    assert await phase_of(teller) is P.REGISTERING


@pytest.mark.parametrize("decide", [resize_decisions.cancel, resize_decisions.ask_rollback])
async def test_a_decision_takes_the_lease_from_whoever_is_at_it(
    teller: Teller, decide: Callable[[Connection, Will], Decision]
) -> None:
    await ask(teller, PLAIN)
    if decide is resize_decisions.ask_rollback:
        await put(teller, P.DEPLOYING)
    at = NOW + 2 * HOUR
    [held] = await lease(teller, at)
    decided = await teller.db.write(decide, will(at=at))
    assert decided.is_done
    assert await teller.db.write(resizes.advance, held, replace(held.resize.status, words="x"), at) is None


async def test_saving_goes_on_under_one_lease(teller: Teller) -> None:
    await ask(teller, PLAIN)
    [held] = await lease(teller)
    begun = replace(held.resize.status, phase=P.REGISTERING)
    after = await teller.db.write(resizes.advance, held, begun, NOW)
    assert after is not None
    step = Wait(replace(begun, new_revision_arn=NEW, phase=P.DEPLOYING), NOW + HOUR)
    assert await teller.db.write(resizes.settle, after, step, NOW)
    assert await lease(teller, NOW + MINUTE) == []
    assert await teller.db.read(resizes.next_due) == NOW + HOUR
    [again] = await lease(teller, NOW + HOUR)
    assert (again.resize.status, again.attempts) == (step.status, 0)
    assert await deeds(teller) == [Deed.REQUESTED, Deed.ADVANCED, Deed.ADVANCED]


async def test_a_failed_attempt_is_counted_until_one_succeeds(teller: Teller) -> None:
    await ask(teller, PLAIN)
    [held] = await lease(teller)
    assert await teller.db.write(resizes.retry, held, NOW + MINUTE, "throttled")
    assert await lease(teller) == []
    [again] = await lease(teller, NOW + MINUTE)
    assert again.attempts == 1


async def test_only_news_is_shown(teller: Teller) -> None:
    await ask(teller, PLAIN)
    await put(teller, P.WATCHING)

    def generation(conn: Connection) -> int:
        return int(conn.execute(select(func.max(notice_rows.c.generation))).scalar_one())

    before = await teller.db.read(generation)
    [held] = await lease(teller, NOW + HOUR)
    step = Wait(replace(held.resize.status, peak_mib=600.0), NOW + HOUR)
    assert await teller.db.write(resizes.settle, held, step, NOW + HOUR)
    assert await teller.db.read(generation) == before
    [held] = await lease(teller, NOW + HOUR)
    lost = Finish(replace(step.status, phase=P.NOT_ENOUGH, kills_since=1, ended_at=NOW))
    assert await teller.db.write(resizes.settle, held, lost, NOW + HOUR)
    assert await teller.db.read(generation) == before + 1


async def test_a_proven_one_is_looked_at_until_another_replaces_it(teller: Teller) -> None:
    await ask(teller, PLAIN)
    [held] = await lease(teller)
    proven = Finish(replace(held.resize.status, phase=P.PROVEN, ended_at=NOW), NOW + HOUR)
    assert await teller.db.write(resizes.settle, held, proven, NOW)
    [held] = await lease(teller, NOW + HOUR)
    regressed = replace(proven.status, regressed_at=NOW + HOUR, words="it is undone")
    later = NOW + HOUR + MINUTE
    assert await teller.db.write(resizes.settle, held, Wait(regressed, later), NOW)
    assert Deed.REGRESSED in await deeds(teller)
    await ask(teller, PLAIN, "V2")
    [second] = [one for one in await lease(teller, NOW) if one.id == 2]
    status = replace(second.resize.status, phase=P.DEPLOYING, new_revision_arn=NEW)
    assert await teller.db.write(resizes.settle, second, Wait(status, NOW + DAY), NOW)
    assert await lease(teller, NOW + 2 * HOUR) == []


async def test_old_ones_go_with_their_notices_and_an_incident_lets_go(teller: Teller) -> None:
    incident = await teller.incident(death())
    await ask(teller, replace(PLAIN, incident_id=incident.id))
    await teller.db.write(incidents.resolve, incident.id, BOB, Resolution.BY_PERSON, NOW)
    old = {"kills_before": NOW + HOUR, "deliveries_before": NOW, "now": NOW + DAY}
    await teller.db.write(prune, **old)  # type: ignore[arg-type]  # spans of a table
    found = await teller.db.read(resizes.get, 1)
    assert found is not None
    assert found.spec.incident_id is None
    await put(teller, P.CANCELLED, ended_at=NOW, words="so")
    assert await teller.db.write(prune, **old) > 0  # type: ignore[arg-type]  # likewise
    assert await teller.db.read(resizes.get, 1) is None
    assert await teller.db.write(notices.lease, "w", NOW + DAY, limit=9, lease_for=MINUTE) == []
    assert Deed.REQUESTED in await deeds(teller)
