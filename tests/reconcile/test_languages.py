"""Languages: a channel is told in its route's language, root and thread, and what is made in threads as well."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.domain.incident.incident import Resolution
from bot.domain.kills.stop import Cause, Stop
from bot.domain.kills.task_state import ContainerState, TaskState
from bot.domain.kills.task_verdict import assess_task
from bot.domain.routing.route import Route, Routes
from bot.domain.telling.language import ENGLISH, Language, say, speaking, spoken
from bot.language.catalogs import language
from bot.language.tongues import Tongues
from bot.store import incidents, operator_alerts
from tests.reconcile.scene import KEY, Scene, kill

CHINESE = language("zh-CN")
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/prod/1"
STOP = Stop(Cause.BY_ITSELF, "Essential container in task exited")
KILLED = ContainerState(name="app", status="STOPPED", exit_code=137, reason="OutOfMemoryError: killed")


@pytest.fixture
def bilingual(stage: Scene) -> Scene:
    """#oom-alerts is told in Chinese; checkout-api's incidents go to #general in English."""
    default = replace(stage.routes.default, language="zh-CN")
    other = Route(channel=stage.slack.workspace.channel_named("general").id, name="checkout-api")
    stage.routes = Routes(default, (other,))
    return stage


async def test_two_routes_are_told_each_in_its_language(bilingual: Scene) -> None:
    await bilingual.kill("a")
    await kill(bilingual, "search", 1)
    await bilingual.passes()
    (english,) = bilingual.roots("general")
    (chinese,) = bilingual.roots()
    assert english.text.startswith(
        "OOM in prod-eu: checkout-api / app ran out of memory (1 kill, 768 MiB limit)."
    )
    assert chinese.text.startswith("OOM，prod-eu：search / app 内存不足（1 次终止，上限 768 MiB）。")
    assert bilingual.replies("general")[0].startswith("Details of checkout-api")
    assert bilingual.replies()[0].startswith("search / app 的详情：")
    assert spoken() is ENGLISH


async def test_the_thread_goes_on_in_the_language_of_its_root(bilingual: Scene) -> None:
    number = await kill(bilingual, "search", 1)
    await bilingual.passes()
    await bilingual.db.write(incidents.resolve, number, "U0ALICE", Resolution.BY_PERSON, bilingual.clock())
    await bilingual.passes(after=60)
    assert bilingual.roots()[0].text.endswith("已解决。")
    assert bilingual.replies()[-1] == "search / app 已解决：已由人工解决。共 1 次终止；再次发生时会重新打开。"


async def test_a_storm_is_told_in_the_language_of_its_channel(bilingual: Scene) -> None:
    for number in range(12):
        await kill(bilingual, f"service-{number}", number)
    await bilingual.passes()
    assert bilingual.roots()[0].text.startswith("prod-eu 发生 OOM 风暴：集群 prod 中 12 个服务内存不足")


async def test_operators_are_told_in_the_default_language(bilingual: Scene) -> None:
    await bilingual.db.write(operator_alerts.raise_alert, "key", "A summary", "", bilingual.clock())
    await bilingual.passes()
    assert bilingual.roots()[0].text == "关于 OOM Guard 自身：A summary"


async def test_operators_are_told_in_the_language_of_the_route_to_their_channel(stage: Scene) -> None:
    stage.routes = Routes(
        stage.routes.default, (Route(channel=stage.routes.default.channel, name="x", language="zh-CN"),)
    )
    await stage.db.write(operator_alerts.raise_alert, "key", "A summary", "", stage.clock())
    await stage.passes()
    assert stage.roots()[0].text == "关于 OOM Guard 自身：A summary"


@pytest.mark.parametrize(
    ("operators", "code"),
    [("C2", "zh-CN"), ("C1", "en"), ("", "en")],
    ids=["a route leads there", "the default channel", "nobody said"],
)
def test_what_is_said_of_ourselves_is_said_as_their_channel_speaks(operators: str, code: str) -> None:
    routes = Routes(Route(channel="C1"), (Route(channel="C2", name="x", language="zh-CN"),))
    assert Tongues(routes, operators=operators).with_operators().code == code


def _told(_connection: Connection) -> str:
    return say("Resolved")


@pytest.mark.parametrize("way", ["read", "write", "write_aside"])
async def test_the_stores_threads_tell_in_the_callers_language(stage: Scene, way: str) -> None:
    run: Callable[..., object] = getattr(stage.db, way)
    with speaking(CHINESE):
        assert await run(_told) == "已解决"  # type: ignore[misc]  # each way is awaited
    assert await run(_told) == "Resolved"  # type: ignore[misc]  # likewise


@pytest.mark.parametrize("around", [ENGLISH, CHINESE], ids=["English around", "Chinese around"])
def test_a_verdicts_reason_is_kept_in_the_language_of_its_route(around: Language) -> None:
    """It is told when the event comes, before anybody knows its route: so it is told twice."""
    tongues = Tongues(Routes(Route(channel="C1"), (Route(channel="C2", name="search", language="zh-CN"),)))

    def told(name: str) -> str:
        key = replace(KEY, name=name)
        assess = partial(
            assess_task,
            TaskState(arn=TASK, owner=key, stop=STOP, containers=(KILLED,), status="STOPPED"),
            NOW,
        )
        with speaking(around):
            return tongues.assessed(assess).deaths[0].reason

    assert told("checkout-api") == "ECS reported OutOfMemoryError for container app (exit code 137)"
    assert told("search") == "ECS 报告容器 app 出现 OutOfMemoryError（退出代码 137）"
    with speaking(CHINESE):  # the default route's, where the event is read
        assert told("checkout-api").startswith("ECS reported")


def test_a_channel_is_known_by_its_name_or_its_id() -> None:
    tongues = Tongues(Routes(Route(channel="C1"), (Route(channel="general", name="x", language="zh-CN"),)))
    assert [tongues.here(*names).code for names in (("C9", "general"), ("C1",), ())] == ["zh-CN", "en", "en"]
    assert Tongues().here("general") is ENGLISH
