"""Sizing: how much memory after a kill: three sizes with what they cost and how likely they are enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.aws.layout import Layout, Plot
from bot.domain.aws.price import Prices
from bot.domain.aws.task_definition import Container, TaskDefinition
from bot.domain.calendar.duration import rough
from bot.domain.diagnosis.diagnosis import Option, Recommendation
from bot.domain.diagnosis.evidence import Host
from bot.domain.diagnosis.shape import Shape
from bot.domain.sizing import grounds, placement, tail, target
from bot.domain.sizing.bill import more_a_month
from bot.domain.sizing.calibration import MOST_CLAIM, UNTAUGHT, Alike, Calibration, alike_of
from bot.domain.sizing.choice import Bounds, Choice, choose
from bot.domain.sizing.tail import Peak, Tail
from bot.domain.sizing.target import Ladder, Rule
from bot.domain.telling.language import say
from bot.domain.telling.sentence import begun


@dataclass(frozen=True, slots=True)
class Caps:
    """No step is larger than so many times the limit, nor beyond so many MiB (None: what ECS sells)."""

    factor: float = 4.0
    max_mib: int | None = None


@dataclass(frozen=True, slots=True)
class Abstains:
    """No size is recommended; why, as a plain clause without a full stop."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kill to be sized for.

    `limit_mib`: the limit that was reached. `peaks`: of earlier runs or stretches, this kill included (censored).
    `every_s`: seconds from one of these peaks to the next. `helps`: False where memory does not cure, and why.
    `is_repeat`: killed again within an hour, or after a raise. `others_mib`: measured peaks of other containers.
    """

    definition: TaskDefinition
    container: str
    limit_mib: int | None
    shape: Shape
    peaks: Sequence[Peak] = ()
    every_s: float | None = None
    is_job: bool = False
    is_repeat: bool = False
    desired_count: int = 1
    prices: Prices | None = None
    caps: Caps = Caps()
    host: Host | None = None
    helps: bool | None = None
    helps_why: str = ""
    others_mib: Mapping[str, float] = field(default_factory=dict)
    calibration: Calibration = UNTAUGHT


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the sizes of one case rest on."""

    case: Case
    limit_mib: int
    plot: Plot
    ladder: Ladder
    tail: Tail | None


def recommend(case: Case) -> Recommendation | Abstains:
    """Up to three sizes, the one that we would take among them; Abstains where nothing carries a size."""
    found = _ground(case)
    if isinstance(found, Abstains):
        return found
    most = case.caps.factor * found.limit_mib
    most = most if case.caps.max_mib is None else min(most, case.caps.max_mib)
    bounds = Bounds(above_mib=found.limit_mib, most_mib=most, host=case.host)
    choice = choose(found.plot, found.ladder, bounds)
    if not choice.layouts:
        return Abstains(choice.why)
    best = choice.layouts[choice.best]
    return Recommendation(
        options=tuple(_option(found, layout) for layout in choice.layouts),
        best=choice.best,
        reasons=_reasons(found, best),
        multiplier=best.limit_mib / found.limit_mib,
        caveat=_caveat(found, choice),
        price_note=_price_note(case),
    )


def _ground(case: Case) -> _Ground | Abstains:
    container = case.definition.container(case.container)
    if case.helps is False:
        return Abstains(case.helps_why or say("memory is not what it lacks"))
    if container is None:
        return Abstains(
            say(
                "container {name} is not in the revision: AWS adds it, its size is not ours to set",
                name=case.container,
            )
        )
    if not case.limit_mib or case.limit_mib < 0:
        return Abstains(
            say("no hard memory limit was in force: it was the host that ran out, raise the reservation")
        )
    if case.definition.is_fargate and (case.definition.cpu is None or case.definition.memory_mib is None):
        return Abstains(say("the task's size is not known"))
    peaks = tail.fit(case.peaks)
    steps = target.ladder(case.limit_mib, case.shape, peaks, is_job=case.is_job, is_repeat=case.is_repeat)
    if steps is None:
        why = case.shape.why
        return Abstains(say("nothing to size from: {why}, and fewer than three earlier runs", why=why))
    plot = Plot(
        definition=case.definition,
        container=container,
        is_task_limit=_is_task_limit(case, container),
        others_mib=case.others_mib,
    )
    return _Ground(case, case.limit_mib, plot, steps, peaks)


def _is_task_limit(case: Case, container: Container) -> bool:
    """The task's limit was reached where the container has none, or the figure is the task's and not its own."""
    if container.memory_mib is None:
        return True
    return case.limit_mib == case.definition.memory_mib != container.memory_mib


def _enough(found: _Ground, size_mib: float) -> float | None:
    if found.ladder.rule is Rule.LEAK:
        return None
    likely = found.case.calibration.enough(size_mib / found.limit_mib, _alike(found))
    if found.tail is None or (found.ladder.rule is not Rule.TAIL and size_mib >= found.tail.record_mib):
        return likely
    # The tail speaks of the next run, whichever it is; the retry of the one that was killed needs more than that.
    return min(MOST_CLAIM, likely, 1 - found.tail.exceeds(size_mib))


def _alike(found: _Ground) -> Alike:
    """Which replayed kills it is compared with."""
    shape, rule = found.case.shape, found.ladder.rule
    if rule in (Rule.TAIL, Rule.BLIND):
        return Alike.ANY
    # What was killed again counts as a climb, and so does a run that grew all its length.
    is_other = rule is Rule.CLIMB and (found.case.is_repeat or not shape.climbs)
    return Alike.CLIMB if is_other else alike_of(shape)


def _next_kill_s(found: _Ground, size_mib: float) -> float | None:
    case, rule = found.case, found.ladder.rule
    if rule is Rule.LEAK:
        return target.next_kill_s(size_mib, found.limit_mib, case.shape)
    if rule is Rule.TAIL and found.tail and case.every_s:
        return case.every_s / found.tail.exceeds(size_mib)
    return None


def _option(found: _Ground, layout: Layout) -> Option:
    case = found.case
    return Option(
        memory_mib=layout.limit_mib,
        task_mib=layout.task_mib,
        cpu=layout.cpu,
        reservation_mib=layout.reservation_mib,
        enough=_enough(found, layout.limit_mib),
        next_oom_s=_next_kill_s(found, layout.limit_mib),
        monthly_usd=None
        if case.is_job
        else more_a_month(case.definition, layout, case.prices, case.desired_count),
        raises_cpu=layout.raises_cpu,
    )


def _price_note(case: Case) -> str:
    if not case.definition.is_fargate:
        return say("no price: on EC2 the instances are paid for, not the task")
    if case.is_job:
        return say("no monthly price: a job is paid by the run")
    if case.prices is None:
        return ""
    if case.prices.rate(is_arm=case.definition.is_arm, is_windows=case.definition.is_windows) is None:
        return say("no price is known for this region and platform")
    return case.prices.note


def _reasons(found: _Ground, best: Layout) -> tuple[str, ...]:
    case = found.case
    told = [
        say("{sentence}.", sentence=begun(case.shape.why)),
        say("It was killed again, within the hour or after a raise: more than a little is missing.")
        if case.is_repeat
        else "",
        grounds.of_rule(_alike(found), best.limit_mib / found.limit_mib)
        if found.ladder.rule in (Rule.CREEP, Rule.CLIMB, Rule.BLIND)
        else "",
        grounds.of_start(case.shape),
        grounds.of_leak(found.ladder, case.shape, _next_kill_s(found, best.limit_mib)),
        grounds.of_record(found.ladder, found.tail, found.limit_mib),
        grounds.of_tail(found.ladder, found.tail, best.limit_mib),
        grounds.of_own(case.calibration),
        grounds.of_layout(found.plot, best),
    ]
    if not case.definition.is_fargate:
        told.append(placement.told(case.definition, case.container, best, case.host))
    if best.limit_mib < found.ladder.best:
        told.append(
            say(
                "{mib:,.0f} MiB were wanted: this is the most that is allowed and finds room.",
                mib=found.ladder.best,
            )
        )
    return tuple(sentence for sentence in told if sentence)


def _caveat(found: _Ground, choice: Choice) -> str:
    """What to know before taking it; "" where nothing."""
    best = choice.layouts[choice.best]
    if found.ladder.rule is Rule.LEAK:
        lasts = _next_kill_s(found, best.limit_mib)
        if lasts is None:
            return say("buys time, does not fix")
        return say("buys about {span}, does not fix", span=rough(lasts))
    definition, container = found.case.definition, found.plot.container
    if found.limit_mib not in (container.memory_mib, definition.memory_mib):
        return say(
            "the limit in force, {mib:,} MiB, is not the revision's: a run that overrides it keeps it",
            mib=found.limit_mib,
        )
    return ""
