"""Elements: what can be pressed, chosen and typed in blocks, with fields and limits, as tables.

Numbers: docs.slack.dev/reference/block-kit. What is not in a table is refused.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sandbox.slack.rich_text import ID, RICH_TEXT, URL
from sandbox.slack.rule import (
    Problem,
    Rule,
    array,
    boolean,
    by_type,
    choice,
    exactly_one,
    integer,
    shape,
    string,
)

STYLE = choice("primary", "danger")


def plain(most: int) -> Rule:
    """A plain_text object."""
    return by_type({"plain_text": shape({"text": string(most)}, {"emoji": boolean})})


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    return by_type(
        {
            "plain_text": shape({"text": string(most)}, {"emoji": boolean}),
            "mrkdwn": shape({"text": string(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE}
)
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
LINK_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
GROUP = shape({"label": plain(75), "options": array(OPTION, 100)}, {})
OPTIONS = shape(
    {}, {"options": array(OPTION, 100, 0), "option_groups": array(GROUP, 100)}
)  # what an app suggests
SLACK_FILE = shape({}, {"id": string(), "url": URL}, exactly_one("id", "url"))
DISPATCH = shape({"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)}, {})
FILTER = shape(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def _initial_is_offered(value: dict[str, Any]) -> str | None:
    """Slack takes an initial option only if it is the same as one of the options."""
    grouped = (option for group in value.get("option_groups", []) for option in group["options"])
    offered = [*value.get("options", []), *grouped]
    initial = value.get("initial_options", [value["initial_option"]] if "initial_option" in value else [])
    return (
        None if all(option in offered for option in initial) else "initial option must be one of the options"
    )


def _lengths_agree(value: dict[str, Any]) -> str | None:
    """A text that nobody could send, or that could not be sent as it stands. The words are ours."""
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if least > most:
        return "`min_length` must not be greater than `max_length`"
    initial = value.get("initial_value")
    return "`initial_value` is longer than `max_length`" if initial and len(initial) > most else None


def _amounts_agree(value: dict[str, Any]) -> str | None:
    """Slack: min_value "cannot be greater than max_value", and the other way round."""
    low, high = (float(value[name]) if name in value else None for name in ("min_value", "max_value"))
    if low is not None and high is not None and low > high:
        return "`min_value` must not be greater than `max_value`"
    whole = not value["is_decimal_allowed"]
    return (
        "`initial_value` must be a whole number" if whole and "." in value.get("initial_value", "") else None
    )


def _chosen_fit(value: dict[str, Any]) -> str | None:
    """No more may be chosen at first than at all. The words are ours."""
    chosen = [one for name, one in value.items() if name.startswith("initial_") and isinstance(one, list)]
    too_many = any(len(one) > value.get("max_selected_items", 100) for one in chosen)
    return "more initial choices than `max_selected_items`" if too_many else None


def _day(value: Any, pointer: str) -> Iterator[Problem]:
    """A day of the calendar, as YYYY-MM-DD."""
    problems = list(string(pattern=r"\d{4}-\d\d-\d\d")(value, pointer))
    yield from problems
    if not problems:
        try:
            date.fromisoformat(value)
        except ValueError:
            yield Problem("must be a day of the calendar", pointer)


FOCUS = {"action_id": ID, "focus_on_load": boolean}
MENU = FOCUS | {"confirm": CONFIRM, "placeholder": plain(150)}
TYPED = FOCUS | {"placeholder": plain(150), "dispatch_action_config": DISPATCH}
STATIC = {"options": array(OPTION, 100), "option_groups": array(GROUP, 100)}
SEVERAL = MENU | {"max_selected_items": integer(1, 100)}
SOURCE = {"image_url": URL, "slack_file": SLACK_FILE}
ONE_SOURCE = exactly_one("image_url", "slack_file")
ONE_MENU = exactly_one("options", "option_groups")
CHOICES = {"options": array(RICH_OPTION, 10)}
IMAGE = shape({"alt_text": string(2000)}, SOURCE, ONE_SOURCE)
DECIMAL = string(pattern=r"-?\d+(\.\d+)?")
BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": URL,
        "value": string(2000),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

CHOOSERS: dict[str, Rule] = {
    "checkboxes": shape(
        CHOICES, FOCUS | {"confirm": CONFIRM, "initial_options": array(RICH_OPTION, 10)}, _initial_is_offered
    ),
    "radio_buttons": shape(
        CHOICES, FOCUS | {"confirm": CONFIRM, "initial_option": RICH_OPTION}, _initial_is_offered
    ),
    "static_select": shape({}, MENU | STATIC | {"initial_option": OPTION}, ONE_MENU, _initial_is_offered),
    "external_select": shape({}, MENU | {"initial_option": OPTION, "min_query_length": integer(0, 3000)}),
    "users_select": shape({}, MENU | {"initial_user": ID}),
    "channels_select": shape({}, MENU | {"initial_channel": ID, "response_url_enabled": boolean}),
    "conversations_select": shape(
        {},
        MENU
        | {"initial_conversation": ID, "default_to_current_conversation": boolean}
        | {"response_url_enabled": boolean, "filter": FILTER},
    ),
    "multi_static_select": shape(
        {},
        SEVERAL | STATIC | {"initial_options": array(OPTION, 100)},
        ONE_MENU,
        _initial_is_offered,
        _chosen_fit,
    ),
    "multi_external_select": shape(
        {},
        SEVERAL | {"initial_options": array(OPTION, 100), "min_query_length": integer(0, 3000)},
        _chosen_fit,
    ),
    "multi_users_select": shape({}, SEVERAL | {"initial_users": array(ID)}, _chosen_fit),
    "multi_channels_select": shape({}, SEVERAL | {"initial_channels": array(ID)}, _chosen_fit),
    "multi_conversations_select": shape(
        {},
        SEVERAL
        | {"initial_conversations": array(ID), "default_to_current_conversation": boolean, "filter": FILTER},
        _chosen_fit,
    ),
    "datepicker": shape({}, MENU | {"initial_date": _day}),
    "timepicker": shape(
        {}, MENU | {"initial_time": string(pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string()}
    ),
}
DATETIME = {
    "datetimepicker": shape({}, FOCUS | {"confirm": CONFIRM, "initial_date_time": integer(0, 9_999_999_999)})
}
OVERFLOW = {"overflow": shape({"options": array(LINK_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM})}
PRESSABLE = CHOOSERS | OVERFLOW | {"button": BUTTON}

INPUTS: dict[str, Rule] = (
    CHOOSERS
    | DATETIME
    | {
        "plain_text_input": shape(
            {},
            TYPED
            | {"initial_value": string(3000, 0), "multiline": boolean}
            | {"min_length": integer(0, 3000), "max_length": integer(1, 3000)},
            _lengths_agree,
        ),
        "email_text_input": shape({}, TYPED | {"initial_value": string(least=0)}),
        "url_text_input": shape({}, TYPED | {"initial_value": string(least=0)}),
        "number_input": shape(
            {"is_decimal_allowed": boolean},
            TYPED | {"initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
            _amounts_agree,
        ),
        "rich_text_input": shape({}, TYPED | {"initial_value": RICH_TEXT}),
        "file_input": shape({}, {"action_id": ID, "filetypes": array(string()), "max_files": integer(1, 10)}),
    }
)
