"""Command line: `python -m benchmarks` runs all benchmarks, or those that are named."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks import machine
from benchmarks.chart import charts
from benchmarks.diagnosis import diagnosis
from benchmarks.footprint import footprint
from benchmarks.ingest import ingest
from benchmarks.latency import latency
from benchmarks.plan import Plan, quick
from benchmarks.sizing_jobs import sizing_jobs
from benchmarks.sizing_policy import sizing_policy
from benchmarks.sizing_reliability import sizing_reliability
from benchmarks.sizing_services import sizing_services
from benchmarks.sizing_split import sizing_split
from benchmarks.stats import stats
from benchmarks.storm import storm
from benchmarks.table import Table

BENCHMARKS: dict[str, Callable[[Plan], Table]] = {
    "ingest": ingest,
    "latency": latency,
    "storm": storm,
    "stats": stats,
    "footprint": footprint,
    "diagnosis": diagnosis,
    "chart": charts,
    "sizing-jobs": sizing_jobs,
    "sizing-services": sizing_services,
    "sizing-policy": sizing_policy,
    "sizing-reliability": sizing_reliability,
    "sizing-split": sizing_split,
}
GROUPS = {
    "all": tuple(BENCHMARKS),
    "sizing": tuple(name for name in BENCHMARKS if name.startswith("sizing-")),
}
_CACHE = Path(tempfile.gettempdir()) / "oom-guard-benchmarks"


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("names", nargs=-1, type=click.Choice([*GROUPS, *BENCHMARKS]), metavar="[NAME…]")
@click.option(
    "--quick", "is_quick", is_flag=True, help="Tiny sizes: shows that all still runs, measures nothing."
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a table instead of Markdown.")
@click.option("--runs", type=click.IntRange(1), help="How often ingest measures each contestant (5).")
@click.option(
    "--minutes",
    "load_minutes",
    type=click.FloatRange(0.01),
    help="How long footprint keeps up its load (10).",
)
@click.option(
    "--traces", type=click.Path(path_type=Path), help="Recorded memory, for sizing (../shared/traces)."
)
@click.option(
    "--unseen",
    "are_unseen",
    is_flag=True,
    default=None,
    help="No rule was tuned on these traces: report on all of them.",
)
@click.option(
    "--cache",
    default=_CACHE,
    show_default=True,
    type=click.Path(path_type=Path),
    help="For what takes long to make.",
)
def main(names: Sequence[str], cache: Path, *, is_quick: bool, as_json: bool, **sizes: Any) -> None:
    """Run benchmarks: ingest, latency, storm, stats, footprint, diagnosis, sizing; all of them if none is named."""
    cache.mkdir(parents=True, exist_ok=True)
    plan = quick(cache) if is_quick else Plan(cache=cache)
    plan = replace(plan, **{name: size for name, size in sizes.items() if size is not None})
    if not as_json:
        click.echo(f"{machine.described()}\n")
    for name in dict.fromkeys(one for asked in names or ("all",) for one in GROUPS.get(asked, (asked,))):
        table = BENCHMARKS[name](plan)
        click.echo(table.as_json() if as_json else f"{table.markdown()}\n")


if __name__ == "__main__":
    main()
