"""Pins: what names a revision by its number, and so has to be moved: targets of EventBridge's rules, and schedules.

A pin is written `rule nightly/1` (rule and id of its target, on the default event bus), `rule nightly/1 on orders`
(on another one) or `schedule default/nightly` (group and name, of EventBridge Scheduler).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from bot.aws.evidence.site import Site
from bot.aws.trouble import Rejected
from bot.domain.aws.arn import Arn
from bot.domain.aws.partition import partition_of_region

RULE, SCHEDULE = "rule", "schedule"
DEFAULT_BUS = "default"
MOST_BUSES = 30  # beside the default one: each is a question of its own
_PAGES = 100  # of 100 each: the time that a plan has is over sooner, and that is told as a gap
_GONE = {"ResourceNotFoundException"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One of them: what it names (a family, or a revision of it), and whether it sets memory anew for each run."""

    name: str
    task_definition: str
    sets_memory: bool = False

    @property
    def kind(self) -> str:
        """RULE or SCHEDULE."""
        return self.name.partition(" ")[0]

    @property
    def is_pinned(self) -> bool:
        """Whether it names a revision, and not just the family."""
        return Arn.parse(self.task_definition).revision is not None


class Parts(NamedTuple):
    """What a pin's name says: rule or group, the target's id or the schedule's name; the event bus of a rule."""

    kind: str
    first: str
    last: str
    bus: str = DEFAULT_BUS


def parts(pin: str) -> Parts:
    """Of RULE or SCHEDULE; ValueError for no pin."""
    kind, _, rest = pin.partition(" ")
    named, _, bus = rest.partition(" on ")
    first, slash, last = named.partition("/")
    if kind not in (RULE, SCHEDULE) or not (first and slash and last):
        raise ValueError(f"{pin!r} is no pin")
    return Parts(kind, first, last, bus or DEFAULT_BUS)


def on_bus(bus: str) -> dict[str, str]:
    """The argument that names an event bus to EventBridge; none for the default one."""
    return {} if bus == DEFAULT_BUS else {"EventBusName": bus}


def cluster_arn(site: Site, cluster: str) -> str:
    """The ARN by which rules and schedules name the cluster."""
    partition = partition_of_region(site.region)
    name = partition.name if partition else "aws"
    return f"arn:{name}:ecs:{site.region}:{site.account}:cluster/{cluster}"


async def of_rules(site: Site, cluster: str, family: str, bus: str = DEFAULT_BUS) -> list[Pin]:
    """Targets of rules on an event bus that run the family on this cluster. Raises an AwsTrouble."""
    arn, suffix = cluster_arn(site, cluster), "" if bus == DEFAULT_BUS else f" on {bus}"
    found: list[Pin] = []
    async for page in _pages(site, "events", "list_rule_names_by_target", TargetArn=arn, **on_bus(bus)):
        for rule in page.get("RuleNames", ()):
            told = await targets(site, rule, bus)
            mine = [one for one in told if one.get("Arn") == arn and _runs(one, family)]
            found += [_pin(f"{RULE} {rule}/{one['Id']}{suffix}", one) for one in mine]
    return found


class Elsewhere(NamedTuple):
    """Pins on other event buses than the default one, and how many further buses were not looked at."""

    pins: list[Pin]
    unseen_buses: int


async def of_other_buses(site: Site, cluster: str, family: str) -> Elsewhere:
    """Likewise of the other event buses, of 30 at most. Raises an AwsTrouble."""
    names = [
        str(one["Name"])
        async for page in _pages(site, "events", "list_event_buses")
        for one in page.get("EventBuses", ())
    ]
    others = sorted(set(names) - {DEFAULT_BUS})
    found = await asyncio.gather(*(of_rules(site, cluster, family, bus) for bus in others[:MOST_BUSES]))
    return Elsewhere([pin for some in found for pin in some], len(others[MOST_BUSES:]))


async def of_schedules(site: Site, cluster: str, family: str) -> list[Pin]:
    """Schedules that run the family on this cluster. Raises an AwsTrouble."""
    arn = cluster_arn(site, cluster)
    names: list[tuple[str, str]] = []
    async for page in _pages(site, "scheduler", "list_schedules"):
        mine = [one for one in page.get("Schedules", ()) if (one.get("Target") or {}).get("Arn") == arn]
        names += [(str(one.get("GroupName", "default")), str(one["Name"])) for one in mine]
    schedules = await asyncio.gather(*(schedule(site, group, name) for group, name in names))
    return [
        _pin(f"{SCHEDULE} {group}/{name}", found["Target"])
        for (group, name), found in zip(names, schedules, strict=True)
        if found is not None and _runs(found["Target"], family)
    ]


async def current(site: Site, pin: str) -> str:
    """The ARN that this pin names now; "" where it is gone. Raises an AwsTrouble."""
    kind, first, last, bus = parts(pin)
    if kind == SCHEDULE:
        found = await schedule(site, first, last)
        return "" if found is None else _named(found["Target"])
    target = next((one for one in await targets(site, first, bus) if one.get("Id") == last), None)
    return "" if target is None else _named(target)


async def targets(site: Site, rule: str, bus: str = DEFAULT_BUS) -> list[Mapping[str, Any]]:
    """All targets of a rule; none where the rule is gone. Raises an AwsTrouble."""
    found: list[Mapping[str, Any]] = []
    try:
        async for page in _pages(site, "events", "list_targets_by_rule", Rule=rule, **on_bus(bus)):
            found += page.get("Targets", ())
    except Rejected as trouble:
        if trouble.code not in _GONE:
            raise
    return found


async def schedule(site: Site, group: str, name: str) -> Mapping[str, Any] | None:
    """A whole schedule; None where it is gone. Raises an AwsTrouble."""
    try:
        return await site.ask("scheduler", "get_schedule", GroupName=group, Name=name)
    except Rejected as trouble:
        if trouble.code in _GONE:
            return None
        raise


async def _pages(
    site: Site, service: str, operation: str, **arguments: object
) -> AsyncIterator[Mapping[str, Any]]:
    """A list's pages, a bounded number of them."""
    token: dict[str, object] = {}
    for _ in range(_PAGES):
        page = await site.ask(service, operation, **arguments, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _pin(name: str, target: Mapping[str, Any]) -> Pin:
    return Pin(name=name, task_definition=_named(target), sets_memory=_sets_memory(target))


def _named(target: Mapping[str, Any]) -> str:
    return str((target.get("EcsParameters") or {}).get("TaskDefinitionArn", ""))


def _runs(target: Mapping[str, Any], family: str) -> bool:
    return Arn.parse(_named(target)).name == family


def _sets_memory(target: Mapping[str, Any]) -> bool:
    """Its input, where it is what RunTask takes as overrides, sets a size."""
    try:
        given = msgspec.json.decode(str(target.get("Input") or "{}"))
    except msgspec.DecodeError:
        return False
    if not isinstance(given, dict):
        return False
    containers = [one for one in given.get("containerOverrides") or () if isinstance(one, dict)]
    return any({"memory", "memoryReservation"} & set(one) for one in (given, *containers))
