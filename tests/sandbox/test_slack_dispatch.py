"""What people do reaches the app: signed, within three seconds, and only from what is on the screen."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from sandbox.clock import ManualClock
from sandbox.slack.refusal import Nonsense
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import app_for, client_of, listening, serve, workspace

Json = dict[str, Any]
ALICE, BOB, ALERTS = "U0ALICE", "U0BOB", "C0OOMALERTS"
VIEW = {"type": "modal", "callback_id": "form", "title": {"type": "plain_text", "text": "T"}}
OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
MENU = {"type": "static_select", "action_id": "menu", "options": [OPTION]}
EXTERNAL = {"type": "external_select", "action_id": "find", "min_query_length": 0}
CONTROLS: list[Any] = [{"type": "actions", "block_id": "b", "elements": [MENU, EXTERNAL]}]


def entry(action_id: str, kind: str = "plain_text_input", **more: Any) -> Json:
    element = {"type": kind, "action_id": action_id, **more}
    return {
        "type": "input",
        "block_id": action_id,
        "label": {"type": "plain_text", "text": "L"},
        "element": element,
    }


FORM = VIEW | {
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [entry("why"), entry("when", "datepicker")],
}
FILLED = {
    "why": {"why": {"type": "plain_text_input", "value": "a & b"}},
    "when": {"when": {"type": "datepicker", "selected_date": "2026-11-21"}},
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))  # Bolt compares the signature's time with its own clock


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Slack]:
    async with workspace(clock) as running:
        yield running


Reply = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def answering(slack: Slack, reply: Reply) -> AsyncIterator[None]:
    """An app that is nothing but this function."""
    async with serve([web.post("/slack/events", reply)]) as url:
        slack.request_url = f"{url}/slack/events"
        yield


async def ask(slack: Slack, text: str = "/oom list", **more: Any) -> Json:
    return await slack.act("command", {"user": ALICE, "channel": ALERTS, "text": text, **more})


def whispers(slack: Slack) -> list[str]:
    return [message["text"] for message in slack.snapshot(ALICE)["messages"][ALERTS]]


# 13, 15: slash commands


async def test_a_command_is_signed_and_says_who_where_and_what(slack: Slack) -> None:
    seen: list[tuple[Any, bytes]] = []

    async def app(request: web.Request) -> web.Response:
        seen.append((request.headers, await request.read()))
        return web.json_response({"text": "here", "response_type": "in_channel"})

    async with answering(slack, app):
        await ask(slack)
    [(headers, body)] = seen
    base = f"v0:{headers['X-Slack-Request-Timestamp']}:{body.decode()}".encode()
    expected = hmac.new(slack.credentials.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == f"v0={expected}"
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    told = {"command": "/oom", "text": "list", "user_name": "alice", "channel_name": "oom-alerts"}
    assert told.items() <= form.items()
    assert [message["text"] for message in slack.snapshot(BOB)["messages"][ALERTS]] == ["/oom list", "here"]


async def test_an_app_that_thinks_too_long_is_given_up_after_three_seconds(
    slack: Slack, clock: ManualClock
) -> None:
    arrived, never = asyncio.Event(), asyncio.Event()

    async def app(_request: web.Request) -> web.Response:
        arrived.set()
        await never.wait()
        return web.Response()

    async with answering(slack, app):
        asked = asyncio.create_task(ask(slack))
        await arrived.wait()
        await clock.advance(2.9)
        assert not asked.done()
        await clock.advance(0.2)
        with pytest.raises(Nonsense, match="/oom failed with the error “operation_timeout”"):
            await asked
        never.set()
    assert whispers(slack) == ["/oom failed with the error “operation_timeout”"]
    assert slack.wire.entries()[-1].level == "error"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(lambda: web.Response(status=500), "dispatch_failed", id="HTTP 500"),
        pytest.param(lambda: web.HTTPFound("/elsewhere"), "dispatch_failed", id="a redirect"),
        pytest.param(
            lambda: web.json_response({"blocks": [{"type": "nope"}]}),
            "invalid_command_response",
            id="broken blocks",
        ),
    ],
)
async def test_a_bad_answer_to_a_command_is_shown_as_slack_shows_it(
    slack: Slack, answer: Any, error: str
) -> None:
    async def app(_request: web.Request) -> web.Response:
        return web.Response() if answer is None else answer()

    async with answering(slack, app):
        with pytest.raises(Nonsense, match=error):
            await ask(slack)


async def test_an_app_that_is_not_there_fails_the_command(slack: Slack) -> None:
    with pytest.raises(Nonsense, match="dispatch_failed"):
        await ask(slack)


async def test_commands_that_are_unknown_or_in_threads_stay_with_slackbot(slack: Slack) -> None:
    await ask(slack, "/foo")
    await ask(slack, thread_ts="1.000001")
    assert whispers(slack) == ["`/foo` is not a valid command.", "`/oom` is not supported in threads. Sorry!"]
    assert slack.wire.entries() == []


# What people type


async def test_what_people_type_is_escaped_and_their_mentions_are_links(slack: Slack) -> None:
    text = "@alice @payments-oncall #oom-alerts <!channel> a&b @nobody me@alice @here"
    await slack.act("message", {"user": BOB, "channel": ALERTS, "text": text})
    linked = "<@U0ALICE> <!subteam^S0PAYMENTS> <#C0OOMALERTS|oom-alerts> &lt;!channel&gt; a&amp;b @nobody me@alice <!here>"
    assert whispers(slack) == [linked]
    [channel] = [one for one in slack.snapshot(ALICE)["channels"] if one["id"] == ALERTS]
    assert (channel["unread"], channel["mentions"]) == (1, 1)
    await slack.act("read", {"user": ALICE, "channel": ALERTS})
    [channel] = [one for one in slack.snapshot(ALICE)["channels"] if one["id"] == ALERTS]
    assert (channel["unread"], channel["mentions"]) == (0, 0)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        pytest.param("message", {"user": "U404", "channel": ALERTS, "text": "x"}, id="nobody"),
        pytest.param("message", {"user": "U0CHEN", "channel": "G0WARROOM", "text": "x"}, id="not invited"),
        pytest.param("message", {"user": ALICE, "channel": ALERTS, "text": " "}, id="nothing"),
        pytest.param("delete", {"user": ALICE, "channel": ALERTS, "ts": "1.0"}, id="no such message"),
        pytest.param("close", {"user": ALICE, "view_id": "V1"}, id="no such dialog"),
        pytest.param("fly", {"user": ALICE}, id="no such verb"),
        pytest.param("archive", {"user": ALICE, "channel": "C0GENERAL"}, id="general stays"),
    ],
)
async def test_a_person_cannot_do_what_the_screen_does_not_offer(slack: Slack, verb: str, body: Json) -> None:
    with pytest.raises(Nonsense):
        await slack.act(verb, body)


# Elements


async def press(slack: Slack, ts: str, action_id: str, value: Json, user: str = ALICE) -> Json:
    container = {"type": "message", "channel": ALERTS, "ts": ts}
    body = {"user": user, "container": container, "block_id": "b", "action_id": action_id, "value": value}
    return await slack.act("action", body)


async def test_a_press_that_an_update_overtook_reaches_the_app(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.action("go")
    async def pressed(ack: Any, body: Json) -> None:
        await ack()
        seen.append(body)

    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    posted = await client_of(slack).chat_postMessage(
        channel=ALERTS, text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [button]}]
    )
    again = {"type": "actions", "block_id": "b2", "elements": [button]}
    await client_of(slack).chat_update(channel=ALERTS, ts=posted["ts"], text="x", blocks=[again])
    async with listening(slack, app):
        await press(slack, posted["ts"], "go", {"type": "button"})
    assert [body["actions"][0]["block_id"] for body in seen] == ["b2"]


async def test_a_choice_in_an_attachment_tells_the_app_where_it_was(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.action("menu")
    async def chosen(ack: Any, body: Json) -> None:
        await ack()
        seen.append(body)

    posted = await client_of(slack).chat_postMessage(
        channel=ALERTS, text="x", attachments=[{"blocks": CONTROLS}]
    )
    async with listening(slack, app):
        await press(slack, posted["ts"], "menu", {"type": "static_select", "selected_option": {"value": "1"}})
        with pytest.raises(Nonsense, match="not in the menu"):
            await press(
                slack, posted["ts"], "menu", {"type": "static_select", "selected_option": {"value": "2"}}
            )
        with pytest.raises(Nonsense, match="no element 'gone'"):
            await press(slack, posted["ts"], "gone", {"type": "button"})
    [body] = seen
    assert (body["container"]["type"], body["container"]["attachment_id"]) == ("message_attachment", 1)
    assert body["actions"][0]["selected_option"] == OPTION
    assert body["state"]["values"]["b"]["menu"]["selected_option"] == OPTION
    assert body["message"]["ts"] == posted["ts"]
    assert body["response_url"].startswith(slack.url)


async def test_an_external_menu_offers_what_the_app_finds(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.options("find")
    async def find(ack: Any, body: Json) -> None:
        text = {"type": "plain_text", "text": body["value"] if body["value"] != "long" else "x" * 76}
        await ack(options=[{"text": text, "value": "v"}])

    @app.action("find")
    async def found(ack: Any, action: Json) -> None:
        await ack()
        seen.append(action["selected_option"]["text"]["text"])

    posted = await client_of(slack).chat_postMessage(channel=ALERTS, text="x", blocks=CONTROLS)
    where = {
        "user": ALICE,
        "container": {"type": "message", "channel": ALERTS, "ts": posted["ts"]},
        "block_id": "b",
    }
    picked = {"type": "external_select", "selected_option": {"value": "v"}}
    async with listening(slack, app):
        with pytest.raises(Nonsense, match="not in the menu"):
            await press(slack, posted["ts"], "find", picked)
        offered = await slack.act("options", where | {"action_id": "find", "query": "check"})
        await press(slack, posted["ts"], "find", picked)
        with pytest.raises(Nonsense, match="less than 76 characters"):
            await slack.act("options", where | {"action_id": "find", "query": "long"})
    assert (offered["options"][0]["value"], seen) == ("v", ["check"])
    assert slack.wire.entries()[-1].level == "error"


async def test_a_message_that_only_one_sees_can_be_pressed_by_that_one_only(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.action("menu")
    async def chosen(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        seen.append(body)
        await respond(text="done", replace_original=True)

    await client_of(slack).chat_postEphemeral(channel=ALERTS, user=ALICE, text="x", blocks=CONTROLS)
    [shown] = slack.snapshot(ALICE)["messages"][ALERTS]
    value = {"type": "static_select", "selected_option": OPTION}
    async with listening(slack, app):
        with pytest.raises(Nonsense, match="somebody else"):
            await press(slack, shown["ts"], "menu", value, user=BOB)
        await press(slack, shown["ts"], "menu", value)
    assert ("message" in seen[0], seen[0]["container"]["is_ephemeral"]) == (False, True)
    assert whispers(slack) == ["done"]


# 11, 13, 14: modals


async def opened(slack: Slack, view: Json = FORM) -> str:
    answer = await client_of(slack).views_open(trigger_id=slack.triggers.give(ALICE), view=view)
    return str(answer["view"]["id"])


def submitting(slack: Slack, view_id: str, state: Json | None = None) -> Awaitable[Json]:
    return slack.act(
        "submit", {"user": ALICE, "view_id": view_id, "state": FILLED if state is None else state}
    )


def answered_with(app: AsyncApp, **answer: Any) -> None:
    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answer)


async def test_required_inputs_are_asked_for_before_the_app_hears_of_it(slack: Slack) -> None:
    view_id = await opened(
        slack,
        FORM
        | {"blocks": [*FORM["blocks"], entry("n", "number_input", is_decimal_allowed=False, max_value="9")]},
    )
    state = {"when": FILLED["when"], "n": {"n": {"type": "number_input", "value": "10"}}}
    answer = await submitting(slack, view_id, state)
    assert answer["errors"] == {"why": "Please complete this required field.", "n": "Please enter 9 or less."}
    assert all(line.direction == "in" for line in slack.wire.entries())


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        pytest.param({}, [], id="closes"),
        pytest.param({"response_action": "clear"}, [], id="clears the stack"),
        pytest.param(
            {"response_action": "update", "view": VIEW | {"blocks": [{"type": "divider"}]}}, [1], id="changes"
        ),
        pytest.param(
            {"response_action": "push", "view": VIEW | {"blocks": []}}, [2, 0], id="opens another on top"
        ),
    ],
)
async def test_a_submission_closes_changes_or_pushes(slack: Slack, answer: Json, left: list[int]) -> None:
    app = app_for(slack)
    answered_with(app, **answer)
    async with listening(slack, app):
        await submitting(slack, await opened(slack))
    assert [len(view["blocks"]) for view in slack.snapshot(ALICE)["views"]] == left


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            {"response_action": "errors", "errors": {"nope": "x"}},
            id="errors under a block that is not there",
        ),
        pytest.param({"response_action": "update", "view": {"type": "modal"}}, id="a broken view"),
        pytest.param({"response_action": "dance"}, id="an unknown action"),
    ],
)
async def test_an_answer_to_a_submission_that_makes_no_sense_is_trouble(slack: Slack, answer: Json) -> None:
    async def app(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    async with answering(slack, app):
        with pytest.raises(Nonsense, match="We had some trouble connecting"):
            await submitting(slack, await opened(slack))
    assert len(slack.snapshot(ALICE)["views"]) == 1
    assert slack.wire.entries()[-1].level == "error"


async def test_what_was_typed_survives_an_update_where_ids_stay_the_same(slack: Slack) -> None:
    app = app_for(slack)
    answered_with(app, response_action="errors", errors={"why": "no"})
    async with listening(slack, app):
        view_id = await opened(slack)
        await submitting(slack, view_id)
        await client_of(slack).views_update(
            view_id=view_id, view=FORM | {"blocks": [entry("why"), entry("other")]}
        )
    [view] = slack.snapshot(ALICE)["views"]
    assert (view["state"]["why"]["why"]["value"], view["state"]["other"]["other"]["value"]) == ("a & b", None)
    assert view["errors"] == {}


async def test_closing_tells_the_app_if_it_wants_to_know(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        seen.append(body["is_cleared"])

    async with listening(slack, app):
        quiet = await opened(slack)
        await slack.act("close", {"user": ALICE, "view_id": quiet})
        loud = await opened(slack, FORM | {"notify_on_close": True, "clear_on_close": True})
        await slack.act("close", {"user": ALICE, "view_id": loud})
    assert (seen, slack.snapshot(ALICE)["views"]) == ([True], [])


async def test_the_x_closes_the_whole_stack_and_cancel_the_top_only(slack: Slack) -> None:
    client = client_of(slack)
    for close_all, left in ((False, 1), (True, 0)):
        await opened(slack)
        pushed = await client.views_push(trigger_id=slack.triggers.give(ALICE), view=FORM)
        await slack.act("close", {"user": ALICE, "view_id": pushed["view"]["id"], "all": close_all})
        assert len(slack.snapshot(ALICE)["views"]) == left


async def test_a_form_is_sent_once_however_often_it_is_pressed(slack: Slack) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def app(_request: web.Request) -> web.Response:
        arrived.set()
        await go_on.wait()
        return web.Response()

    async with answering(slack, app):
        view_id = await opened(slack)
        first = asyncio.create_task(slack.act("submit", {"user": ALICE, "view_id": view_id, "state": FILLED}))
        await arrived.wait()
        assert slack.snapshot(ALICE)["views"][0]["busy"]
        with pytest.raises(Nonsense, match="being sent already"):
            await submitting(slack, view_id)
        go_on.set()
        await first
    assert slack.snapshot(ALICE)["views"] == []


async def test_only_inputs_that_ask_for_it_dispatch_while_typing(slack: Slack) -> None:
    app, seen = app_for(slack), []

    @app.action("eager")
    async def typed(ack: Any, action: Json) -> None:
        await ack()
        seen.append(action["value"])

    blocks = [entry("lazy"), entry("eager") | {"dispatch_action": True}]
    async with listening(slack, app):
        view_id = await opened(slack, FORM | {"blocks": blocks})
        for name in ("lazy", "eager"):
            place = {"user": ALICE, "container": {"type": "view", "view_id": view_id}}
            value = {"type": "plain_text_input", "value": name}
            await slack.act("action", place | {"block_id": name, "action_id": name, "value": value})
    assert seen == ["eager"]
    assert slack.snapshot(ALICE)["views"][0]["state"]["lazy"]["lazy"]["value"] == "lazy"


# 19: events


async def test_the_home_tab_is_drawn_when_it_is_opened(slack: Slack) -> None:
    app, drawn = app_for(slack), asyncio.Event()

    @app.event("app_home_opened")
    async def draw(event: Json, client: Any) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]}
        )
        drawn.set()

    async with listening(slack, app):
        await slack.act("home", {"user": ALICE})
        await asyncio.wait_for(drawn.wait(), 5)
    assert slack.snapshot(ALICE)["home"]["blocks"][0]["type"] == "divider"


async def logged(slack: Slack, count: int) -> None:
    """Return once the wire log has that many lines."""
    heard = asyncio.Event()
    slack.wire.listeners.append(lambda _entry: heard.set())
    async with asyncio.timeout(5):
        while len(slack.wire.entries()) < count:
            heard.clear()
            await heard.wait()


@pytest.mark.parametrize(
    ("headers", "numbers"),
    [
        pytest.param({}, [None, "1", "2", "3"], id="at once, after a minute, after five more"),
        pytest.param({"X-Slack-No-Retry": "1"}, [None], id="not if the app does not want it"),
    ],
)
async def test_an_event_that_the_app_does_not_take_comes_again(
    slack: Slack, clock: ManualClock, headers: dict[str, str], numbers: list[str | None]
) -> None:
    seen: list[tuple[float, Any, str]] = []

    async def app(request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        number = request.headers.get("X-Slack-Retry-Num")
        seen.append((clock.time(), number, body["event_id"]))
        assert number is None or request.headers["X-Slack-Retry-Reason"] == "http_error"
        return web.Response(status=500, headers=headers)

    async with answering(slack, app):
        began = clock.time()
        await slack.act("archive", {"user": ALICE, "channel": ALERTS})
        for seconds, sent in ((0, 2), (60, 3), (300, 4)):
            await clock.advance(seconds)
            await logged(slack, min(sent, len(numbers)))
        await clock.advance(3600)
    assert [number for _, number, _ in seen] == numbers
    assert len({event_id for *_, event_id in seen}) == 1
    assert [round(at - began) for at, *_ in seen] == [0, 0, 60, 360][: len(numbers)]


async def test_events_that_the_manifest_does_not_ask_for_are_not_sent(
    slack: Slack, clock: ManualClock
) -> None:
    said = await slack.act("message", {"user": BOB, "channel": ALERTS, "text": "x"})
    await slack.act("react", {"user": ALICE, "channel": ALERTS, "ts": said["ts"], "name": "eyes"})
    await clock.advance(1)
    assert slack.wire.entries() == []
    assert slack.snapshot(BOB)["messages"][ALERTS][0]["reactions"] == [{"name": "eyes", "users": [ALICE]}]
