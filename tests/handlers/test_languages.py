"""Languages: each person is answered in what their Slack speaks; what the thread is told, in the channel's."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.telling.language import ENGLISH, spoken
from bot.slack import controls
from bot.store.database import Database
from handlers import locales
from handlers.locales import Locales
from handlers.tongue import who
from sandbox.slack.faults import http
from tests.handlers.workplace import ALICE, Workplace, workplace
from tests.slack.diagnoses import LEAK
from tests.slack.incidents import death

CHEN = "U0CHEN"


@pytest.fixture
async def chinese(sqlite_url: str) -> AsyncIterator[Workplace]:
    """A workplace whose channel is told in Chinese."""
    db = Database.open(sqlite_url)
    async with workplace(db, language="zh-CN") as opened:
        yield opened
    await db.close()


def client(place: Workplace) -> AsyncWebClient:
    return AsyncWebClient(
        token=place.slack.credentials.bot_token, base_url=f"{place.url}/slack/api/", retry_handlers=[]
    )


def asked(place: Workplace) -> int:
    return sum("users.info" in one.kind for one in place.slack.wire.entries())


async def test_two_people_are_answered_each_in_their_language(place: Workplace) -> None:
    await place.kill(death())
    assert "没有未解决的事件" not in (await place.command("list", CHEN))["text"]
    assert (await place.command("list", CHEN))["text"].startswith("1 个未解决的事件")
    assert (await place.command("list", ALICE))["text"].startswith("1 unfinished incident")
    assert spoken() is ENGLISH


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("sats checkout", "无法识别“sats”。你是指“stats”吗？", id="a typing error"),
        pytest.param("silence checkout 3x", "“3x”不是可识别的时长。", id="a time that is none"),
        pytest.param("resize checkout api lots", "“lots”不是内存大小", id="an amount that is none"),
    ],
)
async def test_what_is_wrong_with_the_words_is_told_to_whoever_typed_them(
    place: Workplace, typed: str, told: str
) -> None:
    assert (await place.command(typed, CHEN))["text"].startswith(told)


async def test_a_form_is_opened_in_the_language_of_who_pressed(place: Workplace) -> None:
    (number,) = await place.kill(death())
    ts = await place.alert(number)
    await place.press(ts, controls.SILENCE, CHEN)
    modal = place.modal(CHEN)
    assert modal is not None
    assert modal["title"]["text"] == "静默告警"


async def test_what_the_thread_is_told_is_in_the_channels_language(chinese: Workplace) -> None:
    (number,) = await chinese.kill(death())
    await chinese.look_into(number, LEAK)
    ts = await chinese.alert(number, diagnosis=LEAK)
    await chinese.press(ts, controls.MORE, ALICE, f"{controls.DIAGNOSIS}:{number}")
    assert chinese.newest()["text"].startswith("checkout-api / app 的诊断：泄漏：")


async def test_slack_is_asked_once_for_two_at_the_same_time_and_again_after_a_day(place: Workplace) -> None:
    now = 0.0
    known = Locales(client(place), monotonic=lambda: now)
    assert set(await asyncio.gather(known.of(CHEN), known.of(CHEN))) == {"zh-CN"}
    assert await known.of(CHEN) == "zh-CN"
    assert asked(place) == 1
    now = locales.KEPT_S + 1
    assert await known.of(CHEN) == "zh-CN"
    assert asked(place) == 2


async def test_whom_slack_does_not_tell_is_asked_again_later(place: Workplace) -> None:
    now = 0.0
    known = Locales(client(place), monotonic=lambda: now)
    place.slack.faults.next("users.info", http(503))
    assert [await known.of(CHEN), await known.of(CHEN)] == ["", ""]
    assert asked(place) == 1
    now = locales.AGAIN_S + 1
    assert await known.of(CHEN) == "zh-CN"


async def test_nobody_waits_long_for_a_slow_slack(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales, "PATIENCE_S", 0.0)
    known = Locales(client(place))
    assert await known.of(CHEN) == "", "told in English, this once"
    await asyncio.gather(*known._asking.values())
    assert await known.of(CHEN) == "zh-CN"


async def test_what_is_known_is_bounded(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales, "MOST_KEPT", 1)
    known = Locales(client(place))
    for user in (CHEN, ALICE):
        await known.of(user)
    assert list(known._known) == [ALICE]


@pytest.mark.parametrize(
    ("body", "user"),
    [
        pytest.param({"command": "/oom", "user_id": "U1"}, "U1", id="a command"),
        pytest.param({"type": "block_actions", "user": {"id": "U2"}}, "U2", id="a click or a form"),
        pytest.param({"event": {"type": "app_mention", "user": "U3"}}, "U3", id="an event"),
        pytest.param(
            {"event": {"type": "team_join", "user": {"id": "U4"}}}, "", id="an event about a person"
        ),
        pytest.param({"type": "url_verification"}, "", id="nobody"),
    ],
)
def test_who_it_is(body: dict[str, object], user: str) -> None:
    assert who(body) == user
