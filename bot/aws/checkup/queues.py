"""Queues of a checkup: whether events wait in them, for how long, and where dead letters go."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls
from bot.aws.checkup.letters import dead_letters
from bot.aws.checkup.place import in_trouble, shell
from bot.aws.checkup.topics import dead_letter_arn
from bot.aws.queue_reach import QueueReach
from bot.domain.aws.queue import Queue
from bot.domain.checkup.checkup import Area, Check, ok, warning
from bot.domain.telling.language import count, say

_BOT_POLICY = "deploy/iam/bot.json"
_LEAST_VISIBILITY_S = 30  # so long a store may be slow
_OLD_S = 300.0
_LOOKED_BACK = timedelta(minutes=15)


async def queue(calls: Calls, place: Place, it: Queue, now: datetime) -> list[Check]:
    """Lines on this queue, asked for with the keys that poll it: those of the place's account, if one is named. Never raises."""
    what = say("Queue {name}", name=it.name)
    try:
        reach = QueueReach(place.region, place.account)
        answer = await reach.ask(calls, "get_queue_attributes", QueueUrl=it.url, AttributeNames=["All"])
    except AwsTrouble as trouble:
        return [in_trouble(Area.EVENTS, what, trouble, _BOT_POLICY)]
    told: Mapping[str, str] = answer.get("Attributes", {})
    age_s = await _oldest_s(calls, place, it, now)
    return [_waiting(what, told, age_s), _visibility(place, it, told), await _redrive(calls, place, it, told)]


def _waiting(what: str, told: Mapping[str, str], age_s: float | None) -> Check:
    depth = int(told.get("ApproximateNumberOfMessages", 0))
    waiting = count(depth, "{n} event waits", "{n} events wait")
    if age_s is None or age_s < _OLD_S:
        return ok(Area.EVENTS, what, waiting)
    found = say("{waiting}, the oldest for {minutes} min", waiting=waiting, minutes=f"{age_s / 60:.0f}")
    fix = say(
        "Check that the bot runs with this queue in SQS_QUEUE_URLS, its store answers, and nobody else polls it."
    )
    return warning(Area.EVENTS, what, found, fix)


def _visibility(place: Place, it: Queue, told: Mapping[str, str]) -> Check:
    what = say("Visibility timeout of {name}", name=it.name)
    seconds = int(told.get("VisibilityTimeout", 30))
    found = count(seconds, "{n} second", "{n} seconds")
    if seconds >= _LEAST_VISIBILITY_S:
        return ok(Area.EVENTS, what, found)
    fix = say("Give the bot 30 seconds at least, or events come twice while the store is slow.")
    command = shell(
        place, "sqs set-queue-attributes", f"--queue-url {it.url}", "--attributes VisibilityTimeout=60"
    )
    return warning(Area.EVENTS, what, found, fix, command)


async def _redrive(calls: Calls, place: Place, it: Queue, told: Mapping[str, str]) -> Check:
    arn = dead_letter_arn(told.get("RedrivePolicy", ""))
    if arn:
        return await dead_letters(calls, place, arn)
    fix = say("Set a RedrivePolicy, as deploy/cloudformation/sqs.yaml does.")
    found = say("no queue: an event that nobody can read comes back for ever")
    return warning(Area.EVENTS, say("Dead letters of {name}", name=it.name), found, fix)


async def _oldest_s(calls: Calls, place: Place, it: Queue, now: datetime) -> float | None:
    """Seconds that the oldest message has waited, as CloudWatch knows it; None where it does not."""
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": it.name}],
    }
    asked = {"Id": "age", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
    try:
        answer = await calls.ask(
            "cloudwatch",
            place.region,
            "get_metric_data",
            account=place.account,
            MetricDataQueries=[asked],
            StartTime=now - _LOOKED_BACK,
            EndTime=now,
        )
    except AwsTrouble:
        return None
    values = [
        float(one) for result in answer.get("MetricDataResults", ()) for one in result.get("Values", ())
    ]
    return values[0] if values else None
