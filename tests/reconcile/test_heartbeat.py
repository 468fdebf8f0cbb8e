"""The heartbeat: silence is told once, and so is its end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from bot.store.pulse import Pulse
from bot.store.schema import pulses
from tests.reconcile.cloud import Cloud
from tests.reconcile.pulling import alerts, heartbeat, whole

HOUR = 3600
OWN, OTHER = "123456789012", "999999999999"


def heard_at(conn: Connection) -> datetime:
    """When the one account was heard."""
    noted: datetime = conn.execute(select(pulses.c.heard_at)).scalar_one()
    return noted


async def test_our_own_account_is_never_heard(aws: Cloud) -> None:
    beat = heartbeat(aws)
    await whole(beat)
    assert await aws.stage.db.read(alerts) == []
    for _ in range(3):
        await aws.stage.clock.sleep(25 * HOUR)
        await whole(beat)
    [(summary, detail, count)] = await aws.stage.db.read(alerts)
    assert summary == "No ECS event from prod-eu for 24 h"
    assert "HEARTBEAT_HOURS=0" in detail
    assert count == 1


async def test_the_operators_are_told_in_their_language(aws: Cloud) -> None:
    beat = heartbeat(aws)
    with speaking(language("zh-CN")):  # as the loops are begun where LANGUAGE says so
        await whole(beat)
        await aws.stage.clock.sleep(25 * HOUR)
        await whole(beat)
    [(summary, detail, _)] = await aws.stage.db.read(alerts)
    assert summary == "24 小时没有收到 ECS 事件：prod-eu"
    assert detail.startswith("最近一次收到（或开始监控）的时间：\nprod-eu：")


async def test_events_keep_it_quiet(aws: Cloud) -> None:
    beat, pulse = heartbeat(aws), Pulse(aws.stage.db)
    for _ in range(4):
        await pulse.heard(OWN, aws.stage.clock())
        await whole(beat)
        await aws.stage.clock.sleep(23 * HOUR)
    await whole(beat)
    assert await aws.stage.db.read(alerts) == []


async def test_the_end_of_the_silence_is_told_in_the_same_notice(aws: Cloud) -> None:
    beat, pulse = heartbeat(aws), Pulse(aws.stage.db)
    await whole(beat)
    await aws.stage.clock.sleep(25 * HOUR)
    await whole(beat)
    await pulse.heard(OWN, aws.stage.clock())
    await whole(beat)
    [(summary, _, count)] = await aws.stage.db.read(alerts)
    assert (summary, count) == ("Events come again from prod-eu", 2)


async def test_an_account_that_was_heard_before_falls_silent(aws: Cloud) -> None:
    beat, pulse = heartbeat(aws), Pulse(aws.stage.db)
    await pulse.heard(OTHER, aws.stage.clock())
    await aws.stage.clock.sleep(25 * HOUR)
    await pulse.heard(OWN, aws.stage.clock())
    await whole(beat)
    [(summary, _, _)] = await aws.stage.db.read(alerts)
    assert summary == f"No ECS event from {OTHER} for 24 h"


async def test_a_restart_repeats_nothing(aws: Cloud) -> None:
    await whole(heartbeat(aws))
    await aws.stage.clock.sleep(25 * HOUR)
    for _ in range(2):
        await whole(heartbeat(aws))
    [(_, _, count)] = await aws.stage.db.read(alerts)
    assert count == 1


async def test_hundreds_of_accounts_are_one_notice(aws: Cloud) -> None:
    beat, pulse = heartbeat(aws), Pulse(aws.stage.db)
    for number in range(300):
        await pulse.heard(f"{number:012}", aws.stage.clock())
    await aws.stage.clock.sleep(25 * HOUR)
    await whole(beat)
    [(summary, _, _)] = await aws.stage.db.read(alerts)
    assert summary.endswith("and 295 others for 24 h")


async def test_without_a_word_from_sts_the_others_are_watched_all_the_same(aws: Cloud) -> None:
    aws.world.faults.deny("sts:GetCallerIdentity")
    beat, pulse = heartbeat(aws), Pulse(aws.stage.db)
    await pulse.heard(OTHER, aws.stage.clock())
    await whole(beat)
    await aws.stage.clock.sleep(25 * HOUR)
    await whole(beat)
    assert len(await aws.stage.db.read(alerts)) == 1


async def test_heard_is_noted_once_a_minute(aws: Cloud) -> None:
    pulse, noted = Pulse(aws.stage.db), []
    for _ in range(4):
        await pulse.heard(OWN, aws.stage.clock())
        await pulse.heard("", aws.stage.clock())
        noted.append(await aws.stage.db.read(heard_at))
        await aws.stage.clock.sleep(30)
    assert [later - noted[0] for later in noted] == [timedelta(seconds=s) for s in (0, 0, 60, 60)]
