"""Slack's mrkdwn: small pieces of markup around values that somebody else wrote.

Whatever comes from AWS or from a person passes through `escape`, `code`, `link` or `mention` before Slack sees it:
only then do `<!…>` and `<@…>` appear where we put them and nowhere else (a container named `<!channel>` pages
nobody). Rules: docs.slack.dev/messaging/formatting-message-text.
"""

import re
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.telling.language import mark, say

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
ELLIPSIS = "…"
READ_AHEAD = 4  # times the limit: how much of a text is looked at for what can be shown of it
USER = re.compile(r"[UW][A-Z0-9]{2,30}")
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
USER_GROUP = re.compile(r"S[A-Z0-9]{2,30}")
MENTION = re.compile(r"<(?:@[UW][A-Z0-9]{2,30}|!subteam\^S[A-Z0-9]{2,30})>")
# Explicit direction marks can turn the rest of a message round, so that it reads as something else; backticks (see
# `clean`) can swallow it into a code block.
DIRECTION_MARKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


# Slack takes * ~ ` for markup only where a blank, ASCII's punctuation or the end of a line is beside it.
_MARKED = re.compile(r"```.*?```|`[^`\n]+`|\*[^*\n]+\*|~[^~\n]+~", re.DOTALL)
# Between a number and its unit, and around an arrow between numbers, a phone's narrow line shall not end.
_INSIDE_AMOUNT = re.compile(r"(?<=\d) (?=(?:[KMG]iB|vCPU|ms|min|s|h|d|%)(?![\w-])|→ \d)|(?<=\d →) (?=\d)")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)  # somebody may copy it: its blanks stay blanks
_NO_BREAK = "\u00a0"
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]")
# Full-width marks bring their own room: a blank that was meant for Latin letters beside a value is one too many.
_ROOMY = "，。：；？！、（）"
_LOOSE = re.compile(rf"(?<=\S) (?=[{_ROOMY}])|(?<=[{_ROOMY}]) (?=\S)")


class DateStyle(StrEnum):
    """How Slack shows a moment, each reader in their own time zone."""

    WHEN = mark("{date_short_pretty} at {time}")
    TIME = "{time}"
    AGO = "{ago}"


def clean(text: str) -> str:
    """One line of what can be read: no control characters, direction marks, backticks or runs of blanks."""
    readable = (
        " " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char
        for char in text.translate(DIRECTION_MARKS).replace("`", "'")
    )
    return " ".join("".join(readable).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis where something was cut off; not for text that is already escaped."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + ELLIPSIS if limit > 0 else ""


def escape(text: str, limit: int = 300) -> str:
    """One line of outside text, safe in mrkdwn, at most `limit` characters long *after* escaping."""
    line = clean(text[: READ_AHEAD * limit])[: limit + 1]
    if sum(len(ENTITIES.get(char, char)) for char in line) <= limit:
        return "".join(ENTITIES.get(char, char) for char in line)
    pieces, room = [], limit - len(ELLIPSIS)
    for char in line:
        piece = ENTITIES.get(char, char)
        room -= len(piece)
        if room < 0:
            break
        pieces.append(piece)
    return "".join(pieces).rstrip() + ELLIPSIS


def code(text: str, limit: int = 120) -> str:
    """Outside text in backticks, which it cannot leave; a dash where there is none."""
    inside = escape(text, limit)
    return f"`{inside}`" if inside else "–"


def bold(markup: str) -> str:
    """Bold; the argument is mrkdwn already, so escape what comes from outside first."""
    return f"*{markup}*"


def struck(markup: str) -> str:
    """Struck through, for a state that is over; the argument is mrkdwn already."""
    return f"~{markup}~"


def set_apart(markup: str) -> str:
    """Finished mrkdwn with a blank wherever Chinese, Japanese or Korean touches the outside of a mark.

    Beside full-width punctuation there is none elsewhere.
    """
    if not _WIDE.search(markup):
        return markup
    pieces, end = [], 0
    for found in _MARKED.finditer(markup):
        pieces += [_LOOSE.sub("", markup[end : found.start()]), found[0]]
        if _WIDE.match(markup[max(found.start() - 1, 0) : found.start()]):
            pieces[-1] = f" {found[0]}"
        if _WIDE.match(markup[found.end() : found.end() + 1]):
            pieces.append(" ")
        end = found.end()
    return "".join([*pieces, _LOOSE.sub("", markup[end:])])


def unbroken(markup: str) -> str:
    """Finished mrkdwn of which no line ends inside an amount: `2,048 → 3,072 MiB`, `97 %`; as long as it was."""
    pieces = _CODE.split(markup)
    pieces[::2] = [_INSIDE_AMOUNT.sub(_NO_BREAK, piece) for piece in pieces[::2]]
    return "".join(pieces)


def aside(text: str, limit: int = 140) -> str:
    """Outside text in italics; in backticks where it has a character that would end them."""
    inside = escape(text, limit)
    return code(text, limit) if "_" in inside else f"_{inside}_" if inside else ""


def link(url: str, label: str, limit: int = 150) -> str:
    """A link with outside text as its label; the label alone where there is no http(s) address."""
    shown = escape(label.replace("|", "¦"), limit)
    if not url.startswith(("https://", "http://")):
        return shown
    target = re.sub(r"[\s<>|`]", lambda hit: f"%{ord(hit[0]):02X}", url).replace("&", "&amp;")
    return f"<{target}|{shown or say('link')}>"


def date(moment: datetime, style: DateStyle = DateStyle.WHEN) -> str:
    """A moment (aware) that Slack shows in the reader's time zone, with UTC for clients that cannot."""
    utc = moment.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{say(style.value)}|{utc:%Y-%m-%d %H:%M} UTC>"


def mention(person: str) -> str:
    """A mention of a user id (U…, W…), of a user group id (S…), or one that is finished markup already.

    Anything else is shown as escaped text, so that a broad mention (`<!channel>`) cannot slip through.
    """
    if USER.fullmatch(person):
        return f"<@{person}>"
    if USER_GROUP.fullmatch(person):
        return f"<!subteam^{person}>"
    return person if MENTION.fullmatch(person) else escape(person, 80)
