"""Gists: a diagnosis in two lines: what it was, and what to do about it."""

import math
from dataclasses import dataclass

from bot.domain.calendar.duration import coarse
from bot.domain.diagnosis.diagnosis import (
    Culprit,
    Diagnosis,
    Finding,
    Option,
    Pattern,
    Recommendation,
    Standing,
)
from bot.domain.diagnosis.signature import CauseClass
from bot.domain.investigation.culprit import cause_of
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import alongside

PATTERNS = {
    Pattern.STARTUP: mark("Died at start-up"),
    Pattern.SPIKE: mark("Spike"),
    Pattern.RAMP: mark("Climb"),
    Pattern.STEP: mark("Step up"),
    Pattern.DIURNAL: mark("Daily peak"),
    Pattern.CHRONIC: mark("Limit too small"),
    Pattern.STUCK: mark("Stuck at its limit"),
}
CULPRITS = {
    Culprit.HOST: mark("Host out of memory"),
    Culprit.INIT: mark("Limit too low to start"),
    Culprit.CHILD: mark("A child process was killed"),
}
REMEDIES = {
    Culprit.HOST: mark("Give it a hard limit, and reserve what it needs."),
    Culprit.INIT: mark("Raise the limit."),
}
CAPS = {
    CauseClass.HEAP_CAP: mark("Heap cap, not the container"),
    CauseClass.APP_CAP: mark("A cap of its own, not the container"),
    CauseClass.THREADS: mark("Thread limit, not memory"),
    CauseClass.SHM: mark("Shared memory, not the container"),
    CauseClass.CODE_BUG: mark("One absurd request, not the container"),
    CauseClass.CONFIG: mark("A setting, not the container"),
}
MISFITS = {  # settings of a runtime that lead to a kernel kill by themselves
    "knob.jvm.heap",
    "knob.jvm.parts",
    "knob.node.heap",
    "knob.node.default",
    "knob.go.memlimit",
    "knob.go.unset",
    "knob.dotnet.heap",
    "knob.dotnet.percent",
    "knob.search.heap",
    "knob.redis.maxmemory",
}
RAN_OUT_OF = {  # what a runtime that ended itself had none of, to follow its name
    CauseClass.HEAP_CAP: mark("ran out of heap"),
    CauseClass.APP_CAP: mark("reached a memory cap of its own"),
    CauseClass.THREADS: mark("ran out of threads"),
    CauseClass.SHM: mark("ran out of shared memory"),
    CauseClass.CONFIG: mark("wants more memory than it may have"),
}
NOT_MEMORY = mark("raising memory alone will not help")


@dataclass(frozen=True, slots=True)
class Gist:
    """Plain unescaped text. `cause` and `label` are to be bold; `paste` is the value that `fix` speaks of.

    `fix` and `paste` are "" where nothing can be advised. `label` says what the fix is worth: a fix, time, a next step.
    """

    cause: str
    told: str
    label: str
    fix: str = ""
    paste: str = ""


def gist(diagnosis: Diagnosis) -> Gist:
    """The two lines of this diagnosis."""
    cause, told = _cause(diagnosis)
    return Gist(cause, told, *_fix(diagnosis))


def ran_out(diagnosis: Diagnosis) -> str:
    """What the runtime, not the container, ran out of: `ran out of heap`; "" where that was not it."""
    own = deciding(diagnosis) if diagnosis.culprit is Culprit.RUNTIME else None
    cause = cause_of(own) if own is not None else None
    return say(RAN_OUT_OF[cause]) if cause in RAN_OUT_OF else ""


def sized(options: Recommendation, limit_mib: int | None) -> str:
    """`2,048 → 3,072 MiB: enough in 9 of 10 · +$14/month`."""
    chosen = options.chosen
    before = f"{limit_mib:,} → " if limit_mib else ""
    size = f"{before}{chosen.memory_mib:,} MiB"
    if chosen.enough is not None:
        size = say("{size}: enough in {chance}", size=size, chance=chance(chosen.enough))
    return " · ".join(part for part in (size, cost(chosen.monthly_usd)) if part)


def chance(enough: float) -> str:
    """A probability as people count: `9 of 10`, `99 of 100`; rounded down, as a promise should be."""
    tenths, hundredths = math.floor(enough * 10 + 1e-9), math.floor(enough * 100 + 1e-9)
    if enough < 0.945:
        return say("{tenths} of 10", tenths=tenths)
    return say("{hundredths} of 100", hundredths=min(hundredths, 99))


def cost(monthly_usd: float | None) -> str:
    """A monthly difference: `+$14/month`, `−$0.40/month`; "" where nobody knows or nothing changes."""
    if monthly_usd is None or not math.isfinite(monthly_usd) or abs(monthly_usd) < 0.005:
        return ""
    sign, size = "−" if monthly_usd < 0 else "+", abs(monthly_usd)
    usd = f"{sign}${size:,.2f}" if size < 1 else f"{sign}${size:,.0f}"
    return say("{usd}/month", usd=usd)


def _cause(diagnosis: Diagnosis) -> tuple[str, str]:
    if diagnosis.standing is Standing.UNLIKELY:
        return say("Probably not memory"), diagnosis.standing_why
    if diagnosis.standing is Standing.UNKNOWN and diagnosis.culprit is Culprit.UNKNOWN:
        return say("Not proven"), diagnosis.standing_why  # a shape would speak of a kill that nobody has seen
    own, why = deciding(diagnosis), diagnosis.culprit_why
    if diagnosis.culprit is Culprit.RUNTIME and own is not None:
        cap = CAPS.get(cause_of(own) or CauseClass.APP_CAP, CAPS[CauseClass.APP_CAP])
        return say(cap), say(NOT_MEMORY)
    if diagnosis.culprit is Culprit.SIDECAR:
        name = diagnosis.blamed_container
        return say("Sidecar {name}", name=name), _after_colon(why.removeprefix(f"{name} "))
    if diagnosis.culprit in CULPRITS:
        return say(CULPRITS[diagnosis.culprit]), _after_colon(why)
    return _by_setting(diagnosis) or _by_pattern(diagnosis)


def _by_setting(diagnosis: Diagnosis) -> tuple[str, str] | None:
    own = misfit(diagnosis)
    return (say("Setting does not fit"), _after_colon(own.words)) if own else None


def _after_colon(sentence: str) -> str:
    """The sentence as the end of another one; names keep their first letter."""
    first = sentence.partition(" ")[0]
    is_plain = first in {"The", "Its", "It", "No", "All"}
    return (sentence[:1].lower() + sentence[1:] if is_plain else sentence).rstrip(".。")


def _by_pattern(diagnosis: Diagnosis) -> tuple[str, str]:
    pattern, why = diagnosis.pattern, diagnosis.pattern_why
    if pattern is Pattern.LEAK:
        return say("Leak"), _leak(diagnosis)
    if pattern in (Pattern.CHRONIC, Pattern.DIURNAL):
        return say(PATTERNS[pattern]), _rest(why)  # the name of the pattern says the rest
    if pattern in PATTERNS:
        return say(PATTERNS[pattern]), why
    if diagnosis.culprit is Culprit.TASK:
        return say("The whole task"), _after_colon(diagnosis.culprit_why)
    if diagnosis.standing is Standing.CONFIRMED:
        return say("Out of memory"), diagnosis.standing_why
    return say("Cause not known"), why


def _rest(why: str) -> str:
    """What follows the first colon, Chinese or not: the words may be kept in either language."""
    return why.replace("：", ": ", 1).partition(": ")[2] or why


def misfit(diagnosis: Diagnosis) -> Finding | None:
    """A setting that does not fit the limit, which a kernel kill makes the likeliest cause; a leak shows in any case."""
    if diagnosis.culprit is not Culprit.CONTAINER or diagnosis.pattern is Pattern.LEAK:
        return None
    return next((one for one in diagnosis.findings if one.rule in MISFITS), None)


def _leak(diagnosis: Diagnosis) -> str:
    slope = diagnosis.slope_mib_per_h
    again = say("again in about {span}", span=coarse(diagnosis.next_oom_s)) if diagnosis.next_oom_s else ""
    pace = say("+{slope:,.0f} MiB/h", slope=slope) if slope is not None and slope >= 0.5 else ""
    return alongside([pace, again]) or diagnosis.pattern_why


def deciding(diagnosis: Diagnosis) -> Finding | None:
    """The finding that tells of a cause which memory alone does not cure, else the first that says what to do."""
    against = [finding for finding in diagnosis.findings if finding.memory_helps is False]
    useful = [finding for finding in diagnosis.findings if finding.fix]
    return next(iter([*against, *useful]), None)


def _fix(diagnosis: Diagnosis) -> tuple[str, str, str]:
    if diagnosis.standing is Standing.UNLIKELY:
        return say("Next"), say("Look at what stopped it: a stop timeout, docker kill or a supervisor."), ""
    own, sizes = deciding(diagnosis), diagnosis.recommendation
    if own is not None and (diagnosis.helps is False or sizes is None):
        return say("Fix"), own.fix, own.paste
    if other := _other_than_size(diagnosis):
        return say("Fix"), other, ""
    if sizes is None:
        return say("Next"), "", ""
    size = sized(sizes, diagnosis.limit_mib)
    if sizes.knobs:
        size = say("{size}, with {variable} re-fitted", size=size, variable=sizes.knobs[0].variable)
    return _label(diagnosis, sizes.chosen), size, ""


def _other_than_size(diagnosis: Diagnosis) -> str:
    """What to do where a size of the container is not the first thing to change; else ""."""
    if diagnosis.culprit is Culprit.SIDECAR:
        name = diagnosis.blamed_container
        return say("Give {name} a limit of its own, or the task more memory.", name=name)
    own_setting = misfit(diagnosis)
    if own_setting is not None:
        return own_setting.fix
    return say(REMEDIES[diagnosis.culprit]) if diagnosis.culprit in REMEDIES else ""


def _label(diagnosis: Diagnosis, chosen: Option) -> str:
    """`Fix`, but what a size is worth to a leak is time."""
    if diagnosis.pattern is not Pattern.LEAK:
        return say("Fix")
    return say("Buys about {span}", span=coarse(chosen.next_oom_s)) if chosen.next_oom_s else say("Buys time")
