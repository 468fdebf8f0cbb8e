"""Sizing over days: limits re-evaluated daily and raised at kills, by us and by others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.plan import Plan
from benchmarks.sizing_service_rules import GUARD, Kill, Rule, times, vpa
from benchmarks.sizing_traces import Recording, absent, part, recordings
from benchmarks.table import Table
from bot.domain.sizing import tail, target
from bot.domain.sizing.tail import Peak

_DAY_S, _BLOCK_H = 86_400, 6
_CALM_S = 2 * _DAY_S  # after a kill, before we lower a limit
_LEAST_CHANGE = 0.1
_MOST_KILLS = 40


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done each morning, and at each kill. `morning` gets all up to now as a kill at today's limit would."""

    morning: Callable[
        [Kill, float | None], float
    ]  # the second: seconds since the last kill, None where none was
    at_kill: Rule


def _largest(kill: Kill) -> float:
    return max(mib for _, mib in kill.until(14 * _DAY_S)[:-1])


def _keep(risk_hours: float) -> Callable[[Kill, float | None], float]:
    """Our rule for what runs well: one passing in so many hours; changed only by more than a tenth."""

    def morning(kill: Kill, calm_s: float | None) -> float:
        if calm_s is not None and calm_s < _CALM_S:
            return kill.limit_mib
        blocks: dict[int, float] = {}
        for at, mib in kill.until(14 * _DAY_S)[:-1]:
            block = int(at // (_BLOCK_H * 3600))
            blocks[block] = max(mib, blocks.get(block, 0.0))
        known = tail.fit([Peak(mib) for mib in blocks.values()])
        if known is None:
            return kill.limit_mib
        wanted = target.keep(known, _BLOCK_H / risk_hours)
        return wanted if abs(wanted / kill.limit_mib - 1) > _LEAST_CHANGE else kill.limit_mib

    return morning


POLICIES: Mapping[str, Policy] = {
    "KRR with OOM data": Policy(lambda kill, _: 1.15 * _largest(kill), times(1.25)),
    "VPA, no floors": Policy(lambda kill, _: vpa(kill, had_oom=False), vpa),
    "Compute Optimizer, assumed: max / 0.8": Policy(lambda kill, _: _largest(kill) / 0.8, times(1.25)),
    "**OOM Guard**, one passing in 30 days": Policy(_keep(720), GUARD),
    "OOM Guard, one passing in a year": Policy(_keep(8760), GUARD),
}


def follow(one: Recording, policy: Policy) -> tuple[int, float]:
    """Kills, and the limit summed over all readings, after the first day."""
    day = _DAY_S // one.step_s
    limit, kills, last, paid = 2 * max(one.mib[:day]), 0, -1, 0.0
    for at in range(day, len(one.mib)):
        calm_s = None if last < 0 else float((at - last) * one.step_s)
        if at % day == 0:
            limit = policy.morning(Kill(one, at, limit, is_repeat=False), calm_s)
        tries = 0
        while one.mib[at] > limit:
            tries += 1
            kill = Kill(one, at, limit, is_repeat=last >= 0 and (at - last) * one.step_s <= 3600)
            limit, last = (policy.at_kill(kill) if tries < _MOST_KILLS else one.mib[at]), at
        kills += tries
        paid += limit
    return kills, paid


def sizing_policy(plan: Plan) -> Table:
    """OOMs and slack of whole policies on the reported half of the long recordings."""
    table = Table("Sizing over nine days", ["policy", "OOMs", "slack: unused share of the limit"])
    if absent(plan, table):
        return table
    long = [one for one in recordings(plan) if len(one.mib) * one.step_s > 3 * _DAY_S]
    for name, policy in POLICIES.items():
        courses = [follow(one, policy) for one in long]
        used = [sum(one.mib[_DAY_S // one.step_s :]) for one in long]
        slack = [1 - mib / paid for mib, (_, paid) in zip(used, courses, strict=True)]
        table.add(name, sum(kills for kills, _ in courses), sum(slack) / len(slack) if slack else 0.0)
    table.notes = [
        f"{len(long)} recordings of ten days, {part(plan)}; limits are set each midnight from what was seen, a kill raises at once.",
    ]
    return table
