"""Memory warnings in Slack: on and over at a glance, within Slack's rules, safe whatever the alarm is called."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident.calling import Call
from bot.domain.kills.memory_warning import MemoryWarning
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.slack.memory_warning import memory_warning
from bot.slack.message import Message
from tests.slack.block_kit import complaints, texts
from tests.slack.incidents import NOON, SERVICE

OF_SERVICE = replace(SERVICE, container="")
OF_CLUSTER = replace(OF_SERVICE, kind=OwnerKind.TASK, name="all-memory")
EVIL = GroupKey("1", "eu-west-1", "`<!here>`", OwnerKind.SERVICE, "<!channel>", "<@U0EVIL001>")


def message(
    key: GroupKey, *, lasts_min: int = 0, alarm: str = "memory", reason: str = "It crossed 90."
) -> Message:
    """A warning of noon; over after so many minutes."""
    ended_at = NOON + timedelta(minutes=lasts_min) if lasts_min else None
    warning = MemoryWarning(
        id=7,
        alarm=alarm,
        group_key=key,
        metric="MemoryUtilization",
        reason=reason,
        began_at=NOON,
        ended_at=ended_at,
    )
    return memory_warning(warning, lambda _: "prod-eu", Call(owner="S0PAYMENTS"))


@pytest.mark.parametrize(
    ("shown", "push", "title"),
    [
        pytest.param(
            message(OF_SERVICE),
            "Memory warning: checkout-api is close to its memory limit, says alarm memory. Look for growth before it is killed.",
            "🟡 *checkout-api* is close to its memory limit",
            id="on",
        ),
        pytest.param(
            message(OF_SERVICE, lasts_min=12),
            "Resolved: checkout-api is no longer close to its memory limit, says alarm memory.",
            "🟢 *checkout-api* is no longer close to its memory limit",
            id="over",
        ),
        pytest.param(
            message(OF_CLUSTER),
            "Memory warning: alarm memory went off.",
            "🟡 An alarm on ECS memory went off",
            id="of a whole cluster",
        ),
    ],
)
def test_says(shown: Message, push: str, title: str) -> None:
    assert shown.text == push
    lasts_on = "Resolved" not in push
    arguments = shown.as_arguments()
    assert arguments["blocks"][0]["text"]["text"].splitlines()[0] == title
    assert arguments["metadata"]["event_payload"] == {"warning_id": "7"}
    assert lasts_on == ("MemoryUtilization: It crossed 90." in str(arguments["attachments"]))
    assert "nothing was killed" in str(arguments["attachments"])


def test_the_owner_is_told_while_it_is_on_and_no_more() -> None:
    assert "<!subteam^S0PAYMENTS>" in str(message(OF_SERVICE).as_arguments())
    assert "S0PAYMENTS" not in str(message(OF_SERVICE, lasts_min=3).as_arguments())


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(message(EVIL, alarm="<!channel>", reason="<!everyone> ```"), id="hostile"),
        pytest.param(
            message(replace(OF_SERVICE, name="n" * 255), alarm="a" * 255, reason="&" * 2000), id="long"
        ),
    ],
)
def test_within_slacks_rules(shown: Message) -> None:
    arguments = shown.as_arguments()
    assert complaints(arguments) == []
    told = "\n".join([shown.text, *texts(arguments["blocks"]), *texts(arguments["attachments"])])
    for broad in ("<!channel>", "<!here>", "<!everyone>", "<@U0EVIL001>"):
        assert broad not in told
