"""The deployment plan: how a service gets from one revision to the next, as its deploymentConfiguration says."""

from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
PAUSES_AT = (
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)


@dataclass(frozen=True)
class Breaker:
    """The circuit breaker; the threshold's defaults are those of the ECS API text."""

    enable: bool = True
    rollback: bool = True
    resets: bool = True
    kind: str = "BOUNDED_PERCENT"
    value: int = 50

    def threshold(self, desired: int) -> int:
        """How many failed tasks are too many; a bounded percentage is at least 3 and at most 200."""
        if self.kind == "COUNT":
            return self.value
        share = -(-desired * self.value // 100)
        return min(max(3, share), 200) if self.kind == "BOUNDED_PERCENT" else max(share, 1)

    def shown(self) -> Parameters:
        """As DescribeServices gives it back."""
        threshold = {"type": self.kind, "value": self.value}
        switches = {"enable": self.enable, "rollback": self.rollback, "resetOnHealthyTask": self.resets}
        return switches | {"thresholdConfiguration": threshold}


def breaker(asked: Parameters) -> Breaker:
    """The circuit breaker of a request; AwsError for a threshold below 1."""
    threshold = asked.get("thresholdConfiguration", {})
    kind, value = threshold.get("type", "BOUNDED_PERCENT"), threshold.get("value", 50)
    if value < 1:
        raise AwsError("InvalidParameterException", "The circuit breaker's threshold value must be positive.")
    return Breaker(
        asked["enable"], asked["rollback"], asked.get("resetOnHealthyTask", True), kind=kind, value=value
    )


@dataclass(frozen=True)
class DeploymentPlan:
    """One service's deploymentConfiguration; percentages are of the desired count."""

    strategy: str = "ROLLING"
    least_percent: int = 100
    most_percent: int = 200
    breaker: Breaker = field(default_factory=Breaker)
    alarms: Parameters | None = None
    bake_minutes: int = 0
    pauses: tuple[str, ...] = ()  # lifecycle stages that a PAUSE hook holds

    def heeds(self) -> set[str]:
        """The names of the alarms that fail its deployments."""
        return set(self.alarms["alarmNames"]) if self.alarms and self.alarms["enable"] else set()

    def least(self, desired: int) -> int:
        """How many tasks must go on running, rounded up."""
        return -(-desired * self.least_percent // 100)

    def most(self, desired: int) -> int:
        """How many tasks there may be, rounded down."""
        return desired * self.most_percent // 100

    def shown(self) -> Parameters:
        """As DescribeServices gives it back."""
        bake = {"bakeTimeInMinutes": self.bake_minutes} if self.strategy == "BLUE_GREEN" else {}
        hooks = [{"targetType": "PAUSE", "lifecycleStages": list(self.pauses)}] if self.pauses else []
        return (
            bake
            | {
                "deploymentCircuitBreaker": self.breaker.shown(),
                "maximumPercent": self.most_percent,
                "minimumHealthyPercent": self.least_percent,
                "strategy": self.strategy,
            }
            | ({"alarms": self.alarms} if self.alarms else {})
            | ({"lifecycleHooks": hooks} if hooks else {})
        )

    def changed(self, asked: Parameters, controller: str) -> "DeploymentPlan":
        """The plan with what is asked for; what is left out stays. AwsError (InvalidParameter) if ECS would refuse."""
        made = replace(
            self,
            strategy=asked.get("strategy", self.strategy),
            least_percent=asked.get("minimumHealthyPercent", self.least_percent),
            most_percent=asked.get("maximumPercent", self.most_percent),
            alarms=asked.get("alarms", self.alarms),
            bake_minutes=asked.get("bakeTimeInMinutes", self.bake_minutes),
            pauses=_pauses(asked["lifecycleHooks"]) if "lifecycleHooks" in asked else self.pauses,
        )
        if "deploymentCircuitBreaker" in asked:
            made = replace(made, breaker=breaker(asked["deploymentCircuitBreaker"]))
        made._check(asked, controller)  # noqa: SLF001 its own kind
        return made

    def _check(self, asked: Parameters, controller: str) -> None:
        faults = [*_percents(self), *_strategies(self, asked, controller)]
        if self.alarms and not self.alarms["alarmNames"]:
            faults.append("Deployment alarms need at least one alarm name.")
        if faults:
            raise AwsError("InvalidParameterException", faults[0])


def _percents(plan: DeploymentPlan) -> list[str]:
    least, most = plan.least_percent, plan.most_percent
    if not 0 <= least <= 100:
        return ["minimumHealthyPercent must be between 0 and 100."]
    if most < 100:
        return ["maximumPercent must be at least 100."]
    if least == most == 100:
        return ["Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."]
    return []


def _strategies(plan: DeploymentPlan, asked: Parameters, controller: str) -> list[str]:
    """What is wrong with the strategy; no service here has a load balancer, which two of the four need."""
    if plan.strategy in ("LINEAR", "CANARY"):
        return [f"The {plan.strategy} deployment strategy needs a load balancer or Service Connect."]
    if plan.strategy == "BLUE_GREEN" and controller != "ECS":
        return ["BLUE_GREEN needs the ECS deployment controller."]
    if asked.get("strategy") == "BLUE_GREEN" and "bakeTimeInMinutes" not in asked:
        return ["BLUE_GREEN must come with a bakeTimeInMinutes."]
    if plan.strategy == "ROLLING" and asked.get("lifecycleHooks"):
        return ["Lifecycle hooks are not supported with the ROLLING deployment strategy."]
    alarmed = asked.get("alarms", {}).get("enable", False)
    if controller != "ECS" and (alarmed or "deploymentCircuitBreaker" in asked):
        return ["Deployment alarms and the circuit breaker need the ECS deployment controller."]
    return []


def _pauses(hooks: list[Parameters]) -> tuple[str, ...]:
    """The stages that PAUSE hooks hold; AwsError for hooks that are not played."""
    for hook in hooks:
        stages = hook.get("lifecycleStages", [])
        if hook.get("targetType", "AWS_LAMBDA") != "PAUSE" or not set(stages) <= set(PAUSES_AT):
            sentence = f"The sandbox plays PAUSE hooks at {', '.join(PAUSES_AT)}, and no others."
            raise AwsError("NotImplemented", sentence, 501)
    return tuple(stage for stage in PAUSES_AT if any(stage in hook["lifecycleStages"] for hook in hooks))
