"""Languages: settings are told in the language that is spoken; what is found and changed is the same in each."""

import pytest

from bot.domain.aws.task_definition import Container
from bot.domain.knobs import refit
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.knobs.boxes import container, one

CHINESE = language("zh-CN")


@pytest.mark.parametrize(
    ("of", "limit_mib", "words", "evidence", "fix"),
    [
        pytest.param(
            container(JAVA_TOOL_OPTIONS="-Xmx1900m"),
            2048,
            "Java 堆可能增长到 1,900 MiB：只给 Java 其余部分留下 148 MiB。",
            "JAVA_TOOL_OPTIONS=-Xmx1900m，上限 2,048 MiB",
            "在 JAVA_TOOL_OPTIONS 中设置 -Xmx1536m，或将上限至少提高到 2,534 MiB。",
            id="a heap in a variable",
        ),
        pytest.param(
            container("java -Xms1g -Xmx1g -jar app.jar"),
            1024,
            "Java 堆可能增长到 1,024 MiB，而上限为 1,024 MiB。",
            "命令中的 -Xmx1g，上限 1,024 MiB",
            "将命令中的 -Xmx1g 改为 -Xmx674m，并将命令中的 -Xms1g 改为 -Xms674m，或将上限至少提高到 1,374 MiB。",
            id="two options of a command",
        ),
        pytest.param(
            container("java -Xms40g", ES_JAVA_OPTS="-Xmx32g"),
            40960,
            "搜索引擎的堆可能增长到 32,768 MiB：上限的一半应留给文件缓存。",
            "ES_JAVA_OPTS=-Xmx32g，上限 40,960 MiB",
            "",
            id="nothing that we could advise",
        ),
        pytest.param(
            container("php-fpm -d pm.max_children=20"),
            64,
            "20 个 PHP 子进程每个可能占用 128 MiB。",
            "命令中的 -d pm.max_children=20，上限 64 MiB",
            "将上限提高到 2,688 MiB。",
            id="only the limit can change",
        ),
        pytest.param(
            container(image="golang:1.22", variables={"GOGC"}),
            512,
            "Go 不知道内存上限：未设置 GOMEMLIMIT。",
            "已设置 GOGC，未设置 GOMEMLIMIT，上限 512 MiB",
            "将 GOMEMLIMIT 设为 460MiB。",
            id="a setting that is missing",
        ),
    ],
)
def test_a_setting_is_told_in_chinese(
    of: Container, limit_mib: int, words: str, evidence: str, fix: str
) -> None:
    with speaking(CHINESE):
        finding = one(of, limit_mib)
    assert (finding.words, finding.evidence, finding.fix) == (words, evidence, fix)
    english = one(of, limit_mib)
    assert (finding.rule, finding.paste) == (english.rule, english.paste)


def test_a_change_is_the_same_change_whoever_asked_for_it() -> None:
    of = container(JAVA_OPTS="-Xms1g -Xmx1g")
    with speaking(CHINESE):
        (chinese,) = refit.changes(of, 4096)
    (english,) = refit.changes(of, 4096)
    assert chinese.why == (
        "-Xmx1g → -Xmx3g：堆为 4,096 MiB 的 75%；-Xms1g → -Xms3g：堆低于 -Xms 时 Java 无法启动"
    )
    assert chinese.shown == english.shown == "-Xmx1g → -Xmx3g"
    assert (chinese, repr(chinese)) == (english, repr(english))
