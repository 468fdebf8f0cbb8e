"""Every message of the galleries in Chinese: within Slack's rules, and with markup that Slack sees as such."""

import re
import runpy
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from bot.domain.home.home import Page
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from bot.slack.home.page import home
from bot.slack.mrkdwn import set_apart
from tests.slack.answers.test_gallery import ALERTS_ONLY
from tests.slack.block_kit import complaints, texts
from tests.slack.homes import HOMES
from tools.sentences import ROOT

GALLERIES = {
    "tests.slack.gallery": ("GALLERY",),
    "tests.slack.test_resize_messages": ("GALLERY",),
    "tests.slack.answers.gallery": ("ANSWERS", "LONG_ANSWERS"),
    "tests.slack.answers.fleet_gallery": ("LOOKS", "LONG_LOOKS"),
    "tests.slack.answers.checkup_gallery": ("CHECKUPS", "LONG_CHECKUPS"),
    "tests.slack.report_gallery": ("REPORTS", "ANSWERS"),
}
# Slack takes * ~ ` for markup only where blanks, punctuation of ASCII or the ends of a line are beside it.
MARKED = re.compile(r"```.*?```|`[^`\n]+`|\*[^*\n]+\*|~[^~\n]+~", re.DOTALL)
LOOSE = re.compile(r"[^\s`] [，。：；？！、）]|[，。：；？！、（] [^\s`]")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@cache
def spoken(module: str) -> dict[str, Any]:
    """A gallery's module, made anew while Chinese is spoken."""
    with speaking(language("zh-CN")):
        return runpy.run_path(str(ROOT / f"{module.replace('.', '/')}.py"))


def messages() -> Iterator[Any]:
    """Where each message is; made only when a test asks, for all workers collect this."""
    for module, galleries in GALLERIES.items():
        english = import_module(module)
        for gallery in galleries:
            for name in getattr(english, gallery):
                yield pytest.param(
                    (module, gallery, name), id=f"{module.removeprefix('tests.slack.')}:{name}"
                )


@pytest.fixture
def arguments(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What Slack is given for the message."""
    module, gallery, name = request.param
    one = spoken(module)[gallery][name]
    with speaking(language("zh-CN")):
        message = one if hasattr(one, "as_arguments") else one.privately()
        found: dict[str, Any] = message.as_arguments()
    return found


EACH = pytest.mark.parametrize("arguments", list(messages()), indirect=True)


@EACH
def test_keeps_the_rules_of_block_kit(arguments: dict[str, Any]) -> None:
    is_answer = "metadata" not in arguments
    # Pictures have tests of their own: tests/slack/test_plate.py, test_report.py.
    words = [one for one in arguments["blocks"] if one["type"] not in ("image", "data_visualization")]
    arguments = {**arguments, "blocks": words}
    assert [one for one in complaints(arguments) if not (is_answer and one.startswith(ALERTS_ONLY))] == []


@EACH
def test_markup_stands_apart_from_chinese(arguments: dict[str, Any]) -> None:
    shown = [*texts(arguments["blocks"]), *texts(arguments.get("attachments") or [])]
    assert [found for one in shown for found in glued(one)] == []


@pytest.mark.parametrize("page", [pytest.param(page, id=name) for name, page in HOMES.items()])
def test_markup_stands_apart_from_chinese_in_home_as_well(page: Page) -> None:
    with speaking(language("zh-CN")):
        view = home(page, lambda _: "prod-eu")
    assert [found for one in texts(view["blocks"]) for found in glued(one)] == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("*泄漏*: +42 MiB", 0, id="beside a colon of ASCII"),
        pytest.param("~未处理~ → *已确认* · x", 0, id="beside blanks"),
        pytest.param("*泄漏*：+42", 1, id="beside a full-width colon"),
        pytest.param("集群`prod`中", 2, id="within a sentence"),
        pytest.param("在 `prod` 中", 0, id="with blanks"),
        pytest.param("```11 月 3```", 0, id="a block of code"),
        pytest.param("由 Terraform（按标签） 管理 ，已停止", 0, id="blanks that nobody needs"),
    ],
)
def test_what_is_glued_is_set_apart(text: str, count: int) -> None:
    assert len(glued(text)) == count
    assert glued(set_apart(text)) == []
    assert (set_apart(text) == text) is (count == 0 and loose(text) == [])
    assert loose(set_apart(text)) == []


@EACH
def test_full_width_punctuation_has_no_blanks_beside_it(arguments: dict[str, Any]) -> None:
    shown = [*texts(arguments["blocks"]), *texts(arguments.get("attachments") or [])]
    assert [found for one in shown for found in loose(one)] == []


def loose(text: str) -> list[str]:
    """Where a blank stands beside full-width punctuation, and no mark on its other side."""
    return LOOSE.findall(MARKED.sub("`", text))


def glued(text: str) -> list[str]:
    """Where the outside of a mark touches Chinese."""
    found = []
    for mark in MARKED.finditer(text):
        before, after = text[max(0, mark.start() - 1) : mark.start()], text[mark.end() : mark.end() + 1]
        found += [f"{before}{mark[0]}"] if CHINESE.match(before) else []
        found += [f"{mark[0]}{after}"] if CHINESE.match(after) else []
    return found
