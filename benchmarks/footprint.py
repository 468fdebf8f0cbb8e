"""Footprint: how soon the bot is ready and how much memory it holds, idle and under lasting load."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import linear_regression, median

from benchmarks import paced
from benchmarks.letters import Place
from benchmarks.plan import Plan
from benchmarks.process import LOAD_CORE, SERVER_CORE, Server, on_cores
from benchmarks.stage import Stage, bot, staged
from benchmarks.table import Table
from bot.store import migrate

_SERVICES = 200
_AIM_MINUTES = 60
_SAMPLE_S = 1.0
_BATCH_S = 30.0  # letters are signed so far ahead, on the other core


def footprint(plan: Plan) -> Table:
    """Starts as many as `plan.runs`, then one long run."""
    table = Table("Footprint", ["what", "figure", "aim"])
    with staged() as stage:
        url = stage.sqlite_url("footprint")
        migrate.upgrade(url)
        settings = stage.environment(url)
        starts: list[float] = []
        for _ in range(plan.runs):
            with bot(stage.folder, settings, frozenset({SERVER_CORE})) as server:
                starts.append(server.ready_after_s)
        with bot(stage.folder, settings, frozenset({SERVER_CORE})) as server:
            starts.append(server.ready_after_s)
            time.sleep(min(5.0, plan.load_minutes * 60))
            idle = server.resident_mib()
            samples = _under_load(plan, stage, server)
            peak = server.peak_mib()
    table.add("start to first 200 of /readyz, s (median)", f"{median(starts[1:]):.2f}", "< 2")
    table.add("resident memory, idle, MiB", f"{idle:.0f}", "< 150")
    table.add("resident memory after the load, MiB", f"{samples[-1][1]:.0f}", "< 150")
    table.add("peak, MiB", f"{peak:.0f}", "< 150")
    middle, last = (_highest(samples, third) for third in (1, 2))
    table.add("highest in the middle third of the load, MiB", f"{middle:.0f}", "–")
    table.add("highest in its last third, MiB", f"{last:.0f}", f"flat: ≤ {middle:.0f}")
    late = [sample for sample in samples if sample[0] >= samples[-1][0] * 2 / 3]
    slope = linear_regression(*zip(*late, strict=True)).slope * 60 if len(late) > 2 else 0.0
    table.add("growth in the last third, MiB a minute", f"{slope:+.2f}", "flat")
    table.notes.append("The first start, which may have to write .pyc files, does not count.")
    table.notes.append(
        "The first third fills SQLite's page caches, 6 MiB in all. Python's collector lets some 5 MiB of garbage gather "
        "before it looks at everything: memory goes up and down by as much."
    )
    hour = "" if plan.load_minutes >= _AIM_MINUTES else " (not the hour of the aim)"
    table.notes.append(
        f"Load: {plan.load_per_second:g} kills a second of {_SERVICES} services for {plan.load_minutes:g} minutes{hour}, "
        "on SQLite; a Slack that answers at once."
    )
    return table


def _highest(samples: list[tuple[float, float]], third: int) -> float:
    """The most memory in this third of the time; the first third fills the caches."""
    part = samples[-1][0] / 3
    return max(mib for at, mib in samples if at >= third * part and (third == 2 or at < (third + 1) * part))


def _under_load(plan: Plan, stage: Stage, server: Server) -> list[tuple[float, float]]:
    """Memory over time: (seconds, MiB) pairs."""
    began, samples = time.monotonic(), []
    with ThreadPoolExecutor(1) as pool, on_cores(frozenset({LOAD_CORE})):
        load = pool.submit(_load, plan, stage, server.port)
        while not load.done():
            samples.append((time.monotonic() - began, server.resident_mib()))
            time.sleep(min(_SAMPLE_S, plan.load_minutes * 60 / 4))
        load.result()
    return [*samples, (time.monotonic() - began, server.resident_mib())]


def _load(plan: Plan, stage: Stage, port: int) -> None:
    places = [Place(f"bench-{number}") for number in range(_SERVICES)]
    until = time.monotonic() + plan.load_minutes * 60
    while (left := until - time.monotonic()) > 0:
        count = max(1, int(min(left, _BATCH_S) * plan.load_per_second))
        paced.send(port, stage.post.letters(places, count), plan.load_per_second)
