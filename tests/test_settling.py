"""Settling: the collector looks at what was loaded for good a few times, and never again."""

import gc
from collections.abc import Iterator

import pytest

from bot.composition.settling import Settling


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


class Knot:
    """Something that refers to itself: reference counts alone never free it."""

    def __init__(self, freed: list[str]) -> None:
        self.itself = self
        self._freed = freed

    def __del__(self) -> None:
        self._freed.append("a knot")


def test_it_collects_at_the_start_and_ever_more_seldom() -> None:
    now, looks = 0.0, list[bool]()
    settling = Settling(lambda: looks, lambda: now)
    for now in (0.0, 1.0, 10.0, 59.0, 60.0, 61.0, 599.0, 600.0, 3600.0):  # noqa: B007 -- the clock
        looks.append(settling.look())
    assert looks == [True, False, True, False, True, False, False, True, False]


def test_what_is_loaded_by_then_is_looked_at_no_more() -> None:
    assert Settling(object).look()
    assert gc.get_freeze_count() > 10_000


def test_what_the_settings_of_before_had_loaded_goes_with_them() -> None:
    freed: list[str] = []
    knot: Knot | None = Knot(freed)
    shifts = [object(), object()]
    settling = Settling(lambda: shifts[0])
    settling.look()
    assert knot is not None
    knot = None
    gc.collect()
    assert freed == []
    assert not settling.look()
    del shifts[0]
    assert settling.look()
    assert freed == ["a knot"]
