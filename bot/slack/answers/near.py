"""Near misses: who came close to the limit and lived, who is stuck at it, and of whom nobody knows."""

from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.domain.inspection.near import NearMiss, Nearness
from bot.domain.look import NEAR_SPANS, FindWaste, Inspect, NearMisses
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, date, escape

_SPANS = {NEAR_SPANS[0]: "24 hours", NEAR_SPANS[1]: "7 days"}


def near(
    found: Nearness,
    span: timedelta,
    percent: float,
    account_name: place.AccountName,
    gaps: Sequence[str] = (),
) -> Answer:
    """The stuck first, then the nearest."""
    stuck = [one for one in found.misses if one.stuck]
    passed = [one for one in found.misses if not one.stuck]
    measured = found.looked_at - len(found.without_data)
    head = _head(len(stuck), len(passed), measured, percent, _SPANS[span])
    if not found.misses:
        head = f"{'✅' if measured and not gaps else '🤷'} {head}"
    shown = [*stuck, *passed][: fleet.ROWS]
    body: list[Block] = [section(head), *(section(_row(one, account_name)) for one in shown)]
    if (more := len(found.misses) - len(shown)) > 0:
        body.append(context(f"And {more} more, less near."))
    if found.killed:
        body.append(context(f"Killed in this time, and so no near miss: {fleet.names(found.killed)}"))
    other = next(one for one in NEAR_SPANS if one != span)
    return Answer(
        text=fleet.spoken([head, *(f"{_spoken(one)}." for one in shown)]),
        body=[*body, *fleet.small_print(found.without_data, gaps)],
        buttons=[
            buttons.run(0, _SPANS[other], NearMisses(other).typed),
            buttons.also(0, "Audit", Inspect().typed),
            buttons.also(1, "Waste", FindWaste().typed),
        ],
    )


def _head(stuck: int, passed: int, measured: int, percent: float, span: str) -> str:
    of = f"of {fleet.counted(measured)} with data"
    if not stuck and not passed:
        return f"{bold(f'Near misses of the last {span}')}: none {of} passed {percent:g} %."
    lines = [f"{bold(f'Near misses of the last {span}')}: {passed} {of} passed {percent:g} %"]
    if stuck:
        lines.append(f"{stuck} sit{'s' if stuck == 1 else ''} at the limit now without dying")
    return ", ".join(lines) + "."


def _row(miss: NearMiss, account_name: place.AccountName) -> str:
    mark = "🧊" if miss.stuck else "🟡"
    lines = [f"{mark} {fleet.head(miss.running, account_name)}", f"{bold(_how_near(miss))} · {date(miss.at)}"]
    if miss.stuck:
        lines.append(
            f"Stuck, neither healthy nor killed: {escape(miss.stuck, 200)}. It may answer slowly or not at all."
        )
    if miss.enough_mib is not None:
        lines.append(f"A size with room above this peak: {miss.enough_mib:,} MiB")
    return "\n".join(lines)


def _how_near(miss: NearMiss) -> str:
    limit, running = miss.running.limit_mib, miss.running
    if limit is None:
        of = f"its reservation of {running.reserved_mib:,} MiB" if running.reserved_mib else "its reservation"
        return f"{miss.share:.0%} of {of}, no hard limit"
    used = "" if miss.peak_mib is None else f" ({miss.peak_mib:,.0f} MiB)"
    return f"{miss.share:.0%} of {limit:,} MiB{used}"


def _spoken(miss: NearMiss) -> str:
    stuck = ", stuck there" if miss.stuck else ""
    return f"{escape(miss.running.subject.name, 80)} {_how_near(miss)}{stuck}"
