"""Elements: what can be pressed, chosen and typed in blocks, with fields and limits, as tables.

Numbers: docs.slack.dev/reference/block-kit. What is not in a table is refused.
"""

from typing import Any

from sandbox.slack.rich_text import ID, RICH_TEXT, URL
from sandbox.slack.rule import Rule, array, boolean, by_type, choice, exactly_one, integer, shape, string

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
        {}, SEVERAL | STATIC | {"initial_options": array(OPTION, 100)}, ONE_MENU, _initial_is_offered
    ),
    "multi_external_select": shape(
        {}, SEVERAL | {"initial_options": array(OPTION, 100), "min_query_length": integer(0, 3000)}
    ),
    "multi_users_select": shape({}, SEVERAL | {"initial_users": array(ID)}),
    "multi_channels_select": shape({}, SEVERAL | {"initial_channels": array(ID)}),
    "multi_conversations_select": shape(
        {},
        SEVERAL
        | {"initial_conversations": array(ID), "default_to_current_conversation": boolean, "filter": FILTER},
    ),
    "datepicker": shape(
        {}, MENU | {"initial_date": string(pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")}
    ),
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
        ),
        "email_text_input": shape({}, TYPED | {"initial_value": string(least=0)}),
        "url_text_input": shape({}, TYPED | {"initial_value": string(least=0)}),
        "number_input": shape(
            {"is_decimal_allowed": boolean},
            TYPED | {"initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        ),
        "rich_text_input": shape({}, TYPED | {"initial_value": RICH_TEXT}),
        "file_input": shape({}, {"action_id": ID, "filetypes": array(string()), "max_files": integer(1, 10)}),
    }
)
