"""Sentences: capitals where the spoken language has them."""

import pytest

from bot.domain.telling.language import ENGLISH, Language, speaking
from bot.domain.telling.sentence import begun, continued
from bot.language.catalogs import language

CHINESE = language("zh-CN")


@pytest.mark.parametrize(
    ("spoken", "text", "begins", "goes_on"),
    [
        pytest.param(ENGLISH, "read its log", "Read its log", "read its log", id="English begins large"),
        pytest.param(ENGLISH, "Read its log", "Read its log", "read its log", id="English goes on small"),
        pytest.param(ENGLISH, "", "", "", id="nothing"),
        pytest.param(
            CHINESE, "log-router 使用了", "log-router 使用了", "log-router 使用了", id="a name first"
        ),
        pytest.param(CHINESE, "ECS 未给出原因", "ECS 未给出原因", "ECS 未给出原因", id="an acronym first"),
    ],
)
def test_a_text_begins_a_sentence_or_goes_on_in_one(
    spoken: Language, text: str, begins: str, goes_on: str
) -> None:
    with speaking(spoken):
        assert (begun(text), continued(text)) == (begins, goes_on)
