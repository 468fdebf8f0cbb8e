"""Authority: who may do what, where and how much; whoever may not is told which role is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.plan.plan import Plan
from bot.domain.policy.policy import Approval, Grant, Person, Policy, Role
from bot.domain.resize.resize import Resize
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say


class Action(StrEnum):
    """What somebody wants to do, as logs and the audit trail tell it."""

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
_DOINGS = {
    Action.LOOK: mark("see a plan"),
    Action.CHANGE: mark("change memory"),
    Action.APPROVE: mark("approve changes"),
    Action.ROLL_BACK: mark("roll back changes"),
    Action.CANCEL: mark("cancel others' requests"),
    Action.FREEZE: mark("freeze or thaw changes"),
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
    if everywhere:
        return Allowed()
    doing = say(_DOINGS[action])
    return Denied(say("To {doing} everywhere you need the {role} role.", doing=doing, role=role.value))


def has_role_somewhere(policy: Policy, person: Person, role: Role) -> bool:
    """Whether the person has this role anywhere at all, for what has no place and changes no service.

    Where there is no policy everybody has.
    """
    return not policy.grants or bool(_granted(policy, person, role))


def may_approve(policy: Policy, person: Person, resize: Resize) -> Allowed | Denied:
    """Likewise for agreeing to this request: never one's own."""
    if person.user == resize.spec.requested_by:
        return Denied(say("You asked for this yourself: somebody else has to approve it."))
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
    role, doing = NEEDS[action], say(_DOINGS[action])
    if policy.read_only and action in _WRITES:
        return Denied(say("This installation is read-only (OOM_READ_ONLY): nobody can change anything."))
    if not policy.grants and action is not Action.LOOK:
        return Denied(
            say(
                "Nobody may {doing}: this installation has no policy. Its owner can set one (POLICY).",
                doing=doing,
            )
        )
    grants = [one for one in _granted(policy, person, role) if _lies_in(policy, subject, one)]
    if not grants and (action is not Action.LOOK or policy.grants):
        where = _where(policy, subject)
        return Denied(
            say("You need the {role} role for {where} to {doing}.", role=role.value, where=where, doing=doing)
        )
    if limited is None:
        return Allowed()
    over = [_over(one, limited) for one in grants]
    if "" in over:
        return Allowed()
    return Denied(say("Your {role} role does not reach so far: {why}.", role=role.value, why=over[0]))


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
        return say("there is nothing to change")
    if grant.max_factor is not None and change.factor > grant.max_factor:
        return say(
            "{factor:.3g}x the memory, and {most:.3g}x is allowed",
            factor=change.factor,
            most=grant.max_factor,
        )
    if grant.max_mib is not None and change.largest_mib > grant.max_mib:
        return say("{mib:,} MiB, and {most:,} MiB is allowed", mib=change.largest_mib, most=grant.max_mib)
    if grant.max_monthly_usd is not None:
        if plan.monthly_usd is None:
            return say("its cost is not known, and what it may cost is limited")
        if plan.monthly_usd > grant.max_monthly_usd:
            return say(
                "${usd:,.2f} a month more, and ${most:,.2f} is allowed",
                usd=plan.monthly_usd,
                most=grant.max_monthly_usd,
            )
    return ""


def _why(rule: Approval, plan: Plan) -> list[str]:
    change, found = plan.change, []
    if rule.always:
        found.append(say("changes here need a second person"))
    if rule.above_factor is not None and change is not None and change.factor > rule.above_factor:
        found.append(say("it is more than {factor:.3g}x the memory", factor=rule.above_factor))
    if rule.above_monthly_usd is not None:
        if plan.monthly_usd is None:
            found.append(say("its cost is not known"))
        elif plan.monthly_usd > rule.above_monthly_usd:
            found.append(say("it costs more than ${usd:,.2f} a month", usd=rule.above_monthly_usd))
    return found


def _where(policy: Policy, subject: Subject) -> str:
    account = policy.account_names.get(subject.account, "") or subject.account
    return "/".join(part for part in (account, subject.cluster, subject.name) if part)
