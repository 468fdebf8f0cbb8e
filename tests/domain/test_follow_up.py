"""Follow-ups: what people do with a new revision where the bot moves nothing."""

import pytest

from bot.domain.plan.follow_up import filled
from bot.domain.plan.plan import TargetKind
from tests.domain.wishes import NEWER_ARN, facts, planned, target


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        pytest.param(TargetKind.SERVICE, (), id="a service is moved"),
        pytest.param(TargetKind.RULE, (), id="a rule's target is moved"),
        pytest.param(TargetKind.SCHEDULE, (), id="a schedule is moved"),
        pytest.param(
            TargetKind.FAMILY,
            (
                "without a revision",
                f"--cluster prod --task-definition {NEWER_ARN}",
                "Step Functions",
                "checkout:42",
            ),
            id="a family: scripts and state machines",
        ),
        pytest.param(
            TargetKind.JOB,
            ("submitted as checkout", "submit them again", f"--job-definition {NEWER_ARN}", "checkout:42"),
            id="a Batch job: who submits it",
        ),
    ],
)
def test_next_steps(kind: TargetKind, told: tuple[str, ...]) -> None:
    plan = planned(facts(target=target(kind), service=None), "2G")
    steps = [filled(step, NEWER_ARN) for step in plan.next_steps]
    assert len(steps) == len(told)
    assert all(words in step for words, step in zip(told, steps, strict=True))
