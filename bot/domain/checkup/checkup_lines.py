"""Lines of a checkup that are judged from numbers: clocks, silence, disks, policies."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.calendar.duration import rough
from bot.domain.checkup.checkup import Area, Check, broken, ok, unseen, warning
from bot.domain.policy.policy import Policy, Role
from bot.domain.telling.language import count, say

SKEW_SEEN, SKEW_BROKEN = timedelta(seconds=5), timedelta(minutes=4)  # Slack and AWS refuse from 5 minutes on
LATELY = timedelta(hours=25)  # the hourly event, and a day's patience
FREE_LEAST, FREE_LOW = 200 * 2**20, 2**30  # bytes
_MIB = 2**20


def clock(whose: str, theirs: datetime, ours: datetime) -> Check:
    """Our clock against another's."""
    what = say("Clock against {whose}", whose=whose)
    skew = abs(ours - theirs)
    if skew < SKEW_SEEN:
        return ok(Area.STORE, what, say("less than {n} s apart", n=SKEW_SEEN.seconds))
    found = say("{time} apart", time=rough(skew.total_seconds()))
    fix = say("Let the machine keep its time (chrony, Amazon Time Sync).")
    command = "chronyc tracking"
    make = broken if skew >= SKEW_BROKEN else warning
    return make(Area.STORE, what, found, fix, command)


def events(last: datetime | None, now: datetime) -> Check:
    """When the last event came, of whatever account."""
    what = say("Last event from AWS")
    fix = say("Try the whole path: type /oom test in Slack.")
    if last is None:
        return warning(Area.EVENTS, what, say("none has ever come"), fix)
    found = say("{time} ago", time=rough(max(0.0, (now - last).total_seconds())))
    return ok(Area.EVENTS, what, found) if now - last < LATELY else warning(Area.EVENTS, what, found, fix)


def requests(seen: Mapping[str, datetime], now: datetime, *, signing: bool, socket: bool) -> list[Check]:
    """Whether Slack's own requests come in, by each way that is configured."""
    lines = []
    if signing:
        fix = say(
            "Type /oom in Slack. If it fails there, compare the request URL of the app with the bot's address, and SLACK_SIGNING_SECRET with Basic Information."
        )
        lines.append(_heard(say("Signed requests from Slack"), seen.get("slack over HTTP"), now, fix))
    if socket:
        fix = say("Type /oom in Slack. If it fails there, switch Socket Mode on in the app's settings.")
        lines.append(_heard(say("Requests through Socket Mode"), seen.get("slack over a socket"), now, fix))
    return lines


def _heard(what: str, last: datetime | None, now: datetime, fix: str) -> Check:
    if last is None:
        return unseen(Area.SLACK, what, say("none has come yet"), fix)
    return ok(
        Area.SLACK, what, say("the last {time} ago", time=rough(max(0.0, (now - last).total_seconds())))
    )


def room(path: str, size: int, free: int) -> Check:
    """The disk below a SQLite file; sizes in bytes."""
    what = say("Room for the store")
    found = say("{size} MiB used, {free} MiB free", size=f"{size / _MIB:,.0f}", free=f"{free / _MIB:,.0f}")
    fix = say("Make room where {path} lies, or lower KEEP_KILLS_DAYS.", path=path)
    if free < FREE_LEAST:
        return broken(Area.STORE, what, found, fix, f"df -h {path}")
    return (
        warning(Area.STORE, what, found, fix, f"df -h {path}")
        if free < FREE_LOW
        else ok(Area.STORE, what, found)
    )


def revision(found: str, wanted: str) -> Check:
    """The store's migrations."""
    what = say("Migrations")
    if found >= wanted:
        return ok(Area.STORE, what, say("up to date ({revision})", revision=found))
    told = say("at {found}, this program needs {wanted}", found=found or "none", wanted=wanted)
    return broken(Area.STORE, what, told, say("Bring the store up to date."), "python app.py migrate")


def standing_rules(policy: Policy, freezes: int, faults: Sequence[str]) -> list[Check]:
    """What decides about changing memory, and whether the configuration is the one that was written."""
    return [_configuration(faults), *_writing(policy), _frozen(freezes)]


def _configuration(faults: Sequence[str]) -> Check:
    what = say("Configuration")
    if not faults:
        return ok(Area.RULES, what, say("in force as it is written"))
    found = count(
        len(faults),
        "{n} fault, so an earlier one is in force: {first}",
        "{n} faults, so an earlier one is in force: {first}",
        first=faults[0],
    )
    return broken(
        Area.RULES, what, found, say("Correct it; it is read again by itself."), "python app.py check-config"
    )


def _writing(policy: Policy) -> list[Check]:
    what = say("Changes of memory")
    if policy.read_only:
        return [ok(Area.RULES, what, say("off: this installation is read-only (OOM_READ_ONLY)"))]
    operators = sum(one.role is not Role.VIEWER for one in policy.grants)
    if not operators:
        return [ok(Area.RULES, what, say("off: no policy lets anybody change anything (POLICY)"))]
    return [
        ok(
            Area.RULES,
            what,
            count(operators, "{n} grant lets people ask for them", "{n} grants let people ask for them"),
        )
    ]


def _frozen(freezes: int) -> Check:
    what = say("Freeze")
    if not freezes:
        return ok(Area.RULES, what, say("none"))
    found = say("changes are frozen, on purpose: nobody can begin one")
    return warning(Area.RULES, what, found, say("End it when its reason is over."), "/oom thaw")
