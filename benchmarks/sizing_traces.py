"""Traces: recorded memory of services and jobs, and which of it rules may be tuned on."""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.plan import Plan
from benchmarks.table import Table

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # when every recording begins: only differences count


@dataclass(frozen=True, slots=True)
class Recording:
    """Memory of one service, MiB, a reading every `step_s` seconds."""

    source: str
    name: str
    step_s: int
    mib: Sequence[float]


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """One run of a job: when it was submitted (seconds), its peak and what was asked for (MiB), seconds it took."""

    submitted_s: float
    peak_mib: float
    requested_mib: float
    runtime_s: float


def recordings(plan: Plan) -> list[Recording]:
    """At most `sizing_series` recordings of the part that figures are reported on."""
    kept = [
        Recording(row["source"], row["id"], row["step_seconds"], row["mib"])
        for row in _read(plan.traces / "services.json.gz")
        if plan.are_unseen or is_reported(row["id"])
    ]
    return kept[:: max(1, len(kept) // plan.sizing_series)][: plan.sizing_series]


def jobs(plan: Plan) -> list[list[Run]]:
    """At most `sizing_series` kinds of jobs of the part that figures are reported on, each in order of submission."""
    kinds: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for workflow, task, peak, requested, runtime, submitted in _read(plan.traces / "jobs.json.gz")["rows"]:
        if plan.are_unseen or is_reported(task):
            kinds[workflow, task].append(Run(submitted, peak, requested, runtime))
    return [sorted(runs) for _, runs in sorted(kinds.items())][: plan.sizing_series]


def is_reported(name: str) -> bool:
    """By the hash of its name: figures are told of one half; only the other one may decide about a rule."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def part(plan: Plan) -> str:
    """Which part the figures are of, in words."""
    if plan.are_unseen:
        return "all of them: no rule was tuned on any"
    return "the half, by the hash of the name, that no rule was tuned on"


def absent(plan: Plan, table: Table) -> bool:
    """Whether there are no traces; the table then says so."""
    if (plan.traces / "services.json.gz").exists() and (plan.traces / "jobs.json.gz").exists():
        return False
    table.add("skipped: no traces", *("–" for _ in table.columns[1:]))
    table.notes.append(f"Skipped: the recorded traces are not at {plan.traces}.")
    return True


def _read(path: Path) -> Any:
    with gzip.open(path) as file:
        return json.load(file)
