"""Dead letters of a checkup: how many lie in the queues where SNS, EventBridge and SQS put what nobody took."""

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls
from bot.aws.checkup.place import in_trouble, shell
from bot.domain.aws.arn import Arn
from bot.domain.checkup.checkup import Area, Check, ok, warning
from bot.domain.telling.language import count, say

_DEPTH = "ApproximateNumberOfMessages"


async def dead_letters(calls: Calls, place: Place, queue_arn: str) -> Check:
    """One line on this dead-letter queue. Never raises."""
    name = queue_arn.rpartition(":")[2]
    what = say("Dead letters in {queue}", queue=name)
    try:
        url, depth = await _counted(calls, place, queue_arn)
    except AwsTrouble as trouble:
        return in_trouble(Area.EVENTS, what, trouble)
    if not depth:
        return ok(Area.EVENTS, what, say("none"))
    words = count(depth, "{n} event was not taken", "{n} events were not taken")
    fix = say(
        "Mend what is broken above, then read them: each is an event that was lost. The sweep finds kills of the last hour."
    )
    return warning(Area.EVENTS, what, words, fix, shell(place, "sqs receive-message", f"--queue-url {url}"))


async def _counted(calls: Calls, place: Place, queue_arn: str) -> tuple[str, int]:
    """The queue's URL, and how many messages lie in it."""
    asked = {
        "QueueName": queue_arn.rpartition(":")[2],
        "QueueOwnerAWSAccountId": Arn.parse(queue_arn).account,
    }
    found = await calls.ask("sqs", place.region, "get_queue_url", account=place.account, **asked)
    url = str(found["QueueUrl"])
    told = await calls.ask(
        "sqs",
        place.region,
        "get_queue_attributes",
        account=place.account,
        QueueUrl=url,
        AttributeNames=[_DEPTH],
    )
    return url, int(told.get("Attributes", {}).get(_DEPTH, 0))
