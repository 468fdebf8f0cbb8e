"""Whatever AWS or a person puts into a name: the messages stay within Slack's rules and page nobody."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alert.story import Story, tell
from bot.domain.incident.incident import Phase, Resolution
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.slack import replies
from bot.slack.alert import alert
from bot.slack.message import Message
from bot.slack.operator_alert import operator_alert
from tests.slack.block_kit import complaints
from tests.slack.diagnoses import ill_worded
from tests.slack.incidents import NOON, incident, silence

NASTY = (
    "<!channel>",
    "<@U0EVIL001>",
    "&&&&",
    "`" * 9,
    "*_~",
    "|",
    "\u202e",
    "\n> ",
    "🦊",
    "שלום",
    "http://x|y>",
    "\x00",
)
WORDS = st.one_of(
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=8)), max_size=12).map("".join),
    st.sampled_from(NASTY).map(lambda piece: (piece * 5000)[:5000]),
    st.just("checkout-api"),
)
ARNS = st.one_of(
    WORDS,
    WORDS.map(lambda name: f"arn:aws:ecs:eu-west-1:123456789012:task/prod/{name}"),
    WORDS.map(lambda name: f"arn:aws:ecs:eu-west-1:123456789012:task-definition/{name}:87"),
)
MIB = st.one_of(st.none(), st.integers(min_value=-1, max_value=10**40))
MOMENTS = st.integers(min_value=-(10**9), max_value=10**9).map(
    lambda seconds: NOON + timedelta(seconds=seconds)
)
KEYS = st.builds(
    GroupKey, WORDS, st.one_of(WORDS, st.just("eu-west-1")), WORDS, st.sampled_from(OwnerKind), WORDS, WORDS
)


@st.composite
def deaths(draw: st.DrawFn, key: GroupKey) -> Death:
    """Any death at all of one group key."""
    return Death(
        group_key=key,
        task_arn=draw(ARNS),
        container=key.container,
        verdict=draw(st.sampled_from(Verdict)),
        confidence=draw(st.sampled_from(Confidence)),
        reason=draw(WORDS),
        died_at=draw(MOMENTS),
        started_at=draw(st.one_of(st.none(), MOMENTS)),
        exit_code=draw(st.one_of(st.none(), st.integers())),
        task_definition_arn=draw(ARNS),
        limits=Limits(container_mib=draw(MIB), reservation_mib=draw(MIB), task_mib=draw(MIB)),
        launch_type=draw(st.one_of(WORDS, st.sampled_from(["EC2", "FARGATE"]))),
        image=draw(WORDS),
        image_digest=draw(WORDS),
        started_by=draw(WORDS),
        container_instance_arn=draw(ARNS),
        availability_zone=draw(WORDS),
        task_stopped=draw(st.booleans()),
    )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Any incident, in any state, told with any words."""
    key = draw(KEYS)
    first, last = sorted((draw(MOMENTS), draw(MOMENTS)))
    told = incident(
        group_key=key,
        verdict=draw(st.sampled_from(Verdict)),
        phase=draw(st.sampled_from(Phase)),
        kill_count=draw(st.integers(min_value=0, max_value=10**40)),
        first_kill_at=first,
        last_kill_at=last,
        acknowledged_by=draw(WORDS),
        acknowledged_at=draw(st.one_of(st.none(), MOMENTS)),
        resolved_by=draw(WORDS),
        resolved_at=draw(st.one_of(st.none(), MOMENTS)),
        resolution=draw(st.one_of(st.none(), st.sampled_from(Resolution))),
        reopened_count=draw(st.integers(min_value=0, max_value=10**9)),
    )
    muted = silence(created_by=draw(WORDS), reason=draw(WORDS)) if draw(st.booleans()) else None
    return tell(
        told,
        draw(st.lists(deaths(key), max_size=4)),
        silence=muted,
        account_name=draw(WORDS),
        owner=draw(WORDS),
        now=NOON + timedelta(minutes=1),
        kills_24h=draw(st.integers(min_value=0, max_value=10**40)),
        diagnosis=draw(st.one_of(st.none(), WORDS.map(ill_worded))),
    )


def about(story: Story) -> list[Message]:
    """Every message that tells of this story."""
    one = silence(created_by=story.owner, ended_by=story.owner, reason=story.verdict)
    further = [replies.further_kill(story, story.newest, 10**9)] if story.newest else []
    return [
        alert(story),
        replies.details(story),
        *further,
        replies.silence_began(one),
        replies.silence_ended(story, one),
        replies.reopened(story),
        replies.resolved(story),
    ]


@settings(max_examples=100, deadline=None)
@given(stories())
def test_every_message_keeps_the_rules(story: Story) -> None:
    for message in about(story):
        assert complaints(message.as_arguments()) == []


@settings(deadline=None)
@given(WORDS, WORDS, st.integers(min_value=0, max_value=10**40))
def test_every_operator_alert_keeps_the_rules(summary: str, detail: str, count: int) -> None:
    message = operator_alert(summary, detail, NOON, NOON, count, alert_id=1)
    assert complaints(message.as_arguments()) == []
