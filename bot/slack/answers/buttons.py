"""Buttons: the controls under answers; each carries the words after `/oom` that it stands for."""

from slack_sdk.models.blocks import ButtonElement, PlainTextObject

from bot.domain.telling.language import count, say

SHARE = "answer.share"  # value: the words to share
PAGE = "answer.page"  # value: the words of the other page, which replaces this one
RUN = (
    "answer.run"  # value: words to run in place of this answer; action ids are answer.run.0, answer.run.1, …
)
ALSO = "answer.also"  # likewise, but this answer stays and the other one follows
LABEL = 30  # characters of a label that Slack surely shows on a phone
LONGEST_VALUE = 2000  # Block Kit's limit


def button(label: str, action_id: str, words: str) -> ButtonElement:
    """A button that stands for words; raises ValueError where they are too long to be carried."""
    if len(words) > LONGEST_VALUE:
        raise ValueError(f"a button can't carry {len(words)} characters")
    return ButtonElement(text=PlainTextObject(text=label, emoji=True), action_id=action_id, value=words)


def run(number: int, label: str, words: str) -> ButtonElement:
    """A button whose words' answer replaces this one; `number` is unique among its kind in the answer."""
    return button(_cut(label), f"{RUN}.{number}", words)


def also(number: int, label: str, words: str) -> ButtonElement:
    """A button whose words' answer follows this one; `number` is unique among its kind in the answer."""
    return button(_cut(label), f"{ALSO}.{number}", words)


def pages(verb: str, page: int, *, is_last: bool) -> list[ButtonElement]:
    """Buttons to the page before and the page after, where there are any."""
    before = [button(say("‹ Previous"), f"{PAGE}.before", f"{verb} {page - 1}")] if page > 1 else []
    after = [] if is_last else [button(say("Next ›"), f"{PAGE}.after", f"{verb} {page + 1}")]
    return [*before, *after]


def no_page(page: int, counted: str, last: int, verb: str) -> str:
    """What to say instead of a page beyond the last one; `counted` is how many rows there are, in words."""
    return count(
        last,
        "There is no page {page}: {counted} on {n} page. Try {command}.",
        "There is no page {page}: {counted} on {n} pages. Try {command}.",
        page=page,
        counted=counted,
        command=f"`/oom {verb}`",
    )


def _cut(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1] + "…"
