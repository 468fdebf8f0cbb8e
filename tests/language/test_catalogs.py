"""Catalogs: every sentence that the source tells has its translation, with the same values put in."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.domain.telling.language import ENGLISH, count, say, speaking
from bot.language.catalogs import language, nearest
from tools.catalog import FOLDER, Key, bring_up_to_date, known_in, wanted
from tools.sentences import AREAS, Refused, Told, all_told, area_of, placeholders, told_in

# Chinese beside Latin letters without a blank, or beside marks of ASCII; and the polite address.
OUT_OF_STYLE = re.compile("[一-鿿](?:[A-Za-z0-9]|[,;!?.()])|[A-Za-z0-9()][一-鿿]|您| %(?![HMS])")


@cache
def told() -> list[Told]:
    """Every sentence of the source that can be translated; not read before a test asks: all workers collect this."""
    return [one for one in all_told() if isinstance(one, Told)]


@cache
def areas() -> dict[str, list[Key]]:
    """What each catalog has to have."""
    return wanted(told())


def test_every_template_is_a_literal() -> None:
    assert [f"{one.path}:{one.line}" for one in all_told() if isinstance(one, Refused)] == []


def test_every_value_that_a_sentence_wants_is_given() -> None:
    """`say("{name} was killed")` would fail in front of a person only."""
    lacking = [
        f"{one.path}:{one.line}: {template!r}"
        for one in told()
        if one.word != "mark" and one.keywords is not None
        for template in one.templates
        if one.keywords and not {name.partition(":")[0] for name in placeholders(template)} <= one.keywords
    ]
    assert lacking == []


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_sentence_is_translated(area: str) -> None:
    known = known_in(FOLDER).get(area, {})
    assert [key for key in areas().get(area, ()) if key not in known] == [], "make catalog, then translate"


@pytest.mark.parametrize("area", sorted(known_in(FOLDER)))
def test_a_translation_is_sure_used_and_puts_the_same_values_in(area: str) -> None:
    with (FOLDER / f"{area}.po").open("rb") as file:
        catalog = read_po(file, locale="zh_CN", abort_invalid=True)
    assert [one.id for one in catalog if one.fuzzy and one.id] == []
    assert not catalog.obsolete
    known = known_in(FOLDER)[area]
    assert [key for key in known if key not in areas().get(area, ())] == [], "told no more: make catalog"
    assert [key for key, string in known.items() if wants(key) != wants(string)] == []


def test_one_sentence_has_one_translation_everywhere() -> None:
    strings: dict[Key, dict[Key, list[str]]] = defaultdict(lambda: defaultdict(list))
    for area, known in known_in(FOLDER).items():
        for key, string in known.items():
            strings[key][string].append(area)
    assert {key: dict(found) for key, found in strings.items() if len(found) > 1} == {}


def test_no_area_is_too_large_for_one_person() -> None:
    assert {area: len(keys) for area, keys in areas().items() if len(keys) > 300} == {}, "part it: AREAS"


@pytest.mark.parametrize("area", sorted(known_in(FOLDER)))
def test_the_house_style_is_kept(area: str) -> None:
    strings = [one for string in known_in(FOLDER)[area].values() for one in flat(string)]
    assert [one for one in strings if OUT_OF_STYLE.search(one)] == [], "docs/languages.md, house style"


@pytest.mark.parametrize(
    ("string", "is_kept"),
    [
        pytest.param("内存上限 512 MiB：在 {cluster} 中。", True, id="as it should be"),
        pytest.param("*泄漏*: +42 MiB/小时", True, id="the colon after bold"),
        pytest.param("内存上限512 MiB", False, id="a digit touches Chinese"),
        pytest.param("MiB内存", False, id="a letter touches Chinese"),
        pytest.param("没有终止,也没有失败", False, id="a comma of ASCII"),
        pytest.param("没有终止.", False, id="a full stop of ASCII"),
        pytest.param("终止(疑似)", False, id="brackets of ASCII"),
        pytest.param("上限的 {percent} %", False, id="a blank before the sign of a percentage"),
        pytest.param("您的事件", False, id="too polite"),
    ],
)
def test_what_is_out_of_style(string: str, is_kept: bool) -> None:
    assert (OUT_OF_STYLE.search(string) is None) is is_kept


def test_a_sentence_is_either_said_or_counted() -> None:
    singles = {key for keys in areas().values() for key in keys if isinstance(key, str)}
    counted = {key[0] for keys in areas().values() for key in keys if not isinstance(key, str)}
    assert singles & counted == set()


def test_the_files_are_as_make_catalog_writes_them(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.po"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    bring_up_to_date(tmp_path, told())
    assert contents(tmp_path) == contents(FOLDER)


def test_chinese_is_spoken_from_the_catalogs() -> None:
    with speaking(language("zh-CN")):
        assert say("Acknowledge") == "确认"
        assert [count(n, "{n} kill", "{n} kills") for n in (1, 2000)] == ["1 次终止", "2,000 次终止"]


@pytest.mark.parametrize(
    ("locale", "code"),
    [
        pytest.param("zh-CN", "zh-CN", id="as Slack writes it"),
        pytest.param("zh_CN", "zh-CN", id="as others do"),
        pytest.param("zh-TW", "en", id="another script"),
        pytest.param("de-DE", "en", id="not spoken"),
        pytest.param("", "en", id="not known"),
    ],
)
def test_a_person_is_told_in_the_nearest_language(locale: str, code: str) -> None:
    assert nearest(locale).code == code


def test_a_code_that_nobody_speaks_is_english() -> None:
    assert language("tlh") is ENGLISH


@pytest.mark.parametrize(
    ("call", "templates"),
    [
        pytest.param('say("It ended")', [("It ended",)], id="said"),
        pytest.param('say("It " "ended")', [("It ended",)], id="over two lines"),
        pytest.param('say("It ended" if x else "It runs")', [("It ended",), ("It runs",)], id="one of two"),
        pytest.param('count(n, "{n} kill", "{n} kills")', [("{n} kill", "{n} kills")], id="counted"),
        pytest.param("say(NAMES[x])", [], id="looked up where it is marked"),
        pytest.param("say(NAMES.get(x, y))", [], id="looked up, or another"),
        pytest.param('say(f"It {x}")', None, id="made by an f-string"),
        pytest.param('say("It " + x)', None, id="glued"),
        pytest.param('say("It {}".format(x))', None, id="formatted before"),
        pytest.param('say("It %s" % x)', None, id="formatted before in the old way"),
        pytest.param('count(n, "{n} kill", f"{n} kills")', None, id="made for many"),
        pytest.param('count(n, "{n} kill")', None, id="without many"),
        pytest.param("mark(x)", None, id="marked what is not written here"),
    ],
)
def test_what_is_found_in_the_source(call: str, templates: list[tuple[str, ...]] | None) -> None:
    found = list(
        told_in(f"from bot.domain.telling.language import count, mark, say\nx = {call}\n", "bot/x.py")
    )
    if templates is None:
        assert found == [Refused("bot/x.py", 2)]
    else:
        assert [one.templates for one in found if isinstance(one, Told)] == templates


def test_a_namesake_is_not_ours() -> None:
    assert list(told_in('from bot.reconcile.remembered import mark\nmark("a b")\n', "bot/x.py")) == []


@pytest.mark.parametrize(
    ("path", "area"),
    [
        pytest.param("bot/slack/alert.py", "alert", id="by its directory"),
        pytest.param("bot/slack/answers/top.py", "answers", id="by the longest prefix"),
        pytest.param("bot/slack/answers/report.py", "report", id="a part of a directory"),
        pytest.param(
            "bot/wholly_new/thing.py", None, id="nobody thought of it: no area takes whatever is left"
        ),
    ],
)
def test_a_file_belongs_to_the_area_that_names_it_most_exactly(path: str, area: str | None) -> None:
    if area is None:
        with pytest.raises(LookupError, match=path):
            area_of(path)
    else:
        assert area_of(path) == area


def test_merging_keeps_adds_and_removes(tmp_path: Path) -> None:
    def told(*templates: str) -> Iterator[Told]:
        yield from (Told("bot/slack/x.py", 1, "say", (one,), frozenset()) for one in templates)
        yield Told("bot/slack/x.py", 2, "count", ("{n} a", "{n} b"), frozenset({"n"}))

    assert bring_up_to_date(tmp_path, told("Old {x}", "50 % of it"), news={"Old {x}": "旧 {x}"}) == 2
    assert bring_up_to_date(tmp_path, told("New", "Old {x}")) == 2
    assert known_in(tmp_path) == {"alert": {"Old {x}": "旧 {x}"}}
    assert bring_up_to_date(tmp_path, told("New", "Old {x}"), news={"New": "新", "{n} b": "{n} 个"}) == 0
    text = (tmp_path / "alert.po").read_text(encoding="utf-8")
    assert text.index("New") < text.index("Old {x}") < text.index("{n} a")
    assert "50 %" not in text
    assert "#," not in text
    assert bring_up_to_date(tmp_path, ()) == 0
    assert contents(tmp_path) == {}


def flat(string: Key) -> tuple[str, ...]:
    """One translation, or each plural form."""
    return (string,) if isinstance(string, str) else string


def wants(template: Key) -> frozenset[str]:
    """The values that a sentence puts in; of a number's two, those for many."""
    return placeholders(template if isinstance(template, str) else template[-1])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.po"))}
