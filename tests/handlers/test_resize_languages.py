"""A resize in two languages: the form is told in the person's, what is kept and what the channel is told in its own."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.aws.resizing.unseen import Unseen
from bot.aws.trouble import Forbidden
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import ImageState
from bot.domain.plan.resize_facts import Facts
from bot.domain.policy.policy import Approval, Grant, Policy, Role
from bot.domain.resize.audit import Deed, Entry
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, speaking, spoken
from bot.language.catalogs import language
from bot.slack.answers.history import history
from bot.slack.resize import controls, declining, details, modal, replies
from bot.slack.resize.message import own_message
from bot.store import audit_trail, resizes
from bot.store.database import Database
from handlers import resize_requests
from tests.domain.revisions import app, on_fargate
from tests.domain.wishes import JVM, NEWER_ARN, facts, service
from tests.handlers.workplace import ALICE, BOB, Workplace, workplace
from tests.slack.block_kit import complaints, texts
from tests.slack.incidents import death

CHEN, DANA = "U0CHEN", "U0ADMIN"
KEY = GroupKey("123456789012", "eu-west-1", "prod", OwnerKind.SERVICE, "checkout", "app")
CHECKOUT = Subject.of(KEY)
PEOPLE = Policy(
    grants=(
        Grant(role=Role.OPERATOR, who=(ALICE, CHEN)),
        Grant(role=Role.APPROVER, who=("S0PAYMENTS",)),
    ),
    approvals=(Approval(always=True),),
)
WHY = {modal.REASON: {"type": "plain_text_input", "value": "OOM"}}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMES = re.compile(
    r"`[^`]*`|```.*?```|<[^<> ]*>|\b(?:Container Insights|Step Functions|Fargate|Terraform)\b", re.DOTALL
)
ENGLISH = re.compile(r"[A-Za-z][a-z']+ [a-z']{2,}\b|\b(?:the|is|of|was|by|for|and|not)\b")


@dataclass
class Aws:
    """What AWS says of `checkout`, with much to be said of it."""

    by_language: dict[str, Facts] = field(default_factory=dict)

    async def read(self, _subject: Subject, _diagnosis: Diagnosis | None) -> Facts:
        """As bot.aws.resizing.facts does: what is amiss in words, in the language of whoever asks."""
        return replace(self.by_language.get(spoken().code) or talkative(), gaps=await gaps())


def talkative() -> Facts:
    """The CPU must rise, a heap does not fit, a tag has moved, a deployment is under way, Terraform manages it."""
    running = "sha256:" + "a" * 64
    moved = ImageState(image="app:1", running_digest=running, tag_digest="sha256:" + "b" * 64, has_moved=True)
    two = on_fargate(2048, 256, replace(JVM, memory_mib=1024), replace(app(256), name="envoy"))
    return facts(
        two,
        images={"app": moved},
        kept_digests=frozenset({running}),
        service=service(is_deploying=True, scales_on_memory=True),
        owner="Terraform",
    )


async def gaps() -> tuple[str, ...]:
    """What a role without a permission leaves open."""

    async def refused() -> None:
        raise Forbidden("application-autoscaling:DescribeScalingPolicies")

    unseen = Unseen(1.0)
    await unseen.within(mark("autoscaling"), refused())
    return unseen.sentences


@dataclass
class Shop:
    """A workplace whose channel speaks one language."""

    place: Workplace
    aws: Aws
    speaks: str

    async def form(self, user: str) -> dict[str, Any]:
        """Have the form opened; as it is once it shows the plan."""
        words = {"user": user, "channel": self.place.channel, "text": "/oom resize checkout 4G"}
        await self.place.slack.act("command", words)
        async with asyncio.timeout(10):
            while "🔎" in str((view := self.place.modal(user) or {}).get("blocks")):  # noqa: ASYNC110 -- Slack tells nobody
                await asyncio.sleep(0.01)
        return view

    async def kept(self) -> Resize:
        """The one that was written down."""
        (one,) = await self.place.db.read(resizes.of_target, CHECKOUT)
        return one

    async def trail(self) -> list[Entry]:
        """What the audit trail keeps, the newest first."""
        return await self.place.db.read(audit_trail.of_subject, str(CHECKOUT))

    async def message(self) -> dict[str, Any]:
        """Its message as the reconciler makes it."""
        with speaking(language(self.speaks)):
            return own_message(await self.kept(), lambda _: "prod-eu").as_arguments()


@pytest.fixture
async def shop(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    aws, speaks = Aws(), str(request.param)
    async with workplace(db, policy=PEOPLE, read_facts=aws.read, language=speaks) as place:
        await place.kill(death(group_key=KEY))
        yield Shop(place, aws, speaks)


IN_CHINESE = pytest.mark.parametrize("shop", ["zh-CN"], indirect=True, ids=["a Chinese channel"])
IN_ENGLISH = pytest.mark.parametrize("shop", ["en"], indirect=True, ids=["an English channel"])


@IN_CHINESE
async def test_a_chinese_reader_finds_no_english_from_the_form_to_the_approval(shop: Shop) -> None:
    view = await shop.form(CHEN)
    assert english(texts(view)) == []
    assert len([one for one in texts(view) if CHINESE.search(one)]) > 15
    assert await shop.place.submit(WHY, CHEN) == {}
    asked = await shop.message()
    assert english(shown(asked)) == []
    assert complaints(asked) == []
    with speaking(language("zh-CN")):
        ts = await shop.place._post(own_message(await shop.kept(), lambda _: "prod-eu"))
        assert english(texts(declining.form(await shop.kept()).to_dict())) == []
        assert english(shown(details.reply(await shop.kept()).as_arguments())) == []
    await shop.place.press(ts, controls.APPROVE, BOB)
    one = await shop.kept()
    assert one.status.phase is ResizePhase.APPROVED
    assert one.status.words == f"<@{BOB}> 已批准。"
    approved = next(entry for entry in await shop.trail() if entry.deed is Deed.APPROVED)
    assert (approved.words, approved.told) == (f"Approved by <@{BOB}>.", one.status.words)
    assert english(shown(await shop.message())) == []
    with speaking(language("zh-CN")):
        assert english(shown(replies.ended(one).as_arguments())) == []


@IN_CHINESE
async def test_what_an_english_reader_asks_for_is_kept_in_the_channels_language(shop: Shop) -> None:
    view = await shop.form(ALICE)
    assert not any(CHINESE.search(one) for one in texts(view))
    assert await shop.place.submit(WHY, ALICE) == {}
    spec = (await shop.kept()).spec
    assert [one.words for one in spec.plan.notes if not CHINESE.search(one.words)] == []
    assert all(CHINESE.search(one) for one in spec.needs_approval)
    assert english(shown(await shop.message())) == []


@IN_ENGLISH
async def test_what_a_chinese_reader_asks_for_is_kept_in_the_channels_language(shop: Shop) -> None:
    view = await shop.form(CHEN)
    assert english(texts(view)) == []
    assert await shop.place.submit(WHY, CHEN) == {}
    assert not CHINESE.search(str(await shop.message()))
    assert not any(CHINESE.search(one.words + one.told + one.detail) for one in await shop.trail())


@IN_CHINESE
async def test_who_may_not_is_told_so_in_their_language_and_the_trail_keeps_it_in_english_and_in_the_channels(
    shop: Shop,
) -> None:
    view = await shop.form(DANA)
    assert "You need the viewer role" in str(view["blocks"])
    (refused,) = await shop.trail()
    assert refused.words.startswith("Wanted to see a plan. You need the viewer role for ")
    assert refused.told.startswith("想查看方案。")
    assert english([refused.told]) == []
    with speaking(language("zh-CN")):
        told = history(CHECKOUT, 1, [refused], str).privately().as_arguments()
    assert english(shown(told)) == []


@IN_CHINESE
async def test_who_deploys_between_the_two_readings_has_the_plan_shown_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resize_requests, "SUBMITTED_S", -1.0)  # as if the form had stood open for long
    await shop.form(ALICE)
    newer = replace(talkative().definition, arn=NEWER_ARN, revision=43)
    shop.aws.by_language["zh-CN"] = replace(talkative(), definition=newer)
    assert await shop.place.submit(WHY, ALICE) == {}
    assert "the plan is another one now" in str(shop.place.modal(ALICE))
    assert await shop.place.db.read(resizes.recent) == []


def shown(arguments: dict[str, Any]) -> list[str]:
    """Everything that a message shows."""
    return [arguments["text"], *texts(arguments["blocks"]), *texts(arguments.get("attachments") or [])]


def english(found: list[str]) -> list[str]:
    """Those with English words that follow each other, names and code aside."""
    return [one for one in found if ENGLISH.search(NAMES.sub("·", one))]
