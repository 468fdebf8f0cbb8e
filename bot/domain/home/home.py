"""Home: what one person is shown in the app's Home tab: what waits for them first, then what goes on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.checkup.health import Health
from bot.domain.checkup.installation import Installation
from bot.domain.home.wish import USUAL, Wish
from bot.domain.incident.incident import Incident
from bot.domain.inspection.foresight import Foresight
from bot.domain.kills.tally import TopRow
from bot.domain.policy.policy import Person, Policy
from bot.domain.resize.authority import Action, Allowed, may_anywhere, may_approve
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.silence import Silence

OwnerOf = Callable[[Incident], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is the same for everybody: unfinished incidents and resizes, silences in force, the week, health.

    `incidents` are the latest killed ones, `open_count` counts all. `places` tells where in Slack an incident
    (`incident 12`) or a resize (`resize 5`) is shown: channel and ts.
    """

    now: datetime
    incidents: tuple[Incident, ...] = ()
    open_count: int = 0
    last_kill_at: datetime | None = None
    resizes: tuple[Resize, ...] = ()
    silences: tuple[Silence, ...] = ()
    top: tuple[TopRow, ...] = ()
    foresight: Foresight | None = None  # the last look at all services; None: nobody looked yet
    health: Health = field(default_factory=Health)
    installation: Installation = field(default_factory=Installation)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one person sees. `mine` and `others` are unfinished incidents; `is_admin`: the setup is theirs to look after.

    `offers_messages`: whether anything is told directly at all. `links` lead from `incident 12` and `resize 5` to their messages. `note` is what became of the last click.
    """

    facts: Facts
    mine: tuple[Incident, ...] = ()
    others: tuple[Incident, ...] = ()
    approves: bool = False
    approvals: tuple[Resize, ...] = ()
    under_way: tuple[Resize, ...] = ()
    wishes: frozenset[Wish] = USUAL
    offers_messages: bool = True
    is_admin: bool = False
    links: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def at_rest(self) -> "Page":
        """The same without what changes all the time: two that are equal then need not be shown anew."""
        health = replace(self.facts.health, last_event_at=None, deliveries=0)
        return replace(self, facts=replace(self.facts, health=health))


def page(facts: Facts, person: Person, policy: Policy, owner_of: OwnerOf) -> Page:
    """What this person may see and is asked for, before links, wishes and notes."""
    mine = [one for one in facts.incidents if is_mine(one, person, owner_of)]
    waiting = [one for one in facts.resizes if one.status.phase is ResizePhase.AWAITING]
    return Page(
        facts=facts,
        mine=tuple(mine),
        others=tuple(one for one in facts.incidents if one not in mine),
        approves=_approves(policy, person),
        approvals=tuple(one for one in waiting if isinstance(may_approve(policy, person, one), Allowed)),
        under_way=tuple(one for one in facts.resizes if one.status.phase is not ResizePhase.AWAITING),
        is_admin=is_admin(policy, person),
    )


def is_mine(incident: Incident, person: Person, owner_of: OwnerOf) -> bool:
    """Whether the person took it over, or owns its route alone or with their group."""
    owner = owner_of(incident)
    return person.user in (incident.acknowledged_by, owner) or owner in person.groups


def is_admin(policy: Policy, person: Person) -> bool:
    """Who agrees to changes everywhere looks after the installation; where no policy is, anybody may set one up."""
    return not policy.grants or _approves(policy, person)


def owning_groups(incidents: Sequence[Incident], owner_of: OwnerOf) -> frozenset[str]:
    """The user groups that own any of these."""
    return frozenset(owner for owner in map(owner_of, incidents) if owner.startswith("S"))


def _approves(policy: Policy, person: Person) -> bool:
    # That the installation is read-only now takes nobody's role away.
    return isinstance(may_anywhere(replace(policy, read_only=False), person, Action.APPROVE), Allowed)
