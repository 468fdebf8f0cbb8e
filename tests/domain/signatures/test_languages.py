"""Languages: a log line's finding is told in the language that is spoken, and its cause does not hang on the words."""

import re

import pytest

from bot.domain.diagnosis.signature import CauseClass
from bot.domain.investigation.culprit import cause_of
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.signatures.reading import found
from tests.domain.signatures.samples import SAMPLES


@pytest.mark.parametrize(("rule", "line"), [pytest.param(rule, line, id=rule) for rule, line, _ in SAMPLES])
def test_a_line_is_told_in_chinese_with_the_same_cause(rule: str, line: str) -> None:
    english = {finding.rule: finding for finding in found(line)}[rule]
    with speaking(language("zh-CN")):
        chinese = {finding.rule: finding for finding in found(line)}[rule]
    assert re.search(r"[一-鿿].*。\Z", chinese.words)
    assert re.search(r"[一-鿿].*。\Z|\A提高 .*。\Z", chinese.fix)
    assert not re.search(r"[{}]", chinese.words + chinese.fix)
    assert re.findall(r"\d+", chinese.words) == re.findall(r"\d+", english.words)
    assert cause_of(chinese) is cause_of(english)
    assert chinese.evidence == english.evidence


@pytest.mark.parametrize(
    ("line", "rule", "cause"),
    [
        pytest.param("Out of memory.", "dotnet.oom", CauseClass.HEAP_CAP, id="a full .NET heap"),
        pytest.param(
            "System.OutOfMemoryException: Array dimensions exceeded supported range.",
            "dotnet.oom",
            CauseClass.CODE_BUG,
            id="an absurd .NET array",
        ),
        pytest.param(
            "Aborting due to java.lang.OutOfMemoryError: Java heap space",
            "jvm.crash",
            CauseClass.HEAP_CAP,
            id="Java's heap",
        ),
        pytest.param(
            "Aborting due to java.lang.OutOfMemoryError: Metaspace",
            "jvm.crash",
            CauseClass.APP_CAP,
            id="a cap of Java's",
        ),
        pytest.param(
            "Terminating due to java.lang.OutOfMemoryError: GC overhead limit exceeded",
            "jvm.exit",
            CauseClass.HEAP_CAP,
            id="Java ended for its heap",
        ),
        pytest.param(
            "Terminating due to java.lang.OutOfMemoryError: Metaspace",
            "jvm.exit",
            CauseClass.APP_CAP,
            id="Java ended for it",
        ),
    ],
)
@pytest.mark.parametrize("code", [pytest.param("en", id="English"), pytest.param("zh-CN", id="Chinese")])
def test_two_causes_of_one_rule_are_told_apart(line: str, rule: str, cause: CauseClass, code: str) -> None:
    with speaking(language(code)):
        causes = {finding.rule: cause_of(finding) for finding in found(line)}
    assert causes[rule] is cause


def test_a_small_size_is_told_in_chinese() -> None:
    with speaking(language("zh-CN")):
        (finding,) = found("memory allocation of 1000 bytes failed")
    assert finding.words == "Rust 程序申请 <1 MiB 被拒绝。"
