"""Languages: in which words are told. Sentences stand in English where they are needed; a catalog has the others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its BCP 47 code, and its forms of each English sentence.

    `sentences` gives for an English template the forms in this language (one, or one for each plural form);
    `form` says which of them a number takes. What is not in the catalog is told in English.
    """

    code: str
    sentences: Mapping[str, tuple[str, ...]]
    form: Callable[[float], int] = lambda _: 0


ENGLISH = Language("en", MappingProxyType({}))
_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


def spoken() -> Language:
    """The language that is spoken here and now."""
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within this block, and what it awaits, `say` and `count` speak this language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: Language) -> None:
    """From here on, in this task and those that it begins. For where no block can be drawn around what follows."""
    _spoken.set(language)


class _Filling(Formatter):
    """`str.format`, but for the sign of a percentage: a space stands before it in English ("90 %"), none in Chinese."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """The value by its specification."""
        text: str = format(value, format_spec)
        if format_spec.endswith("%") and _spoken.get() is ENGLISH:
            return f"{text[:-1]} %"
        return text


_FILLED = _Filling()


def _filled(template: str, values: Mapping[str, object]) -> str:
    """The template with its values; by the interpreter's own formatting where no percentage is in it, ten times faster."""
    return _FILLED.vformat(template, (), values) if "%}" in template else template.format_map(values)


def say(english: str, /, **values: object) -> str:
    """A sentence in the language that is spoken: an English template, `{name}` where a value goes.

    The template must be a literal: the catalogs are made by reading the source. A whole sentence at a time: word
    order differs. Values are put in as they are; whoever shows them escapes them.
    """
    known = _spoken.get().sentences.get(english)
    template = known[0] if known else english
    return _filled(template, values) if values else template


def count(n: float, one: str, many: str, /, **values: object) -> str:
    """A sentence about a number, `{n}` in both templates: `count(kills, "{n} kill", "{n} kills")`.

    A whole number of four digits and more has separators. Another form of it can be given as `n=…`.
    """
    language = _spoken.get()
    known = language.sentences.get(one)
    template = known[language.form(n)] if known else one if n == 1 else many
    return _filled(template, {"n": f"{n:,}", **values})


def mark(english: str, /) -> str:
    """Mark a sentence of a table or an enumeration for the catalogs; `say` it where it is told."""
    return english
