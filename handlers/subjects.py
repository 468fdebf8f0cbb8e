"""Subjects: whom a typed name means, by what the store has seen."""

import re

from sqlalchemy import Connection

from bot.domain.subject.nearest import Likeness, Nearest, nearest
from bot.domain.subject.query import Query
from bot.store import stats

SHORT_TASK_ID = re.compile(r"[0-9a-f]{8,31}", re.ASCII)


def find(conn: Connection, typed: str) -> Nearest:
    """The subjects that a name, path, task id (or its beginning, as alerts show it) or ARN may mean."""
    query = Query.read(typed)
    if query.task:
        owner = stats.subject_of_task(conn, query.task)
        return Nearest(None) if owner is None else Nearest(Likeness.EXACT, (owner,))
    found = nearest(query, stats.subjects(conn, name=query.name)) if query.name else Nearest(None)
    if (
        found.likeness is not Likeness.EXACT
    ):  # most people type a whole name: then the other thousands need no look
        found = nearest(query, stats.subjects(conn))
    if found.likely is None and SHORT_TASK_ID.fullmatch(query.name):
        owners = stats.subjects_of_short_task_id(conn, query.name)
        return Nearest(Likeness.PREFIX, owners) if owners else found
    return found


def find_any(conn: Connection, typed: str) -> Nearest:
    """The same, and a service that is named in full (by its ARN) though it was never killed.

    Only in accounts of which kills are known: nobody sends the bot with its keys elsewhere.
    """
    found, named = find(conn, typed), Query.read(typed).service
    if found.certain is not None or named is None:
        return found
    is_ours = named.account in {one.account for one in stats.subjects(conn)}
    return Nearest(Likeness.EXACT, (named,)) if is_ours else found
