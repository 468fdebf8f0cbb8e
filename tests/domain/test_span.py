"""How far times reach, in words."""

import pytest

from bot.domain.calendar.span import spread


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param([], "", id="no times"),
        pytest.param([1860], "31 min", id="one"),
        pytest.param([1860, 1865, 1855], "31 min", id="all the same to a reader"),
        pytest.param([1980, 1860, 1900], "31–33 min", id="one unit, said once"),
        pytest.param([20, 45], "20–45 s", id="seconds"),
        pytest.param([45, 1860], "45 s to 31 min", id="two units"),
        pytest.param([7500, 19200], "2 h 5 min to 5 h 20 min", id="units of two words"),
    ],
)
def test_spread(seconds: list[float], words: str) -> None:
    assert spread(seconds) == words
