"""Keeping: what a message said when it was posted and goes on saying, whatever is true by now."""

from datetime import datetime, timedelta

from bot.domain.incident.calling import Call
from bot.domain.incident.notice import Shown, lateness
from bot.domain.routing.route import Route
from bot.store.notices import Notice


def call_kept(before: Shown | None, route: Route) -> Call | None:
    """How the message called the owner, where it was shown; an earlier version always mentioned them."""
    if before is None or not before.digest:
        return None
    return before.called or Call(owner=route.owner)


def late_since(notice: Notice, before: Shown | None, wait: timedelta, now: datetime, hindrance: str) -> str:
    """What the root says of its own lateness: told once, when it is posted. `wait`: how long it had to gather kills."""
    if before is not None and before.digest:
        return before.late
    if notice.ts or notice.waiting_since is None:
        return ""
    return lateness(notice.waiting_since + wait, now, hindrance)
