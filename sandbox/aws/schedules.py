"""Schedules: EventBridge rules and EventBridge Scheduler, which run tasks that no service owns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sandbox.aws.arns import ACCOUNT, arn, last_part
from sandbox.aws.errors import AwsError
from sandbox.aws.timetable import is_due, is_played
from sandbox.clock import Clock

Parameters = dict[str, Any]
_MOST_TARGETS = 5
_STARTED_BY = 36  # characters of a task's startedBy that EventBridge has room for
_DEFAULT_BUS = "default"
_NIGHTLY = "cron(0 2 * * ? *)"
_DEFAULTS = {"State": "ENABLED", "ActionAfterCompletion": "NONE", "ScheduleExpressionTimezone": "UTC"}


@dataclass(frozen=True)
class Launch:
    """A task that a schedule starts: which definition (with or without a revision), where, and in whose name."""

    cluster: str
    definition: str
    started_by: str


def _launches(target: Parameters, started_by: str) -> Iterator[Launch]:
    """One launch for each task of a target, none for a target that is no ECS task."""
    asked = target.get("EcsParameters", {})
    for _ in range(asked.get("TaskCount", 1) if asked else 0):
        yield Launch(last_part(target["Arn"]), asked["TaskDefinitionArn"], started_by[:_STARTED_BY])


class Rules:
    """EventBridge's rules with their targets; a target is replaced whole, as AWS does it."""

    def __init__(self) -> None:
        self.targets: dict[str, dict[str, Parameters]] = {}  # by rule and id, on the default bus
        self.buses: dict[str, dict[str, dict[str, Parameters]]] = {_DEFAULT_BUS: self.targets}

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {
            "ListEventBuses": self._list_buses,
            "ListRuleNamesByTarget": self._by_target,
            "ListTargetsByRule": lambda asked: {"Targets": list(self._rule(asked).values())},
            "DescribeRule": self._describe,
            "ListRules": self._list,
            "PutTargets": self._put,
        }

    def add(self, rule: str, cluster: str, definition: str, bus: str = _DEFAULT_BUS) -> None:
        """A rule that runs one task of a family (with or without a revision); only those of the default bus fall due."""
        parameters = {"TaskDefinitionArn": arn("ecs", f"task-definition/{definition}"), "TaskCount": 1}
        role = f"arn:aws:iam::{ACCOUNT}:role/events"
        target = {
            "Id": "1",
            "Arn": arn("ecs", f"cluster/{cluster}"),
            "RoleArn": role,
            "EcsParameters": parameters,
        }
        self.buses.setdefault(bus, {})[rule] = {"1": target}

    def launches(self, rule: str) -> list[Launch]:
        """What the rule starts when it falls due."""
        targets = self.targets[rule].values()
        return [one for target in targets for one in _launches(target, f"events-rule/{rule}")]

    def due(self, since: datetime, now: datetime) -> list[Launch]:
        """What all rules start after `since` and up to `now`."""
        return [one for rule in self.targets for one in self.launches(rule) if is_due(_NIGHTLY, since, now)]

    def _rule(self, asked: Parameters) -> dict[str, Parameters]:
        """The targets of a rule by its id."""
        name, bus = asked.get("Rule") or asked["Name"], last_part(asked.get("EventBusName", _DEFAULT_BUS))
        if name not in self.buses.get(bus, {}):
            raise AwsError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus {bus}.")
        return self.buses[bus][name]

    def _list_buses(self, _asked: Parameters) -> Parameters:
        return {"EventBuses": [{"Name": one, "Arn": arn("events", f"event-bus/{one}")} for one in self.buses]}

    def _by_target(self, asked: Parameters) -> Parameters:
        wanted, bus = asked["TargetArn"], last_part(asked.get("EventBusName", _DEFAULT_BUS))
        if bus not in self.buses:
            raise AwsError("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        rules = self.buses[bus].items()
        return {"RuleNames": [name for name, ts in rules if any(t["Arn"] == wanted for t in ts.values())]}

    def _describe(self, asked: Parameters) -> Parameters:
        self._rule(asked)
        return _shown_rule(asked["Name"])

    def _list(self, asked: Parameters) -> Parameters:
        prefix = asked.get("NamePrefix", "")
        return {"Rules": [_shown_rule(name) for name in sorted(self.targets) if name.startswith(prefix)]}

    def _put(self, asked: Parameters) -> Parameters:
        rule = self._rule(asked)
        changed = rule | {target["Id"]: target for target in asked["Targets"]}
        if len(changed) > _MOST_TARGETS:
            raise AwsError(
                "LimitExceededException", "The requested resource exceeds the maximum number allowed."
            )
        rule.update(changed)
        return {"FailedEntryCount": 0, "FailedEntries": []}


def _shown_rule(name: str) -> Parameters:
    shown = {
        "Name": name,
        "Arn": arn("events", f"rule/{name}"),
        "State": "ENABLED",
        "EventBusName": "default",
    }
    return shown | {"ScheduleExpression": _NIGHTLY}


class Scheduler:
    """EventBridge Scheduler: an update replaces the schedule, and what is left out falls back to its default."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.schedules: dict[str, Parameters] = {}

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"ListSchedules": self._list, "GetSchedule": self._get, "UpdateSchedule": self._update}

    def add(self, name: str, cluster: str, definition: str) -> None:
        """A schedule that runs one task of a family each night."""
        parameters = {"TaskDefinitionArn": arn("ecs", f"task-definition/{definition}"), "TaskCount": 1}
        role = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
        target = {"Arn": arn("ecs", f"cluster/{cluster}"), "RoleArn": role, "EcsParameters": parameters}
        asked = {
            "ScheduleExpression": "cron(0 3 * * ? *)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
        }
        self.schedules[name] = self._made(asked | {"Name": name}, self._clock.now())

    def due(self, since: datetime, now: datetime) -> list[Launch]:
        """What all enabled schedules start after `since` and up to `now`."""
        return [
            launch
            for name, one in self.schedules.items()
            if one["State"] == "ENABLED"
            and is_due(one["ScheduleExpression"], since, now, one["ScheduleExpressionTimezone"])
            for launch in _launches(one["Target"], f"chronos-schedule/{name}")
        ]

    def _made(self, asked: Parameters, created: datetime) -> Parameters:
        group = asked.get("GroupName", "default")
        dates = {"CreationDate": created, "LastModificationDate": self._clock.now()}
        fields = {key: value for key, value in asked.items() if key != "ClientToken"}
        return (
            _DEFAULTS
            | fields
            | dates
            | {"GroupName": group, "Arn": arn("scheduler", f"schedule/{group}/{asked['Name']}")}
        )

    def _find(self, asked: Parameters) -> Parameters:
        found = self.schedules.get(asked["Name"])
        if found is None or found["GroupName"] != asked.get("GroupName", "default"):
            raise AwsError("ResourceNotFoundException", f"Schedule {asked['Name']} does not exist.", 404)
        return found

    def _get(self, asked: Parameters) -> Parameters:
        return self._find(asked)

    def _list(self, asked: Parameters) -> Parameters:
        brief = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
        chosen = [one for name, one in self.schedules.items() if name.startswith(asked.get("NamePrefix", ""))]
        return {
            "Schedules": [
                {k: one[k] for k in brief} | {"Target": {"Arn": one["Target"]["Arn"]}} for one in chosen
            ]
        }

    def _update(self, asked: Parameters) -> Parameters:
        old = self._find(asked)
        expression, zone = asked["ScheduleExpression"], asked.get("ScheduleExpressionTimezone", "UTC")
        if not is_played(expression):
            raise AwsError("ValidationException", f"Invalid Schedule Expression {expression}.")
        if zone not in available_timezones():
            raise AwsError("ValidationException", f"Provided timezone {zone} is invalid.")
        self.schedules[asked["Name"]] = made = self._made(asked, old["CreationDate"])
        return {"ScheduleArn": made["Arn"]}
