"""Authority: who may do what, where and how much; whoever may not is told which role is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.plan import Plan
from bot.domain.policy import Approval, Grant, Person, Policy, Role
from bot.domain.resize import Resize
from bot.domain.subject import Subject


class Action(StrEnum):
    """What somebody wants to do."""

    LOOK = "see a plan"
    CHANGE = "change memory"
    APPROVE = "approve changes"
    ROLL_BACK = "roll back changes"
    CANCEL = "cancel others' requests"
    FREEZE = "freeze or thaw changes"


NEEDS = {
    Action.LOOK: Role.VIEWER,
    Action.CHANGE: Role.OPERATOR,
    Action.APPROVE: Role.APPROVER,
    Action.ROLL_BACK: Role.OPERATOR,
    Action.CANCEL: Role.OPERATOR,
    Action.FREEZE: Role.OPERATOR,
}
_RANKS = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.APPROVER: 2}
_WRITES = frozenset({Action.CHANGE, Action.APPROVE, Action.ROLL_BACK})
_LIMITED = frozenset({Action.CHANGE, Action.APPROVE})  # an undoing, or a stop, is never too large


@dataclass(frozen=True, slots=True)
class Allowed:
    """They may."""


@dataclass(frozen=True, slots=True)
class Denied:
    """They may not; `words` is a plain sentence that names the missing role and where, or the limit."""

    words: str


def may(policy: Policy, person: Person, action: Action, plan: Plan) -> Allowed | Denied:
    """Whether the person may do this to what the plan is about; without any policy nobody may change anything.

    Whoever asks for a change or agrees to one needs a grant of the role whose limits the change keeps.
    """
    return _may(policy, person, action, plan.target.subject, plan if action in _LIMITED else None)


def may_at(policy: Policy, person: Person, action: Action, subject: Subject) -> Allowed | Denied:
    """The same before there is a plan: by the place alone."""
    return _may(policy, person, action, subject, None)


def may_anywhere(policy: Policy, person: Person, action: Action) -> Allowed | Denied:
    """Whether the person may do this everywhere, which needs a grant that names no place."""
    role = NEEDS[action]
    everywhere = [
        one
        for one in _granted(policy, person, role)
        if (one.account, one.cluster, one.name) == ("*", "*", "*")
    ]
    return (
        Allowed() if everywhere else Denied(f"To {action.value} everywhere you need the {role.value} role.")
    )


def has_role_somewhere(policy: Policy, person: Person, role: Role) -> bool:
    """Whether the person has this role anywhere at all, for what has no place and changes no service.

    Where there is no policy everybody has.
    """
    return not policy.grants or bool(_granted(policy, person, role))


def may_approve(policy: Policy, person: Person, resize: Resize) -> Allowed | Denied:
    """Likewise for agreeing to this request: never one's own."""
    if person.user == resize.spec.requested_by:
        return Denied("You asked for this yourself: somebody else has to approve it.")
    return may(policy, person, Action.APPROVE, resize.spec.plan)


def may_cancel(policy: Policy, person: Person, resize: Resize) -> Allowed | Denied:
    """Whoever asked may always take it back."""
    if person.user == resize.spec.requested_by:
        return Allowed()
    return may(policy, person, Action.CANCEL, resize.spec.plan)


def needs_approval(policy: Policy, plan: Plan) -> tuple[str, ...]:
    """Why a second person must agree, a phrase each; empty: nobody need."""
    reasons: list[str] = []
    for rule in policy.approvals:
        if _lies_in(policy, plan.target.subject, rule):
            reasons += [one for one in _why(rule, plan) if one not in reasons]
    return tuple(reasons)


def _may(
    policy: Policy, person: Person, action: Action, subject: Subject, limited: Plan | None
) -> Allowed | Denied:
    role = NEEDS[action]
    if policy.read_only and action in _WRITES:
        return Denied("This installation is read-only (OOM_READ_ONLY): nobody can change anything.")
    if not policy.grants and action is not Action.LOOK:
        return Denied(
            f"Nobody may {action.value}: this installation has no policy. Its owner can set one (POLICY)."
        )
    grants = [one for one in _granted(policy, person, role) if _lies_in(policy, subject, one)]
    if not grants and (action is not Action.LOOK or policy.grants):
        where = _where(policy, subject)
        return Denied(f"You need the {role.value} role for {where} to {action.value}.")
    if limited is None:
        return Allowed()
    over = [_over(one, limited) for one in grants]
    return Allowed() if "" in over else Denied(f"Your {role.value} role does not reach so far: {over[0]}.")


def _granted(policy: Policy, person: Person, role: Role) -> list[Grant]:
    return [one for one in policy.grants if _RANKS[one.role] >= _RANKS[role] and _is_named(person, one.who)]


def _is_named(person: Person, who: Iterable[str]) -> bool:
    """By user id or group id exactly; by e-mail in any case of letters, where `*` matches any part of it."""
    email = person.email.lower()
    for name in who:
        if "@" in name:
            if email and fnmatchcase(email, name.lower()):
                return True
        elif name in ("*", person.user) or name in person.groups:
            return True
    return False


def _lies_in(policy: Policy, subject: Subject, rule: Grant | Approval) -> bool:
    accounts = (subject.account, policy.account_names.get(subject.account, ""))
    return (
        any(account and fnmatchcase(account, rule.account) for account in accounts)
        and fnmatchcase(subject.cluster, rule.cluster)
        and fnmatchcase(subject.name, rule.name)
    )


def _over(grant: Grant, plan: Plan) -> str:
    """Which limit of the grant the plan breaks, as a phrase; "" for none. What is not known is too much."""
    change = plan.change
    if change is None:
        return "there is nothing to change"
    if grant.max_factor is not None and change.factor > grant.max_factor:
        return f"{change.factor:.3g}x the memory, and {grant.max_factor:.3g}x is allowed"
    if grant.max_mib is not None and change.largest_mib > grant.max_mib:
        return f"{change.largest_mib} MiB, and {grant.max_mib} MiB is allowed"
    if grant.max_monthly_usd is not None:
        if plan.monthly_usd is None:
            return "its cost is not known, and what it may cost is limited"
        if plan.monthly_usd > grant.max_monthly_usd:
            return f"${plan.monthly_usd:,.2f} a month more, and ${grant.max_monthly_usd:,.2f} is allowed"
    return ""


def _why(rule: Approval, plan: Plan) -> list[str]:
    change, found = plan.change, []
    if rule.always:
        found.append("changes here need a second person")
    if rule.above_factor is not None and change is not None and change.factor > rule.above_factor:
        found.append(f"it is more than {rule.above_factor:.3g}x the memory")
    if rule.above_monthly_usd is not None:
        if plan.monthly_usd is None:
            found.append("its cost is not known")
        elif plan.monthly_usd > rule.above_monthly_usd:
            found.append(f"it costs more than ${rule.above_monthly_usd:,.2f} a month")
    return found


def _where(policy: Policy, subject: Subject) -> str:
    account = policy.account_names.get(subject.account, "") or subject.account
    return "/".join(part for part in (account, subject.cluster, subject.name) if part)
