"""History: the audit trail of one subject, page by page, the newest first."""

from collections.abc import Sequence

from bot.domain.command.command import History
from bot.domain.resize.audit import Deed, Entry
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import clauses
from bot.slack.answers import buttons, place
from bot.slack.answers.answer import Answer, sentence
from bot.slack.blocks import section
from bot.slack.mrkdwn import bold, code, date, escape, mention
from bot.slack.resize.progress import said

PER_PAGE = 10
QUIET = frozenset({Deed.CALLED, Deed.ANSWERED})  # the exports have them
EMOJI = {
    Deed.LOOKED: "🔎",
    Deed.REQUESTED: "🔧",
    Deed.REFUSED: "⛔",
    Deed.APPROVED: "👍",
    Deed.REJECTED: "👎",
    Deed.CANCELLED: "🚫",
    Deed.ROLLBACK_ASKED: "⏪",
    Deed.REGRESSED: "🔁",
    Deed.FROZEN: "🧊",
    Deed.THAWED: "☀️",
}
DEEDS = {
    Deed.LOOKED: mark("dry run"),
    Deed.REQUESTED: mark("requested"),
    Deed.REFUSED: mark("refused"),
    Deed.APPROVED: mark("approved"),
    Deed.REJECTED: mark("declined"),
    Deed.CANCELLED: mark("cancelled"),
    Deed.ROLLBACK_ASKED: mark("rollback asked"),
    Deed.ADVANCED: mark("advanced"),
    Deed.REGRESSED: mark("regressed"),
    Deed.CALLED: mark("called AWS"),
    Deed.ANSWERED: mark("AWS answered"),
    Deed.FROZEN: mark("frozen"),
    Deed.THAWED: mark("thawed"),
    Deed.FORGOT: mark("forgot"),
}


def history(subject: Subject, page: int, found: Sequence[Entry], account_name: place.AccountName) -> Answer:
    """One page; `found` holds the entries from the first page on, one more than the page needs where there are more."""
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    name = bold(escape(subject.name, 80))
    if not shown:
        return sentence(
            say("Nobody has asked to change the memory of {name}.", name=name)
            if page == 1
            else say("{name} has no page {page}.", name=name, page=page)
        )
    title = say("{history} of {name}", history=bold(say("History")), name=name)
    head = f"{title} · {place.where(subject, account_name)}"
    command = History(str(subject), page)
    return Answer(
        text=say(
            "History of {name}: {deeds}",
            name=escape(subject.name, 80),
            deeds=clauses(say(DEEDS[one.deed]) for one in shown),
        ),
        body=[section(head), section("\n".join(line(one) for one in shown))],
        buttons=buttons.pages(command.typed.rpartition(" ")[0], page, is_last=len(found) <= page * PER_PAGE),
    )


def line(entry: Entry) -> str:
    """One entry: when, of which resize, who did what, in whose words."""
    number = f" {code(f'#{entry.resize_id}')}" if entry.resize_id else ""
    deed = bold(say(DEEDS[entry.deed]))
    if words := entry.told or entry.words:
        deed = say("{label}: {words}", label=deed, words=said(words, 180))
    return f"{EMOJI.get(entry.deed, '•')} {date(entry.at)}{number} {_who(entry.who)} {deed}"


def _who(who: str) -> str:
    return mention(who)
