"""The SNS door over real HTTP: signed bodies in, rows in the store, and an answer that SNS understands."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from bot.store import confirmations, incidents, letterbox, operator_alerts, pulse
from bot.store.ledger import Rules
from tests.aws.sns.sender import (
    NOW,
    OTHER_TOPIC,
    TOKEN,
    TOPIC,
    confirmation,
    notification,
    rsa_key,
    sign,
    stamp,
)
from tests.handlers.sns_door import KILLED, open_door, understand
from tests.store.letters import letter, read


async def test_a_kill_is_recorded_once_however_often_sns_delivers_it(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        killed = sign(notification(Message=json.dumps(KILLED), Subject=None))
        answers = [await door.post(killed) for _ in range(3)]
        assert [(answer.status, await answer.text()) for answer in answers] == [
            (200, "recorded"),
            (200, "duplicate"),
            (200, "duplicate"),
        ]
        (incident,) = await door.db.read(incidents.unfinished, 10)
        assert (incident.group_key.name, incident.group_key.container) == ("checkout", "app")
        assert (incident.verdict, incident.kill_count) == (Verdict.OOM, 1)
        assert (door.counted("recorded"), door.counted("duplicate")) == (1, 2)


def trip(text: str, subject: str, now: datetime) -> Assessment:
    raise RuntimeError("a bug in the reader")


@pytest.mark.parametrize(
    ("message", "read"),
    [
        pytest.param("hello", understand, id="a greeting"),
        pytest.param('{"detail-type": [1, {', understand, id="broken JSON"),
        pytest.param(json.dumps(KILLED), trip, id="the reader trips"),
    ],
)
async def test_what_nobody_understands_is_recorded_all_the_same(
    tmp_path: Path, message: str, read: Any
) -> None:
    async with open_door(tmp_path, read=read) as door:
        answer = await door.post(sign(notification(Message=message)))
        assert (answer.status, await answer.text()) == (200, "recorded")
        assert await door.db.read(incidents.unfinished, 10) == []
        assert await (await door.post(sign(notification(Message=message)))).text() == "duplicate"


async def test_the_charset_of_the_header_is_not_believed(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        killed = sign(notification(Message=json.dumps(KILLED | {"note": "läuft über"})))
        answer = await door.post(killed, **{"Content-Type": "text/plain; charset=UTF-16"})
        assert answer.status == 200


async def test_a_subscription_is_written_down_for_the_reconciler_to_confirm(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        for _ in range(2):
            answer = await door.post(sign(confirmation()))
            assert (answer.status, await answer.text()) == (200, "confirmation")
        (due,) = await door.db.write(
            confirmations.lease, "worker", NOW, limit=10, lease_for=timedelta(seconds=60)
        )
        assert (due.topic_arn, due.token) == (TOPIC, TOKEN)


async def test_being_unsubscribed_alarms_people_and_confirms_nothing(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        answer = await door.post(sign(confirmation("UnsubscribeConfirmation")))
        assert (answer.status, await answer.text()) == (200, "unsubscribed")
        alert = await door.db.read(operator_alerts.get, 1)
        assert alert is not None
        assert "oom-alerts" in alert.summary
        assert f"aws sns subscribe --region eu-west-1 --topic-arn {TOPIC}" in alert.detail
        assert "No more events" in alert.detail
        assert TOKEN not in alert.detail
        leased = await door.db.write(
            confirmations.lease, "worker", NOW, limit=9, lease_for=timedelta(seconds=60)
        )
        assert leased == []


@pytest.mark.parametrize(
    ("fields", "status", "layer"),
    [
        pytest.param(sign(notification(), rsa_key("evil")), 403, "signature", id="forged"),
        pytest.param(sign(notification(TopicArn=OTHER_TOPIC)), 403, "topic", id="another account's topic"),
        pytest.param(sign(notification(Type="Other")), 400, "type", id="another type"),
        pytest.param(
            sign(notification(Timestamp=stamp(NOW - timedelta(hours=2)))), 400, "freshness", id="old"
        ),
        pytest.param(
            sign(confirmation(SubscribeURL="http://evil.example/")), 400, "subscribe_url", id="odd URL"
        ),
        pytest.param({"Type": "Notification"}, 400, "structure", id="hardly anything"),
        pytest.param(sign(notification(Message="x" * 101_000)), 413, "json", id="over the limit"),
        pytest.param(sign(notification(Message="x" * 300_000)), 413, "json", id="over the server's limit"),
    ],
)
async def test_what_can_never_become_right(
    tmp_path: Path, fields: dict[str, Any], status: int, layer: str
) -> None:
    async with open_door(tmp_path) as door:
        answer = await door.post(fields)
        text = await answer.text()
        assert (answer.status, text.count("\n")) == (status, 0)
        assert len(text) < 120
        sample = door.registry.get_sample_value("oomguard_delivery_refusals_total", {"layer": layer})
        assert (sample, door.counted("refused")) == (1, 1)
        assert await door.db.read(pulse.last_event_at) is None


async def test_a_certificate_host_in_trouble_makes_sns_come_back(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        door.host.status = 500
        answer = await door.post(sign(notification()))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "20")
        assert door.counted("unverifiable") == 1


async def test_a_store_in_trouble_makes_sns_come_back(tmp_path: Path) -> None:
    async with open_door(tmp_path, migrated=False) as door:
        for fields in (notification(), confirmation(), confirmation("UnsubscribeConfirmation")):
            answer = await door.post(sign(fields))
            assert (answer.status, answer.headers["Retry-After"]) == (503, "20")
        assert door.counted("unavailable") == 3


async def test_a_server_that_stops_makes_sns_come_back(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        await door.door.close()
        answer = await door.post(sign(notification()))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "20")
        assert await door.db.read(pulse.last_event_at) is None


async def test_in_a_storm_deliveries_are_kept_as_they_came_and_recorded_later(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        texts: Counter[str] = Counter()
        while texts["kept"] < 20:
            sent = [letter(texts.total() + n) for n in range(100)]
            bodies = [sign(notification(Message=one.message, MessageId=str(uuid4()))) for one in sent]
            answers = await asyncio.gather(*(door.post(body) for body in bodies))
            assert {answer.status for answer in answers} == {200}
            texts.update([await answer.text() for answer in answers])
        assert (door.counted("kept"), door.counted("recorded")) == (texts["kept"], texts["recorded"])
        assert await door.db.read(letterbox.waiting) == texts["kept"]
        rules = Rules(counts=lambda death: death.verdict.is_kill, reopen_within=timedelta(days=7))
        opened = await door.db.write(letterbox.record_due, 1000, NOW, read, rules)
        assert sum(one.recorded.new_kills for one in opened) == texts["kept"]
        (incident,) = await door.db.read(incidents.unfinished, 10)
        assert incident.kill_count == texts.total()
