"""Waste: what would do with less, what that saves a month, and the probability of a kill at the smaller size."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.inspection.waste import Saving, Waste
from bot.domain.look import Inspect, NearMisses
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
        body.append(context(f"And {more} more with smaller savings; the total counts them."))
    kept = ", ".join(f"{count} {escape(why)}" for why, count in sorted(found.kept.items()))
    if kept:
        body.append(context(f"No smaller size for: {kept}."))
    notes = "; ".join(escape(one) for one in found.price_notes)
    small = "A smaller limit is tried on one service first. It is sized for a peak that comes once a year."
    body.append(context(f"{small}{f' Prices: {notes}.' if notes else ''}"))
    return Answer(
        text=fleet.spoken([head, *(f"{_spoken(one)}." for one in shown)]),
        body=[*body, *fleet.small_print((), gaps)],
        buttons=[
            buttons.also(0, "Near misses", NearMisses().typed),
            buttons.also(1, "Audit", Inspect().typed),
        ],
    )


def _head(found: Waste) -> str:
    looked = f"of {fleet.counted(found.looked_at)}"
    if not found.savings:
        mark = "✅" if "well sized" in found.kept else "🤷"
        return f"{mark} {bold('Waste')}: nothing {looked} can be smaller, as far as 14 days tell."
    money = f"about {_usd(found.monthly_usd)} a month" if found.monthly_usd >= 0.5 else ""
    free = f"{found.frees_mib / 1024:,.1f} GiB"
    saves = f"{money}, {free}" if money else free
    return f"{bold(f'Waste: {saves}')} · {len(found.savings)} {looked} would do with less."


def _row(saving: Saving, account_name: place.AccountName) -> str:
    lines = [
        f"💤 {fleet.head(saving.running, account_name)}",
        f"{bold(_change(saving))} · {_gain(saving)} · {_risk(saving)}",
        escape(f"{saving.shrunk.reason[:1].upper()}{saving.shrunk.reason[1:]}.", 200),
    ]
    return "\n".join(lines)


def _change(saving: Saving) -> str:
    """What is paid for: the task's size where it has one."""
    option, definition = saving.shrunk.option, saving.running.definition
    if option.task_mib is not None and definition.memory_mib is not None:
        cpu = f" at {option.cpu} CPU units" if option.cpu not in (None, definition.cpu) else ""
        return f"{definition.memory_mib:,} → {option.task_mib:,} MiB{cpu}"
    return f"{saving.running.limit_mib or 0:,} → {option.memory_mib:,} MiB"


def _gain(saving: Saving) -> str:
    if saving.monthly_usd:
        return f"{_usd(saving.monthly_usd)} a month less"
    return f"frees {saving.shrunk.frees_mib * saving.running.desired_count:,} MiB"


def _risk(saving: Saving) -> str:
    risk = saving.shrunk.kill_within_30_days
    return f"{'under 1 %' if risk < 0.01 else f'{risk:.0%}'} risk of a kill within 30 days"


def _usd(value: float) -> str:
    return f"${value:,.2f}" if value < 100 else f"${value:,.0f}"


def _spoken(saving: Saving) -> str:
    name = escape(saving.running.subject.name, 80)
    return f"{name} {_change(saving)}, {_gain(saving)}, {_risk(saving)}"
