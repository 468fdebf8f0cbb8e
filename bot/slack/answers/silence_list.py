"""The silence list: which alerts are muted, until when, by whom and why."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.command.command import EndSilence, ListSilences
from bot.domain.subject.silence import Matcher, Silence
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import alongside, clauses
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.answers.incident_list import paged
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, date, escape, mention

PER_PAGE = 8


def silence_list(page: int, active: Sequence[Silence], account_name: place.AccountName) -> Answer:
    """One page of `active`, which holds all silences in force."""
    if not active:
        return sentence(say("No silence is in force: every alert is shown."))
    last = -(-len(active) // PER_PAGE)
    shown = active[(page - 1) * PER_PAGE : page * PER_PAGE]
    if not shown:
        return sentence(buttons.no_page(page, counted(len(active)), last, "silences"))
    told = clauses(f"#{silence.id} {muted(silence.matcher, account_name)}" for silence in shown)
    return Answer(
        text=say("{what}: {told}.", what=paged(counted(len(active)), page, last), told=told),
        body=[
            section(paged(bold(counted(len(active))), page, last)),
            *(_row(silence, account_name) for silence in shown),
        ],
        buttons=buttons.pages("silences", page, is_last=page >= last),
        shareable_as=ListSilences(page).typed,
    )


def muted(matcher: Matcher, account_name: place.AccountName) -> str:
    """What a matcher matches: `checkout / app in prod, shop-prod`; mrkdwn."""
    container = f" / {code(matcher.container, 80)}" if matcher.container else ""
    name = f"{code(matcher.name, 80)}{container}" if matcher.name else say("everything")
    if matcher.cluster:
        name = say("{what} in {cluster}", what=name, cluster=code(matcher.cluster, 80))
    account = escape(account_name(matcher.account), 60) if matcher.account else ""
    return alongside((name, account, escape(matcher.region, 30)))


def counted(total: int) -> str:
    """`1 silence`, `2 silences`."""
    return count(total, "{n} silence in force", "{n} silences in force", n=total)


def _row(silence: Silence, account_name: place.AccountName) -> SectionBlock:
    reason = f" · {escape(silence.reason, 300)}" if silence.reason else ""
    head = f"{bold(f'#{silence.id}')} {muted(silence.matcher, account_name)}"
    until = say("until {when}", when=date(silence.ends_at))
    facts = f"{until} · {say('by {who}', who=mention(silence.created_by))}{reason}"
    end = buttons.also(silence.id, say("End now"), EndSilence(silence.id).typed)
    return section(f"{head}\n{facts}", accessory=end)
