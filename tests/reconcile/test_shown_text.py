"""Shown text: what a notice keeps is read back as it was; what another version wrote is as good as nothing."""

from datetime import UTC, datetime

import pytest

from bot.domain.incident.incident import Phase
from bot.domain.incident.notice import Shown
from bot.reconcile import shown_text

SHOWN = Shown(
    digest="d" * 64,
    phase=Phase.ACKNOWLEDGED,
    silence_id=7,
    kill_count=12,
    reopened_count=1,
    at=datetime(2026, 11, 21, 3, 0, 0, 123456, tzinfo=UTC),
)


def test_as_it_was() -> None:
    assert shown_text.read(shown_text.write(SHOWN)) == SHOWN


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing was shown yet"),
        pytest.param("{", id="broken"),
        pytest.param("[]", id="of another shape"),
        pytest.param('{"digest": "d"}', id="an older version knew less"),
        pytest.param(shown_text.write(SHOWN).replace('"acknowledged"', '"snoozed"'), id="a newer knows more"),
    ],
)
def test_what_is_not_understood_is_nothing(text: str) -> None:
    assert shown_text.read(text) is None
