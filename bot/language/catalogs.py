"""Catalogs: a language's sentences, read once from its .po files when somebody first needs them."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.pofile import read_po

from bot.domain.telling.language import ENGLISH, Language

CHINESE: Final = "zh-CN"
CODES: Final = (ENGLISH.code, CHINESE)
_HERE: Final = Path(__file__).parent


def language(code: str) -> Language:
    """The language of this code; English where it is none of `CODES`."""
    return _read(code) if code in CODES and code != ENGLISH.code else ENGLISH


def nearest(locale: str) -> Language:
    """The language for a person whose Slack speaks this locale (`en-GB`, `zh-CN`); English for all that we lack.

    Traditional Chinese (`zh-TW`) is another script and other words: it is told in English, not in the wrong ones.
    """
    return language(
        CHINESE if locale.replace("_", "-").lower() in {"zh", "zh-cn", "zh-hans", "zh-sg"} else "en"
    )


def read_catalog(path: Path) -> dict[str, tuple[str, ...]]:
    """The translated sentences of one .po file: English template to its forms. What is empty or fuzzy is left out."""
    with path.open("rb") as file:
        messages = read_po(file, locale=path.parent.name, abort_invalid=True)
    found = {}
    for message in messages:
        english = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if english and forms and all(forms) and not message.fuzzy:
            found[english] = forms
    return found


@cache
def _read(code: str) -> Language:
    """All areas of one language in one; Chinese has one form for every number, so the first is always right."""
    folder = _HERE / code.replace("-", "_")
    sentences: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.po")):
        sentences |= read_catalog(path)
    return Language(code, MappingProxyType(sentences))
