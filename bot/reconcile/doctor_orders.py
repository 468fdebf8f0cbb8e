"""Doctor orders: what an installation has decided that a checkup compares with what is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.aws.accounts import Place
from bot.domain.aws.queue import Queue
from bot.domain.aws.topic import Topic
from bot.domain.policy.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOrders:
    """`channels` are those that the settings name, each with what it is for (marked); `bus` is EventBridge's that rules listen on.

    `has_role` says whether a role is configured for a place that is not ours. `faults` gives what is wrong with a newer reading of the configuration, a sentence each, none where all is in force.
    `database_url` is needed for the file that may lie there; it may hold a password.
    """

    channels: Sequence[tuple[str, str]]
    has_signing_secret: bool
    app_token: str = field(repr=False)
    topics: Sequence[Topic]
    queues: Sequence[Queue]
    bus: str
    home_region: str
    has_role: Callable[[Place], bool]
    places: Sequence[Place]
    clusters: Sequence[str]
    account_name: Callable[[str], str]
    policy: Policy
    database_url: str = field(repr=False)
    faults: Callable[[], Sequence[str]]
