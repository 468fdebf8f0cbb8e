"""Holds as a table: why nothing may be begun now."""

import pytest

from bot.domain.policy.freeze import Freeze
from bot.domain.policy.hold import held
from bot.domain.policy.policy import Policy
from tests.domain.agreed import CAROL, HOUR, NOW

OFFICE = Policy(windows=("Mon-Fri 08:00-17:00",))
FROZEN = Freeze(id=1, frozen_by=CAROL, frozen_at=NOW, reason="release", ends_at=NOW + HOUR)
WORDS = "<@U0CAROL> froze changes: release."


@pytest.mark.parametrize(
    ("policy", "freeze", "words"),
    [
        pytest.param(Policy(), None, "", id="at any time"),
        pytest.param(Policy(), FROZEN, WORDS, id="frozen"),
        pytest.param(
            OFFICE,
            None,
            "Outside the change windows: the next one opens Mon 08:00 UTC.",
            id="a Saturday",
        ),
        pytest.param(OFFICE, FROZEN, WORDS, id="both: the one that somebody can end"),
    ],
)
def test_holds(policy: Policy, freeze: Freeze | None, words: str) -> None:
    assert held(policy, freeze, NOW) == words


def test_a_freeze_that_is_over_holds_nothing() -> None:
    assert held(Policy(), FROZEN, NOW + HOUR) == ""
