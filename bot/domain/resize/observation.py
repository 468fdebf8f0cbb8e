"""Observations: what AWS and the store were seen to say of a resize's target, at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Rollout(StrEnum):
    """Where the deployment of the new revision stands.

    From the service deployments API: PENDING, IN_PROGRESS and STOP_REQUESTED are in progress, ROLLBACK_REQUESTED
    and ROLLBACK_IN_PROGRESS are rolling back, ROLLBACK_SUCCESSFUL is rolled back, STOPPED and ROLLBACK_FAILED are
    stopped. Where ECS tells no rollout state (Classic Load Balancers), one deployment with all tasks running is
    completed.
    """

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"  # the circuit breaker gave up and does not roll back
    STOPPED = "stopped"  # by somebody, and it stays as it is
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A service's newest deployment to the new revision. Counts are tasks of it; `reason` is ECS's own words."""

    id: str
    arn: str = ""  # "" where the service deployments API does not know it: then it cannot be stopped
    rollout: Rollout = Rollout.IN_PROGRESS
    running_count: int = 0
    desired_count: int = 0
    failed_count: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A revision that this resize registered: its tag names the resize, or its content equals the plan and it was
    registered at or after `began_at`. `differences` are those that the plan did not ask for, in words.
    """

    arn: str
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """All that `next_step` may know. Texts are plain, bounded and unescaped; MiB.

    `current_arn`: the revision that a service is set to; of a family or job definition the newest ACTIVE one.
    `pins`: the ARN that each of the target's pins names; one that is gone is absent.
    `found` is asked for while REGISTERING, and while ROLLING_BACK before the ARN is known: the described new revision,
    or the oldest that an earlier attempt may have registered; None where there is none.
    `kills` are those since the resize began, of containers that it changes, on any revision but the old one.
    `keeps_size`: whether what the target names now has at least the memory that the plan gave it (at most, where
    it shrank); None where it could not be read.
    """

    is_gone: bool = False  # deleted, draining or INACTIVE; for pins: all of them
    current_arn: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)
    found: Found | None = None
    deployment: Deployment | None = None
    is_deploying: bool = False  # any deployment of the service is in progress, ours or another
    trouble: str = ""  # newest placement or start failure since the deployment began
    kills: int = 0
    peak_mib: float | None = None  # of the planned container on the new revision, since steady_at
    runs: int | None = None  # tasks that were seen to run on the new revision; None where nobody knows
    keeps_size: bool | None = None
    # Containers that a deployment would give other code than what runs: before it begins, and on a policy's way back.
    other_code: tuple[str, ...] = ()
    unknown_code: tuple[str, ...] = ()  # and those of which nobody can tell, on a policy's way back
    held: str = ""  # why nothing may be begun now: a freeze, a closed window
    is_read_only: bool = False  # the kill switch: nothing at all is written
