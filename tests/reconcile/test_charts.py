"""Charts: the alert never waits for one; each is uploaded once, used when it is ready, and made simpler where refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chart.artist import Artist
from bot.domain.chart.chart import chart
from bot.domain.chart.chart_form import ChartForm
from bot.domain.chart.picture import Picture
from bot.domain.diagnosis.diagnosis import Pattern
from bot.reconcile.charts import Charts
from bot.reconcile.pace import UPLOADS
from bot.slack.mrkdwn import unbroken
from bot.slack.uploading import Uploader
from bot.store import charts, doubts, incidents, investigations
from bot.store.investigations import Investigation, Made
from sandbox.slack import faults
from tests.domain.pictures import diagnosis, level, line, picture
from tests.reconcile.scene import Scene

PICTURE = picture(line(40, level), line(40, level, ended_before=41))
GROWN = picture(line(42, level), line(40, level, ended_before=43))
OPENED, COMPLETED = "files.getUploadURLExternal", "files.completeUploadExternal"


class Studio:
    """One process's charts, and who looked into the only incident before."""

    def __init__(self, stage: Scene, form: ChartForm = ChartForm.FILE) -> None:
        self.stage = stage
        self.form = form
        self.reconciler = self._process("worker-1")

    def _process(self, worker: str) -> Charts:
        bench = replace(self.stage.bench, worker=worker)
        return Charts(bench, Uploader(bench.poster), Artist(), self.form)

    def restart(self) -> None:
        """A process was killed, another begins."""
        self.reconciler = self._process("worker-2")

    async def diagnosed(self, seen: Picture | None = PICTURE) -> None:
        """The incident was looked into, and that is what was seen."""
        db, now = self.stage.db, self.stage.clock()
        [incident] = await db.read(incidents.unfinished, 9)
        await db.write(doubts.open_wanted, now)
        [held] = await db.write(
            investigations.lease, "w", now, room=investigations.Room(alone=1), lease_for=timedelta(minutes=1)
        )
        made = Made(
            diagnosis=diagnosis(Pattern.CHRONIC, limit_mib=512),
            picture=seen or picture(None),
            task_definition_arn="arn",
            kill_at=incident.last_kill_at,
            again_at=now,
        )
        assert await db.write(investigations.save, held, made, now)

    async def passes(self, after: float = 0) -> None:
        """Let `after` seconds go by, draw all that is due, and show it when details may be."""
        await self.stage.clock.sleep(after)
        while await self.reconciler.one_pass():
            pass
        await self.stage.passes(after=45)

    async def found(self) -> Investigation:
        """What is known of the incident."""
        [incident] = await self.stage.db.read(incidents.unfinished, 9)
        found = await self.stage.db.read(investigations.get, incident.id)
        assert found is not None
        return found

    def plates(self) -> list[Any]:
        """The chart's block in the alert, if there is one."""
        [root] = [
            one
            for one in self.stage.roots()
            if (one.metadata or {}).get("event_type", "").endswith("incident")
        ]
        return [
            block
            for attachment in root.attachments or []
            for block in attachment["blocks"]
            if block["block_id"].endswith(".chart")
        ]


@pytest.fixture
async def studio(stage: Scene) -> Studio:
    """A kill that is shown and looked into, and of which no chart is drawn yet."""
    await stage.kill("a")
    await stage.passes()
    studio = Studio(stage)
    await studio.diagnosed()
    await stage.passes()
    return studio


async def test_the_alert_comes_first_and_shows_the_chart_once_slack_has_it(studio: Studio) -> None:
    assert studio.plates() == []
    await studio.passes()
    assert studio.plates() == [], "Slack is still at it"
    await studio.passes(after=2)
    [plate] = studio.plates()
    assert plate["type"] == "image"
    assert plate["alt_text"].startswith(
        "Memory of container app since 21 Nov 02:32 UTC: 480 → 484 MiB, killed"
    )
    file = studio.stage.slack.files[plate["slack_file"]["id"]]
    assert file.data is not None
    assert file.data.startswith(b"\x89PNG")
    assert file.alt_txt == plate["alt_text"]
    assert len(studio.stage.roots()) == 1


async def test_the_same_picture_is_uploaded_once(studio: Studio) -> None:
    await studio.passes()
    await studio.passes(after=2)
    shown = studio.plates()
    await studio.diagnosed()
    await studio.passes()
    await studio.passes(after=2)
    assert studio.stage.calls(OPENED) == 1
    assert [plate["slack_file"] for plate in studio.plates()] == [plate["slack_file"] for plate in shown]


async def test_another_picture_takes_its_place(studio: Studio) -> None:
    await studio.passes()
    await studio.passes(after=2)
    [before] = studio.plates()
    await studio.diagnosed(GROWN)
    for _ in range(3):
        await studio.passes(after=5)
    [after] = studio.plates()
    assert studio.stage.calls(OPENED) == 2
    assert after["slack_file"] != before["slack_file"]


async def test_without_a_series_there_is_no_chart(studio: Studio) -> None:
    await studio.diagnosed(None)
    await studio.passes()
    assert studio.plates() == []
    assert studio.stage.calls(OPENED) == 0
    assert not await studio.reconciler.one_pass()


async def test_a_process_that_dies_after_the_upload_does_not_upload_again(studio: Studio) -> None:
    assert await studio.reconciler.one_pass()
    studio.restart()
    await studio.passes(after=2)
    assert len(studio.plates()) == 1
    assert studio.stage.calls(COMPLETED) == 1


async def test_a_process_that_dies_during_the_upload_leaves_a_file_that_nobody_sees(studio: Studio) -> None:
    db, now = studio.stage.db, studio.stage.clock()
    assert await db.write(charts.lease, "the dead", now, limit=1, lease_for=timedelta(seconds=60))
    studio.restart()
    await studio.passes(after=30)
    assert studio.plates() == []
    await studio.passes(after=31)
    await studio.passes(after=2)
    assert len(studio.plates()) == 1


async def test_who_lost_the_lease_shows_nothing(studio: Studio) -> None:
    db, now = studio.stage.db, studio.stage.clock()
    [held] = await db.write(charts.lease, "slow", now, limit=1, lease_for=timedelta(seconds=60))
    await studio.diagnosed(GROWN)
    assert not await db.write(charts.uploaded, held, file_id="F1", digest="old", due_at=now)
    assert not await db.write(investigations.charted, held, shown_as="F1", digest="old", now=now)
    assert (await studio.found()).chart_file_id == ""


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        pytest.param(OPENED, faults.ratelimited(20), id="Slack asks to wait"),
        pytest.param(OPENED, faults.dropped(after=True), id="the connection broke"),
        pytest.param(COMPLETED, faults.http(503), id="Slack was down when all was sent"),
        pytest.param("files.info", faults.http(500), id="Slack was down when it was ready"),
        pytest.param("files.info", faults.ratelimited(20), id="too many questions"),
    ],
)
async def test_trouble_passes(studio: Studio, method: str, fault: faults.Fault) -> None:
    studio.stage.slack.faults.next(method, fault)
    for _ in range(6):
        await studio.passes(after=21)
    [plate] = studio.plates()
    assert plate["type"] == "image"


@pytest.mark.parametrize(
    ("method", "error"),
    [
        pytest.param(OPENED, "missing_scope", id="an app without files:write"),
        pytest.param(OPENED, "file_uploads_disabled", id="a workspace without files"),
        pytest.param(COMPLETED, "file_upload_size_restricted", id="refused at the end"),
        pytest.param("files.info", "missing_scope", id="an app without files:read"),
    ],
)
async def test_where_slack_takes_no_files_it_draws_by_itself(studio: Studio, method: str, error: str) -> None:
    studio.stage.slack.faults.next(method, faults.refused(error))
    await studio.passes()
    await studio.passes(after=2)
    [plate] = studio.plates()
    assert plate["type"] == "data_visualization"
    told = [one.text for one in studio.stage.roots() if "my charts" in one.text]
    assert len(told) == 1
    assert error in told[0]
    await studio.diagnosed(GROWN)
    uploads = studio.stage.calls(OPENED)
    await studio.passes(after=10)
    assert studio.stage.calls(OPENED) == uploads, "nobody asks again at once"


async def test_after_an_hour_slack_is_asked_again(studio: Studio) -> None:
    studio.stage.slack.faults.next(OPENED, faults.refused("missing_scope"))
    await studio.passes()
    await studio.stage.clock.sleep(3601)
    await studio.diagnosed(GROWN)
    await studio.passes()
    await studio.passes(after=2)
    assert [plate["type"] for plate in studio.plates()] == ["image"]


async def test_a_file_that_never_gets_ready_is_done_without(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.slack.limits.FILE_PROCESSING_SECONDS", 86400.0)
    for _ in range(9):
        await studio.passes(after=65)
    assert [plate["type"] for plate in studio.plates()] == ["data_visualization"]


async def test_charts_wait_their_turn_and_are_not_given_up_for_it(studio: Studio) -> None:
    studio.stage.bench.pace.hold(UPLOADS, 900)
    for _ in range(8):
        await studio.passes(after=60)
        studio.restart()
    assert studio.stage.calls(OPENED) == 0
    await studio.passes(after=100)
    await studio.passes(after=2)
    assert [plate["type"] for plate in studio.plates()] == ["image"]


async def test_by_wish_slack_draws(stage: Scene) -> None:
    await stage.kill("a")
    await stage.passes()
    studio = Studio(stage, ChartForm.NATIVE)
    await studio.diagnosed()
    await studio.passes()
    assert [plate["type"] for plate in studio.plates()] == ["data_visualization"]
    assert stage.calls(OPENED) == 0


async def test_an_alert_outlives_its_chart(studio: Studio) -> None:
    await studio.passes()
    await studio.passes(after=2)
    [plate] = studio.plates()
    del studio.stage.slack.files[plate["slack_file"]["id"]]
    await studio.stage.kill("b")
    await studio.stage.passes(after=60)
    assert len(studio.stage.roots()) == 1
    assert "2" in studio.stage.roots()[0].text
    await studio.passes(after=60)
    assert [plate["type"] for plate in studio.plates()] == ["data_visualization"]


async def test_a_workspace_that_knows_no_charts_gets_the_words(studio: Studio) -> None:
    studio.stage.slack.faults.next(OPENED, faults.refused("missing_scope"))
    studio.stage.slack.faults.next("chat.update", faults.refused("invalid_blocks"))
    await studio.passes()
    await studio.passes(after=60)
    [plate] = studio.plates()
    assert plate["type"] == "context"
    drawn = chart(PICTURE, None)
    assert drawn is not None
    assert unbroken("480 → 484 MiB") in plate["elements"][0]["text"]


async def test_who_has_no_alert_gets_no_chart(stage: Scene) -> None:
    await stage.kill("a")
    studio = Studio(stage)
    await studio.diagnosed()
    assert not await studio.reconciler.one_pass()
    await stage.passes()
    assert await studio.reconciler.one_pass()


async def test_what_is_over_is_not_drawn(studio: Studio) -> None:
    later = studio.stage.clock() + timedelta(days=2)
    assert await studio.stage.db.write(incidents.resolve_quiet, later - timedelta(days=1), later)
    assert not await studio.reconciler.one_pass()
