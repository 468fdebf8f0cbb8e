"""Identity: who we are in a place, as STS tells it with the same keys that everything else there is asked with."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls, Forbidden
from bot.aws.checkup.permissions import Caller
from bot.domain.checkup.checkup import Area, Check, broken, ok, unseen
from bot.domain.telling.language import say


@dataclass(frozen=True, slots=True)
class Identified:
    """The line, who we are where that is known, and AWS's clock where it told it."""

    check: Check
    caller: Caller | None = None
    aws_time: datetime | None = None


async def identity(calls: Calls, place: Place) -> Identified:
    """Ask STS. Never raises."""
    what = say("Identity")
    try:
        answer = await calls.ask("sts", place.region, "get_caller_identity", account=place.account)
    except Forbidden as trouble:
        fix = say(
            "Let the role of that account trust mine with this external id (deploy/cloudformation/roles.yaml), or take the account out of ACCOUNTS."
        )
        return Identified(broken(Area.AWS, what, str(trouble)[:400], fix))
    except AwsTrouble as trouble:
        fix = say(
            "Give the bot AWS credentials (a task role, or AWS_ACCESS_KEY_ID and its secret), and a way to STS."
        )
        return Identified(broken(Area.AWS, what, str(trouble)[:400], fix))
    caller = Caller(str(answer.get("Account", "")), str(answer.get("Arn", "")))
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if place.account and caller.account != place.account:
        found = say("the role is in account {other}", other=caller.account)
        return Identified(unseen(Area.AWS, what, found, say("Correct the role's ARN in ACCOUNTS.")))
    return Identified(
        ok(Area.AWS, what, caller.role_arn or caller.arn), caller, _moment(headers.get("date", ""))
    )


def _moment(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except (TypeError, ValueError):
        return None
