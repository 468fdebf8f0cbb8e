"""Resizes to tell of: a service with a limit too small, and everything that becomes of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan.plan import Change, ContainerChange, Note, Plan, Severity, Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase, Spec, Status
from bot.domain.subject.subject import Subject
from tests.slack.incidents import ALICE, BOB, FAMILY, NOON, SERVICE

OLD = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:87"
NEW = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:88"
HEAP = KnobChange(
    variable="JAVA_TOOL_OPTIONS", old="-Xmx1536m", new="-Xmx2304m", why="the heap is 75 % of the limit"
)
TERRAFORM = Note(
    rule="owner",
    severity=Severity.WARNING,
    words="Terraform manages it: the next deployment from there puts the old memory back. Change it there too.",
    paste='# Terraform: resource "aws_ecs_task_definition"\nmemory = "4096"  # was 3072',
)
CPU = Note(
    rule="cpu.raised",
    severity=Severity.DANGER,
    words="CPU rises from 0.5 to 1 vCPU and has to be paid: Fargate sells 5,120 MiB only with it.",
)
DRIFT = Note(
    rule="image.drift",
    severity=Severity.WARNING,
    words="The tag of app points at another image than the one that runs: new tasks would run that.",
)


def plan(**changed: Any) -> Plan:
    """From 2,048 to 3,072 MiB."""
    change = Change(
        revision_arn=OLD,
        containers=(ContainerChange(name="app", old_memory_mib=2048, new_memory_mib=3072),),
        task_memory_mib=(3072, 4096),
        cpu=(512, 512),
    )
    usual = Plan(
        target=Target(kind=TargetKind.SERVICE, subject=Subject.of(SERVICE)),
        container="app",
        change=change,
        notes=(TERRAFORM,),
        desired_count=3,
        monthly_usd=14.2,
        enough=0.93,
    )
    return replace(usual, **changed)


RAISED = plan(
    change=Change(
        revision_arn=OLD,
        containers=(
            ContainerChange(
                name="app", old_memory_mib=2048, new_memory_mib=4096, image="repo/app@sha256:" + "ab" * 32
            ),
            ContainerChange(name="envoy", old_memory_mib=256, new_memory_mib=256),
        ),
        task_memory_mib=(4096, 5120),
        cpu=(512, 1024),
        knobs=(("app", HEAP),),
    ),
    notes=(CPU, TERRAFORM, DRIFT),
)
REFUSED = plan(
    refusals=("CodeDeploy deploys this service: change it there.", "Revision 87 of checkout-api is INACTIVE.")
)
ON_TASK = plan(
    container="",
    change=Change(
        revision_arn=OLD,
        containers=(ContainerChange(name="app", old_memory_mib=None, new_memory_mib=None),),
        task_memory_mib=(2048, 1024),
        cpu=(256, 256),
    ),
    monthly_usd=-9.1,
    enough=None,
    notes=(),
)
ON_RESERVATION = plan(
    change=Change(
        revision_arn=OLD,
        containers=(
            ContainerChange(
                name="app",
                old_memory_mib=None,
                new_memory_mib=None,
                old_reservation_mib=512,
                new_reservation_mib=1024,
            ),
        ),
    ),
    monthly_usd=None,
    enough=None,
    notes=(),
)
FAMILY_PLAN = plan(
    target=Target(kind=TargetKind.FAMILY, subject=Subject.of(FAMILY)),
    container="report",
    desired_count=None,
    monthly_usd=None,
    next_steps=("In Step Functions: set TaskDefinition of the ecs:runTask state to NEW_REVISION_ARN.",),
)
RULE_PLAN = plan(
    target=Target(kind=TargetKind.RULE, subject=Subject.of(FAMILY), pins=("nightly/1", "weekly/1")),
    container="report",
    desired_count=None,
)


def resize(phase: ResizePhase = ResizePhase.AWAITING, **changed: Any) -> Resize:
    """Alice's request; `plan` and names of the spec's fields go there, all else into the status."""
    of_spec = {name: changed.pop(name) for name in Spec.__dataclass_fields__ if name in changed}
    spec = Spec(
        id=5,
        plan=plan(),
        incident_id=42,
        requested_by=ALICE,
        requested_at=NOON,
        reason="dies every half hour",
        needs_approval=("changes here need a second person",),
        expires_at=NOON + timedelta(hours=1),
        watch_s=86_400,
    )
    return Resize(spec=replace(spec, **of_spec), status=Status(phase=phase, **changed))


DEPLOYING: dict[str, Any] = {
    "approved_by": BOB,
    "began_at": NOON + timedelta(minutes=1),
    "new_revision_arn": NEW,
    "running_count": 1,
    "desired_count": 3,
    "words": "Deploying checkout-api:88: 1 of 3 tasks run.",
    "is_as_usual": True,
}
STEADY: dict[str, Any] = DEPLOYING | {
    "running_count": 3,
    "words": "checkout-api:88 is steady.",
    "steady_at": NOON + timedelta(minutes=4),
    "peak_mib": 1870.0,
}
PHASES: dict[str, Resize] = {
    "awaiting": resize(),
    "awaiting_with_danger": resize(plan=RAISED),
    "approved": resize(ResizePhase.APPROVED, approved_by=BOB, words=f"Approved by <@{BOB}>."),
    "held_by_freeze": resize(
        ResizePhase.APPROVED, approved_by=BOB, words=f"Waiting: <@{BOB}> froze changes: Black Friday."
    ),
    "registering": resize(ResizePhase.REGISTERING, words="Registering the new revision."),
    "deploying": resize(ResizePhase.DEPLOYING, **DEPLOYING),
    "stuck": resize(
        ResizePhase.DEPLOYING,
        **DEPLOYING
        | {
            "is_stuck": True,
            "words": "Deploying checkout-api:88: 1 of 3 tasks run. No progress for 10 min.",
            "trouble": "(service checkout-api) was unable to place a task: RESOURCE:MEMORY.",
        },
    ),
    "watching": resize(ResizePhase.WATCHING, **STEADY),
    "proven": resize(
        ResizePhase.PROVEN, **STEADY | {"words": "No OOM in 24 h, peak 61 % (minute samples): enough."}
    ),
    "killed_again": resize(
        ResizePhase.PROVEN,
        **STEADY
        | {
            "words": "No OOM in 24 h, peak 61 % (minute samples): enough.",
            "kills_since": 2,
            "ended_at": NOON + timedelta(days=1),
        },
    ),
    "not_enough": resize(
        ResizePhase.NOT_ENOUGH,
        **STEADY | {"words": "Killed again on checkout-api:88 after 41 min, at 3,072 MiB.", "kills_since": 1},
    ),
    "rolling_back": resize(
        ResizePhase.ROLLING_BACK, **DEPLOYING | {"words": f"Rolling back, asked by <@{BOB}>: too slow"}
    ),
    "rolled_back": resize(
        ResizePhase.ROLLED_BACK,
        **DEPLOYING | {"words": "ECS put checkout-api back to checkout-api:87: tasks failed to start"},
    ),
    "failed": resize(ResizePhase.FAILED, **DEPLOYING | {"words": "checkout-api was deleted meanwhile."}),
    "declined": resize(ResizePhase.CANCELLED, words=f"Declined by <@{BOB}>: not before the release"),
    "expired": resize(
        ResizePhase.EXPIRED, words="Nobody agreed in time; nothing was changed. Ask again for a fresh plan."
    ),
    "undone": resize(
        ResizePhase.PROVEN,
        **STEADY
        | {
            "words": "checkout-api:91 brought the old memory back: resize 5 of checkout-api is undone.",
            "regressed_at": NOON + timedelta(days=3),
        },
    ),
}
OF_ITS_OWN: dict[str, Resize] = {
    "raises_cpu": resize(plan=RAISED, incident_id=None),
    "of_pins": resize(
        ResizePhase.DEPLOYING,
        plan=RULE_PLAN,
        incident_id=None,
        running_count=1,
        desired_count=2,
        words="Moving weekly/1.",
    ),
    "of_family": resize(ResizePhase.WATCHING, plan=FAMILY_PLAN, incident_id=None, **STEADY),
    "smaller_task": resize(plan=ON_TASK, incident_id=None),
    "of_reservation": resize(plan=ON_RESERVATION, incident_id=None),
}
