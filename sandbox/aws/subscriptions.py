"""Subscriptions: who gets a topic's messages, how patiently, and what became of them."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

TOKEN_LIFE = timedelta(days=2)


@dataclass(frozen=True)
class RetryPolicy:
    """When a failed delivery is tried again; the defaults are those of SNS for HTTP endpoints.

    Raises ValueError when SNS would refuse the policy (total over an hour, delays outside 1 … 3600 s).
    """

    retries: int = 3
    min_delay: int = 20
    max_delay: int = 20

    def __post_init__(self) -> None:
        if not (0 <= self.retries <= 100 and 1 <= self.min_delay <= self.max_delay <= 3600):
            raise ValueError("Invalid parameter: DeliveryPolicy: numRetries or delay target out of range")
        if sum(self.delays()) > 3600:
            raise ValueError("Invalid parameter: DeliveryPolicy: total delay must not exceed 3600 seconds")

    def delays(self) -> list[float]:
        """Seconds before each retry, growing linearly from the least to the greatest delay."""
        steps = max(self.retries - 1, 1)
        return [self.min_delay + (self.max_delay - self.min_delay) * n / steps for n in range(self.retries)]


def retry_policy(text: str) -> RetryPolicy:
    """The policy in a DeliveryPolicy attribute; ValueError when it is none."""
    try:
        healthy = json.loads(text).get("healthyRetryPolicy", {})
        least = int(healthy.get("minDelayTarget", 20))
        greatest = int(healthy.get("maxDelayTarget", max(least, 20)))
        return RetryPolicy(int(healthy.get("numRetries", 3)), least, greatest)
    except (AttributeError, TypeError, json.JSONDecodeError) as error:
        raise ValueError("Invalid parameter: DeliveryPolicy: failed to parse JSON") from error


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
