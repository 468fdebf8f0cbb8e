"""What a hostile review sent to the sandbox's Slack: fields that contradict each other, and messages to be validated."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import client_of, refusal, workspace

Json = dict[str, Any]
ALERTS = "C0OOMALERTS"


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with workspace(ManualClock()) as running:
        yield running


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return client_of(slack)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value), "value": value}


def asking(kind: str, **fields: Any) -> Json:
    return {
        "type": "input",
        "label": plain("L"),
        "element": {"type": kind, "action_id": fields.pop("action_id", "a")} | fields,
    }


def many(**fields: Any) -> Json:
    chosen = {"initial_options": [option("1"), option("2")]}
    return asking("multi_static_select", options=[option("1"), option("2"), option("3")], **chosen | fields)


NUMBER = {"is_decimal_allowed": False}


@pytest.mark.parametrize(
    ("block", "line"),
    [
        pytest.param(
            asking("plain_text_input", min_length=10, max_length=5),
            "`min_length` must not be greater than `max_length` [json-pointer:/blocks/0/element]",
            id="a text that nobody could write",
        ),
        pytest.param(
            asking("plain_text_input", max_length=5, initial_value="seven.."),
            "`initial_value` is longer than `max_length` [json-pointer:/blocks/0/element]",
            id="a text that is too long as it stands",
        ),
        pytest.param(
            asking("number_input", **NUMBER, min_value="10", max_value="5"),
            "`min_value` must not be greater than `max_value` [json-pointer:/blocks/0/element]",
            id="a number that nobody could write",
        ),
        pytest.param(
            asking("number_input", **NUMBER, initial_value="1.5"),
            "`initial_value` must be a whole number [json-pointer:/blocks/0/element]",
            id="half a number where none may be",
        ),
        pytest.param(
            many(max_selected_items=1),
            "more initial choices than `max_selected_items` [json-pointer:/blocks/0/element]",
            id="two chosen where one may be",
        ),
        pytest.param(
            asking("datepicker", initial_date="2026-02-30"),
            "must be a day of the calendar [json-pointer:/blocks/0/element/initial_date]",
            id="February has no 30th",
        ),
        pytest.param(
            asking("datepicker", initial_date="1.3.2026"),
            "must match",
            id="a date as Germans write it",
        ),
    ],
)
async def test_fields_that_contradict_each_other(client: AsyncWebClient, block: Json, line: str) -> None:
    answer = await refusal(client.chat_postMessage(channel=ALERTS, text="x", blocks=[block]))
    assert answer["error"] == "invalid_blocks"
    assert line in answer["errors"][0]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(
            asking("plain_text_input", min_length=5, max_length=5, initial_value="12345"), id="just so"
        ),
        pytest.param(
            asking("number_input", is_decimal_allowed=True, initial_value="1.5", min_value="-1"), id="decimal"
        ),
        pytest.param(many(max_selected_items=2), id="as many as may be"),
        pytest.param(asking("datepicker", initial_date="2028-02-29"), id="a leap day"),
    ],
)
async def test_fields_that_agree(client: AsyncWebClient, block: Json) -> None:
    assert (await client.chat_postMessage(channel=ALERTS, text="x", blocks=[block]))["ok"]


async def test_one_element_of_a_view_may_have_the_focus(client: AsyncWebClient) -> None:
    fields = [asking("plain_text_input", action_id=name, focus_on_load=True) for name in "ab"]
    view = {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": fields}
    answer = await refusal(client.views_open(trigger_id="1.1.a", view=view))
    (line,) = answer["response_metadata"]["messages"]
    assert line == "[ERROR] only one element may have `focus_on_load` [json-pointer:/view/blocks/1]"


CHART = {"type": "data_visualization", "title": "T"} | {
    "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]}
}


@pytest.mark.parametrize(
    ("message", "pointers"),
    [
        pytest.param({"text": "x", "blocks": [], "attachments": []}, [], id="nothing wrong"),
        pytest.param({"attachments": [{"blocks": [CHART]}]}, [], id="a chart in an attachment"),
        pytest.param({"blocks": [{"type": "x"}]}, ["/blocks/0/type"], id="a block"),
        pytest.param(
            {"attachments": [{"color": "#a30200", "blocks": [{"type": "x"}]}]},
            ["/attachments/0/blocks/0/type"],
            id="a block in an attachment",
        ),
        pytest.param({"attachment": []}, [""], id="a field that no message has"),
        pytest.param({"blocks": {}}, ["/blocks"], id="no list"),
    ],
)
async def test_a_message_is_validated_with_its_attachments(
    client: AsyncWebClient, message: Json, pointers: list[str]
) -> None:
    call = client.api_call("blocks.validate", json={"message": message})
    if not pointers:
        assert (await call)["ok"]
        return
    answer = await refusal(call)
    assert (answer["error"], [one["pointer"] for one in answer["errors"]]) == ("invalid_message", pointers)


async def test_pythons_infinity_is_no_json(slack: Slack) -> None:
    headers = {
        "Authorization": f"Bearer {slack.credentials.bot_token}",
        "Content-Type": "application/json",
    }
    body = b'{"channel": "C0OOMALERTS", "text": "x", "blocks": [Infinity]}'
    url = f"{slack.url}/slack/api/chat.postMessage"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        assert (await response.json())["error"] == "invalid_json"
