"""Report charts: draw the kills per day of a weekly report, bring them into Slack as a file, and have the report posted.

Nobody waits for a report: it is posted once its file is ready. A process that dies on the way leaves a file at most
that nobody sees: what was uploaded is noted before it is used.
"""

from datetime import timedelta

import structlog

from bot.chart.artist import Artist
from bot.domain.calendar import backoff
from bot.domain.chart.chart import NATIVE
from bot.domain.report.day_bars import DayBars, alt_text, day_bars
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.pace import FILE_LOOKS, UPLOADS
from bot.slack.posting import RateLimited, Refused, SlackTrouble
from bot.slack.uploading import Uploader
from bot.store import reports
from bot.store.reports import Kept

log = structlog.get_logger(__name__)

NAME = "kills-per-day.png"
_READY_AFTER = timedelta(seconds=1)
_MOST_ATTEMPTS = 6  # a minute or so; then Slack's own chart does


class ReportCharts:
    """One pass draws and uploads, or asks whether what was uploaded is ready."""

    def __init__(self, bench: Bench, uploader: Uploader, artist: Artist) -> None:
        """Draw with this artist."""
        self._bench = bench
        self._db = bench.db
        self._uploader = uploader
        self._artist = artist

    async def one_pass(self) -> bool:
        """Bring what is due one step further; whether there was anything."""
        return await leasing_pass(self._bench, reports.due, reports.lease, self._attend)

    async def _attend(self, held: Kept) -> None:
        """One chart; whatever goes wrong, its report is posted."""
        bars = None if held.report is None else day_bars(held.report)
        if bars is None:
            await self._settle(held, "")
            return
        try:
            await self._use(held) if held.shown_as else await self._upload(held, bars)
        except Refused as refusal:
            log.warning("report.chart_refused", report_id=held.id, error=refusal.error)
            await self._settle(held, NATIVE)
        except SlackTrouble as trouble:
            await self._put_off(held, trouble)
        except Exception:
            log.exception("report.chart_failed", report_id=held.id)
            await self._settle(held, NATIVE)

    async def _upload(self, held: Kept, bars: DayBars) -> None:
        await self._bench.pace.turn(UPLOADS)
        image = await self._artist.draw(bars)
        try:
            file_id = await self._uploader.upload(NAME, image, alt_text(bars))
        except RateLimited as limit:
            self._bench.pace.hold(UPLOADS, limit.retry_after_s)
            raise
        await self._db.write(reports.uploaded, held, file_id, self._bench.clock() + _READY_AFTER)

    async def _use(self, held: Kept) -> None:
        """Have the report posted with its file if Slack is through with it, otherwise ask again."""
        await self._bench.pace.turn(FILE_LOOKS)
        try:
            is_ready = await self._uploader.is_ready(held.shown_as)
        except RateLimited as limit:
            self._bench.pace.hold(FILE_LOOKS, limit.retry_after_s)
            raise
        if is_ready:
            await self._settle(held, held.shown_as)
        else:
            await self._again(held, "not ready yet")

    async def _put_off(self, held: Kept, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        if isinstance(trouble, RateLimited):  # it will be our turn some time
            due_at = self._bench.clock() + timedelta(seconds=max(1.0, trouble.retry_after_s))
            await self._db.write(reports.retry, held, due_at, str(trouble))
        else:
            await self._again(held, str(trouble))

    async def _again(self, held: Kept, why: str) -> None:
        if held.attempts + 1 >= _MOST_ATTEMPTS:
            log.warning("report.without_file", report_id=held.id, why=why)
            await self._settle(held, NATIVE)
        else:
            due_at = self._bench.clock() + backoff.after(held.attempts + 1)
            await self._db.write(reports.retry, held, due_at, why)

    async def _settle(self, held: Kept, shown_as: str) -> None:
        await self._db.write(reports.charted, held, shown_as, self._bench.clock())
