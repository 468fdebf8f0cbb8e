"""Ledger: enters the deaths of one task into kills and incidents, each death once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.death import Death
from bot.domain.group_key import GroupKey
from bot.store import dismissals, group_keys, kills, openings
from bot.store.dialects import take_turns
from bot.store.folding import Count, Dismiss, Known, fold, newest_of_each
from bot.store.kills import Entry, Kill
from bot.store.openings import Line, concern_of


@dataclass(slots=True)
class Ledger:
    """What one delivery changes; it gathers which incidents that were and how many kills are new.

    With `recovered` it was the sweep that found what is new.
    """

    conn: Connection
    now: datetime
    counts: Callable[[Death], bool]
    reopen_within: timedelta
    recovered: bool = False
    incident_ids: set[int] = field(default_factory=set)
    new_kills: int = 0
    _key_ids: dict[GroupKey, int] = field(default_factory=dict)
    _known: dict[str, Known] = field(default_factory=dict)

    def enter(self, task_arn: str, deaths: Iterable[Death]) -> None:
        """Fold in what an event tells of one task's containers.

        Locks are taken in one order: task, group keys, incidents, kills; each sorted.
        """
        take_turns(self.conn, task_arn)
        told: list[Kill] = []
        self._known = {}
        if dismissals.is_told_of(self.conn, task_arn):  # mostly not: then one look is enough
            told = kills.by_task(self.conn, task_arn)
            self._known = dismissals.of_task(self.conn, task_arn)
        self._known |= {kill.death.container: Known.of(kill.death, kill) for kill in told}
        newest = sorted(newest_of_each(deaths), key=lambda death: (str(death.group_key), death.container))
        counted = {death.group_key for death in newest if self.counts(death)}
        self._lock(counted | {kill.death.group_key for kill in told})
        for death in newest:
            if death.container:
                self._fold(death)
        self._fold_nameless([death for death in newest if not death.container])

    def _lock(self, keys: set[GroupKey]) -> None:
        for key in sorted(keys, key=str):
            self._key_ids[key] = group_keys.locked_id(self.conn, key)

    def _fold_nameless(self, deaths: list[Death]) -> None:
        """A task known by its ARN alone is one kill of an unnamed container, until its containers' news arrive."""
        settled = any(known.settles_task for container, known in self._known.items() if container)
        if not settled:
            for death in deaths:
                self._fold(death)
            return
        nameless = self._known.get("")
        if nameless is not None and nameless.kill is not None:
            self._take_back(nameless.kill)
            self.new_kills -= min(self.new_kills, 1)  # the same kill, better told

    def _fold(self, death: Death) -> None:
        known = self._known.get(death.container)
        kill = None if known is None else known.kill
        match fold(known, death, self.counts):
            case Count(news):
                if known is not None and kill is None:
                    dismissals.remove(self.conn, news)
                entered = self._add(news) if kill is None else self._amend(kill, news)
                self._known[death.container] = Known.of(news, entered)
            case Dismiss(news):
                if kill is not None:
                    self._take_back(kill)
                dismissals.put(self.conn, news, self.now)
                self._known[death.container] = Known.of(news)

    def _add(self, news: Death) -> Kill:
        line = self._line(news)
        incident_id = openings.join(self.conn, line, news, self.now, self.reopen_within)
        kill_id = kills.add(self.conn, Entry(news, line.group_key_id, incident_id, self.recovered), self.now)
        self.incident_ids.add(incident_id)
        self.new_kills += 1
        return Kill(
            id=kill_id,
            death=news,
            incident_id=incident_id,
            recorded_at=self.now,
            recovered=self.recovered,
        )

    def _amend(self, kill: Kill, news: Death) -> Kill:
        old, line = kill.death, self._line(news)
        self.incident_ids.add(kill.incident_id)
        if line == self._line(old):
            kills.replace(self.conn, kill, news)
            if replace(news, task_version=old.task_version) != old:
                is_moved = (news.verdict, news.died_at) != (old.verdict, old.died_at)
                openings.amend(self.conn, kill.incident_id, self.now, is_moved=is_moved)
            return replace(kill, death=news)
        incident_id = openings.join(self.conn, line, news, self.now, self.reopen_within)
        kills.replace(self.conn, kill, news, incident_id=incident_id, group_key_id=line.group_key_id)
        openings.leave(self.conn, kill.incident_id, self.now)
        self.incident_ids.add(incident_id)
        return replace(kill, death=news, incident_id=incident_id)

    def _take_back(self, kill: Kill) -> None:
        kills.remove(self.conn, kill)
        openings.leave(self.conn, kill.incident_id, self.now)
        self.incident_ids.add(kill.incident_id)

    def _line(self, death: Death) -> Line:
        return Line(self._key_ids[death.group_key], concern_of(death))
