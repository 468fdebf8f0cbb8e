"""Near misses: who came close to the limit and lived, who is stuck at it, and of whom nobody knows."""

from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import Block

from bot.domain.command.look import NEAR_SPANS, FindWaste, Inspect, NearMisses
from bot.domain.inspection.near import NearMiss, Nearness
from bot.domain.telling.language import count, mark, say
from bot.domain.telling.listed import alongside, sentences
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, date, escape

_SPANS = {NEAR_SPANS[0]: mark("24 hours"), NEAR_SPANS[1]: mark("7 days")}


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
    head = _head(len(stuck), len(passed), measured, percent, say(_SPANS[span]))
    if not found.misses:
        head = f"{'✅' if measured and not gaps else '🤷'} {head}"
    shown = [*stuck, *passed][: fleet.ROWS]
    body: list[Block] = [section(head), *(section(_row(one, account_name)) for one in shown)]
    if (more := len(found.misses) - len(shown)) > 0:
        body.append(context(count(more, "And {n} more, less near.", "And {n} more, less near.")))
    if found.killed:
        body.append(context(_killed(found)))
    other = next(one for one in NEAR_SPANS if one != span)
    return Answer(
        text=sentences([head, fleet.ended(_plainly(one) for one in shown)]),
        body=[*body, *fleet.small_print(found.without_data, gaps)],
        buttons=[
            buttons.run(0, say(_SPANS[other]), NearMisses(other).typed),
            buttons.also(0, say("Audit"), Inspect().typed),
            buttons.also(1, say("Waste"), FindWaste().typed),
        ],
    )


def _killed(found: Nearness) -> str:
    return say("Killed in this time, and so no near miss: {names}", names=fleet.names(found.killed))


def _head(stuck: int, passed: int, measured: int, percent: float, span: str) -> str:
    title, services = bold(say("Near misses of the last {span}", span=span)), fleet.counted(measured)
    if not measured and not stuck:
        return say("{label}: {words}.", label=title, words=say("not known, because no service has data"))
    if not stuck and not passed:
        told = say("none of {services} with data passed {percent:g} %", services=services, percent=percent)
        return say("{label}: {words}.", label=title, words=told)
    told = say(
        "{passed} of {services} with data passed {percent:g} %",
        passed=passed,
        services=services,
        percent=percent,
    )
    at_limit = count(
        stuck, "{n} sits at the limit now without dying", "{n} sit at the limit now without dying"
    )
    return say("{label}: {words}.", label=title, words=alongside([told, at_limit if stuck else ""]))


def _row(miss: NearMiss, account_name: place.AccountName) -> str:
    emoji = "🧊" if miss.stuck else "🟡"
    lines = [
        f"{emoji} {fleet.head(miss.running, account_name)}",
        f"{bold(_how_near(miss))} · {_when(miss)}",
    ]
    if miss.stuck:
        lines.append(
            sentences(
                [
                    say("Stuck, neither healthy nor killed: {why}.", why=escape(miss.stuck, 200)),
                    say("It may answer slowly or not at all."),
                ]
            )
        )
    if miss.enough_mib is not None:
        lines.append(say("A size with room above this peak: {mib:,} MiB", mib=miss.enough_mib))
    return "\n".join(lines)


def _when(miss: NearMiss) -> str:
    return date(miss.at) if miss.is_to_the_minute else say("in the hour from {when}", when=date(miss.at))


def _how_near(miss: NearMiss) -> str:
    limit, running = miss.limit_mib or miss.running.limit_mib, miss.running
    if limit is None:
        if not running.reserved_mib:
            return say("{share:.0%} of its reservation, no hard limit", share=miss.share)
        return say(
            "{share:.0%} of its reservation of {mib:,} MiB, no hard limit",
            share=miss.share,
            mib=running.reserved_mib,
        )
    if miss.peak_mib is None:
        return say("{share:.0%} of {limit:,} MiB", share=miss.share, limit=limit)
    return say(
        "{share:.0%} of {limit:,} MiB ({peak:,.0f} MiB)", share=miss.share, limit=limit, peak=miss.peak_mib
    )


def _plainly(miss: NearMiss) -> str:
    told = say("{name} {how_near}", name=escape(miss.running.subject.name, 80), how_near=_how_near(miss))
    return say("{what}, stuck there", what=told) if miss.stuck else told
