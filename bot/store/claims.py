"""Claims: the lease of a notice that nobody began to show, and the intent to post it, in one commit."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, and_, bindparam, select, update

from bot.store import leases
from bot.store.leases import Claim
from bot.store.notices import WANTING, Notice, of_row
from bot.store.schema import EMPTY, YES, notices

_THESE = select(notices).where(notices.c.id.in_(bindparam("ids", expanding=True)))
_IS_UNBEGUN = and_(notices.c.ts == EMPTY, notices.c.posting_since.is_(None), notices.c.is_folded != YES)


def seen(conn: Connection, ids: Sequence[int]) -> dict[int, Notice]:
    """These notices as they are, by their ids; nothing is leased."""
    return {row.id: of_row(row) for row in conn.execute(_THESE, {"ids": ids})} if ids else {}


def claim(conn: Connection, before: Notice, wanted: Claim, channel: str) -> Notice | None:
    """Lend it to the claim's owner, who is about to post it to the channel, as it was seen before.

    None, and nothing changed, where somebody else leased it since, which its fence would tell, or a storm took it in.
    Generations that came since are left to be shown by whoever leases it next.
    """
    is_free = leases.free(notices, wanted.now)
    mine = and_(notices.c.id == before.id, notices.c.fence == before.fence, WANTING, is_free, _IS_UNBEGUN)
    values = leases.lent(notices, wanted) | {"posting_since": wanted.now, "channel": channel}
    row = conn.execute(update(notices).where(mine).values(values).returning(*notices.c)).first()
    return None if row is None else replace(of_row(row), generation=before.generation)
