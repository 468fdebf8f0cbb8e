"""Catalogs: bring bot/language/zh_CN/*.po up to date with the source: `make catalog AREAS="alert answers"`.

Keeps translations, adds new sentences empty (or as another area has them), removes what is told no more. One line a
sentence, in the order of the source, without dates or line numbers: only what changed differs. `--from FILE` takes
translations from a JSON object, English to Chinese; without AREAS all areas are rewritten.
"""

import json
import sys
from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.sentences import ROOT, Refused, Told, all_told, area_of

LOCALE = "zh_CN"
FOLDER = ROOT / "bot" / "language" / LOCALE
HEADER = """# {area}: see docs/languages.md
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
Key = str | tuple[str, ...]


def known_in(folder: Path) -> dict[str, dict[Key, Key]]:
    """The translations of each area as they stand, empty ones left out."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.po"))}


def wanted(told: Iterable[Told]) -> dict[str, list[Key]]:
    """The sentences of each area, each once, in the order of the source."""
    found: dict[str, dict[Key, None]] = {}
    for one in told:
        key: Key = one.templates if len(one.templates) > 1 else one.templates[0]
        found.setdefault(area_of(one.path), {})[key] = None
    return {area: list(keys) for area, keys in sorted(found.items())}


def rendered(area: str, keys: Iterable[Key], known: Mapping[Key, Key]) -> bytes:
    """One .po file."""
    catalog = Catalog(locale=LOCALE, charset="utf-8")
    for key in keys:
        empty: Key = "" if isinstance(key, str) else ("",)
        message = catalog.add(key, known.get(key, empty))
        message.flags.clear()  # Babel takes "50 % of it" for a format of C
    file = BytesIO()
    write_po(file, catalog, width=0, omit_header=True, no_location=True)
    return HEADER.format(area=area).encode() + file.getvalue().lstrip()


def bring_up_to_date(
    folder: Path, told: Iterable[Told], only: Collection[str] = (), news: Mapping[str, str] | None = None
) -> int:
    """Rewrite these areas' files, all without `only`; how many sentences there lack a translation.

    `news` gives translations by the English template (of a number: by the one for many), and they win.
    """
    known = known_in(folder)
    anywhere = {key: string for area in known.values() for key, string in area.items()}
    areas, lacking = wanted(told), 0
    for area in {*areas, *known}:
        if only and area not in only:
            continue
        keys = areas.get(area, [])
        translations = anywhere | known.get(area, {}) | dict(_taken(keys, news or {}))
        lacking += sum(key not in translations for key in keys)
        if keys:
            _write_if_new(folder / f"{area}.po", rendered(area, keys, translations))
        else:
            (folder / f"{area}.po").unlink()
    return lacking


def _taken(keys: Iterable[Key], news: Mapping[str, str]) -> Iterable[tuple[Key, Key]]:
    for key in keys:
        english = key if isinstance(key, str) else key[-1]
        if english in news:
            yield key, news[english] if isinstance(key, str) else (news[english],)


def _write_if_new(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def _read(path: Path) -> dict[Key, Key]:
    with path.open("rb") as file:
        messages = read_po(file, locale=LOCALE)
    return {_key(one.id): _key(one.string) for one in messages if one.id and any(_key(one.string))}


def _key(value: str | list[str] | tuple[str, ...] | None) -> Key:
    return value if isinstance(value, str) else tuple(value or ())


def main(arguments: list[str]) -> int:
    """Refuse what no catalog can have, else rewrite the files."""
    found = list(all_told())
    refused = [one for one in found if isinstance(one, Refused)]
    for one in refused:
        print(f"{one.path}:{one.line}: the template must be a literal", file=sys.stderr)
    if refused:
        return 1
    at = arguments.index("--from") if "--from" in arguments else len(arguments)
    news = json.loads(Path(arguments[at + 1]).read_text(encoding="utf-8")) if arguments[at:] else {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    lacking = bring_up_to_date(FOLDER, (one for one in found if isinstance(one, Told)), arguments[:at], news)
    print(f"{lacking} sentences lack a translation in {FOLDER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
