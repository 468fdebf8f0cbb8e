"""Slack's rules beyond blocks: tokens, scopes, content types, membership, threads, rates, triggers, views."""

import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import ManualClock
from sandbox.slack import faults, limits
from sandbox.slack.catalogue import METHODS
from sandbox.slack.manifest import Manifest
from sandbox.slack.slack import Slack
from tests.sandbox.slack_parts import client_of, full_manifest, refusal, workspace

Json = dict[str, Any]
ALICE, ALERTS, WARROOM, PAYMENTS = "U0ALICE", "C0OOMALERTS", "G0WARROOM", "C0PAYMENTS"
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Slack]:
    async with workspace(clock) as running:
        yield running


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return client_of(slack)


def without(*scopes: str) -> Manifest:
    manifest = full_manifest()
    return replace(manifest, scopes=manifest.scopes - set(scopes))


async def raw(slack: Slack, method: str, **options: Any) -> Json:
    headers = {"Authorization": f"Bearer {slack.credentials.bot_token}"} | options.pop("headers", {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}/slack/api/{method}", headers=headers, **options) as response,
    ):
        return dict(await response.json())


# 1, 2: tokens and scopes


@pytest.mark.parametrize(
    ("token", "error"),
    [
        pytest.param("", "not_authed", id="none"),
        pytest.param("xoxb-wrong", "invalid_auth", id="somebody else's"),
        pytest.param("xapp", "not_allowed_token_type", id="the app's, for a bot's method"),
    ],
)
async def test_a_token_is_needed_and_must_be_the_right_one(slack: Slack, token: str, error: str) -> None:
    sent = slack.credentials.app_token if token == "xapp" else token
    assert (await raw(slack, "auth.test", headers={"Authorization": f"Bearer {sent}"}))["error"] == error
    opened = await raw(slack, "apps.connections.open", headers={"Authorization": f"Bearer {sent}"})
    assert (opened["ok"] if token == "xapp" else opened["error"] == error) is True


async def test_a_bot_token_opens_no_socket(slack: Slack) -> None:
    assert (await raw(slack, "apps.connections.open"))["error"] == "not_allowed_token_type"


async def test_a_scope_that_the_manifest_does_not_ask_for_is_missing() -> None:
    async with workspace(manifest=without("chat:write")) as slack:
        answer = await refusal(client_of(slack).chat_postMessage(channel=ALERTS, text="x"))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
        assert "commands" in answer["provided"]


async def test_every_scoped_method_is_refused_without_any_scope() -> None:
    async with workspace(manifest=replace(full_manifest(), scopes=frozenset())) as slack:
        scoped = [name for name, method in METHODS.items() if method.scopes and method.caller == "bot"]
        assert len(scoped) > 20
        for name in scoped:
            assert (await raw(slack, name))["error"] == "missing_scope", name


async def test_private_channels_and_addresses_need_their_own_scopes() -> None:
    async with workspace(manifest=without("groups:read", "users:read.email")) as slack:
        slack.workspace.channels[WARROOM].members.append("U0OOMGUARD")
        answer = await refusal(client_of(slack).conversations_info(channel=WARROOM))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")
        assert "email" not in (await client_of(slack).users_info(user=ALICE))["user"]["profile"]


# 3: methods, content types, arguments


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    answer = await refusal(client.api_call("chat.shout"))
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "chat.shout")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param(
            {"data": b"{", "headers": {"Content-Type": "application/json"}}, "invalid_json", id="half JSON"
        ),
        pytest.param({"json": ["x"]}, "json_not_object", id="JSON, but a list"),
        pytest.param(
            {"data": b"x", "headers": {"Content-Type": "image/png"}}, "invalid_post_type", id="a picture"
        ),
        pytest.param({"json": {"channel": ALERTS, "txt": "x"}}, "invalid_arguments", id="misspelt argument"),
        pytest.param({"json": {"text": "x"}}, "invalid_arguments", id="no channel"),
        pytest.param({"json": {"channel": ALERTS}}, "no_text", id="nothing to say"),
        pytest.param(
            {"json": {"channel": ALERTS, "text": "x", "thread_ts": 17.5}},
            "invalid_thread_ts",
            id="ts as number",
        ),
        pytest.param(
            {"data": {"channel": ALERTS, "blocks": "[{"}}, "invalid_blocks_format", id="blocks: half JSON"
        ),
        pytest.param(
            {"json": {"channel": ALERTS, "blocks": {}}}, "invalid_blocks_format", id="blocks: an object"
        ),
        pytest.param(
            {"json": {"channel": ALERTS, "text": "x", "mrkdwn": "yes"}},
            "invalid_arguments",
            id="not a boolean",
        ),
        pytest.param(
            {"json": {"channel": ALERTS, "text": "x", "markdown_text": "y"}},
            "markdown_text_conflict",
            id="two texts",
        ),
        pytest.param(
            {"json": {"channel": ALERTS, "text": "x", "metadata": {"event_type": "e"}}},
            "invalid_metadata_format",
            id="metadata without payload",
        ),
        pytest.param(
            {
                "json": {
                    "channel": ALERTS,
                    "text": "x",
                    "metadata": {"event_type": "e", "event_payload": {"k": "x" * 9000}},
                }
            },
            "metadata_too_large",
            id="metadata too large",
        ),
        pytest.param(
            {"json": {"channel": ALERTS, "attachments": [{"text": "x"}] * 101}},
            "too_many_attachments",
            id="101 attachments",
        ),
    ],
)
async def test_a_malformed_call_is_refused(slack: Slack, options: Json, error: str) -> None:
    assert (await raw(slack, "chat.postMessage", **options))["error"] == error


async def test_json_without_a_charset_is_taken_with_a_warning(slack: Slack) -> None:
    body = json.dumps({"channel": ALERTS, "text": "x"}).encode()
    answer = await raw(slack, "chat.postMessage", data=body, headers={"Content-Type": "application/json"})
    assert (answer["ok"], answer["warning"]) == (True, "missing_charset")


async def test_a_form_carries_blocks_as_json(slack: Slack) -> None:
    answer = await raw(
        slack, "chat.postMessage", data={"channel": ALERTS, "text": "x", "blocks": '[{"type":"divider"}]'}
    )
    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_methods_that_read_take_no_json(slack: Slack) -> None:
    assert (await raw(slack, "users.info", json={"user": ALICE}))["error"] == "invalid_arguments"


# 7, 9: where one may write


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        pytest.param("C404", "channel_not_found", id="no such channel"),
        pytest.param(WARROOM, "channel_not_found", id="private, not invited"),
        pytest.param("#payments-war-room", "channel_not_found", id="private by name"),
        pytest.param("U0OOMGUARD", "cannot_dm_bot", id="itself"),
    ],
)
async def test_a_channel_must_be_there_for_the_bot(client: AsyncWebClient, channel: str, error: str) -> None:
    assert (await refusal(client.chat_postMessage(channel=channel, text="x")))["error"] == error


async def test_public_channels_need_membership_or_a_scope() -> None:
    async with workspace(manifest=without("chat:write.public")) as slack:
        answer = await refusal(client_of(slack).chat_postMessage(channel=PAYMENTS, text="x"))
        assert answer["error"] == "not_in_channel"
    async with workspace() as slack:
        assert (await client_of(slack).chat_postMessage(channel="#team-payments", text="x"))[
            "channel"
        ] == PAYMENTS
        assert (await client_of(slack).chat_postMessage(channel=ALICE, text="x"))["channel"] == "D0ALICE"


async def test_nothing_is_written_into_an_archived_channel(slack: Slack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ALERTS, text="x")
    await slack.act("archive", {"user": ALICE, "channel": ALERTS})
    for call in (
        client.chat_postMessage(channel=ALERTS, text="x"),
        client.chat_update(channel=ALERTS, ts=posted["ts"], text="y"),
        client.reactions_add(channel=ALERTS, timestamp=posted["ts"], name="eyes"),
    ):
        assert (await refusal(call))["error"] == "is_archived"


async def test_a_reply_to_a_reply_goes_to_the_same_thread(slack: Slack, client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel=ALERTS, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=ALERTS, text="reply", thread_ts=root))["ts"]
    nested = await client.chat_postMessage(channel=ALERTS, text="nested", thread_ts=reply)
    assert nested["message"]["thread_ts"] == root
    thread = await client.conversations_replies(channel=ALERTS, ts=root)
    assert [message["text"] for message in thread["messages"]] == ["root", "reply", "nested"]
    assert thread["messages"][0]["reply_count"] == 2
    history = await client.conversations_history(channel=ALERTS)
    assert [message["text"] for message in history["messages"]] == ["root"]
    answer = await refusal(client.chat_postMessage(channel=ALERTS, text="x", thread_ts="1.000001"))
    assert answer["error"] == "invalid_thread_ts"


async def test_own_messages_are_found_again_by_their_metadata(client: AsyncWebClient) -> None:
    mark = {"event_type": "incident", "event_payload": {"id": "7"}}
    await client.chat_postMessage(channel=ALERTS, text="x", metadata=mark)
    plain = (await client.conversations_history(channel=ALERTS))["messages"][0]
    found = (await client.conversations_history(channel=ALERTS, include_all_metadata=True))["messages"][0]
    assert ("metadata" in plain, found["metadata"]) == (False, mark)


async def test_ephemeral_messages_reach_one_member_and_no_history(
    slack: Slack, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel=ALERTS, user=ALICE, text="only you")
    assert (await client.conversations_history(channel=ALERTS))["messages"] == []
    answer = await refusal(client.chat_postEphemeral(channel=PAYMENTS, user="U0ADMIN", text="x"))
    assert answer["error"] == "user_not_in_channel"
    [shown] = slack.snapshot(ALICE)["messages"][ALERTS]
    answer = await refusal(client.chat_update(channel=ALERTS, ts=shown["ts"], text="x"))
    assert answer["error"] == "message_not_found"


# 8: chat.update and chat.delete


async def test_text_without_blocks_drops_the_blocks_but_keeps_attachments(client: AsyncWebClient) -> None:
    divider = [{"type": "divider"}]
    attached: list[Any] = [{"color": "#a30200", "blocks": divider}]
    posted = await client.chat_postMessage(channel=ALERTS, text="a", blocks=divider, attachments=attached)
    updated = (await client.chat_update(channel=ALERTS, ts=posted["ts"], text="b"))["message"]
    assert ("blocks" in updated, updated["attachments"][0]["color"], updated["text"]) == (
        False,
        "a30200",
        "b",
    )
    assert "edited" in updated
    emptied = await client.chat_update(channel=ALERTS, ts=posted["ts"], text="b", attachments=[])
    assert "attachments" not in emptied["message"]


async def test_only_own_messages_that_exist_can_be_changed(slack: Slack, client: AsyncWebClient) -> None:
    said = await slack.act("message", {"user": ALICE, "channel": ALERTS, "text": "hi"})
    change = client.chat_update(channel=ALERTS, ts=said["ts"], text="x")
    assert (await refusal(change))["error"] == "cant_update_message"
    assert (await refusal(client.chat_delete(channel=ALERTS, ts=said["ts"])))[
        "error"
    ] == "cant_delete_message"
    posted = await client.chat_postMessage(channel=ALERTS, text="x")
    long = client.chat_update(channel=ALERTS, ts=posted["ts"], text="x" * 4001)
    assert (await refusal(long))["error"] == "msg_too_long"
    await slack.act("delete", {"user": "U0ADMIN", "channel": ALERTS, "ts": posted["ts"]})
    gone = client.chat_update(channel=ALERTS, ts=posted["ts"], text="y")
    assert (await refusal(gone))["error"] == "message_not_found"
    assert (await refusal(client.chat_getPermalink(channel=ALERTS, message_ts=posted["ts"])))[
        "error"
    ] == "message_not_found"


async def test_a_deleted_root_stays_as_a_tombstone_over_its_thread(
    slack: Slack, client: AsyncWebClient
) -> None:
    root = (await client.chat_postMessage(channel=ALERTS, text="root"))["ts"]
    await client.chat_postMessage(channel=ALERTS, text="reply", thread_ts=root)
    alone = (await client.chat_postMessage(channel=ALERTS, text="alone"))["ts"]
    for ts in (root, alone):
        await client.chat_delete(channel=ALERTS, ts=ts)
    shown = slack.snapshot(ALICE)["messages"][ALERTS]
    assert [(message["text"], message["deleted"]) for message in shown] == [("", True), ("reply", False)]


async def test_history_is_cut_by_time(client: AsyncWebClient) -> None:
    first, second = [(await client.chat_postMessage(channel=ALERTS, text=text))["ts"] for text in "ab"]
    after = await client.conversations_history(channel=ALERTS, oldest=first)
    both = await client.conversations_history(channel=ALERTS, oldest=first, latest=second, inclusive=True)
    assert ([m["ts"] for m in after["messages"]], len(both["messages"])) == ([second], 2)
    wrong = client.conversations_history(channel=ALERTS, oldest="yesterday")
    assert (await refusal(wrong))["error"] == "invalid_ts_oldest"


# 10: rates


async def limited(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    assert (raised.value.response.status_code, raised.value.response["error"]) == (429, "ratelimited")
    return str(raised.value.response.headers["Retry-After"])


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(
    clock: ManualClock, client: AsyncWebClient
) -> None:
    for _ in range(limits.POST_BURST):
        await client.chat_postMessage(channel=ALERTS, text="x")
    assert await limited(client.chat_postMessage(channel=ALERTS, text="x")) == "1"
    await client.chat_postMessage(channel=PAYMENTS, text="another channel")
    await clock.advance(1)
    await client.chat_postMessage(channel=ALERTS, text="x")
    assert await limited(client.chat_postMessage(channel=ALERTS, text="x")) == "1"


async def test_a_tiered_method_is_limited_by_the_minute(clock: ManualClock, client: AsyncWebClient) -> None:
    for _ in range(limits.TIERS[2]):
        await client.usergroups_list()
    assert await limited(client.usergroups_list()) == "3"
    await client.users_info(user=ALICE)
    await clock.advance(3)
    await client.usergroups_list()


# 11: triggers and views


async def test_a_trigger_counts_once_and_for_three_seconds(
    slack: Slack, clock: ManualClock, client: AsyncWebClient
) -> None:
    trigger = slack.triggers.give(ALICE)
    await client.views_open(trigger_id=trigger, view=MODAL)
    assert (await refusal(client.views_open(trigger_id=trigger, view=MODAL)))[
        "error"
    ] == "exchanged_trigger_id"
    late = slack.triggers.give(ALICE)
    await clock.advance(3.1)
    assert (await refusal(client.views_open(trigger_id=late, view=MODAL)))["error"] == "expired_trigger_id"
    made_up = client.views_open(trigger_id="132456.7890123.abcdef", view=MODAL)
    assert (await refusal(made_up))["error"] == "invalid_trigger_id"
    answer = await refusal(client.views_open(trigger_id="nonsense", view=MODAL))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]"
    ]


async def test_a_stack_holds_three_modals(slack: Slack, client: AsyncWebClient) -> None:
    def trigger() -> str:
        return slack.triggers.give(ALICE)

    first = (await client.views_open(trigger_id=trigger(), view=MODAL))["view"]
    second = (await client.views_push(trigger_id=trigger(), view=MODAL))["view"]
    await client.views_push(trigger_id=trigger(), view=MODAL)
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert (await refusal(client.views_push(trigger_id=trigger(), view=MODAL)))[
        "error"
    ] == "push_limit_reached"


async def test_a_view_is_updated_by_its_hash_or_external_id(slack: Slack, client: AsyncWebClient) -> None:
    named = MODAL | {"external_id": "mine"}
    view = (await client.views_open(trigger_id=slack.triggers.give(ALICE), view=named))["view"]
    newer = (await client.views_update(external_id="mine", hash=view["hash"], view=named))["view"]
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)
    assert (newer["id"], (await refusal(stale))["error"]) == (view["id"], "hash_conflict")
    again = client.views_open(trigger_id=slack.triggers.give("U0BOB"), view=named)
    assert (await refusal(again))["error"] == "duplicate_external_id"
    assert (await refusal(client.views_update(view_id="V404", view=MODAL)))["error"] == "not_found"
    answer = await refusal(client.api_call("views.update", json={"view": MODAL}))
    assert "exactly one of `view_id` or `external_id`" in answer["response_metadata"]["messages"][0]


async def test_a_home_tab_is_published_for_one_person(slack: Slack, client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id=ALICE, view=HOME))["view"]
    second = (await client.views_publish(user_id=ALICE, view=HOME, hash=first["hash"]))["view"]
    assert first["id"] == second["id"]
    stale = client.views_publish(user_id=ALICE, view=HOME, hash=first["hash"])
    assert (await refusal(stale))["error"] == "hash_conflict"
    assert (await refusal(client.views_publish(user_id="U404", view=HOME)))["error"] == "invalid_arguments"
    assert slack.snapshot(ALICE)["home"]["blocks"][0]["type"] == "divider"
    assert slack.snapshot("U0BOB")["home"] is None


# 12: response_url


async def answer_to(url: str, body: Json) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_a_response_url_works_five_times_within_half_an_hour(slack: Slack, clock: ManualClock) -> None:
    channel = slack.workspace.channels[WARROOM]  # which the bot is not in: response_url needs no membership
    url = slack.response_urls.give(channel, ALICE)
    for _ in range(5):
        assert await answer_to(url, {"text": "x"}) == (200, "ok")
    assert (await answer_to(url, {"text": "x"}))[0] == 404
    assert [message["ephemeral_for"] for message in slack.snapshot(ALICE)["messages"][WARROOM]] == [ALICE] * 5
    fresh = slack.response_urls.give(channel, ALICE)
    status, body = await answer_to(fresh, {"blocks": [{"type": "nope"}]})
    assert (status, json.loads(body)["error"]) == (404, "invalid_blocks")
    assert (await answer_to(fresh, {"text": "x", "colour": "red"}))[0] == 404
    assert (await answer_to(fresh, {"text": "x", "blocks": "[]"}))[0] == 404
    await clock.advance(30 * 60 + 1)
    assert json.loads((await answer_to(fresh, {"text": "x"}))[1])["error"] == "expired_url"


async def test_a_response_url_replaces_deletes_or_speaks_to_all(slack: Slack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=ALERTS, text="old")
    channel = slack.workspace.channels[ALERTS]
    url = slack.response_urls.give(channel, ALICE, channel.messages[posted["ts"]])
    await answer_to(url, {"text": "new", "replace_original": True})
    await answer_to(url, {"text": "all", "response_type": "in_channel", "replace_original": False})
    assert [message["text"] for message in slack.snapshot("U0BOB")["messages"][ALERTS]] == ["new", "all"]
    await answer_to(url, {"delete_original": True})
    assert [message["text"] for message in slack.snapshot("U0BOB")["messages"][ALERTS]] == ["all"]


# People, groups, reactions


async def test_the_directory_answers(client: AsyncWebClient) -> None:
    assert (await client.auth_test())["user_id"] == "U0OOMGUARD"
    assert (await client.users_lookupByEmail(email="alice@acme.example"))["user"]["id"] == ALICE
    assert (await refusal(client.users_lookupByEmail(email="x@acme.example")))["error"] == "users_not_found"
    assert (await refusal(client.users_info(user="U404")))["error"] == "user_not_found"
    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    assert groups[0]["users"] == (await client.usergroups_users_list(usergroup=groups[0]["id"]))["users"]
    assert (await refusal(client.usergroups_users_list(usergroup="S404")))["error"] == "no_such_subteam"
    first = await client.users_list(limit=2)
    rest = await client.users_list(limit=100, cursor=first["response_metadata"]["next_cursor"])
    assert (len(first["members"]), len(rest["members"])) == (2, 4)
    assert (await client.bots_info(bot="B0OOMGUARD"))["bot"]["name"] == "OOM Guard"
    assert (await refusal(client.team_info()))["needed"] == "team:read"


async def test_the_bot_sees_the_channels_that_it_may_see(slack: Slack, client: AsyncWebClient) -> None:
    names = {
        one["name"]
        for one in (await client.conversations_list(types="public_channel,private_channel"))["channels"]
    }
    assert names == {"general", "oom-alerts", "team-payments"}
    assert (await refusal(client.conversations_info(channel=WARROOM)))["error"] == "channel_not_found"
    assert (await refusal(client.conversations_history(channel=PAYMENTS)))["error"] == "not_in_channel"
    assert (await refusal(client.conversations_join(channel=PAYMENTS)))["needed"] == "channels:join"
    assert "U0OOMGUARD" in (await client.conversations_members(channel=ALERTS))["members"]
    opened = await client.conversations_open(users=ALICE)
    assert slack.workspace.channels[opened["channel"]["id"]].im_user == ALICE


async def test_a_reaction_is_added_once_and_taken_back(client: AsyncWebClient) -> None:
    item = {"channel": ALERTS, "timestamp": (await client.chat_postMessage(channel=ALERTS, text="x"))["ts"]}
    await client.reactions_add(name="eyes", **item)
    assert (await refusal(client.reactions_add(name="eyes", **item)))["error"] == "already_reacted"
    await client.reactions_remove(name="eyes", **item)
    assert (await refusal(client.reactions_remove(name="eyes", **item)))["error"] == "no_reaction"


# Faults on demand


async def posted(slack: Slack) -> int:
    return len(slack.snapshot(ALICE)["messages"][ALERTS])


@pytest.mark.parametrize(
    ("fault", "said", "raised"),
    [
        pytest.param(faults.ratelimited(30), 0, SlackApiError, id="ratelimited"),
        pytest.param(faults.http(500), 0, SlackApiError, id="http 500"),
        pytest.param(faults.html(), 0, SlackApiError, id="an HTML page"),
        pytest.param(faults.refused("fatal_error"), 0, SlackApiError, id="fatal_error"),
        pytest.param(faults.dropped(after=False), 0, aiohttp.ClientError, id="dropped before doing it"),
        pytest.param(faults.dropped(after=True), 1, aiohttp.ClientError, id="dropped after doing it"),
    ],
)
async def test_a_fault_strikes_the_next_call_only(
    slack: Slack, client: AsyncWebClient, fault: faults.Fault, said: int, raised: type[Exception]
) -> None:
    slack.faults.next("chat.postMessage", fault)
    await client.auth_test()
    with pytest.raises(raised):
        await client.chat_postMessage(channel=ALERTS, text="x")
    assert await posted(slack) == said
    await client.chat_postMessage(channel=ALERTS, text="x")
    assert await posted(slack) == said + 1


async def test_slack_can_be_down_for_a_while(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.down = True
    url = slack.response_urls.give(slack.workspace.channels[ALERTS], ALICE)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    assert (await answer_to(url, {"text": "x"}))[0] == 503
    slack.faults.down = False
    assert (await client.auth_test())["ok"]
    assert (await answer_to(url, {"text": "x"}))[0] == 200


# 21: advice


def button(label: str) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}}


ADVISED: list[Any] = [
    pytest.param({"blocks": [{"type": "divider"}], "text": ""}, "no `text`", id="no text"),
    pytest.param({"text": "x" * 301}, "301 characters", id="long text"),
    pytest.param({"text": "see https://x.example"}, "may unfurl", id="links unfurl"),
    pytest.param({"text": "x", "username": "bob"}, "chat:write.customize", id="another name"),
    pytest.param(
        {
            "text": "x",
            "blocks": [{"type": "image", "alt_text": "chart.png", "image_url": "https://x.example/c"}],
        },
        "does not say what",
        id="alt text says nothing",
    ),
    pytest.param(
        {"text": "x", "blocks": [{"type": "actions", "elements": [button("x" * 31)]}]},
        "may be cut",
        id="long label",
    ),
    pytest.param(
        {"text": "x", "attachments": [{"blocks": [{"type": "actions", "elements": [button("x")] * 5}]}]},
        "5 buttons",
        id="too many buttons",
    ),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("message", "advice"), ADVISED)
async def test_what_slack_takes_may_still_earn_advice(slack: Slack, message: Json, advice: str) -> None:
    await client_of(slack).chat_postMessage(channel=ALERTS, **message)
    [line] = slack.wire.entries()
    assert (line.level, advice in line.note) == ("advice", True)


async def test_an_update_earns_advice_for_used_ids_and_bare_colors(
    slack: Slack, client: AsyncWebClient
) -> None:
    def alert(text: str, color: str) -> Json:
        block = {"type": "section", "block_id": "b", "text": {"type": "plain_text", "text": text}}
        return {"text": "x", "blocks": [block], "attachments": [{"color": color, "text": "y"}]}

    posted = await client.chat_postMessage(channel=ALERTS, **alert("Firing", "#a30200"))
    where = {"channel": ALERTS, "ts": posted["ts"]}
    await client.chat_update(**where, **alert("Firing", "#2eb886"))
    await client.chat_update(**where, **alert("Resolved", "#2eb886"))
    await client.chat_update(**where, **alert("Resolved", "#2eb886"))
    notes = [entry.note for entry in slack.wire.entries()]
    assert notes[1] == "only the color changed: say the state in words too"
    assert notes[2] == "block_id 'b' is used again for other content: clients may keep the old one"
    assert notes[3] == ""


async def test_a_good_alert_leaves_a_clean_line_that_can_be_opened(
    slack: Slack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=ALERTS, text="checkout-api ran out of memory")
    [line] = slack.wire.entries()
    assert (line.level, line.title) == (
        "ok",
        "chat.postMessage → #oom-alerts: checkout-api ran out of memory",
    )
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/page/wire/{line.id}") as response,
    ):
        opened = await response.json()
    assert opened["request"]["text"] == "checkout-api ran out of memory"
    assert slack.credentials.bot_token not in json.dumps(opened)
