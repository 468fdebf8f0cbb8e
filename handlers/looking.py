"""Looking: questions that take AWS a while are written down at once, and answered by a reconciler."""

from bot.domain.look import Look
from bot.slack.answers import late
from bot.slack.answers.answer import Answer
from bot.store import looks
from handlers.desk import Desk


class Looking:
    """Writes down what somebody wants to know."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def begin(self, look: Look, asker: str, response_url: str) -> Answer:
        """That the answer will follow; raises StoreUnavailable. Asking twice brings two answers."""
        if not response_url:
            return late.no_way_back()
        await self._desk.db.write(
            looks.add, user=asker, response_url=response_url, words=look.typed, now=self._desk.clock()
        )
        return late.coming(look.typed)
