"""Ledger: enters the deaths that deliveries tell of into kills and incidents, each death once. Nothing is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.incident.incident import Phase
from bot.domain.investigation import autopsy
from bot.domain.kills.alarm_state import AlarmState
from bot.domain.kills.death import Death
from bot.domain.kills.drill import Passage
from bot.domain.kills.verdict import Verdict
from bot.domain.subject.group_key import GroupKey
from bot.store.entries import Entry
from bot.store.folding import Count, Dismiss, Known, fold, newest_of_each
from bot.store.openings import MEMORY, Line, Opening, Openings, concern_of

Name = tuple[str, str]  # of a death: task ARN and container


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which deaths become kills, and how long after its resolution an incident is reopened by the next one.

    `examines`: whether the logs of failures are to be looked at.
    """

    counts: Callable[[Death], bool]
    reopen_within: timedelta
    examines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one delivery tells, and the rules by which it counts.

    `tasks`: deaths by task ARN. `lookups`: tasks known by their ARN alone, as told and as the tables keep it.
    With `recovered` it was the sweep that found what is new.
    """

    tasks: Mapping[str, list[Death]]
    lookups: Mapping[str, str]
    published_at: datetime
    now: datetime
    rules: Rules
    recovered: bool
    alarms: Sequence[AlarmState] = ()
    passage: Passage | None = None


@dataclass(slots=True, eq=False)
class Entered:
    """What came of one telling: the incidents that it touched, and how many kills are new."""

    telling: Telling
    incidents: list[Opening] = field(default_factory=list)
    new_kills: int = 0


@dataclass(slots=True)
class Ledger:
    """What is known of some tasks and group keys, and what a few tellings change in it."""

    key_ids: Mapping[GroupKey, int]
    known: dict[str, dict[str, Known]]  # by task ARN and container
    openings: Openings
    added: dict[Name, Entry] = field(default_factory=dict)
    changed: dict[Name, Entry] = field(default_factory=dict)
    removed: list[Entry] = field(default_factory=list)
    dismissed: dict[Name, tuple[Death, datetime]] = field(default_factory=dict)
    revived: dict[Name, Death] = field(default_factory=dict)  # they were dismissed, and count after all
    lookups: list[tuple[str, Telling]] = field(default_factory=list)
    doubtful: list[tuple[Death, datetime]] = field(default_factory=list)  # failures, and when they were told

    def enter(self, telling: Telling) -> Entered:
        """Fold in what one delivery tells, task by task."""
        entered = Entered(telling)
        for task_arn, deaths in telling.tasks.items():
            self._enter_task(entered, self.known.setdefault(task_arn, {}), deaths)
        for wanted, task_arn in telling.lookups.items():
            if not self._is_told_in_full(task_arn):
                self.lookups.append((wanted, telling))
        return entered

    def _enter_task(self, entered: Entered, known: dict[str, Known], deaths: Iterable[Death]) -> None:
        newest = newest_of_each(deaths)
        for death in newest:
            if death.container:
                self._fold(entered, known, death)
        self._fold_nameless(entered, known, [death for death in newest if not death.container])
        if entered.telling.rules.examines:
            self._note_doubtful(entered.telling, known, newest)

    def _note_doubtful(self, telling: Telling, known: Mapping[str, Known], newest: Iterable[Death]) -> None:
        """Failures that may have been for memory, unless another of the task's containers is known to have been."""
        if any(one.verdict.is_kill for one in known.values()):
            return
        for death in newest:
            is_failure = known[death.container].verdict is Verdict.FAILURE
            if is_failure and autopsy.is_doubtful(death) and telling.rules.counts(autopsy.suspected(death)):
                self.doubtful.append((death, telling.now))

    def _fold_nameless(self, entered: Entered, known: dict[str, Known], deaths: list[Death]) -> None:
        """A task known by its ARN alone is one kill of an unnamed container, until its containers' news arrive."""
        if not any(news.settles_task for container, news in known.items() if container):
            for death in deaths:
                self._fold(entered, known, death)
            return
        nameless = known.get("")
        if nameless is not None and nameless.entry is not None:
            self._take_back(entered, nameless.entry)
            del known[""]
            entered.new_kills -= min(entered.new_kills, 1)  # the same kill, better told

    def _fold(self, entered: Entered, known: dict[str, Known], death: Death) -> None:
        before = known.get(death.container)
        entry = None if before is None else before.entry
        name = (death.task_arn, death.container)
        match fold(before, death, entered.telling.rules.counts):
            case Count(news):
                if before is not None and entry is None:
                    self.dismissed.pop(name, None)
                    self.revived[name] = news
                entry = self._add(entered, news) if entry is None else self._amend(entered, entry, news)
                known[death.container] = Known.of(news, entry)
            case Dismiss(news):
                if entry is not None:
                    self._take_back(entered, entry)
                self.revived.pop(name, None)
                self.dismissed[name] = (news, entered.telling.now)
                known[death.container] = Known.of(news)

    def _add(self, entered: Entered, news: Death) -> Entry:
        telling = entered.telling
        is_examined = telling.rules.examines and autopsy.is_doubtful(news)
        line = self._suspected_line(news) if is_examined else self._line(news)
        entry = Entry(
            death=news,
            incident=self._join(entered, news, line),
            recorded_at=telling.now,
            recovered=telling.recovered,
        )
        self.added[news.task_arn, news.container] = entry
        entered.new_kills += 1
        return entry

    def _amend(self, entered: Entered, entry: Entry, news: Death) -> Entry:
        old, now, before = entry.death, entered.telling.now, entry.incident
        entered.incidents.append(before)
        # What it stays to be may lie in an incident of the other concern, which it joined or was turned with.
        is_elsewhere = self._line(news) not in (before.line, self._line(old))
        if is_elsewhere and not self._turn(before, news):
            entry.incident = self._join(entered, news, self._line(news))
            before.leave(old, now)
        elif replace(news, task_version=old.task_version) != old:
            before.amend(now, is_moved=(news.verdict, news.died_at) != (old.verdict, old.died_at))
        entry.death = news
        if entry.kill_id is not None:
            self.changed[news.task_arn, news.container] = entry
        return entry

    def _take_back(self, entered: Entered, entry: Entry) -> None:
        name = (entry.death.task_arn, entry.death.container)
        if self.added.get(name) is entry:
            del self.added[name]
        else:
            self.changed.pop(name, None)
            self.removed.append(entry)
        entry.incident.leave(entry.death, entered.telling.now)
        entered.incidents.append(entry.incident)

    def _join(self, entered: Entered, death: Death, line: Line) -> Opening:
        telling = entered.telling
        joined = self.openings.join(line, death, telling.now, telling.rules.reopen_within)
        entered.incidents.append(joined)
        return joined

    def _suspected_line(self, death: Death) -> Line:
        """A failure most likely repeats the suspicion that is open; its log will tell, no second incident meanwhile."""
        memory = self.openings.current(Line(self.key_ids[death.group_key], MEMORY))
        is_suspicion = memory is not None and memory.verdict is Verdict.SUSPECTED_OOM
        return memory.line if memory is not None and is_suspicion else self._line(death)

    def _turn(self, before: Opening, news: Death) -> bool:
        """Whether the incident of this failure alone now is the one of the suspicion that the failure became."""
        line = self._line(news)
        is_alone = before.kill_count == 1 and before.phase is not Phase.RESOLVED
        is_same = autopsy.is_told_by_log(news) and line.group_key_id == before.line.group_key_id
        if not is_alone or not is_same or self.openings.current(line) is not None:
            return False
        self.openings.turn(before, line)
        return True

    def _line(self, death: Death) -> Line:
        return Line(self.key_ids[death.group_key], concern_of(death))

    def _is_told_in_full(self, task_arn: str) -> bool:
        """Whether a sentence about this task has nothing to add: its end was told, and who was killed.

        While the task lives on, the sentence may be about another of its containers than those that are known.
        """
        deaths = [known.entry.death for known in self.known.get(task_arn, {}).values() if known.entry]
        return any(one.container and one.task_stopped and one.verdict is Verdict.OOM for one in deaths)
