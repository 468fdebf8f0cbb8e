"""The week: who was killed most, and who came near."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.domain.home.home import Page
from bot.domain.inspection.foresight import Foresight, Near
from bot.domain.kills.tally import TopRow
from bot.domain.telling.language import count, say
from bot.slack.answers import place
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, date, escape

MOST_NEAR = 5


def blocks(page: Page, account_name: place.AccountName) -> Iterator[Block]:
    """Two short lists."""
    yield section("\n".join(_top(page, account_name)))
    yield section("\n".join(_near(page.facts.foresight)))


def _top(page: Page, account_name: place.AccountName) -> Iterator[str]:
    if not page.facts.top:
        yield f"📉 {bold(say('Most kills this week'))}\n{say('None: nothing was killed in 7 days.')}"
        return
    yield f"📈 {bold(say('Most kills this week'))}"
    yield from (_ranked(rank, row, account_name) for rank, row in enumerate(page.facts.top, 1))


def _ranked(rank: int, row: TopRow, account_name: place.AccountName) -> str:
    name, account = bold(escape(row.subject.name, 100)), escape(account_name(row.subject.account), 60)
    kills = count(row.kills, "{n} kill", "{n} kills")
    cluster = f"{code(row.subject.cluster, 80)} · " if row.subject.cluster else ""
    return f"{rank}. {name} · {kills} · {cluster}{account}"


def _near(found: Foresight | None) -> Iterator[str]:
    title = bold(say("Near misses"))
    if found is None:
        yield f"🟡 {title}"
        yield say("Nobody has looked at all services yet. `/oom near` looks now.")
        return
    yield f"{'🟡' if found.near else '✅'} {title} · {say('looked at {when}', when=date(found.made_at))}"
    if not found.near:
        yield count(
            found.looked_at - len(found.unmeasured),
            "None: {n} service was measured, and it stayed below {percent} % of its limit.",
            "None: {n} services were measured, and all stayed below {percent} % of their limits.",
            percent=f"{found.percent:g}",
        )
    yield from map(_came_near, found.near[:MOST_NEAR])
    if (more := len(found.near) - MOST_NEAR) > 0:
        yield count(more, "And {n} more: `/oom near`", "And {n} more: `/oom near`")


def _came_near(one: Near) -> str:
    name, share = bold(escape(one.subject.name, 100)), one.share
    cluster = code(one.subject.cluster, 80)
    if one.stuck:
        return say(
            "{name} in {cluster} sits at its limit, {share:.0%}", name=name, cluster=cluster, share=share
        )
    return say(
        "{name} in {cluster} came to {share:.0%} of its limit", name=name, cluster=cluster, share=share
    )
