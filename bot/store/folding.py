"""Folding: what one more piece of news of a death changes, whatever the order in which the news arrive."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from bot.domain.investigation import autopsy
from bot.domain.kills.batch_job import is_told_by_batch
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Verdict
from bot.store.entries import Entry

# Where the newest event does not tell these, an older one may have.
MAY_BE_UNTOLD = (
    "started_at",
    "exit_code",
    "task_definition_arn",
    "launch_type",
    "image",
    "image_digest",
    "started_by",
    "container_instance_arn",
    "availability_zone",
)


@dataclass(frozen=True, slots=True)
class Known:
    """The newest news of a death so far; `entry` is None where it does not count."""

    verdict: Verdict
    task_version: int
    task_stopped: bool
    entry: Entry | None = None

    @classmethod
    def of(cls, death: Death, entry: Entry | None = None) -> "Known":
        """What is known once this death is the newest news."""
        return cls(death.verdict, death.task_version, death.task_stopped, entry)

    @property
    def settles_task(self) -> bool:
        """Whether a notification that names the task alone has nothing to add to this container's news."""
        return self.entry is not None or self.task_stopped


@dataclass(frozen=True, slots=True)
class Count:
    """The death is a kill (again, or still), to be kept as `death` tells it."""

    death: Death


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The death does not count (any more)."""

    death: Death


def fold(known: Known | None, news: Death, counts: Callable[[Death], bool]) -> Count | Dismiss | None:
    """What the news changes; None for nothing.

    The highest task version is true. Where events have none (0), the more severe verdict is. Older news may only
    fill in what the newest left untold. What a container's log says of its failure, no event knows or takes back.
    """
    if known is None:
        return Count(news) if counts(news) else Dismiss(news)
    old = None if known.entry is None else known.entry.death
    if known.verdict is Verdict.FAILURE and autopsy.is_told_by_log(news):
        return Count(_with_its_log(known, old, news))
    if old is not None and autopsy.is_told_by_log(old) and news.verdict is Verdict.FAILURE:
        news = replace(news, verdict=old.verdict, confidence=old.confidence, reason=old.reason)
    if not _outranks(news, known):
        if old is None:
            return None
        filled = told(_of_its_job(old, news) if counts(news) else old, news)
        return Count(filled) if filled != old else None
    if counts(news):
        return Count(news if old is None else told(_of_its_job(news, old), old))
    return Dismiss(news)


def newest_of_each(deaths: Iterable[Death]) -> list[Death]:
    """Of several pieces of news of one container in the same event, the one that is true."""
    newest: dict[str, Death] = {}
    for death in deaths:
        other = newest.get(death.container)
        if other is None or _outranks(death, Known.of(other)):
            newest[death.container] = death
    return list(newest.values())


def told(death: Death, other: Death) -> Death:
    """The death with what it does not tell taken from other news of it."""
    untold = {name: getattr(other, name) for name in MAY_BE_UNTOLD if getattr(death, name) in (None, "")}
    limits = {
        field.name: getattr(other.limits, field.name)
        for field in fields(Limits)
        if getattr(death.limits, field.name) is None
    }
    return replace(death, **untold, limits=replace(death.limits, **limits))


def _of_its_job(death: Death, other: Death) -> Death:
    """An attempt of a Batch job: whose it is, Batch alone knows, as ECS tells neither job definition nor queue."""
    if is_told_by_batch(death) or not is_told_by_batch(other):
        return death
    return replace(
        death,
        group_key=other.group_key,
        task_definition_arn=other.task_definition_arn,
        started_by=other.started_by,
    )


def _with_its_log(known: Known, old: Death | None, news: Death) -> Death:
    """The failure as the newest event told it, with what was read in its log meanwhile."""
    if old is not None:
        return replace(old, verdict=news.verdict, confidence=news.confidence, reason=news.reason)
    return replace(news, task_version=known.task_version, task_stopped=known.task_stopped)


def _outranks(news: Death, known: Known) -> bool:
    if news.task_version == known.task_version == 0:
        return news.verdict.severity < known.verdict.severity
    return news.task_version > known.task_version
