"""Service actions: what ECS tells of a service as a whole: it cannot place tasks, a deployment failed."""

from datetime import datetime

from bot.domain.aws.arn import LONGEST, Arn
from bot.domain.aws.event import Event
from bot.domain.aws.field import moment, text
from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import mark, say

TROUBLE_WORDS = ("FAILED", "FAILURE", "IMPAIRED", "UNHEALTHY", "THROTTLED", "VIOLATED", "ROLLBACK")
WORDS = {
    "SERVICE_TASK_START_IMPAIRED": mark("cannot keep its tasks running"),
    "SERVICE_TASK_PLACEMENT_FAILURE": mark("cannot place a task"),
    "SERVICE_DEPLOYMENT_FAILED": mark("failed a deployment"),
}


def assess_service(event: Event, now: datetime) -> Assessment:
    """The verdict on an "ECS Service Action" or "ECS Deployment State Change"."""
    name = text(event.detail, "eventName", 128)
    reason = text(event.detail, "reason", 200)
    rolls_back = "rolling back" in reason.lower()
    if not (rolls_back or _is_trouble(text(event.detail, "eventType", 16), name)):
        told = say("The service tells of no failure: {event}", event=name or say("no event name"))
        return Assessment(verdict=Verdict.NONE, why=told)
    service = Arn.parse(event.resource)
    if rolls_back:
        what = say("rolls a deployment back")
    else:
        what = say(WORDS[name]) if name in WORDS else say("reports {event}", event=name or say("trouble"))
    words = say("Service {name} {what}", name=service.name or say("(unnamed)"), what=what)
    words = say("{what}: {words}", what=words, words=reason) if reason else words
    return Assessment(verdict=Verdict.FAILURE, why=words, deaths=(_death(event, words, now),))


def _is_trouble(event_type: str, name: str) -> bool:
    if event_type:
        return event_type.upper() in {"WARN", "ERROR"}
    return any(word in name for word in TROUBLE_WORDS)


def _death(event: Event, words: str, now: datetime) -> Death:
    service, cluster = Arn.parse(event.resource), Arn.parse(text(event.detail, "clusterArn", LONGEST))
    at = event.at or moment(event.detail, "createdAt") or moment(event.detail, "updatedAt") or now
    occurrence = (text(event.detail, "deploymentId") or event.id or at.isoformat()).replace("/", ":")
    return Death(
        group_key=GroupKey(
            account=service.account or event.account,
            region=service.region or event.region,
            cluster=service.cluster or cluster.cluster,
            kind=OwnerKind.SERVICE,
            name=service.name,
            container="",
        ),
        task_arn=f"{event.resource[:LONGEST]}#{occurrence}",
        container="",
        verdict=Verdict.FAILURE,
        confidence=Confidence.CERTAIN,
        reason=words,
        died_at=min(at, now),
    )
