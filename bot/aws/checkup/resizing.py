"""Resizing: by which role memory would be changed in a place, and whether CloudTrail would name who asked."""

from bot.aws.access import session_name
from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls, Forbidden
from bot.aws.checkup.permissions import Caller
from bot.aws.checkup.place import in_trouble
from bot.domain.checkup.checkup import Area, Check, State, broken, ok
from bot.domain.telling.language import say

_NOBODY = "doctor"  # stands in for the person who would ask


async def changer(calls: Calls, place: Place, caller: Caller) -> tuple[Check, Caller | None]:
    """The line, and who would change memory where `caller` looks; None where nobody could. Never raises."""
    what = say("Role that changes memory")
    try:
        arn = await calls.resizes_as(place.region, caller.account, _NOBODY)
    except Forbidden as trouble:
        fix = say(
            "Deploy deploy/cloudformation/resize.yaml in this account, with the bot's own role as BotRoleArn, or correct AWS_RESIZE_ROLE_ARN_PATTERN."
        )
        return broken(Area.AWS, what, str(trouble)[:400], fix), None
    except AwsTrouble as trouble:
        return in_trouble(Area.AWS, what, trouble), None
    found = Caller(caller.account, arn)
    role = found.role_arn or arn
    if arn.endswith(f"/{session_name(_NOBODY)}"):
        return ok(Area.AWS, what, say("{role}; CloudTrail names who asked", role=role)), found
    return Check(
        area=Area.AWS,
        what=what,
        state=State.WARNING,
        found=say("{role}, my own: CloudTrail does not name who asked", role=role),
        fix=say(
            "Deploy deploy/cloudformation/resize.yaml in this account and set AWS_RESIZE_ROLE_ARN_PATTERN."
        ),
    ), found
