"""Policies: who may look, change and approve where, and up to which size. Without one nobody can change anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do, each including the ones before it."""

    VIEWER = "viewer"  # look, plan, dry runs
    OPERATOR = "operator"  # ask for changes and carry out what needs no approval
    APPROVER = "approver"  # agree to others' requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in Slack: the user id, the ids of the user groups they belong to, and the verified e-mail."""

    user: str
    groups: frozenset[str] = frozenset()
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role for some people, where. `who` holds user ids, user group ids and e-mails (`*@example.com` too).

    `account`, `cluster` and `name` are shell patterns. Limits are of one change; None: no limit.
    """

    role: Role
    who: tuple[str, ...]
    account: str = "*"
    cluster: str = "*"
    name: str = "*"
    max_factor: float | None = 4.0
    max_mib: int | None = None
    max_monthly_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """When a second person must agree: for these places, and beyond these limits anywhere; None: never for that."""

    account: str = "*"
    cluster: str = "*"
    name: str = "*"
    above_factor: float | None = None
    above_monthly_usd: float | None = None
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All rules about changing. `windows` are in UTC: `Mon-Fri 08:00-17:00`; none: at any time."""

    grants: tuple[Grant, ...] = ()
    approvals: tuple[Approval, ...] = ()
    windows: tuple[str, ...] = ()
    approval_lasts_s: float = 3600
    rolls_back: bool = False
    watch_s: float | None = None  # None: a day, or twice the usual time to death, whichever is longer
    tags_revisions: bool = True
    read_only: bool = False  # the kill switch of the installation
    account_names: Mapping[str, str] = field(default_factory=dict)  # by id; patterns match either

    def people(self) -> Iterable[str]:
        """Everybody and every group that is named anywhere."""
        return {name for grant in self.grants for name in grant.who}
