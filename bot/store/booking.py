"""Booking: what a ledger changed goes into the tables, in one statement of each kind."""

from sqlalchemy import Connection

from bot.store import autopsies, dismissals, entries, incident_rows, lookups, notices
from bot.store.ledger import Ledger
from bot.store.notices import News


def book(conn: Connection, ledger: Ledger) -> None:
    """Write it; the ledger's incidents have their ids then."""
    changed = ledger.openings.changed()
    incident_rows.save(conn, changed)
    entries.save(conn, list(ledger.added.values()), list(ledger.changed.values()), ledger.removed)
    incident_rows.even_out(conn, changed)
    dismissals.remove(conn, ledger.revived.values())
    dismissals.put(conn, list(ledger.dismissed.values()))
    for urgent in (True, False):
        news = [
            News(one.id, one.news, one.since)
            for one in changed
            if one.id and one.since and one.is_urgent is urgent
        ]
        notices.open_or_bump_all(conn, news, urgent=urgent)
    for task_arn, telling in ledger.lookups:
        lookups.add(conn, task_arn, telling.published_at, telling.now)
    autopsies.add_all(conn, ledger.doubtful)
