"""Column types: what goes in comes out again, or is cut so that both databases take it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.domain.kills.verdict import Verdict
from bot.store.column_types import RANKS, BoundedText, UtcDateTime, bounded

DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_times_keep_their_millisecond_and_lose_their_zone(moment: datetime) -> None:
    kind = UtcDateTime()
    back = kind.process_result_value(kind.process_bind_param(moment, DIALECT), DIALECT)
    assert back is not None
    assert back.tzinfo is UTC
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 21), DIALECT)  # noqa: DTZ001


@given(st.text(alphabet=st.characters(), max_size=40), st.integers(1, 30))
def test_texts_are_cut_clearly(text: str, limit: int) -> None:
    cut = bounded(text, limit)
    assert len(cut) <= limit
    assert "\x00" not in cut
    cut.encode("utf-8")
    assert bounded(cut, limit) == cut
    if len(text) > limit:
        assert cut.endswith("…")


def test_nothing_stays_nothing() -> None:
    assert BoundedText(5).process_bind_param(None, DIALECT) is None


def test_every_verdict_has_its_rank_and_the_worst_is_the_lowest() -> None:
    """But for silent kills: they share their incidents, and so any comparison, with no other verdict."""
    ranked = sorted(RANKS, key=lambda verdict: RANKS[verdict])
    assert set(ranked) == set(Verdict)
    assert [one for one in ranked if one is not Verdict.SILENT_KILL] == [
        one for one in Verdict if one is not Verdict.SILENT_KILL
    ]
