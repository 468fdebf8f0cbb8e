"""Facts: everything that is read in AWS before a resize is planned, and what a person wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.aws.price import Prices
from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import Host, ImageState, ServiceState
from bot.domain.plan.amount import AUTO, Amount
from bot.domain.plan.plan import Target
from bot.domain.sizing.tail import Peak


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a plan rests on; the target's subject says where. None and empty: not known, or there is none.

    `described` is DescribeTaskDefinition's answer with its tags, as boto3 gives it, and may hold secrets; of a Batch
    job the job definition, whose size then stands in `definition` as the task's on Fargate, as the container's on
    EC2. Mappings are by container. `peaks` are of what is resized, of each stretch of `stretch_h` hours (or each run),
    for sizing down.
    """

    target: Target
    definition: TaskDefinition
    described: Mapping[str, Any] = field(default_factory=dict, repr=False)
    accepted: frozenset[str] = frozenset()  # the members of RegisterTaskDefinition's request
    is_active: bool = True  # the revision may still be used
    is_gone: bool = False  # the service was deleted, or the pins were
    forbidden: tuple[str, ...] = ()  # why it cannot be revised, where reading showed that: a sentence each
    service: ServiceState | None = None
    is_express: bool = False  # ECS manages the service (resourceManagementType ECS)
    deployment_words: str = ""  # of a deployment that is under way
    images: Mapping[str, ImageState] = field(default_factory=dict)
    kept_digests: frozenset[str] = frozenset()  # running digests that the registry still has
    injected_mib: Mapping[str, int] = field(default_factory=dict)  # containers that AWS adds to the task
    others_mib: Mapping[str, float] = field(default_factory=dict)  # measured peaks of the other containers
    unpinned: tuple[str, ...] = ()  # who takes the family's newest revision: "rule nightly, target 1"
    overrides: tuple[str, ...] = ()  # who sets memory anew for each run: "rule nightly, target 1"
    host: Host | None = None  # EC2 only
    prices: Prices | None = None
    diagnosis: Diagnosis | None = None
    peaks: tuple[Peak, ...] = ()
    stretch_h: float = 24.0
    owner: str = ""  # who manages it as code, in words: "CloudFormation stack shop-prod"
    names_asker: bool = True  # CloudTrail shows for whom the bot changes something there
    gaps: tuple[str, ...] = ()  # what could not be looked at, a sentence each


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for. `knobs` are the environment variables to be changed with the sizes, as `tuning.tick` names them.

    `expected_revision` is the ARN of the revision that the person was shown; "" where none was shown yet.
    """

    amount: Amount = AUTO
    knobs: frozenset[str] = frozenset()
    pin_images: bool = False
    others: tuple[tuple[str, Amount], ...] = ()  # of other containers of the task, by name
    expected_revision: str = ""
