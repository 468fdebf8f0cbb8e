"""Backoff: soon at first, then ever later, but never too late."""

from datetime import timedelta

import pytest

from bot.domain.calendar import backoff


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        pytest.param(-1, 2, id="nonsense is the first"),
        pytest.param(0, 2, id="none counted yet"),
        pytest.param(1, 2, id="the first"),
        pytest.param(2, 4, id="twice as long"),
        pytest.param(8, 256, id="four minutes"),
        pytest.param(9, 300, id="no longer than five"),
        pytest.param(10**9, 300, id="however often"),
    ],
)
def test_after(attempts: int, seconds: int) -> None:
    assert backoff.after(attempts) == timedelta(seconds=seconds)
