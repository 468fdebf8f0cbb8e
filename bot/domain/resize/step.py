"""Steps: what a resize has to do next; each may be repeated after a crash at any point.

Every step carries the status to save first. A step that writes to AWS is performed only after that status was
saved under the lease; its effect is not trusted but observed, by the next look.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.resize.resize import Status


@dataclass(frozen=True, slots=True)
class Wait:
    """Save the status and look again at `until` (which may be now)."""

    status: Status
    until: datetime


@dataclass(frozen=True, slots=True)
class Finish:
    """Save the final status. `look_again_at` is set where it is still watched for regressions."""

    status: Status
    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """Register the planned revision (a task definition, or a job definition), and save its ARN at once."""

    status: Status


@dataclass(frozen=True, slots=True)
class MoveService:
    """UpdateService to `to_arn`, only if the service is still set to `from_arn`."""

    status: Status
    from_arn: str
    to_arn: str


@dataclass(frozen=True, slots=True)
class MovePin:
    """Have one rule's target or schedule name `to_arn`, only if it still names `from_arn`; nothing else of it."""

    status: Status
    pin: str
    from_arn: str
    to_arn: str


@dataclass(frozen=True, slots=True)
class StopDeployment:
    """StopServiceDeployment with ROLLBACK; where ECS refuses that, save `step.unstoppable(status)`."""

    status: Status
    deployment_arn: str


Writing = Register | MoveService | MovePin | StopDeployment
Step = Wait | Finish | Writing


def unstoppable(status: Status) -> Status:
    """The status after ECS refused to stop the deployment: the way back is another update of the service."""
    return replace(status, deployment_arn="")


def registered(status: Status, arn: str) -> Status:
    """The status after the registration was answered; the next look describes and compares the revision."""
    return replace(status, new_revision_arn=arn)
