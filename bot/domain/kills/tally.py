"""Tallies: kills counted up for `/oom stats` and `/oom top`."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.kills.death import Limits
from bot.domain.subject.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long the killed containers' tasks had lived, seconds: shortest, median, longest."""

    min_s: float
    p50_s: float
    max_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerStats:
    """The kills of one container of a subject within a window. Times are aware UTC.

    `kills` counts suspected ones too; `lifetimes` is None where no kill tells its start; `limits` are those of the
    newest kill.
    """

    container: str
    kills: int
    suspected: int
    first_at: datetime
    last_at: datetime
    lifetimes: Lifetimes | None
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRow:
    """One subject among those with the most kills, of which people marked some as not an OOM. `last_at` is aware UTC."""

    subject: Subject
    kills: int
    containers: int
    last_at: datetime
    not_an_oom: int = 0
