"""Known-bad blocks get Slack's error with its pointer, nested ones too; known-good ones pass."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.models.blocks import ButtonElement, HeaderBlock, ImageElement, Option, SectionBlock

from sandbox.slack.rulebook import Rulebook
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import client_of, refusal, workspace

Json = dict[str, Any]
ALERTS = "C0OOMALERTS"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def section(**fields: Any) -> Json:
    return {"type": "section", **fields}


def option(text: str = "One", value: str = "1", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def select(**fields: Any) -> Json:
    return {"type": "static_select", **({"options": [option()]} | fields)}


def entry(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def chart(points: int = 2, categories: int = 2, **more: Any) -> Json:
    names = [f"{number}:00" for number in range(max(points, categories))]
    series = [{"name": "MiB", "data": [{"label": name, "value": 1} for name in names[:points]]}]
    drawn = {"type": "line", "series": series, "axis_config": {"categories": names[:categories]}}
    return {"type": "data_visualization", "title": "Memory", "chart": drawn | more}


def container(*children: Json, **more: Any) -> Json:
    return {"type": "container", "title": plain("Log"), "child_blocks": list(children), **more}


def table(rows: int = 1, cells: int = 1) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


FILE = {"type": "image", "alt_text": "Memory rose to the limit", "slack_file": {"id": "F404"}}

BAD: list[Any] = [
    pytest.param(
        [{"type": "sektion"}], "unsupported type: sektion [json-pointer:/blocks/0/type]", id="unknown block"
    ),
    pytest.param([{}], "missing required field: type [json-pointer:/blocks/0]", id="block without type"),
    pytest.param(["x"], "must provide an object [json-pointer:/blocks/0]", id="block is a string"),
    pytest.param(
        [{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]", id="51 blocks"
    ),
    pytest.param(
        [section(text=mrkdwn("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        id="section text too long",
    ),
    pytest.param(
        [section(text=mrkdwn(""))],
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        id="section text empty",
    ),
    pytest.param(
        [section()],
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
        id="section says nothing",
    ),
    pytest.param(
        [section(text=mrkdwn("x") | {"emoji": True})],
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        id="emoji is for plain_text",
    ),
    pytest.param(
        [section(text="x")],
        "must provide an object [json-pointer:/blocks/0/text]",
        id="text is a bare string",
    ),
    pytest.param(
        [section(text=mrkdwn("x"), colour="red")],
        "invalid additional property: colour [json-pointer:/blocks/0]",
        id="unknown field of a block",
    ),
    pytest.param(
        [section(fields=[mrkdwn("x")] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        id="eleven fields",
    ),
    pytest.param(
        [section(fields=[mrkdwn("x"), mrkdwn("y" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/1/text]",
        id="long field",
    ),
    pytest.param(
        [{"type": "header", "text": mrkdwn("x")}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        id="header is plain text",
    ),
    pytest.param(
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        id="long header",
    ),
    pytest.param(
        [{"type": "header", "text": plain("x"), "level": 5}],
        "must be between 1 and 4 [json-pointer:/blocks/0/level]",
        id="header of level 5",
    ),
    pytest.param(
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        id="crowded context",
    ),
    pytest.param(
        [actions(*[button()] * 26)],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        id="26 buttons",
    ),
    pytest.param(
        [actions()],
        "must provide at least 1 items [json-pointer:/blocks/0/elements]",
        id="actions without any",
    ),
    pytest.param(
        [{"type": "divider"}, actions(button("x" * 76))],
        "must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]",
        id="long button",
    ),
    pytest.param(
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        id="long button value",
    ),
    pytest.param(
        [actions(button(style="default"))],
        "must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
        id="there is no default style",
    ),
    pytest.param(
        [actions(button(url="x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
        id="long url",
    ),
    pytest.param(
        [
            actions(
                button(
                    confirm={
                        "title": plain("x" * 101),
                        "text": plain("?"),
                        "confirm": plain("y"),
                        "deny": plain("n"),
                    }
                )
            )
        ],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
        id="long title in a confirm dialog",
    ),
    pytest.param(
        [actions(button(confirm={"title": plain("t"), "text": plain("?"), "confirm": plain("y")}))],
        "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
        id="confirm dialog without a way out",
    ),
    pytest.param(
        [actions(button(action_id="a"), button(action_id="a"))],
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        id="action_id twice in a block",
    ),
    pytest.param(
        [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
        '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
        id="block_id twice",
    ),
    pytest.param(
        [{"type": "divider", "block_id": "b"}, container({"type": "divider", "block_id": "b"})],
        '`block_id` "b" already exists [json-pointer:/blocks/1/child_blocks/0/block_id]',
        id="block_id again inside a container",
    ),
    pytest.param(
        [section(text=mrkdwn("x"), accessory=select(options=[option(value="v" * 151)]))],
        "must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]",
        id="long option value",
    ),
    pytest.param(
        [actions(select(options=[option()] * 101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
        id="101 options",
    ),
    pytest.param(
        [actions(select(option_groups=[{"label": plain("g"), "options": [option()]}]))],
        "must define exactly one of `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
        id="options and groups",
    ),
    pytest.param(
        [actions(select(initial_option=option("Two", "2")))],
        "initial option must be one of the options [json-pointer:/blocks/0/elements/0]",
        id="initial option is not offered",
    ),
    pytest.param(
        [actions(select(options=[option(url="https://x.example")]))],
        "invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]",
        id="only overflow options have a url",
    ),
    pytest.param(
        [actions({"type": "overflow", "options": [option()] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
        id="six overflow options",
    ),
    pytest.param(
        [actions({"type": "checkboxes", "options": [option()] * 11})],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
        id="eleven checkboxes",
    ),
    pytest.param(
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        id="inputs do not belong into actions",
    ),
    pytest.param(
        [{"type": "image", "image_url": "https://x.example/a.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
        id="image without alt_text",
    ),
    pytest.param(
        [{"type": "image", "alt_text": "a"}],
        "must define exactly one of `image_url` or `slack_file` [json-pointer:/blocks/0]",
        id="image from nowhere",
    ),
    pytest.param(
        [{"type": "image", "alt_text": "a", "image_url": "http://10.0.0.1/a.png"}],
        "downloading image failed [json-pointer:/blocks/0/image_url]",
        id="image in a private network",
    ),
    pytest.param(
        [{"type": "image", "alt_text": "a", "image_url": "http://[::1/a.png"}],
        "downloading image failed [json-pointer:/blocks/0/image_url]",
        id="image at no address",
    ),
    pytest.param(
        [FILE], "invalid slack file [json-pointer:/blocks/0/slack_file]", id="file that does not exist"
    ),
    pytest.param(
        [{"type": "alert", "text": plain("!")}],
        "unsupported type: alert [json-pointer:/blocks/0/type]",
        id="alerts are for modals",
    ),
    pytest.param(
        [chart(points=1)],
        "each series must have exactly one data point per category [json-pointer:/blocks/0/chart]",
        id="chart with a gap",
    ),
    pytest.param(
        [chart(points=21, categories=20)],
        "no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]",
        id="chart with 21 points",
    ),
    pytest.param([chart()] * 3, "too many data_visualization blocks", id="three charts"),
    pytest.param(
        [container(container({"type": "divider"}))],
        "unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]",
        id="container in a container",
    ),
    pytest.param(
        [container(*[{"type": "divider"}] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]",
        id="eleven children",
    ),
    pytest.param(
        [table(cells=21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]", id="wide table"
    ),
    pytest.param(
        [table(rows=101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]", id="long table"
    ),
    pytest.param(
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text"}]}]}],
        "missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]",
        id="rich text without text",
    ),
]


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace() as running:
        yield running


@pytest.mark.parametrize(("blocks", "line"), BAD)
async def test_known_bad_blocks_are_refused_with_slacks_words(
    slack: Slack, blocks: list[Any], line: str
) -> None:
    client = client_of(slack)
    answer = await refusal(client.chat_postMessage(channel=ALERTS, text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert f"[ERROR] {line}" in answer["response_metadata"]["messages"]
    assert slack.snapshot("U0ALICE")["messages"][ALERTS] == []
    [red] = [entry for entry in slack.wire.entries() if entry.level == "error"]
    assert line.split(" [", maxsplit=1)[0] in red.note


@pytest.mark.parametrize(("blocks", "line"), BAD)
async def test_the_same_is_refused_inside_an_attachment(slack: Slack, blocks: list[Any], line: str) -> None:
    call = client_of(slack).chat_postMessage(channel=ALERTS, text="x", attachments=[{"blocks": blocks}])
    answer = await refusal(call)
    assert answer["error"] in ("invalid_attachments", "invalid_blocks")
    inside = line.replace("json-pointer:", "json-pointer:/attachments/0")
    assert f"[ERROR] {inside}" in answer["response_metadata"]["messages"]


MODAL: Json = {"type": "modal", "title": plain("Silence"), "blocks": [section(text=plain("x"))]}
BAD_VIEWS = [
    pytest.param(
        MODAL | {"title": plain("x" * 25)},
        "must be less than 25 characters [json-pointer:/view/title/text]",
        id="long title",
    ),
    pytest.param(
        MODAL | {"title": mrkdwn("x")},
        "unsupported type: mrkdwn [json-pointer:/view/title/type]",
        id="mrkdwn title",
    ),
    pytest.param(
        {"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]", id="no title"
    ),
    pytest.param(
        MODAL | {"submit_disabled": True},
        "invalid additional property: submit_disabled [json-pointer:/view]",
        id="a field of workflow steps",
    ),
    pytest.param(
        MODAL | {"blocks": [entry({"type": "plain_text_input"})]},
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
        id="input without submit",
    ),
    pytest.param(
        MODAL | {"blocks": [{"type": "divider"}] * 101},
        "no more than 100 items allowed [json-pointer:/view/blocks]",
        id="101 blocks",
    ),
    pytest.param(
        MODAL | {"private_metadata": "x" * 3001},
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        id="long private_metadata",
    ),
    pytest.param(
        MODAL | {"blocks": [chart()]},
        "unsupported type: data_visualization [json-pointer:/view/blocks/0/type]",
        id="charts are for messages",
    ),
    pytest.param(
        MODAL | {"submit": plain("Go"), "blocks": [entry({"type": "number_input"})]},
        "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]",
        id="number input",
    ),
    pytest.param(
        MODAL
        | {
            "submit": plain("Go"),
            "blocks": [entry({"type": "plain_text_input", "placeholder": plain("x" * 151)})],
        },
        "must be less than 151 characters [json-pointer:/view/blocks/0/element/placeholder/text]",
        id="long placeholder",
    ),
    pytest.param(
        {"type": "home", "blocks": []},
        "unsupported type: home [json-pointer:/view/type]",
        id="home is published",
    ),
]


@pytest.mark.parametrize(("view", "line"), BAD_VIEWS)
async def test_known_bad_views_are_refused_with_slacks_words(slack: Slack, view: Json, line: str) -> None:
    answer = await refusal(client_of(slack).views_open(trigger_id=slack.triggers.give("U0ALICE"), view=view))
    assert (answer["error"], answer["response_metadata"]["messages"]) == (
        "invalid_arguments",
        [f"[ERROR] {line}"],
    )


async def test_a_view_may_have_250_kb(slack: Slack) -> None:
    big = MODAL | {"blocks": [section(text=plain("x" * 2999)) for _ in range(90)]}
    assert (await refusal(client_of(slack).views_open(trigger_id=slack.triggers.give("U0ALICE"), view=big)))[
        "error"
    ] == "view_too_large"


GOOD = [
    pytest.param([section(text=mrkdwn("*x*"), accessory=button(), fields=[plain("a")])], id="section"),
    pytest.param([section(text=mrkdwn("x" * 3000))], id="longest section"),
    pytest.param(
        [{"type": "header", "text": plain("x" * 150), "level": 2}, {"type": "divider"}], id="header"
    ),
    pytest.param(
        [
            {
                "type": "context",
                "elements": [
                    mrkdwn("x"),
                    {"type": "image", "alt_text": "a", "image_url": "https://a.example/i.png"},
                ],
            }
        ],
        id="context",
    ),
    pytest.param(
        [actions(button(action_id="a")), actions(button(action_id="a"))], id="action_id in two blocks"
    ),
    pytest.param(
        [
            actions(
                select(initial_option=option()),
                {"type": "overflow", "options": [option(url="https://x.example")]},
            )
        ],
        id="menus",
    ),
    pytest.param(
        [
            actions(
                {"type": "datepicker", "initial_date": "2026-02-28"},
                {"type": "timepicker", "initial_time": "23:59"},
            )
        ],
        id="pickers",
    ),
    pytest.param([chart(points=20, categories=20), chart()], id="two charts"),
    pytest.param(
        [chart() | {"chart": {"type": "pie", "segments": [{"label": "a", "value": 0.5}]}}], id="pie"
    ),
    pytest.param(
        [container(section(text=plain("x")), is_collapsible=True, default_collapsed=True)], id="container"
    ),
    pytest.param([table(rows=100, cells=20)], id="largest table"),
    pytest.param([{"type": "markdown", "text": "# x"}], id="markdown"),
    pytest.param(
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
                    },
                    {
                        "type": "rich_text_preformatted",
                        "elements": [{"type": "text", "text": "log"}],
                        "border": 0,
                    },
                ],
            }
        ],
        id="rich text",
    ),
    pytest.param(
        [entry({"type": "plain_text_input", "multiline": True}, optional=True)], id="input in a message"
    ),
]


@pytest.mark.parametrize("blocks", GOOD)
async def test_known_good_blocks_pass_and_get_ids(slack: Slack, blocks: list[Any]) -> None:
    answer = await client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=blocks)
    assert all(block["block_id"] for block in answer["message"]["blocks"])


async def test_the_whole_message_has_a_limit_beyond_its_blocks(slack: Slack) -> None:
    long = [section(text=mrkdwn("x" * 2999)) for _ in range(5)]
    answer = await refusal(client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=long))
    assert answer["error"] == "msg_blocks_too_long"
    answer = await refusal(
        client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=[table(), table()])
    )
    assert answer["error"] == "only_one_table_allowed"


async def test_blocks_validate_names_each_constraint(slack: Slack) -> None:
    bad = [section(text={"type": "invalid", "text": "x"})]
    answer = await refusal(client_of(slack).api_call("blocks.validate", json={"blocks": bad}))
    expected = {"type": "enum", "expected": ["plain_text", "mrkdwn"]}
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [
        {
            "code": "failed_constraint",
            "message": "unsupported type: invalid",
            "pointer": "/0/text/type",
            "constraint": expected,
        }
    ]
    answer = await refusal(client_of(slack).api_call("blocks.validate", json={"view": {"type": "home"}}))
    assert (answer["error"], answer["errors"][0]["code"]) == ("invalid_view", "missing_field")
    answer = await refusal(client_of(slack).api_call("blocks.validate", json={}))
    assert "exactly one of `blocks`, `view`, or `message`" in answer["response_metadata"]["messages"][0]
    assert (
        await client_of(slack).api_call(
            "blocks.validate", json={"message": {"blocks": [section(text=plain("x"))]}}
        )
    )["ok"]


@pytest.mark.parametrize(
    ("most", "block", "pointer"),
    [
        pytest.param(
            HeaderBlock.text_max_length,
            lambda n: {"type": "header", "text": plain("x" * n)},
            "text/text",
            id="header",
        ),
        pytest.param(
            SectionBlock.fields_max_length, lambda n: section(fields=[plain("x")] * n), "fields", id="fields"
        ),
        pytest.param(
            ButtonElement.text_max_length,
            lambda n: actions(button("x" * n)),
            "elements/0/text/text",
            id="button",
        ),
        pytest.param(
            ButtonElement.value_max_length,
            lambda n: actions(button(value="x" * n)),
            "elements/0/value",
            id="button value",
        ),
        pytest.param(
            Option.value_max_length,
            lambda n: actions(select(options=[option(value="x" * n)])),
            "elements/0/options/0/value",
            id="option value",
        ),
        pytest.param(
            Option.label_max_length,
            lambda n: actions(select(options=[option("x" * n)])),
            "elements/0/options/0/text/text",
            id="option text",
        ),
        pytest.param(
            ImageElement.alt_text_max_length,
            lambda n: {"type": "image", "alt_text": "x" * n, "image_url": "https://x.example/a"},
            "alt_text",
            id="alt text",
        ),
    ],
)
def test_our_limits_are_those_of_slacks_sdk(most: int, block: Any, pointer: str) -> None:
    def problems(size: int) -> list[str]:
        rulebook = Rulebook(lambda _file: True)
        return [problem.pointer for problem in rulebook.blocks([block(size)], "message")]

    assert problems(most) == []
    assert problems(most + 1) == [f"/blocks/0/{pointer}"]
