"""Weekly reports: one for each channel and week, whoever makes it and whatever dies meanwhile, with its chart."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.chart.artist import Artist
from bot.domain.calendar.report_period import Timetable
from bot.domain.chart.chart_form import ChartForm
from bot.domain.routing.route import Route, Routes
from bot.reconcile.report_charts import ReportCharts
from bot.reconcile.report_orders import ReportOrders
from bot.reconcile.weekly import Weekly
from bot.slack.uploading import Uploader
from bot.store import report_material, reports
from bot.store.database import Database
from sandbox.slack import faults
from tests.domain.reports import foresight
from tests.reconcile.scene import KEY, Scene

# START is a Saturday, 03:00 UTC; reports are due on Mondays at nine in Berlin, which is eight by UTC.
BERLIN = ZoneInfo("Europe/Berlin")
TIMETABLE = Timetable(weekday=0, at=time(9), zone=BERLIN)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
OPENED = "files.getUploadURLExternal"
BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def database(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Database]:
    """SQLite, unless a test asks for both: what differs between stores is in tests/store/test_reports.py."""
    kind = getattr(request, "param", "sqlite")
    db = Database.open(sqlite_url if kind == "sqlite" else request.getfixturevalue("postgres_url"))
    yield db
    await db.close()


class Office:
    """Processes that make reports, and one that posts them."""

    def __init__(self, stage: Scene, **changes: Any) -> None:
        self.stage = stage
        told: dict[str, Any] = {
            "timetable": TIMETABLE,
            "zone": BERLIN,
            "posts_calm_weeks": True,
            "routes": stage.routes,
            "charts": ChartForm.OFF,
        }
        self.orders = ReportOrders(**(told | changes))

    def process(self, worker: str = "worker-1") -> Weekly:
        """What one process does about it."""
        return Weekly(replace(self.stage.bench, worker=worker), self.orders, TIMETABLE)

    async def until(self, moment: datetime) -> None:
        """Let the time go by."""
        await self.stage.clock.sleep((moment - self.stage.clock()).total_seconds())

    async def installed(self) -> None:
        """A process ran once: from now on weeks are told."""
        await self.process().one_pass()

    async def texts(self, channel: str = "oom-alerts") -> list[str]:
        """The reports that the channel shows, once all is posted."""
        charts = ReportCharts(self.stage.bench, Uploader(self.stage.bench.poster), Artist())
        for _ in range(4):
            while await charts.one_pass():
                pass
            await self.stage.passes(after=5)
        return [one.text for one in self.stage.roots(channel) if one.text.startswith("Memory report")]


async def test_an_installation_of_today_has_no_week_to_tell_of(stage: Scene) -> None:
    office = Office(stage)
    await office.until(MONDAY + timedelta(hours=1))
    await office.installed()
    assert await office.texts() == []
    await office.until(MONDAY + WEEK)
    await office.process().one_pass()
    assert len(await office.texts()) == 1


async def test_once_at_its_time_and_again_a_week_later(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await stage.kill("1")
    mine = office.process()
    await office.until(MONDAY - timedelta(seconds=1))
    await mine.one_pass()
    assert await office.texts() == []
    await office.until(MONDAY)
    for _ in range(3):
        await mine.one_pass()
    said = "Memory report, 16–22 Nov: 1 kill, none in the 7 days before. 1 service, never killed before."
    assert await office.texts() == [f"{said} Most: checkout-api, 1 kill."]
    await office.until(MONDAY + WEEK)
    await mine.one_pass()
    assert await office.texts() == [
        f"{said} Most: checkout-api, 1 kill.",
        "Memory report, 23–29 Nov: no kills, 1 kill in the 7 days before.",
    ]


@BOTH
async def test_two_processes_make_one(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await stage.kill("1")
    one, other = office.process(), office.process("worker-2")
    await office.until(MONDAY)
    await one.one_pass()
    await other.one_pass()
    assert len(await office.texts()) == 1


@BOTH
async def test_a_process_that_read_before_the_other_wrote_makes_none(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await stage.kill("1")
    await office.until(MONDAY)
    slow = office.process("worker-2")
    made = await slow._made(MONDAY)
    await office.process().one_pass()
    assert not await stage.db.write(reports.make, MONDAY, made, stage.clock())
    assert len(await office.texts()) == 1


@pytest.mark.parametrize(
    ("late", "told"),
    [
        pytest.param(timedelta(hours=20), 1, id="down over the day: caught up"),
        pytest.param(timedelta(hours=25), 0, id="down for longer: the next week is nearer"),
        pytest.param(timedelta(days=6), 0, id="down nearly until the next"),
    ],
)
async def test_a_bot_that_was_down(stage: Scene, late: timedelta, told: int) -> None:
    office = Office(stage)
    await office.installed()
    await stage.kill("1")
    await office.until(MONDAY + late)
    await office.process("after the restart").one_pass()
    assert len(await office.texts()) == told
    await office.until(MONDAY + WEEK)
    await office.process("after the restart").one_pass()
    assert len(await office.texts()) == told + 1


async def test_each_channel_reads_of_its_own(stage: Scene) -> None:
    team = stage.slack.workspace.channel_named("general").id
    stage.routes = Routes(stage.routes.default, (Route(channel=team, name="pay-*"),))
    office = Office(stage)
    await office.installed()
    await stage.kill("1")
    await stage.kill("2", group_key=replace(KEY, name="pay-api"))
    await office.until(MONDAY)
    await office.process().one_pass()
    assert "Most: checkout-api" in (await office.texts())[0]
    assert "Most: pay-api" in (await office.texts("general"))[0]


async def test_calm_weeks_can_be_passed_over(stage: Scene) -> None:
    office = Office(stage, posts_calm_weeks=False)
    await office.installed()
    await office.until(MONDAY)
    await office.process().one_pass()
    assert await office.texts() == []
    await stage.kill("1")
    await office.until(MONDAY + WEEK)
    await office.process().one_pass()
    assert len(await office.texts()) == 1


async def test_what_was_foreseen_is_told(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await office.until(MONDAY)
    await stage.db.write(report_material.keep_foresight, foresight(made_at=MONDAY))
    await office.process().one_pass()
    await office.texts()
    told = str(stage.roots()[-1].blocks)
    assert "2 near misses" in told
    assert "about $84 a month" in told


async def of_a_week(stage: Scene, form: ChartForm) -> list[str]:
    """The types of the blocks of a week's report with a kill."""
    office = Office(stage, charts=form)
    await office.installed()
    await stage.kill("1")
    await office.until(MONDAY)
    await office.process().one_pass()
    assert len(await office.texts()) == 1
    return [block["type"] for block in stage.roots()[-1].blocks]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        pytest.param(ChartForm.FILE, "image", id="an image, once it is ready"),
        pytest.param(ChartForm.NATIVE, "data_visualization", id="Slack's own"),
        pytest.param(ChartForm.OFF, "section", id="none"),
    ],
)
async def test_the_chart(stage: Scene, form: ChartForm, shown: str) -> None:
    assert (await of_a_week(stage, form))[1] == shown
    assert stage.calls(OPENED) == (form is ChartForm.FILE)


async def test_where_files_are_refused_slack_draws(stage: Scene) -> None:
    stage.slack.faults.next(OPENED, faults.refused("missing_scope"))
    assert (await of_a_week(stage, ChartForm.FILE))[1] == "data_visualization"


async def test_where_the_image_is_gone_by_then_the_report_comes_without(stage: Scene) -> None:
    office = Office(stage, charts=ChartForm.NATIVE)
    await office.installed()
    await stage.kill("1")
    await stage.passes()
    await office.until(MONDAY)
    await office.process().one_pass()
    stage.slack.faults.next("chat.postMessage", faults.refused("invalid_blocks"))
    assert len(await office.texts()) == 1
    assert "data_visualization" not in [block["type"] for block in stage.roots()[-1].blocks]


async def test_a_report_comes_after_all_that_people_wait_for(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await office.until(MONDAY)
    await office.process().one_pass()
    await stage.kill("1")
    await office.texts()
    first, second = stage.roots()
    assert "checkout-api" in first.text
    assert second.text.startswith("Memory report")


async def test_a_crash_after_the_post_posts_no_second_one(stage: Scene) -> None:
    office = Office(stage)
    await office.installed()
    await office.until(MONDAY)
    await office.process().one_pass()
    stage.slack.faults.next("chat.postMessage", faults.dropped(after=True))
    await stage.passes(after=60)
    assert len(await office.texts()) == 1
