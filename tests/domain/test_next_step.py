"""Next steps as tables: whatever was done and is seen, the one thing to do, and the words for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.plan.plan import TargetKind
from bot.domain.policy.policy import Policy
from bot.domain.resize.ending import POLICY, SETTLES
from bot.domain.resize.next_step import needs_observation, next_step, refused
from bot.domain.resize.observation import Deployment, Found, Observation, Rollout
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.step import (
    Finish,
    MovePin,
    MoveService,
    Register,
    StopDeployment,
    Wait,
    registered,
    unstoppable,
)
from bot.domain.resize.watch import length_s
from tests.domain.agreed import (
    ALICE,
    BOB,
    DAY,
    HOUR,
    MINUTE,
    NEW,
    NOW,
    OLD,
    OTHER,
    SECOND,
    plan,
    resize,
    spec,
)

P = ResizePhase
PINNED = spec(plan=plan(kind=TargetKind.SCHEDULE, pins=("nightly", "hourly")))
FAMILY = spec(plan=plan(kind=TargetKind.FAMILY))
SECONDED = spec(needs_approval=("production",))
BY_POLICY = spec(rolls_back=True)
ON_OLD, ON_NEW, ON_OTHER = (Observation(current_arn=arn) for arn in (OLD, NEW, OTHER))
FOUND = Found(arn=NEW)


def rolling(rollout: Rollout = Rollout.IN_PROGRESS, running: int = 1, **facts: Any) -> Deployment:
    return Deployment(
        id="ecs-svc/2", arn="arn:dep", rollout=rollout, running_count=running, desired_count=3, **facts
    )


def deploying(rollout: Rollout = Rollout.IN_PROGRESS, running: int = 1, **facts: Any) -> Observation:
    return replace(ON_NEW, deployment=rolling(rollout, running), is_deploying=True, **facts)


@pytest.mark.parametrize(
    ("given", "seen", "after", "kind", "phase"),
    [
        pytest.param(resize(P.AWAITING), Observation(), MINUTE, Wait, P.AWAITING, id="nobody agreed yet"),
        pytest.param(resize(P.AWAITING), Observation(), HOUR, Finish, P.EXPIRED, id="nobody agreed in time"),
        pytest.param(resize(P.APPROVED), ON_OLD, SECOND, Register, P.REGISTERING, id="nobody need agree"),
        pytest.param(
            resize(P.APPROVED, asked=SECONDED, approved_by=BOB, approved_at=NOW),
            ON_OLD,
            SECOND,
            Register,
            P.REGISTERING,
            id="a second person agreed",
        ),
        pytest.param(
            resize(P.APPROVED, asked=SECONDED), ON_OLD, SECOND, Finish, P.CANCELLED, id="approved by nobody"
        ),
        pytest.param(
            resize(P.APPROVED, asked=SECONDED, approved_by=ALICE),
            ON_OLD,
            SECOND,
            Finish,
            P.CANCELLED,
            id="approved by herself",
        ),
        pytest.param(
            resize(P.APPROVED, asked=spec(plan=plan(refusals=("CodeDeploy",)))),
            ON_OLD,
            SECOND,
            Finish,
            P.CANCELLED,
            id="a plan with a refusal is never carried out",
        ),
        pytest.param(
            resize(P.APPROVED), ON_OTHER, SECOND, Finish, P.CANCELLED, id="someone deployed meanwhile"
        ),
        pytest.param(
            resize(P.APPROVED),
            Observation(is_gone=True),
            SECOND,
            Finish,
            P.CANCELLED,
            id="the service was deleted meanwhile",
        ),
        pytest.param(
            resize(P.APPROVED),
            replace(ON_OLD, held="Carol froze changes."),
            SECOND,
            Wait,
            P.APPROVED,
            id="frozen before the first write",
        ),
        pytest.param(
            resize(P.APPROVED),
            replace(ON_OLD, held="Carol froze changes."),
            HOUR,
            Finish,
            P.EXPIRED,
            id="frozen for too long",
        ),
        pytest.param(
            resize(P.APPROVED),
            replace(ON_OLD, is_deploying=True),
            SECOND,
            Wait,
            P.APPROVED,
            id="another deployment is in progress",
        ),
        pytest.param(
            resize(P.APPROVED),
            replace(ON_OLD, is_read_only=True),
            SECOND,
            Wait,
            P.APPROVED,
            id="the kill switch is on",
        ),
        pytest.param(
            resize(P.APPROVED, asked=PINNED),
            Observation(pins={"nightly": OLD, "hourly": OTHER}),
            SECOND,
            Register,
            P.REGISTERING,
            id="one schedule still pins the old revision",
        ),
        pytest.param(
            resize(P.APPROVED, asked=PINNED),
            Observation(pins={"hourly": OTHER}),
            SECOND,
            Finish,
            P.CANCELLED,
            id="no schedule pins the old revision any more",
        ),
        pytest.param(
            resize(P.APPROVED),
            replace(ON_OLD, other_code=("app",)),
            SECOND,
            Finish,
            P.CANCELLED,
            id="its tag was pushed over since the plan was agreed to",
        ),
        pytest.param(
            resize(P.APPROVED, asked=spec(plan=plan(other_code=("app",)))),
            replace(ON_OLD, other_code=("app",)),
            SECOND,
            Register,
            P.REGISTERING,
            id="the plan said that other code is shipped",
        ),
    ],
)
def test_before_anything_is_changed(
    given: Resize, seen: Observation, after: timedelta, kind: type, phase: ResizePhase
) -> None:
    step = next_step(given, seen, NOW + after)
    assert (type(step), step.status.phase) == (kind, phase)
    if phase in (P.CANCELLED, P.EXPIRED):
        assert "othing was changed" in step.status.words


@pytest.mark.parametrize(
    ("given", "seen", "after", "kind", "phase"),
    [
        pytest.param(
            resize(P.REGISTERING), ON_OLD, SECOND, Wait, P.REGISTERING, id="a lost answer may yet be visible"
        ),
        pytest.param(
            resize(P.REGISTERING), ON_OLD, SETTLES, Register, P.REGISTERING, id="nothing came: try again"
        ),
        pytest.param(
            resize(P.REGISTERING),
            replace(ON_OLD, found=FOUND),
            SECOND,
            Wait,
            P.DEPLOYING,
            id="an earlier attempt had registered it",
        ),
        pytest.param(
            resize(P.REGISTERING, new_revision_arn=NEW),
            ON_OLD,
            SECOND,
            Wait,
            P.REGISTERING,
            id="registered, and not to be described yet",
        ),
        pytest.param(
            resize(P.REGISTERING, new_revision_arn=NEW),
            ON_OLD,
            3 * HOUR,
            Finish,
            P.FAILED,
            id="never to be described",
        ),
        pytest.param(
            resize(P.REGISTERING),
            replace(ON_OLD, found=Found(arn=NEW, differences=("cpu 256 → 512",))),
            SECOND,
            Finish,
            P.FAILED,
            id="the revision is not exactly the plan",
        ),
        pytest.param(
            resize(P.REGISTERING),
            replace(ON_OTHER, found=FOUND),
            SECOND,
            Finish,
            P.FAILED,
            id="someone deployed while it was registered",
        ),
        pytest.param(
            resize(P.REGISTERING),
            ON_OTHER,
            SETTLES,
            Finish,
            P.CANCELLED,
            id="someone deployed and nothing was registered",
        ),
        pytest.param(
            resize(P.REGISTERING),
            Observation(is_gone=True),
            SETTLES,
            Finish,
            P.CANCELLED,
            id="deleted and nothing was registered",
        ),
        pytest.param(
            resize(P.REGISTERING, asked=FAMILY),
            replace(ON_NEW, found=FOUND),
            SECOND,
            Wait,
            P.DEPLOYING,
            id="of a family, ours is the newest now",
        ),
    ],
)
def test_one_revision_is_registered(
    given: Resize, seen: Observation, after: timedelta, kind: type, phase: ResizePhase
) -> None:
    step = next_step(given, seen, NOW + after)
    assert (type(step), step.status.phase) == (kind, phase)
    if phase is P.DEPLOYING:
        assert step.status.new_revision_arn == NEW


def test_an_answered_registration_is_kept() -> None:
    step = next_step(resize(P.APPROVED), ON_OLD, NOW)
    assert isinstance(step, Register)
    assert step.status.acted_at == NOW
    assert registered(step.status, NEW).new_revision_arn == NEW


@pytest.mark.parametrize(
    ("given", "seen", "after", "kind", "phase", "words"),
    [
        pytest.param(
            resize(P.DEPLOYING),
            ON_OLD,
            SECOND,
            MoveService,
            P.DEPLOYING,
            "Deploying checkout:46.",
            id="the service is moved",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            ON_NEW,
            SECOND,
            Wait,
            P.DEPLOYING,
            "Deploying checkout:46.",
            id="moved before the crash",
        ),
        pytest.param(
            resize(P.DEPLOYING, acted_at=NOW),
            ON_OLD,
            SECOND,
            Wait,
            P.DEPLOYING,
            "",
            id="a lost answer may yet be visible",
        ),
        pytest.param(
            resize(P.DEPLOYING, acted_at=NOW),
            ON_OLD,
            SETTLES,
            MoveService,
            P.DEPLOYING,
            "Deploying checkout:46.",
            id="it never took effect: try again",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            deploying(),
            SECOND,
            Wait,
            P.DEPLOYING,
            "Deploying checkout:46: 1 of 3 tasks run.",
            id="one of three runs",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            deploying(Rollout.COMPLETED, 3),
            MINUTE,
            Wait,
            P.WATCHING,
            "checkout:46 is steady.",
            id="all of them run",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            ON_OTHER,
            SECOND,
            Finish,
            P.FAILED,
            "Somebody deployed checkout:47 to checkout meanwhile.",
            id="someone deployed something else",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            Observation(is_gone=True),
            SECOND,
            Finish,
            P.FAILED,
            "checkout was deleted while checkout:46 was being deployed.",
            id="the service was deleted",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            replace(ON_OLD, deployment=rolling(Rollout.ROLLED_BACK, 0, reason="tasks failed to start")),
            MINUTE,
            Finish,
            P.ROLLED_BACK,
            "ECS put checkout back to checkout:45: tasks failed to start",
            id="the circuit breaker rolled it back",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            replace(
                ON_OLD,
                deployment=rolling(Rollout.ROLLED_BACK, 0, reason="breaker: task failed to start."),
                trouble="CannotPullContainerError: not found",
            ),
            MINUTE,
            Finish,
            P.ROLLED_BACK,
            "ECS put checkout back to checkout:45: breaker: task failed to start. CannotPullContainerError: not found",
            id="the circuit breaker rolled it back, and a task tells the cause",
        ),
        pytest.param(
            resize(P.DEPLOYING, deployment_id="ecs-svc/2"),
            ON_OLD,
            MINUTE,
            Finish,
            P.ROLLED_BACK,
            "Somebody put checkout back to checkout:45.",
            id="somebody put it back by hand",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            replace(
                deploying(Rollout.ROLLING_BACK), deployment=rolling(Rollout.ROLLING_BACK, reason="breaker")
            ),
            SECOND,
            Wait,
            P.DEPLOYING,
            "ECS is rolling it back: breaker",
            id="the circuit breaker has tripped",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            replace(ON_OLD, deployment=rolling()),
            SECOND,
            Wait,
            P.DEPLOYING,
            "ECS is switching over.",
            id="one read is newer than the other",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            deploying(Rollout.FAILED, trouble="Essential container exited."),
            MINUTE,
            Finish,
            P.FAILED,
            "The deployment of checkout:46 failed: Essential container exited.",
            id="the circuit breaker gave up without a rollback",
        ),
        pytest.param(
            resize(P.DEPLOYING, asked=BY_POLICY),
            deploying(Rollout.FAILED),
            MINUTE,
            Wait,
            P.ROLLING_BACK,
            "Rolling back: The deployment of checkout:46 failed: tasks do not stay up",
            id="it failed, and the policy rolls back",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            deploying(Rollout.STOPPED),
            MINUTE,
            Finish,
            P.FAILED,
            "Somebody stopped the deployment of checkout:46.",
            id="somebody stopped the deployment",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            deploying(kills=1),
            MINUTE,
            Finish,
            P.NOT_ENOUGH,
            "Killed again on checkout:46 while it was being deployed.",
            id="killed before it was steady: no breaker trips on that",
        ),
        pytest.param(
            resize(P.DEPLOYING, deployment_id="ecs-svc/2", running_count=1),
            deploying(trouble="no instance has 1,024 MiB free."),
            12 * MINUTE,
            Wait,
            P.DEPLOYING,
            "Deploying checkout:46: 1 of 3 tasks run. No progress for 10 min. no instance has 1,024 MiB free.",
            id="stuck is told",
        ),
        pytest.param(
            resize(P.DEPLOYING, deployment_id="ecs-svc/2", running_count=1),
            deploying(),
            31 * MINUTE,
            Wait,
            P.DEPLOYING,
            "Deploying checkout:46: 1 of 3 tasks run. No progress for 30 min. Rolling back is advised.",
            id="stuck for long: a rollback is advised",
        ),
        pytest.param(
            resize(P.DEPLOYING, deployment_id="ecs-svc/2", running_count=1),
            deploying(),
            3 * HOUR,
            Finish,
            P.FAILED,
            "No progress for 3 h: given up waiting. ECS itself may go on trying.",
            id="stuck is not waited for without end",
        ),
        pytest.param(
            resize(P.DEPLOYING, deployment_id="ecs-svc/2", running_count=1),
            deploying(running=2),
            3 * HOUR,
            Wait,
            P.DEPLOYING,
            "Deploying checkout:46: 2 of 3 tasks run.",
            id="slow is not stuck",
        ),
        pytest.param(
            resize(P.DEPLOYING),
            ON_OLD,
            3 * HOUR,
            Finish,
            P.FAILED,
            "No progress for 3 h: given up waiting. ECS itself may go on trying.",
            id="an update that never takes effect",
        ),
        pytest.param(
            resize(P.DEPLOYING, asked=FAMILY),
            ON_NEW,
            SECOND,
            Wait,
            P.WATCHING,
            "It is the newest revision: the next run takes it.",
            id="a family is used by its name",
        ),
    ],
)
def test_deploying(
    given: Resize, seen: Observation, after: timedelta, kind: type, phase: ResizePhase, words: str
) -> None:
    step = next_step(given, seen, NOW + after)
    assert (type(step), step.status.phase, step.status.words) == (kind, phase, words)


def test_stuck_is_marked_until_it_moves_on() -> None:
    given = resize(P.DEPLOYING, deployment_id="ecs-svc/2", running_count=1)
    stuck = next_step(given, deploying(), NOW + 12 * MINUTE).status
    assert stuck.is_stuck
    moving = next_step(replace(given, status=stuck), deploying(running=2), NOW + 13 * MINUTE).status
    assert (moving.is_stuck, moving.progressed_at) == (False, NOW + 13 * MINUTE)


def test_a_pin_that_never_moves_is_not_waited_for_without_end() -> None:
    seen = Observation(pins={"nightly": OLD, "hourly": OLD})
    given = resize(P.DEPLOYING, asked=PINNED, acted_at=NOW)
    assert isinstance(next_step(given, seen, NOW + SECOND), Wait)
    again = next_step(given, seen, NOW + SETTLES)
    assert isinstance(again, MovePin)
    assert again.status.progressed_at == NOW
    step = next_step(replace(given, status=again.status), seen, NOW + 3 * HOUR)
    assert (type(step), step.status.phase) == (Finish, P.FAILED)


@pytest.mark.parametrize(
    ("pins", "moved", "told"),
    [
        pytest.param({"nightly": OLD, "hourly": OLD}, (), "nightly", id="the first comes first"),
        pytest.param({"nightly": NEW, "hourly": OLD}, (), "hourly", id="moved before the crash"),
        pytest.param(
            {"nightly": NEW, "hourly": NEW}, ("nightly",), "2 of 2 name checkout:46.", id="all are moved"
        ),
        pytest.param(
            {"nightly": NEW, "hourly": OTHER},
            ("nightly",),
            "1 of 2 name checkout:46. Left alone, as somebody changed or deleted them meanwhile: hourly.",
            id="somebody pointed one elsewhere",
        ),
        pytest.param(
            {"nightly": NEW},
            ("nightly",),
            "1 of 2 name checkout:46. Left alone, as somebody changed or deleted them meanwhile: hourly.",
            id="one was deleted",
        ),
        pytest.param(
            {"nightly": OLD, "hourly": NEW},
            ("nightly", "hourly"),
            "1 of 2 name checkout:46. Left alone, as somebody changed or deleted them meanwhile: nightly.",
            id="somebody put one back: it is not fought over",
        ),
        pytest.param(
            {"nightly": OTHER, "hourly": OTHER},
            (),
            "Somebody changed what checkout runs meanwhile: nothing names checkout:46.",
            id="somebody changed them all",
        ),
    ],
)
def test_pins_are_moved_one_by_one(pins: dict[str, str], moved: tuple[str, ...], told: str) -> None:
    step = next_step(resize(P.DEPLOYING, asked=PINNED, moved=moved), Observation(pins=pins), NOW + SECOND)
    if isinstance(step, MovePin):
        assert (step.pin, step.from_arn, step.to_arn) == (told, OLD, NEW)
    else:
        assert step.status.words == told


WATCHED = resize(P.WATCHING, peak_mib=600.0)


@pytest.mark.parametrize(
    ("given", "seen", "after", "phase", "words"),
    [
        pytest.param(WATCHED, ON_NEW, HOUR, P.WATCHING, "", id="an hour is not a day"),
        pytest.param(
            WATCHED,
            replace(ON_NEW, peak_mib=625.0),
            DAY,
            P.PROVEN,
            "No OOM in 24 h, peak 61 % (minute samples): enough.",
            id="proven after a day",
        ),
        pytest.param(
            WATCHED,
            replace(ON_NEW, peak_mib=980.0),
            DAY,
            P.PROVEN,
            "No OOM in 24 h, peak 96 % (minute samples): but that is tight.",
            id="proven, but tight",
        ),
        pytest.param(
            resize(P.WATCHING),
            ON_NEW,
            DAY,
            P.PROVEN,
            "No OOM in 24 h; its memory was not measured.",
            id="proven without a measurement",
        ),
        pytest.param(
            WATCHED,
            replace(ON_NEW, kills=1),
            2 * HOUR,
            P.NOT_ENOUGH,
            "Killed again on checkout:46 after 2 h, at 1,024 MiB.",
            id="killed again",
        ),
        pytest.param(
            resize(P.WATCHING, asked=BY_POLICY),
            replace(ON_NEW, kills=1),
            2 * HOUR,
            P.ROLLING_BACK,
            "Rolling back: Killed again on checkout:46 after 2 h, at 1,024 MiB.",
            id="killed again, and the policy rolls back",
        ),
        pytest.param(
            resize(P.WATCHING, asked=replace(FAMILY, rolls_back=True)),
            replace(ON_NEW, kills=1),
            2 * HOUR,
            P.NOT_ENOUGH,
            "Killed again on checkout:46 after 2 h, at 1,024 MiB.",
            id="killed again, and there is no way back",
        ),
        pytest.param(
            WATCHED,
            replace(ON_OTHER, keeps_size=True),
            HOUR,
            P.WATCHING,
            "",
            id="a later deployment keeps the size",
        ),
        pytest.param(WATCHED, ON_OTHER, HOUR, P.WATCHING, "", id="a later deployment of unknown size"),
        pytest.param(
            WATCHED,
            replace(ON_OTHER, keeps_size=False),
            3 * HOUR,
            P.FAILED,
            "checkout:47 brought the old memory back: resize 12 of checkout is undone.",
            id="a later deployment undoes it",
        ),
        pytest.param(
            WATCHED,
            ON_OLD,
            3 * HOUR,
            P.ROLLED_BACK,
            "Somebody put checkout back to checkout:45 3 h into the watch.",
            id="somebody rolled back by hand",
        ),
        pytest.param(
            WATCHED,
            Observation(is_gone=True),
            3 * HOUR,
            P.FAILED,
            "checkout was deleted 3 h into the watch: nothing is proven.",
            id="deleted while watched",
        ),
        pytest.param(
            WATCHED, replace(ON_NEW, runs=0), 2 * DAY, P.WATCHING, "", id="no run yet: it is watched longer"
        ),
        pytest.param(
            WATCHED,
            replace(ON_NEW, runs=0),
            8 * DAY,
            P.FAILED,
            "No task ran on checkout:46 in 8 d: nothing is proven.",
            id="nothing ever ran on it",
        ),
        pytest.param(
            resize(P.WATCHING, asked=PINNED, moved=("nightly", "hourly")),
            Observation(pins={"nightly": OLD, "hourly": OLD}),
            3 * HOUR,
            P.ROLLED_BACK,
            "Somebody put checkout back to checkout:45 3 h into the watch.",
            id="all schedules were put back",
        ),
        pytest.param(
            resize(P.WATCHING, asked=PINNED, moved=("nightly", "hourly")),
            Observation(pins={"nightly": OLD, "hourly": NEW}),
            3 * HOUR,
            P.WATCHING,
            "",
            id="one schedule was put back",
        ),
        pytest.param(
            WATCHED,
            replace(ON_NEW, held="frozen"),
            DAY,
            P.PROVEN,
            "No OOM in 24 h, peak 59 % (minute samples): enough.",
            id="frozen",
        ),
    ],
)
def test_watching(given: Resize, seen: Observation, after: timedelta, phase: ResizePhase, words: str) -> None:
    status = next_step(given, seen, NOW + after).status
    assert (status.phase, status.words) == (phase, words)


def test_a_peak_once_seen_is_kept() -> None:
    assert next_step(WATCHED, replace(ON_NEW, peak_mib=100.0), NOW + HOUR).status.peak_mib == 600.0


def test_watching_ends_on_time() -> None:
    step = next_step(WATCHED, ON_NEW, NOW + DAY - SECOND)
    assert isinstance(step, Wait)
    assert step.until == NOW + DAY == WATCHED.watch_ends_at


PROVEN = resize(P.PROVEN)


@pytest.mark.parametrize(
    ("given", "seen", "after", "regressed", "looks_again"),
    [
        pytest.param(PROVEN, ON_NEW, DAY, False, True, id="all is well"),
        pytest.param(PROVEN, replace(ON_OTHER, keeps_size=True), DAY, False, True, id="a deployment kept it"),
        pytest.param(PROVEN, replace(ON_OTHER, keeps_size=False), DAY, True, False, id="one undid it"),
        pytest.param(PROVEN, ON_OLD, DAY, True, False, id="the old revision is back"),
        pytest.param(PROVEN, Observation(is_gone=True), DAY, False, False, id="deleted"),
        pytest.param(PROVEN, ON_OLD, 90 * DAY, False, False, id="long ago"),
        pytest.param(resize(P.PROVEN, regressed_at=NOW), ON_OLD, DAY, True, False, id="told once"),
    ],
)
def test_after_the_proof(
    given: Resize, seen: Observation, after: timedelta, regressed: bool, looks_again: bool
) -> None:
    step = next_step(given, seen, NOW + after)
    assert step.status.phase is P.PROVEN
    assert (step.status.regressed_at is not None) == regressed
    assert isinstance(step, Wait) == looks_again


@pytest.mark.parametrize(
    ("seen", "after", "counted"),
    [
        pytest.param(ON_NEW, 3 * DAY, 2, id="within the days that a proof is learned from"),
        pytest.param(ON_NEW, 11 * DAY, 0, id="after them: of another age"),
        pytest.param(
            replace(ON_OTHER, keeps_size=False), DAY, 0, id="by a deployment that brought the old memory back"
        ),
    ],
)
def test_a_kill_after_the_proof_counts_for_a_time(seen: Observation, after: timedelta, counted: int) -> None:
    step = next_step(PROVEN, replace(seen, kills=2), NOW + after)
    assert (step.status.phase, step.status.kills_since) == (P.PROVEN, counted)


def test_the_proof_itself_asks_for_later_looks() -> None:
    step = next_step(WATCHED, ON_NEW, NOW + DAY)
    assert isinstance(step, Finish)
    assert step.look_again_at == NOW + DAY + HOUR


BACK = resize(P.ROLLING_BACK, rollback_by=BOB, deployment_id="ecs-svc/2", deployment_arn="arn:dep")
BACK_BY_POLICY = replace(BACK, status=replace(BACK.status, rollback_by="policy"))
LATER = 2 * MINUTE


@pytest.mark.parametrize(
    ("given", "seen", "after", "kind", "phase"),
    [
        pytest.param(BACK, deploying(), LATER, StopDeployment, P.ROLLING_BACK, id="still in progress"),
        pytest.param(
            replace(BACK, status=unstoppable(BACK.status)),
            deploying(),
            LATER,
            MoveService,
            P.ROLLING_BACK,
            id="ECS would not stop it",
        ),
        pytest.param(
            BACK, deploying(Rollout.ROLLING_BACK), LATER, Wait, P.ROLLING_BACK, id="it is being stopped"
        ),
        pytest.param(
            BACK, deploying(Rollout.COMPLETED), LATER, MoveService, P.ROLLING_BACK, id="it was complete"
        ),
        pytest.param(BACK, deploying(Rollout.FAILED), LATER, MoveService, P.ROLLING_BACK, id="it had failed"),
        pytest.param(
            BACK, replace(ON_OLD, is_deploying=True), LATER, Wait, P.ROLLING_BACK, id="on its way back"
        ),
        pytest.param(BACK, ON_OLD, LATER, Finish, P.ROLLED_BACK, id="back"),
        pytest.param(BACK, ON_OLD, SECOND, Finish, P.ROLLED_BACK, id="back at once"),
        pytest.param(
            replace(BACK, status=replace(BACK.status, acted_at=NOW)),
            ON_OLD,
            SECOND,
            Wait,
            P.ROLLING_BACK,
            id="an update may yet become visible",
        ),
        pytest.param(
            replace(BACK, status=replace(BACK.status, new_revision_arn="")),
            replace(ON_NEW, found=FOUND),
            LATER,
            MoveService,
            P.ROLLING_BACK,
            id="asked before the revision's ARN was known",
        ),
        pytest.param(BACK, ON_OTHER, LATER, Finish, P.FAILED, id="somebody deployed something else"),
        pytest.param(BACK, Observation(is_gone=True), LATER, Finish, P.FAILED, id="deleted"),
        pytest.param(BACK, deploying(), 3 * HOUR, Finish, P.FAILED, id="it does not get ahead"),
        pytest.param(
            BACK, replace(ON_NEW, held="frozen"), LATER, MoveService, P.ROLLING_BACK, id="frozen: no matter"
        ),
        pytest.param(
            BACK, replace(ON_NEW, is_read_only=True), LATER, Wait, P.ROLLING_BACK, id="the kill switch is on"
        ),
        pytest.param(
            resize(P.ROLLING_BACK, asked=PINNED),
            Observation(pins={"nightly": OTHER, "hourly": NEW}),
            LATER,
            MovePin,
            P.ROLLING_BACK,
            id="only what we moved is moved back",
        ),
        pytest.param(
            resize(P.ROLLING_BACK, asked=PINNED),
            Observation(pins={"nightly": OTHER, "hourly": OLD}),
            LATER,
            Finish,
            P.ROLLED_BACK,
            id="all pins are back",
        ),
        pytest.param(resize(P.ROLLING_BACK, asked=FAMILY), ON_NEW, LATER, Finish, P.FAILED, id="no way back"),
        pytest.param(
            BACK_BY_POLICY,
            replace(ON_NEW, kills=1, other_code=("app",)),
            LATER,
            Finish,
            P.NOT_ENOUGH,
            id="killed again, and the old tag means other code: a policy does not ship it",
        ),
        pytest.param(
            BACK_BY_POLICY,
            replace(ON_NEW, kills=1, unknown_code=("app",)),
            LATER,
            Finish,
            P.NOT_ENOUGH,
            id="killed again, and nobody knows what the old tag means: a person decides",
        ),
        pytest.param(
            BACK,
            replace(ON_NEW, unknown_code=("app",)),
            LATER,
            MoveService,
            P.ROLLING_BACK,
            id="as somebody wants who was told that nobody knows",
        ),
        pytest.param(
            BACK_BY_POLICY,
            replace(deploying(Rollout.FAILED), other_code=("app",)),
            LATER,
            Finish,
            P.FAILED,
            id="its deployment failed, and the old tag is gone: a policy does not ask for it",
        ),
        pytest.param(
            BACK_BY_POLICY,
            replace(deploying(), other_code=("app",)),
            LATER,
            StopDeployment,
            P.ROLLING_BACK,
            id="what is under way ECS takes back with its images",
        ),
        pytest.param(
            BACK,
            replace(ON_NEW, other_code=("app",)),
            LATER,
            MoveService,
            P.ROLLING_BACK,
            id="other code, as somebody wants who was told",
        ),
    ],
)
def test_rolling_back(
    given: Resize, seen: Observation, after: timedelta, kind: type, phase: ResizePhase
) -> None:
    step = next_step(given, seen, NOW + after)
    assert (type(step), step.status.phase) == (kind, phase)
    if isinstance(step, MoveService | MovePin):
        assert (step.from_arn, step.to_arn) == (NEW, OLD)


@pytest.mark.parametrize(
    ("given", "phase", "words"),
    [
        pytest.param(
            resize(P.REGISTERING), P.FAILED, "Not registered: Denied. Nothing was changed.", id="registering"
        ),
        pytest.param(
            resize(P.DEPLOYING),
            P.FAILED,
            "Not deployed: Denied. checkout:46 stays registered, and nothing names it.",
            id="deploying",
        ),
        pytest.param(
            resize(P.DEPLOYING, asked=PINNED, moved=("nightly",)),
            P.FAILED,
            "1 of 2 moved to checkout:46, then: Denied.",
            id="half of the schedules",
        ),
        pytest.param(
            resize(P.DEPLOYING, asked=replace(PINNED, rolls_back=True), moved=("nightly",)),
            P.ROLLING_BACK,
            "Rolling back: 1 of 2 moved to checkout:46, then: Denied.",
            id="half of the schedules, and the policy rolls back",
        ),
        pytest.param(BACK, P.FAILED, "Not rolled back: Denied.", id="rolling back"),
    ],
)
def test_refused_by_aws(given: Resize, phase: ResizePhase, words: str) -> None:
    status = refused(given, "Denied.", NOW).status
    assert (status.phase, status.words) == (phase, words)
    assert phase is not P.ROLLING_BACK or status.rollback_by == POLICY


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(resize(P.REGISTERING), id="registering"),
        pytest.param(resize(P.DEPLOYING), id="deploying"),
    ],
)
def test_the_kill_switch_holds_what_is_under_way_but_not_for_ever(given: Resize) -> None:
    seen = replace(ON_OLD, is_read_only=True)
    held = next_step(given, seen, NOW + 2 * MINUTE)
    assert isinstance(held, Wait)
    assert held.status == replace(
        given.status, words="Waiting: OOM_READ_ONLY is set: nothing is written to AWS."
    )
    assert isinstance(next_step(given, seen, NOW + 4 * HOUR), Finish)


@pytest.mark.parametrize("phase", [phase for phase in P if phase.is_final and phase is not P.PROVEN])
def test_an_end_is_an_end(phase: ResizePhase) -> None:
    given = resize(phase)
    assert next_step(given, ON_OTHER, NOW + DAY) == Finish(given.status)


def test_what_awaits_approval_needs_no_look_at_aws() -> None:
    assert [phase for phase in P if not needs_observation(resize(phase))] == [P.AWAITING]


@pytest.mark.parametrize(
    ("policy", "life_s", "watch_s"),
    [
        pytest.param(Policy(), None, 86_400, id="a day where nothing is known"),
        pytest.param(Policy(), 3600, 86_400, id="a day for what dies every hour"),
        pytest.param(Policy(), 3 * 86_400, 6 * 86_400, id="twice the usual life"),
        pytest.param(Policy(watch_s=600), 3 * 86_400, 600, id="as the policy says"),
    ],
)
def test_how_long_to_watch(policy: Policy, life_s: float | None, watch_s: float) -> None:
    assert length_s(policy, life_s) == watch_s
