"""Plans: how much work a run of the benchmarks is."""

from dataclasses import dataclass
from pathlib import Path

TRACES = (
    Path(__file__).parents[2] / "shared" / "traces"
)  # recorded memory of services and jobs; not of this project


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes of all benchmarks; `cache` keeps what takes long to make (a big store, other people's packages)."""

    cache: Path
    runs: int = 5
    seconds: float = 5.0  # of one measurement
    letters: int = 40_000  # at most, in one ingest run
    with_postgres: bool = True
    may_install: bool = True
    kills_per_second: float = 50.0  # of latency
    settle_s: float = 15.0  # until the last of them must be shown
    storm_kills: int = 10_000
    storm_seconds: float = 60.0
    storm_patience_s: float = 600.0
    stored_kills: int = 10_000_000
    questions: int = 300  # of one kind
    load_minutes: float = 10.0  # of footprint
    load_per_second: float = 50.0
    diagnosed_services: int = 200
    drawings: int = 300  # charts
    traces: Path = TRACES
    are_unseen: bool = False  # no rule was tuned on any of them
    sizing_series: int = 1_000_000  # recordings, and kinds of jobs, at most


def quick(cache: Path) -> Plan:
    """Tiny sizes, to see that all still runs; the figures mean nothing."""
    return Plan(
        cache=cache,
        runs=1,
        seconds=0.3,
        letters=200,
        with_postgres=False,
        may_install=False,
        kills_per_second=20.0,
        settle_s=2.0,
        storm_kills=6,
        storm_seconds=0.5,
        storm_patience_s=60.0,
        stored_kills=3000,
        questions=5,
        load_minutes=0.02,
        load_per_second=50.0,
        diagnosed_services=3,
        drawings=2,
        sizing_series=4,
    )
