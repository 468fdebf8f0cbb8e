"""Diagnoses to tell: one of every kind, of the service that was killed at noon."""

from dataclasses import replace
from typing import Any

from bot.domain.diagnosis.diagnosis import (
    Culprit,
    Diagnosis,
    Finding,
    KnobChange,
    Option,
    Pattern,
    Recommendation,
    Standing,
)
from tests.slack.incidents import NOON

SIZES = Recommendation(
    options=(
        Option(memory_mib=640, task_mib=1024, cpu=256, enough=0.90, monthly_usd=0.0),
        Option(memory_mib=768, task_mib=1024, cpu=256, enough=0.92, monthly_usd=0.0),
        Option(memory_mib=1024, task_mib=2048, cpu=256, enough=0.94, monthly_usd=6.49),
    ),
    best=0,
    reasons=(
        "Usage was flat near the limit for its last hour.",
        "1.25 times was enough in 9 of 10 of 746 similar kills.",
    ),
    multiplier=1.25,
    price_note="Prices: AWS price list of 2026-11-20, eu-west-1, Linux/x86.",
)
TWICE = replace(
    SIZES,
    options=(
        Option(memory_mib=768, task_mib=1024, cpu=256, enough=0.50, monthly_usd=0.0),
        Option(memory_mib=1024, task_mib=2048, cpu=256, enough=0.72, monthly_usd=6.49),
        Option(memory_mib=1536, task_mib=2048, cpu=256, enough=0.90, monthly_usd=6.49),
    ),
    best=1,
    reasons=("Usage climbed into the limit.", "2 times was enough in 7 of 10 of 562 similar kills."),
    multiplier=2.0,
)
BRIDGE = Recommendation(
    options=(
        Option(memory_mib=1024, task_mib=2048, cpu=256, next_oom_s=9 * 3600.0, monthly_usd=6.49),
        Option(
            memory_mib=2048, task_mib=3072, cpu=512, next_oom_s=34 * 3600.0, monthly_usd=21.3, raises_cpu=True
        ),
        Option(
            memory_mib=3072,
            task_mib=4096,
            cpu=512,
            next_oom_s=72 * 3600.0,
            monthly_usd=27.79,
            raises_cpu=True,
        ),
    ),
    best=2,
    reasons=("Its floor rises by 42 MiB an hour.",),
    multiplier=6.0,
    caveat="Buys about 3 d, does not fix: the leak has to be found.",
    price_note="Prices: built-in table of 2026-10-01; AWS's price list could not be read.",
)
HEAP = Finding(
    rule="jvm.heap",
    words="The Java heap is full.",
    evidence='Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    fix="-Xmx128m → -Xmx384m in JAVA_TOOL_OPTIONS: the container has room.",
    memory_helps=False,
)
XMX = Finding(
    rule="knob.jvm.heap",
    words="The Java heap may grow to 512 MiB, the limit is 512 MiB.",
    evidence="JAVA_TOOL_OPTIONS=-Xmx512m against limit 512 MiB",
    fix="Set -Xmx162m in JAVA_TOOL_OPTIONS, or raise the limit to at least 862 MiB.",
    paste="-Xmx162m",
)
CHANGED = (
    "Revision 87 was deployed 12 min before the first kill.",
    "Image of app: checkout-api:2026-11-19 → checkout-api:2026-11-20.",
    "Environment of app, added: CACHE_SIZE, FEATURE_SEARCH.",
)
GAPS = (
    "Container log: access denied (needs logs:GetLogEvents).",
    "Memory history: Container Insights is off for cluster prod.",
)
PEEK = (
    "aws ecs execute-command --region eu-west-1 --cluster prod --task 0a1b2c3d4e5f60718293a4b5c6d7e8f9 "
    "--container app --interactive --command 'sh -c \"grep -e ^Name: -e ^VmRSS: /proc/[0-9]*/status\"'"
)


def diagnosis(**changed: Any) -> Diagnosis:
    """A container that lives close to its limit, fully looked into."""
    usual = Diagnosis(
        made_at=NOON,
        pattern=Pattern.CHRONIC,
        pattern_why="it lives close to its limit: 498 MiB of 512 MiB in the last hour",
        culprit=Culprit.CONTAINER,
        culprit_why="It reached its limit of 512 MiB.",
        helps=True,
        recommendation=SIZES,
        peak_mib=509.0,
        limit_mib=512,
    )
    return replace(usual, **changed)


LEAK = diagnosis(
    pattern=Pattern.LEAK,
    pattern_why="its floor rose steadily by 380 MiB in 9 h: 42 MiB an hour",
    helps=None,
    recommendation=BRIDGE,
    slope_mib_per_h=42.2,
    next_oom_s=9 * 3600.0,
    changes=CHANGED,
    warnings=(f"{CHANGED[0]} {CHANGED[1]} More under Diagnosis.",),
    exec_command=PEEK,
    owner="CloudFormation stack checkout-prod",
)
SPIKE = diagnosis(
    pattern=Pattern.SPIKE, pattern_why="from 210 MiB to 512 MiB within 6 min", recommendation=TWICE
)
KNOB = diagnosis(
    findings=(XMX,),
    recommendation=replace(
        SIZES,
        knobs=(
            KnobChange(
                variable="JAVA_TOOL_OPTIONS",
                old="",
                new="",
                why="-Xmx512m → -Xmx480m: the heap at 75 % of 640 MiB",
            ),
        ),
    ),
)
NOTHING_KNOWN = diagnosis(
    pattern=Pattern.UNKNOWN,
    pattern_why="no memory history, and one death alone shows no pattern",
    recommendation=None,
    no_recommendation_why="too little is known: fewer than three memory samples",
    peak_mib=None,
    gaps=GAPS,
)
DIAGNOSES = {
    "leak": LEAK,
    "spike": SPIKE,
    "chronic": diagnosis(warnings=("Autoscaling follows memory: more memory lowers its figure.",)),
    "jvm_knob": KNOB,
    "heap_line": diagnosis(
        pattern=Pattern.UNKNOWN,
        pattern_why="nothing near the limit: peak 402 MiB of 512 MiB",
        culprit=Culprit.RUNTIME,
        culprit_why="The Java heap is full. The container itself had memory left.",
        findings=(HEAP,),
        helps=False,
        recommendation=None,
        no_recommendation_why="memory alone does not cure it",
        peak_mib=402.0,
    ),
    "host": diagnosis(
        culprit=Culprit.HOST,
        culprit_why="No hard limit was in force.",
        helps=False,
        recommendation=None,
        no_recommendation_why="a larger limit of one container does not give the host more memory",
        warnings=("No hard memory limit on a shared host: it can take its host and its neighbours down.",),
        limit_mib=None,
    ),
    "sidecar": diagnosis(
        culprit=Culprit.SIDECAR,
        culprit_why="log-router used 610 of the task's 1,024 MiB, this container 380.",
        blamed_container="log-router",
    ),
    "init": diagnosis(
        pattern=Pattern.STARTUP,
        pattern_why="it died 2 s after its start",
        culprit=Culprit.INIT,
        culprit_why="Its limit is 6 MiB.",
        recommendation=None,
        no_recommendation_why="it never ran, so nothing shows what it needs",
        limit_mib=6,
    ),
    "child": diagnosis(
        culprit=Culprit.CHILD,
        culprit_why="The container itself ended with exit code 1.",
    ),
    "stuck": diagnosis(pattern=Pattern.STUCK, pattern_why="at 97 % or more of 512 MiB for 11 min, and alive"),
    "unknown": NOTHING_KNOWN,
}
SUSPICIONS = {
    "confirmed": diagnosis(
        standing=Standing.CONFIRMED, standing_why="memory was at 97 % of its limit 38 s before the stop"
    ),
    "unlikely": diagnosis(
        pattern=Pattern.UNKNOWN,
        pattern_why="nothing near the limit: peak 158 MiB of 512 MiB",
        culprit=Culprit.UNKNOWN,
        culprit_why="Nothing proves yet that memory ran out.",
        standing=Standing.UNLIKELY,
        standing_why="memory never passed 31 % of its limit and did not grow",
        helps=None,
        recommendation=None,
        no_recommendation_why="memory is an unlikely cause",
    ),
    "undecided": replace(
        NOTHING_KNOWN,
        culprit=Culprit.UNKNOWN,
        culprit_why="Nothing proves yet that memory ran out.",
        standing=Standing.UNKNOWN,
        standing_why="there is no memory history of this task to tell",
        helps=None,
    ),
}


def ill_worded(text: str) -> Diagnosis:
    """A diagnosis, full to the brim, whose every text is this one."""
    finding = Finding(rule="x", words=text, evidence=text, fix=text, paste=text, memory_helps=False)
    change = KnobChange(variable=text, old=text, new=text, why=text)
    return replace(
        LEAK,
        pattern_why=text,
        culprit=Culprit.SIDECAR,
        culprit_why=text,
        blamed_container=text,
        standing=Standing.UNLIKELY,
        standing_why=text,
        findings=(finding,) * 30,
        recommendation=replace(
            BRIDGE, knobs=(change,) * 12, reasons=(text,) * 20, caveat=text, price_note=text
        ),
        no_recommendation_why=text,
        changes=(text,) * 30,
        warnings=(text,) * 30,
        gaps=(text,) * 30,
        owner=text,
        exec_command=text,
    )
