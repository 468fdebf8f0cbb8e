"""`/oom …` from the composer to the answer on the screen: a strict Slack, signed requests, a real store."""

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from structlog.testing import LogCapture

from bot.aws.calls import Forbidden
from bot.domain.diagnosis.diagnosis import Pattern
from bot.domain.incident.incident import Phase
from bot.domain.kills.death import Limits
from bot.domain.resize.resize import ResizePhase
from bot.domain.resize.step import Finish
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.store import resizes
from bot.store.database import Database
from bot.store.leases import Claim
from handlers import desk
from handlers.desk import CurrentLimits
from tests.domain.agreed import spec
from tests.handlers.workplace import ALICE, Workplace, workplace
from tests.slack.block_kit import texts
from tests.slack.incidents import NOON, SERVICE, death, deaths

FORM = "application/x-www-form-urlencoded"
STAGING = replace(SERVICE, cluster="staging")


async def test_oom_alone_says_how_things_stand(place: Workplace) -> None:
    assert (await place.command(""))["text"].startswith("No unfinished incidents. Type /oom list")
    await place.kill(death())
    answer = await place.command("")
    assert answer["text"].startswith("1 unfinished incident.")
    assert answer["ephemeral_for"] == ALICE


async def test_stats_tell_kills_days_lifetimes_links_and_incidents(place: Workplace) -> None:
    await place.kill(*deaths(3))
    earlier = NOON - timedelta(days=2)
    await place.kill(death(4, died_at=earlier, started_at=earlier - timedelta(hours=5)))
    answer = await place.command("stats checkout-api")
    assert "4 kills in the last 7 days, most on Sat 21 Nov: 3; 1 unfinished incident." in answer["text"]
    told = "\n".join(texts(answer["blocks"]))
    assert "`app` 4 kills · lived 31 min to 5 h, median" in told
    assert "limit at the last kill: 512 MiB, task 1,024 MiB" in told
    assert "*Kills per day*, Sat 14 Nov from 12:0" in told
    assert "Sat 21 Nov 3" in told
    assert told.count("|logs>") == 4
    assert "*#1* `app`" in told
    assert "Limits are those of the last kill: AWS is not asked" in told


async def test_stats_tell_how_often_raises_held(place: Workplace) -> None:
    await place.kill(death())
    told = "\n".join(texts((await place.command("stats checkout-api"))["blocks"]))
    assert "Raises by" not in told
    await place.db.write(resizes.request, spec(id=0, pattern=Pattern.SPIKE), "V1", NOON)
    claim = Claim(owner="w", now=NOON, limit=1, lease_for=timedelta(minutes=1))
    [held] = await place.db.write(resizes.lease, claim)
    yesterday = NOON - timedelta(days=1)
    proven = replace(held.resize.status, phase=ResizePhase.PROVEN, steady_at=yesterday, ended_at=NOON)
    await place.db.write(resizes.settle, held, Finish(proven), NOON)
    told = "\n".join(texts((await place.command("stats checkout-api"))["blocks"]))
    assert "Raises by OOM Guard held in 1 of 1 cases, 0.7 promised" in told


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("checkout-api", id="name"),
        pytest.param("CHECKOUT-API", id="capitals"),
        pytest.param("prod/checkout-api", id="cluster and service"),
        pytest.param(death().task_arn, id="task ARN"),
        pytest.param(death().task_arn.rpartition("/")[2], id="task id"),
        pytest.param(death().task_arn.rpartition("/")[2][:8], id="task id, as short as alerts show it"),
        pytest.param("arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout-api", id="service ARN"),
    ],
)
async def test_stats_take_any_name_of_a_service(place: Workplace, named: str) -> None:
    await place.kill(death())
    answer = await place.command(f"stats {named} 24h")
    assert answer["text"].startswith("checkout-api (service in prod, prod-eu): 1 kill in the last 24 hours")


async def test_a_part_of_the_name_is_enough_to_look_and_said_so(place: Workplace) -> None:
    await place.kill(death())
    answer = await place.command("stats checkout")
    assert answer["text"].startswith("checkout-api (service in prod")
    assert "Nothing is called `checkout`" in texts(answer["blocks"])[0]


async def test_did_you_mean_is_a_button_that_answers_in_its_place(place: Workplace) -> None:
    await place.kill(death())
    question = await place.command("stats chekout-api 24h")
    assert "Did you mean one of these? checkout-api" in question["text"]
    before = len(place.seen())
    await place.press(question["ts"], "answer.run.0")
    assert place.newest()["text"].startswith(
        "checkout-api (service in prod, prod-eu): 1 kill in the last 24 hours"
    )
    assert len(place.seen()) == before


async def test_an_unknown_task_is_told_so(place: Workplace) -> None:
    await place.kill(death())
    answer = await place.command("stats ffffffffffffffffffffffffffffffff")
    assert "I know no kill of" in answer["text"]


async def test_limits_are_those_in_force_now(db: Database) -> None:
    async def now(subject: Subject) -> Mapping[str, Limits]:
        return {"app": Limits(container_mib=900)} if subject.name == "checkout-api" else {}

    async with workplace(db, current_limits=now) as place:
        await place.kill(death())
        assert "limit now: 900 MiB" in "\n".join(texts((await place.command("stats checkout-api"))["blocks"]))


async def _slowly(_subject: Subject) -> Mapping[str, Limits]:
    await asyncio.sleep(30)
    return {}


async def _forbidden(_subject: Subject) -> Mapping[str, Limits]:
    raise Forbidden("ecs:DescribeServices")


async def _elsewhere(_subject: Subject) -> str:
    return "that account is not ours"


@pytest.mark.parametrize(
    ("current_limits", "reason"),
    [
        pytest.param(_slowly, "AWS did not answer in time", id="AWS is slow"),
        pytest.param(_forbidden, "the role needs ecs:DescribeServices", id="the role may not look"),
        pytest.param(_elsewhere, "that account is not ours", id="another account"),
    ],
)
async def test_without_todays_limits_the_last_kill_tells_and_why(
    db: Database, current_limits: CurrentLimits, reason: str
) -> None:
    async with workplace(db, current_limits=current_limits) as place:
        await place.kill(death())
        told = "\n".join(texts((await place.command("stats checkout-api"))["blocks"]))
        assert "limit at the last kill: 512 MiB" in told
        assert "Limits are those of the last kill: " in told
        assert reason in told


async def test_list_pages(place: Workplace) -> None:
    for number in range(10):
        key = replace(SERVICE, name=f"service-{number}")
        await place.kill(death(number, group_key=key))
    first = await place.command("list")
    assert first["text"].startswith("10 unfinished incidents, page 1 of 2: #1 service-0 / app, 1 kill, open")
    await place.press(first["ts"], "answer.page.after")
    assert place.newest()["text"].startswith("10 unfinished incidents, page 2 of 2: #9 service-8")
    await place.press(first["ts"], "answer.page.before")
    assert place.newest()["text"].startswith("10 unfinished incidents, page 1 of 2")
    assert (await place.command("list 7"))["text"].startswith("There is no page 7")


async def test_top_counts_and_leads_to_statistics(place: Workplace) -> None:
    await place.kill(*deaths(3))
    await place.kill(death(5, group_key=STAGING))
    answer = await place.command("top 24h")
    assert (
        "checkout-api (service in prod, prod-eu) 3; checkout-api (service in staging, prod-eu) 1"
        in answer["text"]
    )
    await place.press(answer["ts"], "answer.also.2")
    assert place.newest()["text"].startswith("checkout-api (service in staging, prod-eu): 1 kill")
    assert place.seen()[-2]["text"] == answer["text"]


async def test_wrong_words_get_usage_and_an_example(place: Workplace) -> None:
    answer = await place.command("stats checkout-api 3d")
    told = "\n".join(texts(answer["blocks"]))
    assert "Usage: `/oom stats &lt;task&gt; [24h|7d|30d]`" in told
    assert "For example: `/oom stats checkout 7d`" in told
    assert place.count("misuse", "ok") == 1


async def test_names_from_aws_cannot_mention_anybody(place: Workplace) -> None:
    key = replace(SERVICE, kind=OwnerKind.JOB, name="<!channel>", container="<@U0BOB>")
    await place.kill(death(group_key=key, container="<@U0BOB>"))
    for words in ("list", "top", "stats '<!channel>'", 'stats "&lt;!channel&gt;"', "ack 1"):
        answer = await place.command(words)
        told = " ".join([answer["text"], *texts(answer["blocks"])])
        assert "<!channel>" not in told
        assert "<@U0BOB>" not in told


async def test_a_store_that_does_not_answer_is_said_within_slacks_time(place: Workplace) -> None:
    await place.kill(death())
    await place.db.close()
    for words in ("stats checkout-api", "ack 1", "list"):
        assert "My store does not answer right now" in (await place.command(words))["text"]
    assert place.count("ack", "unavailable") == 1


async def test_a_store_that_hangs_is_said_within_slacks_time(database: Database) -> None:
    async with workplace(database, budget_s=desk.BUDGET_S) as place:
        await place.kill(death())
        go_on = threading.Event()
        hanging = [asyncio.create_task(place.db.read(lambda _conn: go_on.wait())) for _ in range(4)]
        try:
            assert "My store does not answer right now" in (await place.command("list"))["text"]
        finally:
            go_on.set()
            await asyncio.gather(*hanging)


async def _broken(_subject: Subject) -> str:
    raise RuntimeError("xoxb-secret")


async def test_our_own_fault_has_an_id_that_is_in_the_log(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = LogCapture()
    monkeypatch.setattr(desk, "log", structlog.wrap_logger(None, processors=[logged]))
    async with workplace(db, current_limits=_broken) as place:
        await place.kill(death())
        told = (await place.command("stats checkout-api"))["text"]
        (line,) = (entry for entry in logged.entries if entry["event"] == "people.failed")
        assert told == f"💥 That went wrong on my side. The log tells more under {line['error_id']}."
        assert (line["verb"], line["user"]) == ("stats", ALICE)
        assert place.count("stats", "failed") == 1


@pytest.mark.parametrize(
    ("secret", "age_s", "status"),
    [
        pytest.param("", 0, 200, id="signed by Slack"),
        pytest.param("of somebody else", 0, 401, id="signed by somebody else"),
        pytest.param("", 600, 401, id="replayed ten minutes later"),
    ],
)
async def test_only_slack_is_heard(place: Workplace, secret: str, age_s: int, status: int) -> None:
    await place.kill(death())
    body = urlencode({"command": "/oom", "text": "ack 1", "user_id": ALICE, "team_id": "T0ACME"})
    assert await place.post(body, FORM, secret=secret, age_s=age_s) == status
    assert ((await place.incident(1)).phase is Phase.ACKNOWLEDGED) == (status == 200)


async def test_a_body_that_is_no_text_is_refused(place: Workplace) -> None:
    assert place.slack.request_url is not None
    signed = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    headers = {"Content-Type": "text/plain", **signed}
    async with (
        aiohttp.ClientSession() as session,
        session.post(place.slack.request_url, data=b"\xff\xfe", headers=headers) as answer,
    ):
        assert answer.status == 400
