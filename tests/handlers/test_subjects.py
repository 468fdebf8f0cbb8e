"""Subjects: a whole name is looked up by itself, and means what it would among all that are known."""

import pytest

from bot.domain.subject.nearest import Likeness, nearest
from bot.domain.subject.query import Query
from bot.store import stats
from bot.store.database import Database
from handlers import subjects
from tests.store.telling import HOUR, NOW, Teller, death, key

KNOWN = (
    key("checkout"),
    key("checkout", cluster="staging"),
    key("checkout", container="web"),
    key("Billing"),
    key("checkout-worker"),
)


@pytest.mark.parametrize(
    ("typed", "likeness", "how_many"),
    [
        pytest.param("checkout", Likeness.EXACT, 2, id="two bear the name"),
        pytest.param("staging/checkout", Likeness.EXACT, 1, id="one of them in that cluster"),
        pytest.param("nowhere/checkout", Likeness.CLOSE, 2, id="none of them in that cluster"),
        pytest.param("billing", Likeness.CASE, 1, id="but for its case"),
        pytest.param("check", Likeness.PREFIX, 3, id="a beginning"),
        pytest.param("worker", Likeness.SUBSTRING, 1, id="a part"),
        pytest.param("chekcout", Likeness.CLOSE, 3, id="a slip"),
        pytest.param("nightly", None, 0, id="nobody"),
        pytest.param("prod/", None, 0, id="no name"),
    ],
)
async def test_a_name_means_what_it_means_among_all(
    db: Database, typed: str, likeness: Likeness | None, how_many: int
) -> None:
    await Teller(db).tell(
        *(death(n, group_key=one, died_at=NOW - n * HOUR) for n, one in enumerate(KNOWN, start=1))
    )
    found = await db.read(subjects.find, typed)
    assert found == nearest(Query.read(typed), await db.read(stats.subjects))
    assert (found.likeness, len(found.subjects)) == (likeness, how_many)
