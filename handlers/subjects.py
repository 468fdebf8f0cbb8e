"""Subjects: whom a typed name means, by what the store has seen."""

from sqlalchemy import Connection

from bot.domain.nearest import Likeness, Nearest, nearest
from bot.domain.query import Query
from bot.store import stats


def find(conn: Connection, typed: str) -> Nearest:
    """The subjects that a name, path, task id or ARN may mean."""
    query = Query.read(typed)
    if query.task:
        owner = stats.subject_of_task(conn, query.task)
        return Nearest(None) if owner is None else Nearest(Likeness.EXACT, (owner,))
    return nearest(query, stats.subjects(conn))
