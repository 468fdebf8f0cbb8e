"""Waste: what would do with less, what that saves a month, and the probability of a kill at the smaller size."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.command.look import Inspect, NearMisses
from bot.domain.inspection.waste import WELL_SIZED, Saving, Waste
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import alongside, clauses, commas, sentences
from bot.domain.telling.sentence import begun
from bot.slack.answers import buttons, fleet, place
from bot.slack.answers.answer import Answer
from bot.slack.blocks import context, section
from bot.slack.mrkdwn import bold, escape


def waste(found: Waste, account_name: place.AccountName, gaps: Sequence[str] = ()) -> Answer:
    """The largest savings first, and their total."""
    head = _head(found)
    shown = found.savings[: fleet.ROWS]
    body: list[Block] = [section(head), *(section(_row(one, account_name)) for one in shown)]
    if (more := len(found.savings) - len(shown)) > 0:
        body.append(
            context(
                count(
                    more,
                    "And {n} more with smaller savings; the total counts them.",
                    "And {n} more with smaller savings; the total counts them.",
                )
            )
        )
    kept = commas(f"{number} {escape(say(why))}" for why, number in sorted(found.kept.items()))
    if kept:
        body.append(context(say("No smaller size for: {kept}.", kept=kept)))
    body.append(context(_small_print(found)))
    return Answer(
        text=sentences([head, fleet.ended(_plainly(one) for one in shown)]),
        body=[*body, *fleet.small_print((), gaps)],
        buttons=[
            buttons.also(0, say("Near misses"), NearMisses().typed),
            buttons.also(1, say("Audit"), Inspect().typed),
        ],
    )


def _head(found: Waste) -> str:
    looked = fleet.counted(found.looked_at)
    if not found.savings:
        emoji = "✅" if WELL_SIZED in found.kept else "🤷"
        none = say("nothing of {services} can be smaller, as far as 14 days tell", services=looked)
        return f"{emoji} {say('{label}: {words}.', label=bold(say('Waste')), words=none)}"
    money = say("about {usd} a month", usd=_usd(found.monthly_usd)) if found.monthly_usd >= 0.5 else ""
    title = say("Waste: {saves}", saves=alongside([money, f"{found.frees_mib / 1024:,.1f} GiB"]))
    many = len(found.savings)
    less = say("{savings} of {services} would do with less.", savings=many, services=looked)
    return f"{bold(title)} · {less}"


def _small_print(found: Waste) -> str:
    notes = clauses(escape(one) for one in found.price_notes)
    return sentences(
        [
            say("A smaller limit is tried on one service first."),
            say("It is sized for a peak that comes once a year."),
            say("Prices: {notes}.", notes=notes) if notes else "",
        ]
    )


def _row(saving: Saving, account_name: place.AccountName) -> str:
    reason = saving.shrunk.reason
    lines = [
        f"💤 {fleet.head(saving.running, account_name)}",
        f"{bold(_change(saving))} · {_gain(saving)} · {_risk(saving)}",
        escape(say("{sentence}.", sentence=begun(reason)), 200),
    ]
    return "\n".join(lines)


def _change(saving: Saving) -> str:
    """What is paid for: the task's size where it has one."""
    option, definition = saving.shrunk.option, saving.running.definition
    if option.task_mib is not None and definition.memory_mib is not None:
        sizes = f"{definition.memory_mib:,} → {option.task_mib:,} MiB"
        if option.cpu in (None, definition.cpu):
            return sizes
        return say("{sizes} at {cpu} CPU units", sizes=sizes, cpu=option.cpu)
    return f"{saving.running.limit_mib or 0:,} → {option.memory_mib:,} MiB"


def _gain(saving: Saving) -> str:
    if saving.monthly_usd:
        return say("{usd} a month less", usd=_usd(saving.monthly_usd))
    return say("frees {mib:,} MiB", mib=saving.shrunk.frees_mib * saving.running.desired_count)


def _risk(saving: Saving) -> str:
    risk = saving.shrunk.kill_within_30_days
    if risk < 0.01:
        return say("under 1 % risk of a kill within 30 days")
    return say("{risk:.0%} risk of a kill within 30 days", risk=risk)


def _usd(value: float) -> str:
    return f"${value:,.2f}" if value < 100 else f"${value:,.0f}"


def _plainly(saving: Saving) -> str:
    name = escape(saving.running.subject.name, 80)
    return alongside([f"{name} {_change(saving)}", _gain(saving), _risk(saving)])
