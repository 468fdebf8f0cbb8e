"""A whole investigation where Chinese is spoken: no English is left in the alert, its thread and the diagnosis."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest
from prometheus_client import CollectorRegistry

from bot.aws.evidence.collecting import Collector
from bot.aws.evidence.insights import Insights
from bot.aws.evidence.pricing import PriceList
from bot.aws.message import read_message
from bot.domain.telling.language import ENGLISH, spoken
from bot.language.tongues import Tongues
from bot.reconcile.examiner import Examiner
from bot.reconcile.investigations import Investigations
from bot.slack.answers.answer import Answer
from handlers.command_metrics import CommandMetrics
from handlers.desk import Desk
from handlers.readings import Readings
from tests.reconcile.cloud import Cloud
from tests.reconcile.test_autopsies import Morgue
from tests.slack.block_kit import texts

LINK = re.compile(r"<(?:https?://|!date\^|@)[^<>|]*(?:\|(?P<label>[^<>]*))?>")
CODE = re.compile(
    r"```[^`\u4e00-\u9fff]*```|`[^`\n]+`"
)  # commands, settings and log lines; a table has Chinese
WORD = re.compile(r"(?<![\w-])[A-Za-z][\w./:+=#-]*", re.ASCII)
# What no language changes: names, AWS's words and units, settings.
LATIN = re.compile(
    r"""kind-[a-z-]+(?::\d+)? | app | prod | prod-eu | eu-west-1[a-c]? | terraform | ecs-svc/\d+ | [0-9a-f]{8}
      | [A-Z]{2,} | MiB | vCPU | Java | Fargate | Terraform | OutOfMemoryError
      | JAVA_TOOL_OPTIONS | Xm[xs]\w+ | MaxRAMPercentage""",
    re.VERBOSE | re.ASCII,
)


@dataclass
class Ward(Morgue):
    """What dies where Chinese is spoken, and what is found out about it."""

    def __post_init__(self) -> None:
        """The channel's route speaks Chinese."""
        stage = self.stage
        stage.routes = replace(stage.routes, default=replace(stage.routes.default, language="zh-CN"))
        stage.bench = replace(stage.bench, tongues=Tongues(stage.routes))
        super().__post_init__()

    async def told(self, kind: str) -> None:
        """A workload of that kind dies within the hour, the bot hears of it, tells it, and looks into it."""
        tongues, now = self.stage.bench.tongues, self.stage.clock()
        for event in await self.live(kind, 3600):
            await self.record(tongues.assessed(partial(read_message, json.dumps(event), now=now)))
        await self.passes()
        await self.stage.passes()
        await self._investigate()
        await self.stage.passes(after=60)

    async def _investigate(self) -> None:
        clock, calls = self.stage.clock, self.aws.calls
        collector = Collector(calls, Insights(4, sleep=clock.sleep), clock=clock, history=timedelta(hours=24))
        examiner = Examiner(self.stage.db, PriceList(calls, clock=clock), clock=clock)
        reconciler = Investigations(self.stage.bench, collector, examiner.examine, at_once=4)
        while await reconciler.one_pass() is True:
            pass

    async def diagnosis(self) -> Answer:
        """What the alert's button answers."""
        [incident] = await self.incidents()
        counts = CommandMetrics(CollectorRegistry())
        db, clock, tongues = self.stage.db, self.stage.clock, self.stage.bench.tongues
        desk = Desk(db=db, clock=clock, account_name=str, metrics=counts, tongues=tongues)
        return await Readings(desk).diagnosis_of(incident.id)


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        pytest.param(
            "jvm-xmx-too-high",
            "*修复*  在 JAVA_TOOL_OPTIONS 中设置 -Xmx1536m，或将上限至少提高到 4,096 MiB。",
            id="the kernel killed it, as a setting does not fit",
        ),
        pytest.param(
            "jvm-heap",
            "*达到堆上限，而非容器上限*: 仅增加内存没有帮助",
            id="it ended itself, as its log tells",
        ),
    ],
)
async def test_no_english_is_left_of_a_jvm(aws: Cloud, kind: str, cause: str) -> None:
    ward = Ward(aws)
    await ward.told(kind)
    messages, answer = ward.stage.messages(), await ward.diagnosis()
    shown = [text for one in messages for text in (one.text, *texts(one.blocks), *texts(one.attachments))]
    shown += [answer.text, *(text for block in answer.body for text in texts(block.to_dict()))]
    assert {text: left for text in shown if (left := english_in(text))} == {}
    assert len(messages) == 2, "the alert, and its details in the thread"
    assert cause in shown[1]
    assert spoken() is ENGLISH


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("*修复*  JAVA_TOOL_OPTIONS 中 -Xmx512m → -Xmx1536m：容器还有余量。", [], id="a setting"),
        pytest.param("证据: `OutOfMemoryError: Java heap space`", [], id="a log line"),
        pytest.param("<https://example.com/a?b=c|任务> 结束", [], id="a link"),
        pytest.param("```\n→  3,072 MiB  enough 92 %  +$3/月\n```", ["enough"], id="a cell of a table"),
        pytest.param("由 Terraform (by a tag) 管理", ["by", "a", "tag"], id="half a sentence"),
    ],
)
def test_what_english_is(text: str, left: list[str]) -> None:
    assert english_in(text) == left


def english_in(text: str) -> list[str]:
    """The words of Latin letters that are no name, number, unit, command or setting."""
    plain = CODE.sub(" ", LINK.sub(lambda found: f" {found['label'] or ''} ", text))
    return [word for word in WORD.findall(plain) if not LATIN.fullmatch(word.rstrip(".:"))]
