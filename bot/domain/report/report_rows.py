"""Report rows: kills and resizes of a time, a line each, for spreadsheets and scripts."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.kills.death import Death
from bot.domain.resize.resize import Resize
from bot.domain.subject.group_key import GroupKey
from bot.domain.subject.subject import Subject

COLUMNS = (
    "kind",  # kill or resize
    "at",  # of the death, or of the request
    "account",
    "region",
    "cluster",
    "owner_kind",
    "owner",
    "container",
    "state",  # the verdict of a kill, the phase of a resize
    "task",
    "exit_code",
    "lived_s",
    "limit_mib",  # of a kill: its container's, else its task's; of a resize: before
    "new_limit_mib",
    "usd_a_month",  # more, or less where it is negative
    "by",
    "reason",
)
Row = Mapping[str, object]


def of_kill(death: Death) -> Row:
    """One container's death."""
    lived = None
    if death.started_at is not None:
        lived = max(0, round((death.died_at - death.started_at).total_seconds()))
    return _row(
        kind="kill",
        at=_iso(death.died_at),
        **_owner(death.group_key),
        container=death.container,
        state=death.verdict.value,
        task=death.task_arn,
        exit_code=death.exit_code,
        lived_s=lived,
        limit_mib=death.limits.container_mib or death.limits.task_mib,
        reason=death.reason,
    )


def of_resize(resize: Resize) -> Row:
    """One request, and where it stands."""
    spec, plan, change = resize.spec, resize.spec.plan, resize.spec.plan.change
    sizes = [one.counted_mib for one in change.containers if one.name == plan.container] if change else []
    before, after = sizes[0] if sizes else (change.task_memory_mib if change else (None, None))
    return _row(
        kind="resize",
        at=_iso(spec.requested_at),
        **_owner(plan.target.subject),
        container=plan.container,
        state=resize.status.phase.value,
        limit_mib=before,
        new_limit_mib=after,
        usd_a_month=None if plan.monthly_usd is None else round(plan.monthly_usd, 2),
        by=spec.requested_by,
        reason=spec.reason,
    )


def _owner(owner: GroupKey | Subject) -> Row:
    return {
        "account": owner.account,
        "region": owner.region,
        "cluster": owner.cluster,
        "owner_kind": owner.kind.value,
        "owner": owner.name,
    }


def _row(**cells: object) -> Row:
    return {column: cells.get(column) for column in COLUMNS}


def _iso(at: datetime) -> str:
    """UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
