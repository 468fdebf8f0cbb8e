"""Trouble with AWS is told in the language of whoever reads it, and logged in English."""

import pytest

from bot.aws.trouble import AwsTrouble, Forbidden, Rejected, Unreachable
from bot.domain.telling.language import Language, speaking

NO_SERVICE = "there is no active service {name} in cluster {cluster}"
CHINESE = Language(
    "zh-CN",
    {
        "not allowed: the role needs {action}": ("不允许：角色需要 {action}",),
        NO_SERVICE: ("集群 {cluster} 中没有活动的服务 {name}",),
    },
)


@pytest.mark.parametrize(
    ("trouble", "english", "chinese"),
    [
        pytest.param(
            Forbidden("ecs:DescribeTasks"),
            "not allowed: the role needs ecs:DescribeTasks",
            "不允许：角色需要 ecs:DescribeTasks",
            id="a permission lacks",
        ),
        pytest.param(
            Rejected("ServiceNotFound", NO_SERVICE, name="{api}", cluster="shop"),
            "ServiceNotFound: there is no active service {api} in cluster shop",
            "ServiceNotFound: 集群 shop 中没有活动的服务 {api}",
            id="our own sentence behind AWS's code; a value's braces are never read",
        ),
        pytest.param(
            Rejected("ValidationException", "1 validation error: {tag}"),
            "ValidationException: 1 validation error: {tag}",
            "ValidationException: 1 validation error: {tag}",
            id="AWS's own words stay",
        ),
        pytest.param(Unreachable("HTTPError: {0}"), "HTTPError: {0}", "HTTPError: {0}", id="a library's too"),
    ],
)
def test_trouble_is_told_where_it_is_read(trouble: AwsTrouble, english: str, chinese: str) -> None:
    assert str(trouble) == english
    with speaking(CHINESE):
        assert (str(trouble), trouble.english) == (chinese, english)


def test_aws_own_words_are_bounded() -> None:
    assert len(str(Rejected("E", "x" * 1000))) == 500
