"""Subscriptions: who gets a topic's messages, how patiently, and what became of them."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

TOKEN_LIFE = timedelta(days=2)


# How far between the least and the greatest delay a retry is, `x` of the way through the backoff. SNS draws these
# curves and publishes no formula: the shapes are its own, the exponents ours.
_BACKOFF: Mapping[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "arithmetic": lambda x: x**1.5,
    "geometric": lambda x: x**2,
    "exponential": lambda x: x**3,
}
_NUMBERS = {
    "numRetries": "retries",
    "numNoDelayRetries": "at_once",
    "numMinDelayRetries": "before",
    "numMaxDelayRetries": "after",
    "minDelayTarget": "min_delay",
    "maxDelayTarget": "max_delay",
}


@dataclass(frozen=True)
class RetryPolicy:
    """When a failed delivery is tried again; the defaults are those of SNS for HTTP endpoints.

    Of all `retries` some come at once, some `before` the backoff and some `after` it, at its least and greatest
    delay. Raises ValueError when SNS would refuse the policy (total over an hour, delays outside 1 … 3600 s).
    """

    retries: int = 3
    min_delay: int = 20
    max_delay: int = 20
    at_once: int = 0
    before: int = 0
    after: int = 0
    function: str = "linear"

    def __post_init__(self) -> None:
        phases = (self.at_once, self.before, self.after)
        if not (0 <= self.retries <= 100 and 1 <= self.min_delay <= self.max_delay <= 3600):
            raise ValueError("Invalid parameter: DeliveryPolicy: numRetries or delay target out of range")
        if min(phases) < 0 or sum(phases) > self.retries:
            raise ValueError(
                "Invalid parameter: DeliveryPolicy: the phases have more retries than numRetries"
            )
        if self.function not in _BACKOFF:
            raise ValueError("Invalid parameter: DeliveryPolicy: backoffFunction")
        if sum(self.delays()) > 3600:
            raise ValueError("Invalid parameter: DeliveryPolicy: total delay must not exceed 3600 seconds")

    def delays(self) -> list[float]:
        """Seconds before each retry: at once, the least delay, growing to the greatest, the greatest."""
        growing = self.retries - self.at_once - self.before - self.after
        steps, span = max(growing - 1, 1), self.max_delay - self.min_delay
        backoff = [self.min_delay + span * _BACKOFF[self.function](n / steps) for n in range(growing)]
        return [0.0] * self.at_once + [self.min_delay] * self.before + backoff + [self.max_delay] * self.after


def retry_policy(text: str) -> RetryPolicy:
    """The policy in a DeliveryPolicy attribute; ValueError when it is none."""
    try:
        healthy = dict(json.loads(text).get("healthyRetryPolicy", {}))
        least = int(healthy.setdefault("minDelayTarget", 20))
        healthy.setdefault("maxDelayTarget", max(least, 20))
        function = str(healthy.pop("backoffFunction", "linear"))
        numbers: dict[str, Any] = {_NUMBERS[key]: int(value) for key, value in healthy.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("Invalid parameter: DeliveryPolicy: failed to parse JSON") from error
    return RetryPolicy(function=function, **numbers)


@dataclass
class Subscription:
    """One endpoint of one topic: pending until its token comes back."""

    topic_arn: str
    endpoint: str
    made_at: datetime
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    attributes: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: (uuid4().hex * 8)[:224])
    arn: str = ""
    confirmed: bool = False
    authenticated_unsubscribe: bool = False
    delivered: int = 0
    failed: int = 0
    dead_letters: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1000))
    next_slot: float = 0.0

    def __post_init__(self) -> None:
        self.arn = self.arn or f"{self.topic_arn}:{uuid4()}"

    @property
    def is_queue(self) -> bool:
        """Whether it leads into an SQS queue."""
        return ":sqs:" in self.endpoint and self.endpoint.startswith("arn:")

    @property
    def raw(self) -> bool:
        """Whether the bare message is sent instead of an envelope."""
        return self.attributes.get("RawMessageDelivery", "").lower() == "true"

    @property
    def per_second(self) -> float | None:
        """maxReceivesPerSecond of the delivery policy, if any."""
        policy = json.loads(self.attributes.get("DeliveryPolicy", "{}"))
        rate = policy.get("throttlePolicy", {}).get("maxReceivesPerSecond")
        return float(rate) if rate else None

    def token_lives(self, now: datetime) -> bool:
        """Whether the confirmation token may still be used: for two days."""
        return now - self.made_at <= TOKEN_LIFE
