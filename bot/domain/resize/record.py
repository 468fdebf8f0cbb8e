"""Records: what is told in the language of a channel, told in English as well: the audit trail has one language."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.domain.resize.audit import Entry
from bot.domain.resize.resize import InEnglish, Resize, Status
from bot.domain.resize.step import Finish, Wait, Writing
from bot.domain.telling.language import ENGLISH, speaking, spoken

S = TypeVar("S", Wait, Finish, Wait | Finish, Wait | Finish | Writing)


def in_english(resize: Resize) -> Resize:
    """The resize as its trail tells of it: what is told from here on quotes nothing in another language."""
    english = resize.status.in_english
    if english is None:
        return resize
    told = replace(resize.status, words=english.words, rollback_why=english.rollback_why)
    return replace(resize, status=told)


def with_english(status: Status, english: Status) -> Status:
    """The status with what `english`, the same told in English, says."""
    told = InEnglish(words=english.words, rollback_why=english.rollback_why)
    is_same = (status.words, status.rollback_why) == (told.words, told.rollback_why)
    return replace(status, in_english=None if is_same else told)


def recorded_step(resize: Resize, tell: Callable[[Resize], S]) -> S:
    """The next step as the spoken language tells it, and as English does; `tell` is pure and called twice."""
    step = tell(resize)
    if spoken() is ENGLISH and resize.status.in_english is None:
        return step
    with speaking(ENGLISH):
        english = tell(in_english(resize)).status
    return replace(step, status=with_english(step.status, english))


def recorded(tell: Callable[[], Entry]) -> Entry:
    """An entry in English, with its words in the language that is spoken; `tell` is pure and called twice."""
    with speaking(ENGLISH):
        english = tell()
    words = tell().words
    return english if words == english.words else replace(english, told=words)
