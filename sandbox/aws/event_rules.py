"""Event rules: those of EventBridge's rules that listen, each with its pattern and what it leads to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.errors import AwsError
from sandbox.aws.event_patterns import UnknownOperator, passes
from sandbox.aws.schedules import Rules

Parameters = dict[str, Any]
PATTERNS = Path(__file__).parents[2] / "deploy" / "terraform" / "patterns.json"
_NOT_BY_DEFAULT = {"mail", "errors", "every-stop"}


@dataclass
class Listener:
    """One rule with a pattern; all are on the default bus."""

    pattern: dict[str, Any]
    targets: list[str]
    is_enabled: bool = True


@dataclass
class EventRules:
    """The rules that a monitoring stack makes, beside those of schedules."""

    schedules: Rules
    listeners: dict[str, Listener] = field(default_factory=dict)

    @classmethod
    def stack(cls, schedules: Rules, target_arn: str) -> "EventRules":
        """All rules of the stack's default, leading there."""
        patterns = json.loads(PATTERNS.read_text()).items()
        chosen = {name: one for name, one in patterns if name not in _NOT_BY_DEFAULT}
        return cls(
            schedules, {f"oom-guard-{name}": Listener(one, [target_arn]) for name, one in chosen.items()}
        )

    def pass_on(self, event: Mapping[str, Any], target_arn: str) -> bool:
        """Whether an enabled rule that leads there takes the event."""
        return any(
            one.is_enabled and target_arn in one.targets and passes(one.pattern, event)
            for one in self.listeners.values()
        )

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters | None]]:
        """Operation name → function: what these rules answer, all else as the schedules do."""
        return {
            **self.schedules.operations(),
            "ListRuleNamesByTarget": self._by_target,
            "DescribeRule": self._describe,
            "TestEventPattern": _test,
            "EnableRule": lambda asked: self._switch(asked, is_enabled=True),
            "DisableRule": lambda asked: self._switch(asked, is_enabled=False),
        }

    def _by_target(self, asked: Parameters) -> Parameters:
        answer = self.schedules.operations()["ListRuleNamesByTarget"](asked)
        if last_part(asked.get("EventBusName", "default")) != "default":
            return answer
        mine = [name for name, one in self.listeners.items() if asked["TargetArn"] in one.targets]
        return {"RuleNames": [*answer["RuleNames"], *mine]}

    def _describe(self, asked: Parameters) -> Parameters:
        name = asked["Name"]
        found = self.listeners.get(name)
        if found is None:
            return self.schedules.operations()["DescribeRule"](asked)
        return {
            "Name": name,
            "Arn": arn("events", f"rule/{name}"),
            "EventPattern": json.dumps(found.pattern),
            "State": "ENABLED" if found.is_enabled else "DISABLED",
            "EventBusName": "default",
        }

    def _switch(self, asked: Parameters, *, is_enabled: bool) -> None:
        found = self.listeners.get(asked["Name"])
        if found is None:
            raise AwsError(
                "ResourceNotFoundException", f"Rule {asked['Name']} does not exist on EventBus default."
            )
        found.is_enabled = is_enabled


def _test(asked: Parameters) -> Parameters:
    try:
        return {"Result": passes(json.loads(asked["EventPattern"]), json.loads(asked["Event"]))}
    except (ValueError, UnknownOperator) as error:
        raise AwsError(
            "InvalidEventPatternException", f"Event pattern is not valid. Reason: {error}"
        ) from error
