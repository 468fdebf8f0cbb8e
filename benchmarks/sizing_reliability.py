"""Reliability of sizing: what the product predicts against what then happened, on the reported half."""

from collections.abc import Iterable
from itertools import pairwise
from statistics import fmean

from benchmarks.plan import Plan
from benchmarks.sizing_jobs import claims
from benchmarks.sizing_services import observed
from benchmarks.sizing_traces import absent, jobs
from benchmarks.table import Table
from bot.domain.sizing.calibration import UNTAUGHT

_BINS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


def sizing_reliability(plan: Plan) -> Table:
    """Predicted and observed shares, of jobs' next runs and of services' kills."""
    table = Table("Reliability of sizing", ["claim", "cases", "predicted", "observed"])
    if absent(plan, table):
        return table
    told = claims(jobs(plan))
    for low, high in pairwise(_BINS):
        inside = [(risk, passed) for risk, passed in told if low < risk <= high]
        if inside:
            claim = f"the job's next run passes the size: {low:g}–{high:g}"
            table.add(
                claim, len(inside), _mean(risk for risk, _ in inside), _mean(passed for _, passed in inside)
            )
    cases = list(observed(plan))
    for climbs, kind in ((False, "close to its limit for an hour"), (True, "climbed into it")):
        alike = [enough for one, enough in cases if one == climbs]
        for multiplier in alike[0] if alike else ():
            claim = f"{kind}: × {multiplier:g} is enough"
            predicted = UNTAUGHT.enough(multiplier, climbs=climbs)
            table.add(claim, len(alike), predicted, _mean(enough[multiplier] for enough in alike))
    table.notes = [
        (
            "Jobs: before each run, the tail of the peaks before it, for sizes of 0.9 to 2 times their record. Claims are "
            "never better than 1 in 2,000."
        ),
        (
            "Services: the table in `bot/domain/sizing/calibration.py` rests on 1,308 kills of the same three sources, these among "
            "them; so these rows show that our classifier sorts them as it was measured, and no more than that."
        ),
    ]
    return table


def _mean(values: Iterable[float]) -> float:
    return fmean(float(value) for value in values)
