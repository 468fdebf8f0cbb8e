"""A canned snapshot: the contract's every corner, with content of every kind of block."""

import json
from typing import Any

NOW = 1_795_249_800  # Saturday, 21 November 2026, 08:30 UTC
ALICE, BOB, CARLA, BOT = "U0ALICE", "U0BOB", "U0CARLA", "U0BOT"
GENERAL, ALERTS, PAYMENTS, SECRET, BOT_DM = "C0GENERAL", "C0ALERTS", "C0PAYMENTS", "G0SECRET", "D0BOT"


def ts(seconds_ago: float) -> str:
    return f"{NOW - seconds_ago:.6f}"


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def option(value: str, text: str, description: str | None = None) -> dict[str, Any]:
    extra = {"description": plain(description)} if description else {}
    return {"value": value, "text": plain(text), **extra}


def button(action: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(text), "value": "i-1", **more}


def message(seconds_ago: float, user: str, text: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(
        ("blocks", "attachments", "files", "thread_ts", "latest_reply", "ephemeral_for")
    )
    flags = dict.fromkeys(("broadcast", "edited", "deleted", "response"), False)
    rest = {"reply_count": 0, "reply_users": [], "reactions": []}
    base = {"ts": ts(seconds_ago), "user": user, "is_bot": user == BOT, "text": text}
    return {**base, **empty, **flags, **rest, **more}


SNOOZE = {
    "type": "static_select",
    "action_id": "snooze",
    "placeholder": plain("Snooze for…"),
    "options": [option("1h", "1 hour"), option("4h", "4 hours"), option("24h", "Until tomorrow")],
}
MORE = {
    "type": "overflow",
    "action_id": "more",
    "options": [
        option("not_oom", "Not an OOM", "Tell us that the verdict is wrong"),
        option("resolve", "Resolve"),
    ],
}
ALERT_TITLE = (
    ":boom: *<https://console.aws.amazon.com/ecs|checkout-api>* ran out of memory · `prod-eu`\n"
    f"~Firing~ → *Acknowledged* by <@{ALICE}> · owner <!subteam^S0PAY> · "
    f"<!date^{NOW - 300}^{{date_short_pretty}} at {{time}}|08:25 UTC>"
)
ALERT_DETAILS: list[dict[str, Any]] = [
    {
        "type": "section",
        "block_id": "facts",
        "fields": [
            mrkdwn("*Memory limit*\n512 MiB (hard)"),
            mrkdwn("*Peak*\n511 MiB (99.9 %)"),
            mrkdwn("*Exit code*\n`137` OutOfMemoryError"),
            mrkdwn("*Kills in 24 h*\n:small_red_triangle: 4 (was 0)"),
        ],
    },
    {
        "type": "image",
        "block_id": "memory",
        "title": plain("Memory, last 3 hours"),
        "slack_file": {"id": "F0CHART1"},
        "alt_text": "Memory climbs from 300 to 511 MiB in three hours and meets the limit at 08:25",
    },
    {
        "type": "section",
        "block_id": "cause",
        "text": mrkdwn(
            "*Likely cause* slow growth since deploy `a1b2c3d` (+71 MiB/h)\n"
            "> Suggested: raise the limit to *768 MiB*, then look for the leak. <https://runbook.example|Runbook>"
        ),
    },
    {
        "type": "actions",
        "block_id": "act",
        "elements": [
            button("ack", "Acknowledge", style="primary"),
            button("raise", "Raise memory…"),
            button(
                "stop",
                "Stop service",
                style="danger",
                confirm={
                    "title": plain("Stop checkout-api?"),
                    "text": mrkdwn("Its *3 tasks* go away at once."),
                    "confirm": plain("Stop it"),
                    "deny": plain("Keep it"),
                    "style": "danger",
                },
            ),
            SNOOZE,
            MORE,
        ],
    },
    {
        "type": "context",
        "block_id": "ids",
        "elements": [mrkdwn("OOM Guard · incident `i-1` · task `7f9c2d1a` · revision `checkout-api:87`")],
    },
]

RICH_TEXT = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Bold", "style": {"bold": True}},
                {"type": "text", "text": " and "},
                {"type": "text", "text": "slanted code", "style": {"italic": True, "code": True}},
                {"type": "emoji", "name": "wave", "skin_tone": 3},
                {"type": "emoji", "name": "nobody_knows_it", "unicode": "1f6df"},
                {"type": "user", "user_id": ALICE},
                {"type": "broadcast", "range": "here"},
                {"type": "link", "url": "https://example.com", "text": "link"},
                {"type": "color", "value": "#ff5500"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]}
                for word in ("First", "Second")
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "Quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "kill -9 137"}]},
    ],
}
MARKDOWN = """## What happened
The **JVM** asked for *more* than `-Xmx` said, see [the docs](https://example.com).

1. Heap 400 MiB
2. Metaspace 120 MiB
   - classes
   - proxies

- [x] measured
- [ ] fixed

| Container | Limit | Kills |
|---|---|---|
| app | 512 MiB | 4 |
| envoy | 64 MiB | 0 |

```
java.lang.OutOfMemoryError: Metaspace
```
> ~~It was DNS~~"""


def raw(*words: str) -> list[dict[str, str]]:
    return [{"type": "raw_text", "text": word} for word in words]


TABLE = {
    "type": "table",
    "block_id": "t",
    "column_settings": [{"is_wrapped": True}, {"align": "right"}],
    "rows": [raw("Service", "Kills"), raw("checkout-api", "4"), raw("basket-worker", "2")],
}
POINTS = [("06:00", 300), ("07:00", 371), ("08:00", 442), ("08:25", 511)]


def series(name: str, factor: float) -> dict[str, Any]:
    return {"name": name, "data": [{"label": label, "value": value * factor} for label, value in POINTS]}


def chart(kind: str) -> dict[str, Any]:
    axis = {"categories": [label for label, _ in POINTS]}
    drawing = {
        "type": kind,
        "series": [series("checkout-api", 1), series("basket", 0.5)],
        "axis_config": axis,
    }
    return {"type": "data_visualization", "block_id": kind, "title": f"Memory, {kind}", "chart": drawing}


PIE = {
    "type": "data_visualization",
    "title": "Kills",
    "block_id": "pie",
    "chart": {"type": "pie", "segments": [{"label": "leak", "value": 3}, {"label": "spike", "value": 1}]},
}
CONTAINER = {
    "type": "container",
    "block_id": "logs",
    "title": plain("Last log lines"),
    "is_collapsible": True,
    "default_collapsed": True,
    "child_blocks": [{"type": "section", "block_id": "l1", "text": mrkdwn("```Killed process 1 (java)```")}],
}
SHOWCASE: list[dict[str, Any]] = [
    {"type": "header", "block_id": "h", "text": plain("Every block there is :tada:")},
    {
        "type": "section",
        "block_id": "s",
        "text": mrkdwn("Section with an accessory"),
        "accessory": {
            "type": "datepicker",
            "action_id": "when",
            "initial_date": "2026-11-21",
        },
    },
    {"type": "divider"},
    {**RICH_TEXT, "block_id": "rt"},
    {"type": "markdown", "block_id": "md", "text": MARKDOWN},
    TABLE,
    chart("line"),
    chart("bar"),
    chart("area"),
    PIE,
    CONTAINER,
    {
        "type": "context_actions",
        "block_id": "fb",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "helpful",
                "positive_button": {"text": plain("Helpful"), "value": "yes"},
                "negative_button": {"text": plain("Not helpful"), "value": "no"},
            }
        ],
    },
    {
        "type": "image",
        "block_id": "far",
        "image_url": "https://example.com/far.png",
        "alt_text": "A picture that lies outside",
    },
    {"type": "from_the_future", "block_id": "x", "text": "?"},
]


def labelled(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


DURATIONS = [option("1h", "1 hour"), option("24h", "1 day"), option("2w", "2 weeks")]
MODAL: dict[str, Any] = {
    "id": "V0SILENCE",
    "hash": "1.a",
    "type": "modal",
    "title": plain("Silence checkout-api"),
    "submit": plain("Silence"),
    "close": plain("Cancel"),
    "state": {},
    "errors": {},
    "busy": False,
    "blocks": [
        {
            "type": "alert",
            "block_id": "hid",
            "level": "info",
            "text": mrkdwn("Would have hidden *4 alerts*."),
        },
        labelled(
            "why", "Why", {"type": "plain_text_input", "action_id": "t", "multiline": True, "max_length": 60}
        ),
        labelled(
            "long",
            "For how long",
            {"type": "static_select", "action_id": "s", "options": DURATIONS, "initial_option": DURATIONS[0]},
            hint=plain("A silence always ends."),
        ),
        labelled("task", "Task", {"type": "external_select", "action_id": "e", "min_query_length": 2}),
        labelled(
            "who",
            "Tell",
            {"type": "multi_users_select", "action_id": "m", "placeholder": plain("Choose people")},
            optional=True,
        ),
        labelled(
            "scope",
            "Scope",
            {
                "type": "radio_buttons",
                "action_id": "r",
                "options": [option("one", "This container"), option("all", "The whole service")],
            },
        ),
        labelled(
            "also",
            "Also",
            {
                "type": "checkboxes",
                "action_id": "c",
                "options": [option("post", "Post in the channel", "Everybody sees it")],
            },
            optional=True,
        ),
        labelled("at", "From", {"type": "datetimepicker", "action_id": "d", "initial_date_time": NOW}),
        labelled(
            "mib", "Limit in MiB", {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}
        ),
    ],
}
HOME: dict[str, Any] = {
    "id": "V0HOME",
    "hash": "1.h",
    "blocks": [
        {"type": "header", "block_id": "hh", "text": plain("Open incidents")},
        {
            "type": "section",
            "block_id": "i1",
            "text": mrkdwn(":boom: *checkout-api* · 4 kills · acknowledged"),
            "accessory": button("open", "Open"),
        },
        {"type": "divider"},
        {"type": "actions", "block_id": "ha", "elements": [button("settings", "Settings…")]},
    ],
}


def user(user_id: str, name: str, real_name: str, color: str, title: str) -> dict[str, Any]:
    initials = "".join(word[0] for word in real_name.split())
    return {
        "id": user_id,
        "name": name,
        "real_name": real_name,
        "title": title,
        "initials": initials,
        "color": color,
        "is_bot": user_id == BOT,
        "tz": "Europe/Berlin",
        "online": True,
    }


def channel(channel_id: str, name: str, topic: str = "", **more: Any) -> dict[str, Any]:
    flags = {"is_private": False, "is_archived": False, "is_im": False, "im_user": None, "is_member": True}
    counts = {"unread": 0, "mentions": 0, "members": [ALICE, BOB, CARLA, BOT]}
    return {"id": channel_id, "name": name, "topic": topic, **flags, **counts, **more}


def alert() -> dict[str, Any]:
    return message(
        300,
        BOT,
        "checkout-api in prod-eu ran out of memory (4 times in 24 h). Acknowledged by Alice.",
        blocks=[{"type": "section", "block_id": "title", "text": mrkdwn(ALERT_TITLE)}],
        attachments=[{"color": "#daa038", "blocks": ALERT_DETAILS}],
        reply_count=2,
        reply_users=[BOT, BOB],
        latest_reply=ts(60),
        reactions=[{"name": "eyes", "users": [ALICE, BOB]}],
    )


def alerts() -> list[dict[str, Any]]:
    root = alert()
    return [
        message(90_000, ALICE, "Morning all :coffee: nothing burned overnight"),
        message(89_950, ALICE, "_famous last words_"),
        message(89_000, BOB, "The basket leak is back, see `basket-worker`. <!here> who is on call?"),
        root,
        message(200, BOT, "Paging <!subteam^S0PAY>: killed 4 times since 06:02.", thread_ts=root["ts"]),
        message(60, BOB, "Rolling back.\n&gt; it was the cache\n• one\n• two", thread_ts=root["ts"]),
        message(50, BOT, "*checkout-api*, last 24 h: 4 kills, every 40 minutes.", ephemeral_for=ALICE),
        message(
            40, CARLA, "Thanks <@U0ALICE>! :+1::skin-tone-4: `<b>not bold</b>` &lt;script&gt;", edited=True
        ),
    ]


def entry(number: int, kind: str, level: str = "ok", **more: Any) -> dict[str, Any]:
    base = {
        "id": 8 - number,
        "at": (NOW - number) * 1000,
        "direction": "in",
        "kind": kind,
        "title": "",
        "status": 200,
    }
    return {**base, "ms": 4 + number, "level": level, "note": "", **more}


WIRE = [
    entry(1, "dispatch block_actions", direction="out", title="ack"),
    entry(2, "chat.update", title="#oom-alerts"),
    entry(
        3,
        "chat.postMessage",
        "error",
        note="invalid_blocks: must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    entry(
        4,
        "chat.postMessage",
        "advice",
        note="text is missing: push and screen readers get nothing",
        title="#oom-alerts",
    ),
    entry(5, "sns Notification", direction="out", title="ECS Task State Change"),
    entry(6, "aws ecs:DescribeTasks", title="prod"),
    entry(7, "auth.test"),
]


def workload(
    number: int, service: str, memory_mib: int, state: str = "running", kills: int = 0
) -> dict[str, Any]:
    return {
        "id": f"w-{number}",
        "cluster": "prod",
        "service": service,
        "container": "app",
        "limit_mib": 512,
        "memory_mib": memory_mib,
        "state": state,
        "revision": 87,
        "rollout": "COMPLETED",
        "desired": 3,
        "running": 3 if state == "running" else 2,
        "pattern": "leak" if kills else "steady",
        "kills": kills,
    }


SCENARIOS = [
    ("oom", "Kills", "Kill a task (OOM)", "💥"),
    ("leak", "Kills", "Start a slow leak", "📈"),
    ("storm", "Kills", "Storm: 200 services", "🌪️"),
    ("duplicate", "Trouble", "Duplicate and late deliveries", "👯"),
    ("forged", "Trouble", "Forged delivery", "🥸"),
    ("slack_down", "Trouble", "Slack is down", "🔌"),
    ("throttled", "Trouble", "AWS throttles", "🐢"),
    ("bad_deploy", "Changes", "Bad deploy, OOM loop", "🚀"),
    ("retag", "Changes", "Retagged image", "🏷️"),
    ("cron", "Changes", "Scheduled job grows", "⏰"),
]
WORLD: dict[str, Any] = {
    "speed": 10,
    "scenarios": [
        {"name": name, "group": group, "title": title, "emoji": emoji, "description": f"{title}, and watch."}
        for name, group, title, emoji in SCENARIOS
    ],
    "workloads": [
        workload(1, "checkout-api", 505, "restarting", 4),
        workload(2, "basket-worker", 440, "running", 1),
        workload(3, "search", 180),
    ],
    "sns": {"subscription": "confirmed", "delivered": 12, "failed": 1, "dead_letters": 0},
}


def snapshot() -> dict[str, Any]:
    """A fresh one each time: tests may change it. A deep copy, through JSON as on the wire."""
    whole = {
        "now": NOW * 1000,
        "workspace": {"id": "T0ACME", "name": "Acme (sandbox)"},
        "me": ALICE,
        "users": [
            user(ALICE, "alice", "Alice Meyer", "#2c6e91", "Platform engineer, on call"),
            user(BOB, "bob", "Bob Osei", "#8d4d2a", "Payments"),
            user(CARLA, "carla", "Carla Nunes", "#5b4a9e", "Engineering manager"),
            user(BOT, "oom_guard", "OOM Guard", "#000000", ""),
        ],
        "usergroups": [{"id": "S0PAY", "handle": "payments-oncall", "name": "Payments", "users": [ALICE]}],
        "bot": {"user_id": BOT, "name": "OOM Guard", "emoji": "🛡️", "has_home": True},
        "channels": [
            channel(GENERAL, "general", "Company-wide"),
            channel(ALERTS, "oom-alerts", "Out-of-memory kills, all accounts :shield:"),
            channel(PAYMENTS, "team-payments", unread=3, mentions=1),
            channel(SECRET, "incident-room", is_private=True, unread=2),
            channel(BOT_DM, "", is_im=True, im_user=BOT, members=[ALICE, BOT]),
        ],
        "messages": {
            GENERAL: [message(500, BOT, "Every block there is", blocks=SHOWCASE)],
            ALERTS: alerts(),
            PAYMENTS: [message(100 - each, BOB, f"Message {each}") for each in range(3)],
            SECRET: [message(100 - each, CARLA, f"Secret {each}") for each in range(2)],
            BOT_DM: [],
        },
        "commands": [
            {
                "command": "/oom",
                "description": "Out-of-memory incidents: figures, silences, help",
                "usage_hint": "stats <task> [7d] | list | top | silence | help",
            }
        ],
        "views": [],
        "home": None,
        "wire": WIRE,
        "world": WORLD,
    }
    copy: dict[str, Any] = json.loads(json.dumps(whole))
    return copy
