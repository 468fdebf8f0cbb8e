"""Places of a checkup: one region of one account, and AWS's own words for troubles there."""

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Forbidden, Unreachable
from bot.domain.checkup.checkup import Area, Check, broken, unseen
from bot.domain.telling.language import say

READ_ONLY = "deploy/iam/read-only.json"


def in_trouble(area: Area, what: str, trouble: AwsTrouble, policy: str = READ_ONLY) -> Check:
    """The line for something that could not be looked at, or is refused."""
    words = str(trouble)[:400]
    if isinstance(trouble, Forbidden):
        fix = say("Grant {action} to the role ({policy}).", action=trouble.action, policy=policy)
        return unseen(area, what, words, fix)
    if isinstance(trouble, Unreachable):
        return unseen(area, what, words, say("Check the way to AWS (NAT, endpoints, proxy), and try again."))
    return broken(area, what, words, say("AWS says that it is not there: check its name in the settings."))


def shell(place: Place, *words: str) -> str:
    """A command of AWS's command line, to be pasted."""
    return " ".join(("aws", *words, "--region", place.region))
