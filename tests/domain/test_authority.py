"""Authority as tables: who may do what where, what they are told, and when a second person must agree."""

from dataclasses import replace

import pytest

from bot.domain.plan.plan import ContainerChange, Plan
from bot.domain.policy.policy import Approval, Grant, Person, Policy, Role
from bot.domain.resize.authority import (
    Action,
    Allowed,
    Denied,
    may,
    may_anywhere,
    may_approve,
    may_at,
    may_cancel,
    needs_approval,
)
from bot.domain.resize.resize import ResizePhase
from tests.domain.agreed import ALICE, BOB, CAROL, CHANGE, CHECKOUT, plan, resize

PERSON = Person(user=ALICE, groups=frozenset({"S0SRE"}), email="Alice@Example.com")
PLAN = plan(monthly_usd=12.5)
NAMES = {"123456789012": "prod-eu"}
SOFT = plan(  # on EC2, of what has no hard limit: ten times the reservation
    change=replace(
        CHANGE,
        containers=(
            ContainerChange(
                name="app",
                old_memory_mib=None,
                new_memory_mib=None,
                old_reservation_mib=512,
                new_reservation_mib=5120,
            ),
        ),
    )
)


def policy(role: Role = Role.OPERATOR, *who: str, **where: object) -> Policy:
    grant = replace(Grant(role=role, who=who or (ALICE,)), **where)  # type: ignore[arg-type]  # a table's columns
    return Policy(grants=(grant,), account_names=NAMES)


@pytest.mark.parametrize(
    ("rules", "action"),
    [
        pytest.param(policy(), Action.CHANGE, id="an operator by user id"),
        pytest.param(policy(Role.OPERATOR, "S0SRE"), Action.CHANGE, id="by user group"),
        pytest.param(policy(Role.OPERATOR, "*@example.com"), Action.CHANGE, id="by e-mail, in any case"),
        pytest.param(policy(Role.OPERATOR, "*"), Action.CHANGE, id="everybody"),
        pytest.param(policy(Role.APPROVER), Action.CHANGE, id="an approver is an operator, too"),
        pytest.param(policy(Role.VIEWER), Action.LOOK, id="a viewer looks"),
        pytest.param(policy(account="123456789012"), Action.CHANGE, id="an account by its id"),
        pytest.param(policy(account="prod-*"), Action.CHANGE, id="an account by its name"),
        pytest.param(policy(cluster="prod", name="check*"), Action.CHANGE, id="a cluster's services"),
        pytest.param(policy(max_factor=2.0), Action.CHANGE, id="exactly as much as is allowed"),
        pytest.param(policy(max_mib=1024), Action.CHANGE, id="exactly as large as is allowed"),
        pytest.param(policy(max_monthly_usd=12.5), Action.CHANGE, id="exactly as dear as is allowed"),
        pytest.param(policy(max_mib=1), Action.ROLL_BACK, id="an undoing is never too large"),
        pytest.param(Policy(), Action.LOOK, id="without a policy everybody may look"),
        pytest.param(
            Policy(
                grants=(
                    Grant(role=Role.OPERATOR, who=(ALICE,), max_factor=1.2),
                    Grant(role=Role.OPERATOR, who=("S0SRE",), max_factor=3),
                )
            ),
            Action.CHANGE,
            id="one of two grants reaches far enough",
        ),
        pytest.param(replace(policy(), read_only=True), Action.CANCEL, id="read-only: a stop is harmless"),
    ],
)
def test_allowed(rules: Policy, action: Action) -> None:
    assert may(rules, PERSON, action, PLAN) == Allowed()


MISSING = "You need the operator role for prod-eu/prod/checkout to change memory."


@pytest.mark.parametrize(
    ("rules", "action", "words"),
    [
        pytest.param(
            Policy(),
            Action.CHANGE,
            "Nobody may change memory: this installation has no policy. Its owner can set one (POLICY).",
            id="without a policy nobody changes anything",
        ),
        pytest.param(policy(Role.VIEWER), Action.CHANGE, MISSING, id="a viewer changes nothing"),
        pytest.param(policy(Role.OPERATOR, BOB), Action.CHANGE, MISSING, id="somebody else's grant"),
        pytest.param(policy(Role.OPERATOR, "*@evil.example"), Action.CHANGE, MISSING, id="another domain"),
        pytest.param(
            policy(Role.OPERATOR, "U0AL*"), Action.CHANGE, MISSING, id="ids are no patterns: they are exact"
        ),
        pytest.param(policy(account="dev-*"), Action.CHANGE, MISSING, id="another account"),
        pytest.param(policy(cluster="dev"), Action.CHANGE, MISSING, id="another cluster"),
        pytest.param(policy(name="Checkout"), Action.CHANGE, MISSING, id="letters' case counts"),
        pytest.param(
            policy(),
            Action.APPROVE,
            "You need the approver role for prod-eu/prod/checkout to approve changes.",
            id="an operator approves nothing",
        ),
        pytest.param(
            policy(max_factor=1.5),
            Action.CHANGE,
            "Your operator role does not reach so far: 2x the memory, and 1.5x is allowed.",
            id="too much at once",
        ),
        pytest.param(
            policy(max_mib=1000),
            Action.CHANGE,
            "Your operator role does not reach so far: 1,024 MiB, and 1,000 MiB is allowed.",
            id="too large",
        ),
        pytest.param(
            policy(max_monthly_usd=10.0),
            Action.CHANGE,
            "Your operator role does not reach so far: $12.50 a month more, and $10.00 is allowed.",
            id="too dear",
        ),
        pytest.param(
            replace(policy(), read_only=True),
            Action.ROLL_BACK,
            "This installation is read-only (OOM_READ_ONLY): nobody can change anything.",
            id="the kill switch holds rollbacks, too",
        ),
        pytest.param(
            policy(Role.OPERATOR, BOB),
            Action.LOOK,
            "You need the viewer role for prod-eu/prod/checkout to see a plan.",
            id="with a policy, not everybody may look",
        ),
    ],
)
def test_denied(rules: Policy, action: Action, words: str) -> None:
    assert may(rules, PERSON, action, PLAN) == Denied(words)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(policy(max_factor=4.0), id="too much at once"),
        pytest.param(policy(max_factor=None, max_mib=4096), id="too large"),
    ],
)
def test_a_reservation_is_limited_where_it_is_all_that_there_is(rules: Policy) -> None:
    assert isinstance(may(rules, PERSON, Action.CHANGE, SOFT), Denied)


def test_an_unknown_price_is_too_much_where_prices_are_limited() -> None:
    denied = may(policy(max_monthly_usd=10.0), PERSON, Action.CHANGE, plan())
    assert denied == Denied(
        "Your operator role does not reach so far: its cost is not known, and what it may cost is limited."
    )


def test_nobody_without_an_address_is_everybody_of_a_domain() -> None:
    denied = may(policy(Role.OPERATOR, "*@example.com", "*@*"), Person(user=ALICE), Action.CHANGE, PLAN)
    assert denied == Denied(MISSING)


@pytest.mark.parametrize(
    ("user", "allowed"),
    [
        pytest.param(ALICE, False, id="her own request"),
        pytest.param(BOB, True, id="an approver"),
        pytest.param(CAROL, False, id="a stranger"),
    ],
)
def test_who_approves(user: str, allowed: bool) -> None:
    rules = policy(Role.APPROVER, ALICE, BOB)
    answer = may_approve(rules, Person(user=user), resize(ResizePhase.AWAITING))
    assert isinstance(answer, Allowed) is allowed


def test_an_approvers_limits_hold_for_others_requests() -> None:
    asked = resize(ResizePhase.AWAITING)
    assert isinstance(
        may_approve(policy(Role.APPROVER, BOB, max_factor=1.5), Person(user=BOB), asked), Denied
    )


@pytest.mark.parametrize(
    ("user", "allowed"),
    [
        pytest.param(ALICE, True, id="whoever asked"),
        pytest.param(BOB, True, id="an operator"),
        pytest.param(CAROL, False, id="a stranger"),
    ],
)
def test_who_cancels(user: str, allowed: bool) -> None:
    answer = may_cancel(policy(Role.OPERATOR, BOB), Person(user=user), resize(ResizePhase.AWAITING))
    assert isinstance(answer, Allowed) is allowed


def test_places_and_everywhere() -> None:
    here = policy(cluster="prod")
    assert may_at(here, PERSON, Action.FREEZE, CHECKOUT) == Allowed()
    assert may_anywhere(here, PERSON, Action.FREEZE) == Denied(
        "To freeze or thaw changes everywhere you need the operator role."
    )
    assert may_anywhere(policy(), PERSON, Action.FREEZE) == Allowed()


@pytest.mark.parametrize(
    ("rule", "what", "reasons"),
    [
        pytest.param(Approval(), PLAN, (), id="a rule that asks for nothing"),
        pytest.param(
            Approval(account="prod-*", always=True),
            PLAN,
            ("changes here need a second person",),
            id="production, always",
        ),
        pytest.param(Approval(cluster="dev", always=True), PLAN, (), id="another cluster"),
        pytest.param(Approval(above_factor=2.0), PLAN, (), id="exactly twice"),
        pytest.param(
            Approval(above_factor=1.9), PLAN, ("it is more than 1.9x the memory",), id="more than that"
        ),
        pytest.param(
            Approval(above_monthly_usd=10.0), PLAN, ("it costs more than $10.00 a month",), id="over budget"
        ),
        pytest.param(Approval(above_monthly_usd=10.0), plan(), ("its cost is not known",), id="no price"),
        pytest.param(Approval(above_factor=1.0), plan(change=None), (), id="nothing to change"),
        pytest.param(
            Approval(above_factor=2.0), SOFT, ("it is more than 2x the memory",), id="ten times a reservation"
        ),
    ],
)
def test_a_second_person(rule: Approval, what: Plan, reasons: tuple[str, ...]) -> None:
    rules = Policy(approvals=(rule, rule), account_names=NAMES)
    assert needs_approval(rules, what) == reasons


def test_an_approval_is_bound_to_target_revision_and_sizes() -> None:
    container = replace(CHANGE.containers[0], new_memory_mib=2048)
    others = [
        plan(change=replace(CHANGE, revision_arn=CHANGE.revision_arn + "0")),
        plan(change=replace(CHANGE, containers=(container,))),
        plan(target=replace(PLAN.target, subject=replace(CHECKOUT, name="billing"))),
        plan(container="sidecar"),
        plan(other_code=("app",)),
    ]
    assert plan(monthly_usd=99.0).hash == PLAN.hash
    assert PLAN.hash not in {other.hash for other in others}
