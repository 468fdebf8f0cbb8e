"""Looking: questions that take AWS a while are written down at once, and answered by a reconciler."""

from bot.domain.command.look import Examine, Look
from bot.domain.policy.policy import Role
from bot.domain.resize.authority import has_role_somewhere
from bot.slack.answers import checkup, late
from bot.slack.answers.answer import Answer
from bot.store import looks
from handlers.desk import Desk


class Looking:
    """Writes down what somebody wants to know."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def begin(self, look: Look, asker: str, response_url: str) -> Answer | None:
        """Nothing yet, or why there will be no answer; raises StoreUnavailable. Asking twice brings two answers.

        Slack replaces no line that a command got at once, so none is given: who looks says so when it takes a while.
        """
        if isinstance(look, Examine) and (denied := await self._may_not_examine(asker)):
            return denied
        if not response_url:
            return late.no_way_back()
        await self._desk.db.write(
            looks.add, user=asker, response_url=response_url, words=look.typed, now=self._desk.clock()
        )
        return None

    async def _may_not_examine(self, asker: str) -> Answer | None:
        """A checkup names accounts, channels and queues: with a policy its viewers see it, without one everybody."""
        desk = self._desk
        is_viewer = has_role_somewhere(desk.policy, await desk.person(asker), Role.VIEWER)
        return None if is_viewer else checkup.not_a_viewer()
