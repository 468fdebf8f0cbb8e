"""The gallery of looks: answers about services that still live, by the names of their golden files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.aws.price import fallback
from bot.domain.command.look import NEAR_SPANS, ScanLogs
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.inspection.near import nearness
from bot.domain.inspection.rules import inspect
from bot.domain.inspection.running import Running
from bot.domain.inspection.waste import waste as found_waste
from bot.domain.inspection.worker_kill import Scan, TaskLine, worker_kills
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.slack.answers import inspection, late, near, scan, waste
from bot.slack.answers.answer import Answer
from tests.domain.inspection.fleets import NOON, history, running
from tests.domain.revisions import app, on_ec2, on_fargate

CALM = [40.0] * 48
IDLE = [18.0] * 336
GAP = "prod 123456789012 eu-west-1: not allowed: the role needs ecs:ListServices"
JAVA = replace(app(), knobs={"JAVA_TOOL_OPTIONS": "-Xmx3g"})
GUNICORN = "[1] [ERROR] Worker (pid:{}) was sent SIGKILL! Perhaps out of memory?"


def account_name(_account: str) -> str:
    """Whatever the account."""
    return "prod-eu"


def of_near(services: Sequence[Running], gaps: Sequence[str] = (), **more: object) -> Answer:
    """The first is stuck, the second near, the third killed, the fourth calm, the fifth unknown."""
    readings: tuple[tuple[Sequence[float], Sequence[float]], ...] = (
        (CALM, [98.0] * 20),
        ([*CALM, 93.0], []),
        ([*CALM, 100.0], []),
        (CALM, []),
        ([], []),
    )
    pairs = zip(services, (readings * len(services))[: len(services)], strict=True)
    histories = [history(one, hours=hours, minutes=minutes) for one, (hours, minutes) in pairs]
    killed = [one.subject for one in services[2:3]]
    found = nearness(histories, since=NOON - NEAR_SPANS[1], percent=90, now=NOON, killed=killed)
    return near.near(found, NEAR_SPANS[1], 90, account_name, gaps)


def of_waste(services: Sequence[Running], hours: Sequence[float] = IDLE) -> Answer:
    """All alike."""
    histories = [history(one, hours=hours) for one in services]
    prices = {"eu-west-1": fallback("eu-west-1")}
    return waste.waste(found_waste(histories, killed=(), prices=prices, now=NOON), account_name)


def of_audit(services: Sequence[Running], gaps: Sequence[str] = ()) -> Answer:
    """As they are, the last one without data."""
    histories = [history(one, hours=[95.0]) for one in services[:-1]] + [history(services[-1])]
    return inspection.inspection(inspect(histories, percent=90, now=NOON), "prod", account_name, gaps)


def of_scan(service: Running, lines: Sequence[str], **more: object) -> Answer:
    """One line a minute."""
    told = [
        TaskLine("0123456789abcdef" * 2, "app", LogLine(NOON + timedelta(minutes=number), line))
        for number, line in enumerate(lines)
    ]
    kills = tuple(reversed(worker_kills(told)))
    found = Scan(running=service, span=timedelta(hours=24), kills=kills, lines=len(lines), **more)  # type: ignore[arg-type]  # a test's own words
    return scan.scan(found, account_name)


NAMES = ("stuck", "near", "killed", "calm", "new")
FIVE = [running(name=name) for name in NAMES]
WRONG = [
    running(on_ec2(app(None, 512)), name="batch"),
    running(on_fargate(2048, 512, JAVA), name="checkout"),
    running(name="storefront"),
]
LOOKS: Mapping[str, Answer] = {
    "near": of_near(FIVE),
    "near_none": near.near(
        nearness([history(hours=CALM)], since=NOON - NEAR_SPANS[0], percent=90, now=NOON),
        NEAR_SPANS[0],
        90,
        account_name,
    ),
    "near_unknown": of_near([], [GAP]),
    "waste": of_waste([running(on_fargate(4096, 1024), name="a"), running(on_ec2(app(4096)), name="b")]),
    "waste_none": of_waste(FIVE[:1], [80.0] * 336),
    "audit": of_audit(WRONG),
    "audit_clean": of_audit([running()]),
    "audit_forbidden": of_audit(WRONG, [GAP]),
    "scan": of_scan(running(), [GUNICORN.format(27), GUNICORN.format(28)], known=1),
    "scan_none": of_scan(running(on_fargate(1024, 512)), []),
    "scan_several": scan.several(
        ScanLogs("check"),
        [replace(running().subject, name=name) for name in ("checkout", "checks")],
    ),
    "scan_not_found": scan.not_found("checkuot", ()),
    "look_under_way": late.under_way(214),
    "look_counting": late.under_way(None),
    "look_took_too_long": late.took_too_long("audit", 240),
    "look_gave_up": late.gave_up("audit"),
    "look_failed": late.failed("audit", "KeyError"),
    "look_no_way_back": late.no_way_back(),
}

EVIL = Subject(
    "<!channel>", "eu-west-1", "`<!here>`", OwnerKind.SERVICE, "<@U0EVIL> *&* <https://evil|click>"
)
EVIL_ONE = replace(running(on_fargate(2048, 512, replace(JAVA, name="<!here>"))), subject=EVIL)
HOSTILE_LOOKS: Mapping[str, Answer] = {
    "near": of_near([EVIL_ONE] * 5, ["<!channel>"]),
    "waste": of_waste([EVIL_ONE]),
    "audit": of_audit([EVIL_ONE, EVIL_ONE], ["<!channel>"]),
    "scan": of_scan(EVIL_ONE, [GUNICORN.format(27) + " <!channel> ```"], gaps=("<!channel>",)),
    "not found": scan.not_found("<!channel>", ["<!here>"]),
    "late": late.gave_up("scan <!channel>"),
}

LONG = [
    replace(one, subject=replace(one.subject, name=f"{number}-" + "n" * 250, cluster="c" * 255))
    for number, one in enumerate(
        [running(on_fargate(16384, 4096, replace(JAVA, name="j" * 250)), desired_count=1000)] * 60
    )
]
LONG_LOOKS: Mapping[str, Answer] = {
    "near": of_near(LONG, [f"{number} " + "g" * 400 for number in range(40)]),
    "waste": of_waste(LONG),
    "audit": of_audit(LONG, [f"{number} " + "g" * 400 for number in range(40)]),
    "scan": of_scan(LONG[0], [GUNICORN.format(number) + "&" * 900 for number in range(60)], is_cut=True),
}
