"""Blocks: every block and the surfaces that take it, views and attachments, as tables.

Numbers: docs.slack.dev/reference/block-kit. What is not in a table is refused.
"""

from typing import Any

from sandbox.slack import limits
from sandbox.slack.elements import (
    BUTTON,
    CONFIRM,
    DATETIME,
    FEEDBACK,
    IMAGE,
    INPUTS,
    ONE_SOURCE,
    PRESSABLE,
    SOURCE,
    plain,
    text,
)
from sandbox.slack.rich_text import ID, RICH, RICH_TEXT, URL
from sandbox.slack.rule import (
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    choice,
    integer,
    number,
    shape,
    string,
)

LABEL = string(20)
SECURE = string(3000, pattern="https://.+")  # a video may not come in the clear
POINT = shape({"label": LABEL, "value": number()}, {})
SERIES = shape({"name": LABEL, "data": array(POINT, 20)}, {})
AXES = shape({"categories": array(LABEL, 20)}, {"x_label": string(50, 0), "y_label": string(50, 0)})


def _points_fit_categories(chart: dict[str, Any]) -> str | None:
    """Each series has one point for each category, and a name of its own."""
    categories = chart["axis_config"]["categories"]
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) < len(names):
        return "series names must be unique"
    fits = all([point["label"] for point in series["data"]] == categories for series in chart["series"])
    return None if fits else "each series must have exactly one data point per category"


CARTESIAN = shape({"series": array(SERIES, 6), "axis_config": AXES}, {}, _points_fit_categories)
SEGMENT = shape({"label": LABEL, "value": number(above=0)}, {})
CHART = by_type(
    {
        "line": CARTESIAN,
        "bar": CARTESIAN,
        "area": CARTESIAN,
        "pie": shape({"segments": array(SEGMENT, 6)}, {}),
    }
)
RAW = {"raw_text": shape({"text": string(least=1)}, {}), "rich_text": shape(RICH, {})}
CELL = by_type(RAW)
DATA_CELL = by_type(RAW | {"raw_number": shape({"value": number()}, {"text": string()})})
COLUMN = shape({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})
TASK = shape(
    {"task_id": string(), "title": string()},
    {
        "block_id": ID,
        "status": choice("pending", "in_progress", "complete", "error"),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(by_type({"url": shape({"url": URL, "text": string()}, {})})),
    },
)
BID = {"block_id": ID}
CARD = shape(
    {},
    BID
    | {"hero_image": by_type({"image": IMAGE}), "icon": by_type({"image": IMAGE}), "title": text(150)}
    | {"subtitle": text(150), "body": text(200), "actions": array(by_type({"button": BUTTON}), 3)},
    at_least_one("hero_image", "title", "actions", "body"),
)

NESTABLE: dict[str, Rule] = {
    "section": shape(
        {},
        BID
        | {"text": text(3000), "fields": array(text(2000), 10), "expand": boolean}
        | {"accessory": by_type(PRESSABLE | {"image": IMAGE})},
        at_least_one("text", "fields"),
    ),
    "header": shape({"text": plain(150)}, BID | {"level": integer(1, 4)}),
    "divider": shape({}, BID),
    "context": shape(
        {
            "elements": array(
                by_type(
                    {
                        "image": IMAGE,
                        "plain_text": shape({"text": string(2000)}, {"emoji": boolean}),
                        "mrkdwn": shape({"text": string(2000)}, {"verbatim": boolean}),
                    }
                ),
                10,
            )
        },
        BID,
    ),
    "actions": shape({"elements": array(by_type(PRESSABLE | DATETIME), 25)}, BID),
    "image": shape({"alt_text": string(2000)}, BID | SOURCE | {"title": plain(2000)}, ONE_SOURCE),
    "input": shape(
        {"label": plain(2000), "element": by_type(INPUTS)},
        BID | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": shape(RICH, BID),
    "table": shape(
        {"rows": array(array(CELL, 20), 100)},
        BID | {"column_settings": array(COLUMN, 20)},
    ),
}
BLOCKS: dict[str, Rule] = NESTABLE | {
    "alert": shape(
        {"text": text(200)}, BID | {"level": choice("default", "info", "warning", "error", "success")}
    ),
    "card": CARD,
    "carousel": shape({"elements": array(by_type({"card": CARD}), 10)}, BID),
    "container": shape(
        {"child_blocks": array(by_type(NESTABLE), 10)},
        BID
        | {
            "title": plain(150),
            "rich_text_title": by_type({"rich_text": shape(RICH, BID)}),
            "subtitle": text(150),
        }
        | {"icon": by_type({"image": IMAGE}), "width": choice("narrow", "standard", "wide", "full")}
        | {"is_collapsible": boolean, "default_collapsed": boolean, "has_header_divider": boolean},
        at_least_one("title", "rich_text_title"),
    ),
    "context_actions": shape(
        {
            "elements": array(
                by_type(
                    {
                        "feedback_buttons": shape(
                            {"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}
                        ),
                        "icon_button": shape(
                            {"icon": choice("trash"), "text": plain(75)},
                            {"action_id": ID, "value": string(2000), "confirm": CONFIRM}
                            | {"accessibility_label": string(75), "visible_to_user_ids": array(ID)},
                        ),
                    }
                ),
                5,
            )
        },
        BID,
    ),
    "data_table": shape(
        {"caption": string(), "rows": array(array(DATA_CELL, 20), 101, 2)},
        BID | {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    ),
    "data_visualization": shape({"title": string(50), "chart": CHART}, BID),
    "video": shape(
        {"alt_text": string(2000), "title": plain(199), "thumbnail_url": URL, "video_url": SECURE},
        BID
        | {"author_name": string(49), "description": plain(200), "provider_icon_url": URL}
        | {"provider_name": string(), "title_url": SECURE},
    ),
    "markdown": shape({"text": string(limits.MARKDOWN_CHARACTERS)}, BID),
    "plan": shape({"title": string()}, BID | {"tasks": array(TASK)}),
    "task_card": TASK,
}
# docs.slack.dev/blocks.json, sharpened where the live API was seen to refuse more.
HOME_ABSENT = {
    "alert",
    "context_actions",
    "data_visualization",
    "markdown",
    "plan",
    "table",
    "data_table",
    "task_card",
}
MODAL_ABSENT = (HOME_ABSENT - {"alert"}) | {"card", "carousel", "container"}
SURFACES: dict[str, Rule] = {
    "message": by_type({kind: rule for kind, rule in BLOCKS.items() if kind != "alert"}),
    "modal": by_type({kind: rule for kind, rule in BLOCKS.items() if kind not in MODAL_ABSENT}),
    "home": by_type({kind: rule for kind, rule in BLOCKS.items() if kind not in HOME_ABSENT}),
}
KEPT = {"private_metadata": string(3000, 0), "callback_id": string(255, 0), "external_id": string(255, 0)}
MODAL = shape(
    {"title": plain(24), "blocks": array(SURFACES["modal"], limits.VIEW_BLOCKS, 0)},
    KEPT | {"submit": plain(24), "close": plain(24), "clear_on_close": boolean, "notify_on_close": boolean},
)
HOME = shape({"blocks": array(SURFACES["home"], limits.VIEW_BLOCKS, 0)}, KEPT)
FIELD = shape({}, {"title": string(least=0), "value": string(least=0), "short": boolean})
ATTACHMENT = shape(
    {},
    dict.fromkeys(
        ("fallback", "pretext", "text", "title", "author_name", "footer", "callback_id"), string(least=0)
    )
    | dict.fromkeys(
        ("title_link", "author_link", "author_icon", "footer_icon", "image_url", "thumb_url"), URL
    )
    | {"color": string(pattern="#?[0-9a-fA-F]{6}|good|warning|danger"), "fields": array(FIELD)}
    | {"blocks": array(SURFACES["message"], limits.ATTACHMENT_BLOCKS), "mrkdwn_in": array(string())},
)
# A message to be validated; its blocks and attachments are judged apart.
MESSAGE = shape(
    {},
    dict.fromkeys(("text", "markdown_text"), string(least=0))
    | dict.fromkeys(("blocks", "attachments"), array(anything, least=0))
    | {"metadata": anything},
)
