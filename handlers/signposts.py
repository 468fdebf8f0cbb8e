"""Signposts: the answer to `/oom route`."""

import asyncio

from bot.domain.command.route_grammar import AskRoute
from bot.domain.routing.signpost import signpost
from bot.domain.routing.tags import Tags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.nearest import Likeness, Nearest
from bot.domain.subject.query import Query
from bot.domain.subject.subject import Subject
from bot.slack.answers import choice
from bot.slack.answers import route as route_answer
from bot.slack.answers.answer import Answer
from bot.slack.answers.route import Way
from bot.store import tags as stored_tags
from handlers import subjects
from handlers.desk import Desk

_TAGS_BUDGET_S = 1.2  # what was read last will do


class Signposts:
    """Answers which route something takes. Reads the store, AWS and Slack; writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._posts = desk.guideposts

    async def answer(self, asked: AskRoute) -> Answer:
        """The route of what was typed, known or not; a choice where it may be several."""
        found = await self._desk.db.read(subjects.find, asked.query)
        unseen = None if found.certain or _is_ambiguous(found) else _unseen(asked.query)
        subject = found.certain or unseen
        if subject is None:
            return choice.choose(
                asked.query, found, lambda one: AskRoute(str(one)).typed, self._desk.account_name
            )
        like = tuple(dict.fromkeys(one.name for one in found.subjects))
        return await self._of(subject, is_seen=unseen is None, like=like)

    async def _of(self, subject: Subject, *, is_seen: bool, like: tuple[str, ...]) -> Answer:
        tags = await self._tags(subject) if is_seen else None
        sign = signpost(self._posts.routes, subject, tags)
        closed, owner_name = await asyncio.gather(
            self._posts.reach_of(sign.route.channel), self._posts.name_of(sign.route.owner)
        )
        way = Way(
            signpost=sign,
            call=sign.route.call(self._desk.clock()),
            owner_name=owner_name,
            grouping=sign.route.grouping(self._posts.grouping),
            closed=closed,
            is_seen=is_seen,
            like=like,
        )
        return route_answer.route(way, self._desk.account_name)

    async def _tags(self, subject: Subject) -> Tags | None:
        """As they are now; as they were read last where AWS is slow or refuses.

        Only of what was killed: nobody sends the bot with its keys into accounts that he names.
        """
        kept = await self._desk.db.read(stored_tags.of, subject)
        if self._posts.read_tags is None or subject.kind is OwnerKind.TASK:
            return kept
        try:
            async with asyncio.timeout(_TAGS_BUDGET_S):
                now = await self._posts.read_tags(subject)
        except TimeoutError:
            return kept
        return kept if now.problem and kept is not None else now


def _is_ambiguous(found: Nearest) -> bool:
    """Whether several bear this name."""
    return found.likeness in (Likeness.EXACT, Likeness.CASE) and found.certain is None


def _unseen(typed: str) -> Subject | None:
    """What a name means that was never seen: a service, as far as the words tell; None for a mere task."""
    query = Query.read(typed)
    if not query.name:
        return None
    kind = query.kind or OwnerKind.SERVICE
    return Subject(query.account, query.region, query.cluster, kind, query.name)
