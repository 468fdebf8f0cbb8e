"""Crowds: told from a hiccup, and gone again."""

import pytest

from bot.store.crowd import Crowd


@pytest.mark.parametrize(
    ("batches", "at", "is_there"),
    [
        pytest.param([], 0.0, False, id="nobody"),
        pytest.param([(30, n / 10) for n in range(5)], 0.5, True, id="thirty at a time, again and again"),
        pytest.param([(30, n / 10) for n in range(5)], 1.1, False, id="they were there a second ago"),
        pytest.param(
            [(200, 0.0), (3, 0.1), (2, 0.2), (1, 0.3), (2, 0.4)], 0.5, False, id="a hiccup of the disk"
        ),
        pytest.param([(30, float(n)) for n in range(9)], 8.1, False, id="a crowd each second is none"),
        pytest.param(
            [(8, n / 20) for n in range(19)], 1.0, True, id="eight at a time, from a few connections"
        ),
        pytest.param([(5, n / 10) for n in range(9)], 0.9, False, id="fifty a second on a slow disk"),
        pytest.param(
            [(200, n / 3.3) for n in range(4)], 1.2, True, id="a full batch after the other, each long"
        ),
        pytest.param([(200, 0.0), (3, 0.1)], 0.2, False, id="one full batch, and few come since"),
        pytest.param([(15, n / 3.3) for n in range(4)], 1.2, False, id="fifty a second on a very slow disk"),
        pytest.param(
            [(size, n / 20) for n in range(10) for size in (1, 30)], 0.5, True, id="others write in between"
        ),
    ],
)
def test_a_crowd(batches: list[tuple[int, float]], at: float, is_there: bool) -> None:
    crowd = Crowd()
    for jobs, now_s in batches:
        crowd.note(jobs, now_s)
    assert crowd.is_there(at) is is_there
