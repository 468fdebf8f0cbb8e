"""Controls: the buttons and the menu under an alert, by the state that the incident is in.

The names of the actions are agreed with `handlers`: whoever answers a click looks them up here.
"""

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
    """The menu behind ⋯: at most five options."""
    incident = story.incident
    options = []
    if incident.is_unfinished and incident.verdict.is_kill:
        options.append(Option(text="Not an OOM", value=f"{NOT_AN_OOM}:{incident.id}"))
    options.append(Option(text="Statistics", value=f"{STATS}:{incident.id}"))
    pages = (
        ("Task in AWS", "task", story.links.task),
        ("Task logs in AWS", "task_logs", story.links.task_logs),
        (f"{story.links.owner_label} in AWS", "owner", story.links.owner),
    )
    options += [
        Option(text=label, value=f"{OPEN_PAGE}:{incident.id}:{name}", url=url)
        for label, name, url in pages
        if url
    ]
    return OverflowMenuElement(action_id=MORE, options=options)
