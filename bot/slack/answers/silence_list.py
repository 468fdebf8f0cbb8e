"""The silence list: which alerts are muted, until when, by whom and why."""

from collections.abc import Sequence

from slack_sdk.models.blocks import SectionBlock

from bot.domain.command import EndSilence, ListSilences
from bot.domain.silence import Matcher, Silence
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, date, escape, mention

PER_PAGE = 8


def silence_list(page: int, active: Sequence[Silence], account_name: place.AccountName) -> Answer:
    """One page of `active`, which holds all silences in force."""
    if not active:
        return sentence("No silence is in force: every alert is shown.")
    last = -(-len(active) // PER_PAGE)
    shown = active[(page - 1) * PER_PAGE : page * PER_PAGE]
    if not shown:
        return sentence(buttons.no_page(page, counted(len(active)), last, "silences"))
    number = f", page {page} of {last}" if last > 1 else ""
    told = "; ".join(f"#{silence.id} {muted(silence.matcher, account_name)}" for silence in shown)
    return Answer(
        text=f"{counted(len(active))}{number}: {told}.",
        body=[
            section(f"{bold(counted(len(active)))}{number}"),
            *(_row(silence, account_name) for silence in shown),
        ],
        buttons=buttons.pages("silences", page, is_last=page >= last),
        shareable_as=ListSilences(page).typed,
    )


def muted(matcher: Matcher, account_name: place.AccountName) -> str:
    """What a matcher matches: `checkout / app in prod, shop-prod`; mrkdwn."""
    container = f" / {code(matcher.container, 80)}" if matcher.container else ""
    name = f"{code(matcher.name, 80)}{container}" if matcher.name else "everything"
    cluster = f" in {code(matcher.cluster, 80)}" if matcher.cluster else ""
    account = f", {escape(account_name(matcher.account), 60)}" if matcher.account else ""
    region = f", {escape(matcher.region, 30)}" if matcher.region else ""
    return f"{name}{cluster}{account}{region}"


def counted(total: int) -> str:
    """`1 silence`, `2 silences`."""
    return f"{total} silence{'' if total == 1 else 's'} in force"


def _row(silence: Silence, account_name: place.AccountName) -> SectionBlock:
    reason = f" · {escape(silence.reason, 300)}" if silence.reason else ""
    head = f"{bold(f'#{silence.id}')} {muted(silence.matcher, account_name)}"
    facts = f"until {date(silence.ends_at)} · by {mention(silence.created_by)}{reason}"
    end = buttons.also(silence.id, "End now", EndSilence(silence.id).typed)
    return section(f"{head}\n{facts}", accessory=end)
