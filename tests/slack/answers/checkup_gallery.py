"""The gallery of checkups and tests of the path: what a person is told, by the name of its golden file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.checkup.checkup import Area, Check, broken, checkup, ok, unseen, warning
from bot.domain.kills.drill import Drill
from bot.slack.answers import drill, late
from bot.slack.answers.answer import Answer
from bot.slack.answers.checkup import checkup_answer, not_a_viewer
from tests.slack.incidents import ALICE, NOON

WELL = (
    ok(Area.SLACK, "Bot token", "@oomguard in Acme"),
    ok(Area.SLACK, "Scopes", "all 15 that the manifest names"),
    ok(Area.EVENTS, "Topic oom-guard", "signs with version 2 (SHA-256)"),
    ok(Area.AWS, "Identity", "arn:aws:iam::123456789012:role/oom-guard"),
    ok(Area.INSIGHTS, "Clusters", "on for 3 clusters, enhanced for 1"),
    ok(Area.STORE, "Store", "postgresql answers"),
    ok(Area.RULES, "Freeze", "none"),
)
NOT_CONFIRMED = broken(
    Area.EVENTS,
    "Subscription https://oom-guard.example.com/sns",
    "not confirmed yet: nothing is delivered",
    "SNS must reach the bot at that address.",
    "aws sns subscribe --topic-arn arn:aws:sns:eu-west-1:123456789012:oom-guard --region eu-west-1",
)
ARCHIVED = broken(Area.SLACK, "Channel C0OLD (a route's)", "archived", "Unarchive it, or change the route.")
NO_ROLE = broken(Area.AWS, "Identity", "AWS refused sts:AssumeRole", "Let the role trust mine.").of("staging")
OFF = warning(
    Area.INSIGHTS,
    "Cluster dev",
    "Container Insights is off",
    "Switch it on.",
    "aws ecs update-cluster-settings",
)
HIDDEN = unseen(Area.EVENTS, "Dead letters in graves", "not allowed", "Grant sqs:GetQueueUrl.")
EVIL = "<!channel> `<!here>` *&* <https://evil|click>"

SENT = Drill(
    id=1,
    token="0" * 32,
    user=ALICE,
    channel="C0ALERTS",
    started_at=NOON,
    sent_at=NOON,
    accepted_at=NOON + timedelta(milliseconds=82),
)
CAME = replace(
    SENT,
    stamped_at=NOON,
    published_at=NOON + timedelta(milliseconds=240),
    received_at=NOON + timedelta(milliseconds=310),
)
SHOWN = replace(
    CAME, stored_at=NOON + timedelta(milliseconds=330), posted_at=NOON + timedelta(milliseconds=1450)
)

CHECKUPS: Mapping[str, Answer] = {
    "doctor_all_well": checkup_answer(checkup(WELL)),
    "doctor_three_broken": checkup_answer(checkup([NOT_CONFIRMED, ARCHIVED, NO_ROLE, *WELL])),
    "doctor_of_every_state": checkup_answer(checkup([OFF, HIDDEN, ARCHIVED, *WELL])),
    "doctor_nothing_looked_at": checkup_answer(checkup([HIDDEN])),
    "doctor_under_way": late.examining(312),
    "test_begun": drill.begun("C0ALERTS"),
    "test_begun_by_name": drill.begun("oom-alerts"),
    "test_came_through": drill.outcome(SHOWN),
    "test_not_taken": drill.outcome(
        replace(SENT, accepted_at=None, error="not allowed: the role needs events:PutEvents")
    ),
    "test_lost_on_the_way": drill.outcome(SENT),
    "test_not_shown": drill.outcome(replace(CAME, error="Slack: is_archived")),
    "test_too_soon": drill.too_soon(NOON, NOON + timedelta(seconds=20)),
    "test_read_only": drill.read_only(),
    "test_not_an_operator": drill.not_an_operator(),
    "doctor_not_a_viewer": not_a_viewer(),
    "test_unknown_channel": drill.unknown_channel("random", ["C0ALERTS", "payments"]),
}
HOSTILE_CHECKUPS: Mapping[str, Answer] = {
    "doctor": checkup_answer(
        checkup([broken(Area.AWS, EVIL, EVIL, EVIL, EVIL).of(EVIL), ok(Area.AWS, EVIL, EVIL)])
    ),
    "test": drill.outcome(replace(SENT, channel=EVIL, error=EVIL)),
    "channel": drill.unknown_channel(EVIL, [EVIL]),
}


def _many(number: int) -> list[Check]:
    return [
        broken(Area.AWS, f"{n} " + "w" * 400, "f" * 900, "x" * 900, "c" * 900).of("a" * 100)
        for n in range(number)
    ]


LONG_CHECKUPS: Mapping[str, Answer] = {
    "doctor": checkup_answer(
        checkup([*_many(60), *(ok(Area.SLACK, f"{n} " + "&" * 300) for n in range(60))])
    ),
    "doctor all well": checkup_answer(checkup([ok(Area.SLACK, f"{n} " + "&" * 300) for n in range(60)])),
    "channels": drill.unknown_channel("x" * 300, ["y" * 300] * 40),
}
