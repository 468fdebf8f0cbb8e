"""Deaths: one container that ended, as one event told it; a kill is a death that the verdict calls (suspected) OOM."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.drill import Passage
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Memory limits in force at the death, MiB; None where the event does not tell (or there is none)."""

    container_mib: int | None = None
    reservation_mib: int | None = None
    task_mib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """One container's end, with its verdict. Times are aware UTC.

    The same death may be told by several events (the stages of a stop); `task_version` orders them,
    0 where the event has none. (`task_arn`, `container`) names the death.

    `container` is "" for a failure of a whole task. A failure or warning without a task has no `task_arn` proper: the
    ARN of its service, job attempt or alarm, "#" and what tells two of them apart. `task_arn` is "" only where the
    event names no task anywhere; then nothing but the delivery names the death.
    """

    group_key: GroupKey
    task_arn: str
    container: str
    verdict: Verdict
    confidence: Confidence
    reason: str  # in words, for a person
    died_at: datetime
    started_at: datetime | None = None
    exit_code: int | None = None
    task_version: int = 0
    task_definition_arn: str = ""  # for Batch: the job definition ARN
    limits: Limits = Limits()
    launch_type: str = ""
    image: str = ""
    image_digest: str = ""
    started_by: str = (
        ""  # as ECS tells it: ecs-svc/…, events-rule/…, chronos-schedule/…; of Batch the job's ARN
    )
    container_instance_arn: str = ""
    availability_zone: str = ""
    task_stopped: bool = True  # False: a container died and its task lives on

    @property
    def lifetime_s(self) -> float | None:
        """Seconds from the task's start to the death; None where the start is unknown."""
        return None if self.started_at is None else max(0.0, (self.died_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What one event amounts to: the worst verdict, why, and every container death in it.

    `deaths` holds every ended container that the event names, whatever its verdict: a later stage of a stop may
    take back what an earlier one suspected. `lookup_task_arns` names the tasks of which only the ARN is known
    and DescribeTasks must tell the rest. `account` is the one that the event's envelope names, "" where it names none.
    `alarms` are the changes of CloudWatch's alarms on memory: warnings, and no deaths.
    `is_known` is False for what is no event, alarm or sentence that we know at all: with an event that tells of
    nothing bad the verdict is `none`, too.
    `passage` is set of a synthetic event, which tells of no death, whatever its detail says.
    """

    verdict: Verdict
    why: str
    deaths: tuple[Death, ...] = ()
    alarms: tuple[AlarmState, ...] = ()
    lookup_task_arns: tuple[str, ...] = ()
    account: str = ""
    is_known: bool = True
    passage: Passage | None = None

    @property
    def kills(self) -> tuple[Death, ...]:
        """The deaths that count as kills."""
        return tuple(death for death in self.deaths if death.verdict.is_kill)
