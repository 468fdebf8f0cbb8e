"""Subjects: whom a typed name means, by what the store has seen."""

import re

from sqlalchemy import Connection

from bot.domain.nearest import Likeness, Nearest, nearest
from bot.domain.query import Query
from bot.store import stats

SHORT_TASK_ID = re.compile(r"[0-9a-f]{8,31}", re.ASCII)


def find(conn: Connection, typed: str) -> Nearest:
    """The subjects that a name, path, task id (or its beginning, as alerts show it) or ARN may mean."""
    query = Query.read(typed)
    if query.task:
        owner = stats.subject_of_task(conn, query.task)
        return Nearest(None) if owner is None else Nearest(Likeness.EXACT, (owner,))
    found = nearest(query, stats.subjects(conn))
    if found.likely is None and SHORT_TASK_ID.fullmatch(query.name):
        owners = stats.subjects_of_short_task_id(conn, query.name)
        return Nearest(Likeness.PREFIX, owners) if owners else found
    return found
