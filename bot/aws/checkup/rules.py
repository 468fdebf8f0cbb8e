"""Rules of a checkup: whether EventBridge passes kills to a topic or queue."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls, Rejected
from bot.aws.checkup.place import in_trouble, shell
from bot.domain.checkup.checkup import Area, Check, broken, ok, warning
from bot.domain.kills.drill import DETAIL_TYPE, SOURCE, synthetic_detail
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas

_MOST_RULES = 40  # that have one target: each is asked for
_ENABLED = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
_STACK = "deploy/cloudformation/monitoring.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: whether it is enabled, and whether it takes a kill of ECS and a synthetic one."""

    name: str
    is_enabled: bool
    takes_kills: bool
    takes_tests: bool


async def rules(calls: Calls, place: Place, target_arn: str, bus: str, *, is_heard: bool) -> list[Check]:
    """Lines on the rules of this bus that lead there. `is_heard`: events of it came lately. Never raises."""
    name = target_arn.rpartition(":")[2]
    what = say("Rules that lead to {target}", target=name)
    try:
        found = await _found(calls, place, target_arn, bus)
    except AwsTrouble as trouble:
        return [in_trouble(Area.EVENTS, what, trouble)]
    return [_kills(what, place, found, bus, is_heard=is_heard), *_tests(name, found)]


def sample(source: str, place: Place) -> str:
    """A kill as EventBridge carries it, of this source."""
    account = place.account or "123456789012"
    detail = synthetic_detail("0" * 32, account, place.region)
    return json.dumps(
        {
            "version": "0",
            "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
            "detail-type": DETAIL_TYPE,
            "source": source,
            "account": account,
            "time": datetime(2026, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": place.region,
            "resources": [detail["taskArn"]],
            "detail": detail,
        }
    )


async def _found(calls: Calls, place: Place, target_arn: str, bus: str) -> list[Rule]:
    named = await calls.ask(
        "events",
        place.region,
        "list_rule_names_by_target",
        account=place.account,
        TargetArn=target_arn,
        EventBusName=bus,
        Limit=_MOST_RULES,
    )
    return [await _rule(calls, place, str(name), bus) for name in named.get("RuleNames", ())]


async def _rule(calls: Calls, place: Place, name: str, bus: str) -> Rule:
    told: Mapping[str, Any] = await calls.ask(
        "events", place.region, "describe_rule", account=place.account, Name=name, EventBusName=bus
    )
    pattern = str(told.get("EventPattern") or "")
    takes = (
        [await _takes(calls, place, pattern, source) for source in ("aws.ecs", SOURCE)]
        if pattern
        else [False] * 2
    )
    return Rule(name, told.get("State") in _ENABLED, takes_kills=takes[0], takes_tests=takes[1])


async def _takes(calls: Calls, place: Place, pattern: str, source: str) -> bool:
    """EventBridge itself says whether the pattern takes the event."""
    try:
        answer = await calls.ask(
            "events",
            place.region,
            "test_event_pattern",
            account=place.account,
            EventPattern=pattern,
            Event=sample(source, place),
        )
    except Rejected:  # no pattern that it knows
        return False
    return bool(answer.get("Result"))


def _kills(what: str, place: Place, found: Sequence[Rule], bus: str, *, is_heard: bool) -> Check:
    deploy = say("Deploy {stack}, or set EVENT_BUS to the bus that the rules listen on.", stack=_STACK)
    taking = [one for one in found if one.takes_kills]
    if any(one.is_enabled for one in taking):
        names = commas(one.name for one in taking if one.is_enabled)
        return ok(Area.EVENTS, what, say("{names}: on, and a kill passes", names=names))
    if taking:
        fix = say("Enable the rule (or set Monitoring=ENABLED in the stack).")
        command = shell(place, "events enable-rule", f"--name {taking[0].name}", f"--event-bus-name {bus}")
        return broken(
            Area.EVENTS, what, say("{name} is disabled: no kill passes", name=taking[0].name), fix, command
        )
    if is_heard:
        told = say("none on the bus {bus} passes a kill, but events came lately", bus=bus)
        return warning(Area.EVENTS, what, told, deploy)
    told = count(
        len(found),
        "{n} rule on the bus {bus}, and no kill passes it",
        "{n} rules on the bus {bus}, and no kill passes them",
        bus=bus,
    )
    return broken(Area.EVENTS, what, told if found else say("none on the bus {bus}", bus=bus), deploy)


def _tests(target: str, found: Sequence[Rule]) -> list[Check]:
    what = say("Rule for /oom test to {target}", target=target)
    if not found:
        return []
    if any(one.takes_tests and one.is_enabled for one in found):
        return [ok(Area.EVENTS, what, say("a synthetic event passes"))]
    fix = say("Update the stack from {stack}: it has a rule for the source oomguard.test.", stack=_STACK)
    return [warning(Area.EVENTS, what, say("no synthetic event passes, so /oom test cannot work"), fix)]
