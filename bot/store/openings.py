"""Openings: a kill opens, bumps or reopens the incident of its line; taken back, it leaves it again. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.kills.death import Death
from bot.domain.kills.verdict import Verdict

MEMORY, FAILURE, SILENT = "memory", "failure", "silent"


@dataclass(frozen=True, slots=True)
class Line:
    """What there is one unfinished incident of: a group key and what is wrong with it."""

    group_key_id: int
    concern: str


def concern_of(death: Death) -> str:
    """Memory for kills, silent for those that only a log tells, failure for whatever else somebody asked to see."""
    if death.verdict is Verdict.SILENT_KILL:
        return SILENT
    return MEMORY if death.verdict.is_kill else FAILURE


@dataclass(slots=True, eq=False, kw_only=True)
class Opening:
    """One incident as the ledger has it; `id` is None while the table has none of it."""

    line: Line
    verdict: Verdict
    first_kill_at: datetime
    last_kill_at: datetime
    opened_at: datetime
    phase: Phase = Phase.OPEN
    kill_count: int = 0
    generation: int = 0
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    reopened_count: int = 0
    reopened_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    id: int | None = None
    news: int = 0  # how often it changed
    since: datetime | None = None  # when the first of these changes came
    is_urgent: bool = False  # Slack shall hear of it at once
    has_turned: bool = False  # in its phase or concern
    is_uneven: bool = (
        False  # a kill left it or moved: its kills tell its worst verdict, its first and its last time
    )

    def count(self, death: Death, now: datetime, *, urgent: bool) -> None:
        """One more kill."""
        is_first = self.kill_count == 0
        self.kill_count += 1
        if is_first or death.verdict.severity < self.verdict.severity:
            self.verdict = death.verdict
        self.first_kill_at = death.died_at if is_first else min(self.first_kill_at, death.died_at)
        self.last_kill_at = death.died_at if is_first else max(self.last_kill_at, death.died_at)
        self._change(now, urgent=urgent)

    def reopen(self, now: datetime) -> None:
        """Somebody has to look at it again."""
        self.phase, self.has_turned = Phase.OPEN, True
        self.reopened_count += 1
        self.reopened_at = now
        self.acknowledged_by, self.acknowledged_at = "", None
        self.resolved_at = self.resolution = None

    def amend(self, now: datetime, *, is_moved: bool) -> None:
        """One of its kills is told differently now; `is_moved`: in verdict or time."""
        self.is_uneven |= is_moved
        self._change(now, urgent=True)

    def leave(self, death: Death, now: datetime) -> None:
        """One of its kills was taken back; without any it ends."""
        self.kill_count -= 1
        self.is_uneven = True
        self._change(now, urgent=True)
        if self.kill_count <= 0:
            self.verdict, self.first_kill_at, self.last_kill_at = death.verdict, death.died_at, death.died_at
            if self.phase is not Phase.RESOLVED:
                self.phase, self.has_turned = Phase.RESOLVED, True
                self.resolved_at, self.resolution = now, Resolution.RETRACTED

    def _change(self, now: datetime, *, urgent: bool) -> None:
        self.generation += 1
        self.news += 1
        self.since = self.since or now
        self.is_urgent |= urgent


@dataclass(slots=True)
class Openings:
    """The incidents of some lines: the unfinished one of each, and those that were resolved lately."""

    _of_line: dict[Line, list[Opening]] = field(default_factory=dict)
    _by_id: dict[int, Opening] = field(default_factory=dict)

    def add(self, found: Iterable[Opening]) -> None:
        """Know of these, too, unless they are known."""
        for opening in found:
            if opening.id is not None and opening.id not in self._by_id:
                self._by_id[opening.id] = opening
                self._of_line.setdefault(opening.line, []).append(opening)

    def get(self, incident_id: int) -> Opening:
        """One that must be known."""
        return self._by_id[incident_id]

    def ids(self) -> set[int]:
        """Of all that are known."""
        return set(self._by_id)

    def current(self, line: Line) -> Opening | None:
        """The unfinished one of a line."""
        of_line = self._of_line.get(line, ())
        return next((one for one in of_line if one.phase is not Phase.RESOLVED), None)

    def changed(self) -> list[Opening]:
        """All that changed."""
        return [one for of_line in self._of_line.values() for one in of_line if one.news]

    def turn(self, opening: Opening, line: Line) -> None:
        """Let an incident be the one of another line, which must have no unfinished one."""
        self._of_line[opening.line].remove(opening)
        opening.line, opening.has_turned = line, True
        self._of_line.setdefault(line, []).append(opening)

    def join(self, line: Line, death: Death, now: datetime, reopen_within: timedelta) -> Opening:
        """Count the death in its incident, made or reopened where there is no unfinished one."""
        opening = self.current(line)
        if opening is not None:
            # A mere further kill may wait for its turn; Slack need not hear of each.
            opening.count(death, now, urgent=False)
            return opening
        opening = self._latest_resolved(line, now - reopen_within)
        if opening is None:
            at = death.died_at
            opening = Opening(
                line=line, verdict=death.verdict, first_kill_at=at, last_kill_at=at, opened_at=now
            )
            self._of_line.setdefault(line, []).append(opening)
        else:
            opening.reopen(now)
        opening.count(death, now, urgent=True)
        return opening

    def _latest_resolved(self, line: Line, since: datetime) -> Opening | None:
        ended = [
            (one.resolved_at, one.id or 0, one)
            for one in self._of_line.get(line, ())
            if one.resolved_at is not None and one.resolved_at >= since
        ]
        return max(ended, key=lambda end: end[:2])[2] if ended else None
