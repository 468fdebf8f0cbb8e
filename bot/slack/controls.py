"""Controls: the buttons and the menu under an alert, by the state that the incident is in.

The names of the actions are agreed with `handlers`: whoever answers a click looks them up here.
"""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InteractiveElement,
    Option,
    OverflowMenuElement,
)

from bot.domain.incident import Phase
from bot.domain.story import Story

ACKNOWLEDGE = "incident.acknowledge"
RESOLVE = "incident.resolve"
SILENCE = "incident.silence"
MORE = "incident.more"
NOT_AN_OOM = "not_an_oom"  # with `:` and the incident's id: the value of an option of MORE
STATS = "stats"
DIAGNOSIS = "diagnosis"
LOG_TAIL = "log_tail"
MOST_OPTIONS = 5  # Slack's limit of a menu
OPEN_PAGE = (
    "page"  # likewise, but the option is a link: Slack tells us of the click, and there is nothing to do
)


def controls(story: Story, block_id: str) -> ActionsBlock:
    """The row under an alert that still needs somebody: at most four controls."""
    value = str(story.incident.id)
    row: list[InteractiveElement] = []
    if story.incident.phase is Phase.OPEN:
        row.append(ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=value, style="primary"))
    row.append(ButtonElement(text="Resolve", action_id=RESOLVE, value=value))
    row.append(ButtonElement(text="Silence…", action_id=SILENCE, value=value))
    return ActionsBlock(elements=[*row, more(story)], block_id=block_id)


def more(story: Story) -> OverflowMenuElement:
    """The menu behind ⋯: what people ask first, then links to AWS, as many as Slack allows.

    The links to the task and its owner stand in the alert as well, so they give way first.
    """
    number = story.incident.id
    asks = [Option(text=label, value=f"{what}:{number}") for label, what in _asks(story)]
    links = [
        Option(text=label, value=f"{OPEN_PAGE}:{number}:{name}", url=url)
        for label, name, url in _pages(story)
        if url
    ]
    return OverflowMenuElement(action_id=MORE, options=[*asks, *links][:MOST_OPTIONS])


def _asks(story: Story) -> Iterator[tuple[str, str]]:
    if story.diagnosis is not None:
        yield "Diagnosis", DIAGNOSIS
        yield "Last log lines", LOG_TAIL
    if story.incident.is_unfinished and story.incident.verdict.is_kill:
        yield "Not an OOM", NOT_AN_OOM
    yield "Statistics", STATS


def _pages(story: Story) -> Sequence[tuple[str, str, str]]:
    links = story.links
    task = ("Task in AWS", "task", links.task)
    logs = ("Task logs in AWS", "task_logs", links.task_logs)
    owner = (f"{links.owner_label} in AWS", "owner", links.owner)
    return (task, logs, owner) if story.diagnosis is None else (logs, task, owner)
