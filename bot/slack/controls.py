"""Controls: the buttons and the menu under an alert, by the state that the incident is in.

The names of the actions are agreed with `handlers`: whoever answers a click looks them up here.
"""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    Option,
    OverflowMenuElement,
)

from bot.domain.alert.resizable import is_resizable, is_under_way, recommended_mib
from bot.domain.alert.story import Story
from bot.domain.incident.incident import Phase
from bot.domain.telling.language import say
from bot.slack.resize import controls as resize_controls

ACKNOWLEDGE = "incident.acknowledge"
RESOLVE = "incident.resolve"
SILENCE = "incident.silence"
MORE = "incident.more"
RESOLVE_TOO = "resolve"  # with `:` and the incident's id, as those below: where RESOLVE has no room
NOT_AN_OOM = "not_an_oom"  # with `:` and the incident's id: the value of an option of MORE
STATS = "stats"
DIAGNOSIS = "diagnosis"
LOG_TAIL = "log_tail"
MOST_OPTIONS = 5  # Slack's limit of a menu
MOST_BUTTONS = 3  # beside the menu
OPEN_PAGE = (
    "page"  # likewise, but the option is a link: Slack tells us of the click, and there is nothing to do
)

_NEEDED = (
    resize_controls.APPROVE,
    resize_controls.DECLINE,
    resize_controls.CANCEL,
    ACKNOWLEDGE,
    resize_controls.OPEN,
    resize_controls.ROLL_BACK,
    SILENCE,
    RESOLVE,
)


def controls(story: Story, block_id: str) -> ActionsBlock:
    """The row under an alert that still needs somebody: at most four controls."""
    return ActionsBlock(elements=[*_shown(story), more(story)], block_id=block_id)


def resize_row(story: Story, block_id: str) -> list[ActionsBlock]:
    """What can be done about the incident's resize alone, for an alert that is over; [] where there is nothing."""
    row = list(resize_controls.buttons(story.resize)) if story.resize else []
    return [ActionsBlock(elements=row, block_id=block_id)] if row else []


def _shown(story: Story) -> list[ButtonElement]:
    """The three most needed of the buttons, in the order of a person's way; ⋯ and `/oom` have the others.

    The widest comes last: a phone breaks the row before it, and ⋯ keeps it company instead of a line of its own.
    """
    row = list(_buttons(story))
    kept = sorted(row, key=lambda one: _NEEDED.index(str(one.action_id)))[:MOST_BUTTONS]
    return sorted((one for one in row if one in kept), key=_is_wide)


def _is_wide(button: ButtonElement) -> bool:
    return button.action_id == resize_controls.OPEN and button.style == "primary"


def _buttons(story: Story) -> Iterator[ButtonElement]:
    value, can, size = str(story.incident.id), is_resizable(story), recommended_mib(story)
    of_resize = list(resize_controls.buttons(story.resize)) if story.resize else []
    yield from (one for one in of_resize if one.action_id != resize_controls.ROLL_BACK)
    if story.incident.phase is Phase.OPEN:
        style = None if is_under_way(story) or (can and size) else "primary"
        yield ButtonElement(text=say("Acknowledge"), action_id=ACKNOWLEDGE, value=value, style=style)
    if can:
        style = "primary" if size else None
        label = say("Resize to {mib} MiB…", mib=f"{size:,}") if size else say("Resize…")
        yield ButtonElement(text=label, action_id=resize_controls.OPEN, value=value, style=style)
    yield from (one for one in of_resize if one.action_id == resize_controls.ROLL_BACK)
    yield ButtonElement(text=say("Resolve"), action_id=RESOLVE, value=value)
    yield ButtonElement(text=say("Silence…"), action_id=SILENCE, value=value)


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
    has_resolve = any(one.action_id == RESOLVE for one in _shown(story))
    if story.incident.is_unfinished and not has_resolve:
        yield say("Resolve"), RESOLVE_TOO
    if story.diagnosis is not None:
        yield say("Diagnosis"), DIAGNOSIS
        yield say("Last log lines"), LOG_TAIL
    if story.incident.is_unfinished and story.incident.verdict.is_kill:
        yield say("Not an OOM"), NOT_AN_OOM
    yield say("Statistics"), STATS


def _pages(story: Story) -> Sequence[tuple[str, str, str]]:
    links = story.links
    task = (say("Task in AWS"), "task", links.task)
    logs = (say("Task logs in AWS"), "task_logs", links.task_logs)
    owner = (say("{page} in AWS", page=links.owner_label), "owner", links.owner)
    return (task, logs, owner) if story.diagnosis is None else (logs, task, owner)
