"""Splitting the climbs: are claims better for telling slopes from bursts, on recordings that it was not learned on?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from benchmarks.plan import Plan
from benchmarks.sizing_resampling import interval
from benchmarks.sizing_services import Replayed, observed
from benchmarks.sizing_traces import absent, is_reported
from benchmarks.table import Table
from bot.domain.sizing.calibration import Alike, replayed

_MULTIPLIERS = (1.1, 1.25, 1.5, 2.0, 2.5, 3.0)
_SHRUNK_BY = 30  # recordings more that would have shown no difference
_KINDS = (Alike.SLOPE, Alike.BURST)

Claim = Callable[[Replayed, float], float]


@dataclass(frozen=True, slots=True)
class Trial:
    """Claims of two tables on kills that neither was learned on."""

    judged_on: str
    cases: Sequence[Replayed]
    split: Claim


def whole(case: Replayed, multiplier: float) -> float:
    """Creeps and climbs, as 1,308 kills had it."""
    return replayed(multiplier, Alike.CREEP if case.alike is Alike.CREEP else Alike.CLIMB)


def as_shipped(case: Replayed, multiplier: float) -> float:
    """The product's table."""
    return replayed(multiplier, case.alike)


def learned(cases: Sequence[Replayed]) -> Claim:
    """The whole table, moved by how these slopes and bursts differ from these climbs, shrunk."""
    moves: Mapping[tuple[Alike, float], float] = dict(_moves([one for one in cases if one.alike in _KINDS]))

    def claim(case: Replayed, multiplier: float) -> float:
        return whole(case, multiplier) + moves.get((case.alike, multiplier), 0.0)

    return claim


def _moves(climbs: Sequence[Replayed]) -> Iterator[tuple[tuple[Alike, float], float]]:
    for kind in _KINDS:
        alike = [one for one in climbs if one.alike is kind]
        seen = len({one.recording for one in alike})
        for multiplier in _MULTIPLIERS if alike else ():
            apart = fmean(one.need <= multiplier for one in alike) - fmean(
                one.need <= multiplier for one in climbs
            )
            yield (kind, multiplier), seen / (seen + _SHRUNK_BY) * apart


def errors(cases: Sequence[Replayed], claim: Claim) -> list[tuple[str, float]]:
    """Squared errors (their mean is Brier's score), one a case and multiplier, each with its recording."""
    return [
        (one.recording, (claim(one, multiplier) - (one.need <= multiplier)) ** 2)
        for one in cases
        for multiplier in _MULTIPLIERS
    ]


def calibration_error(cases: Sequence[Replayed], claim: Claim) -> float:
    """Expected calibration error: how far what was claimed is from what came, over tenths of the claim."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for one in cases:
        for multiplier in _MULTIPLIERS:
            told = claim(one, multiplier)
            tenths.setdefault(round(10 * told), []).append((told, one.need <= multiplier))
    told_of = len(cases) * len(_MULTIPLIERS)
    apart = (len(of) * abs(fmean(p for p, _ in of) - fmean(came for _, came in of)) for of in tenths.values())
    return sum(apart) / told_of


def sizing_split(plan: Plan) -> Table:
    """Scores of creeps, and of climbs with and without the split."""
    columns = ["judged on", "kills", "Brier", "with the split", "gain, 95 %", "ECE", "with the split"]
    table = Table("Scores of what is claimed of services", columns)
    if absent(plan, table):
        return table
    for trial in _trials(plan):
        for kind in ("creep", "climb"):
            cases = [one for one in trial.cases if (one.alike is Alike.CREEP) == (kind == "creep")]
            if cases:
                table.add(f"{trial.judged_on}: {kind}", len(cases), *_scores(cases, trial.split))
    table.notes = [
        (
            "Mean squared error (Brier) and expected calibration error (ECE, by tenths) of six claims a kill: "
            f"{', '.join(f'× {one:g}' for one in _MULTIPLIERS)}. Less is better. Leaks are left out: nothing is claimed."
        ),
        (
            "The split: the level from the table of 1,308 kills, the difference of slopes and bursts learned on the other "
            f"half and shrunk as if {_SHRUNK_BY} recordings more had shown none. The gain's interval is of recordings "
            "drawn anew."
        ),
    ]
    return table


def _trials(plan: Plan) -> Iterator[Trial]:
    cases = list(observed(replace(plan, are_unseen=True)))
    if plan.are_unseen:
        yield Trial("all of them, as shipped", cases, as_shipped)
        return
    ours = [one for one in cases if is_reported(one.recording)]
    others = [one for one in cases if not is_reported(one.recording)]
    yield Trial("this half, learned on the other", ours, learned(others))
    yield Trial("the other half, learned on this", others, learned(ours))


def _scores(cases: Sequence[Replayed], split: Claim) -> tuple[float | str, ...]:
    before, after = errors(cases, whole), errors(cases, split)
    gains = [(name, old - new) for (name, old), (_, new) in zip(before, after, strict=True)]
    low, high = interval(gains)
    return (
        fmean(error for _, error in before),
        fmean(error for _, error in after),
        f"{low:+.4f} to {high:+.4f}" if any(gain for _, gain in gains) else "–",
        calibration_error(cases, whole),
        calibration_error(cases, split),
    )
