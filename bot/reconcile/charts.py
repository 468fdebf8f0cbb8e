"""Charts: draw the memory of what died, bring it into Slack as a file, and have the alert show it once it is ready.

A process that dies on the way leaves a file at most that nobody sees: what was uploaded is noted before it is used.
"""

from datetime import datetime, timedelta

import structlog

from bot.chart.artist import Artist
from bot.domain.calendar import backoff
from bot.domain.chart.chart import NATIVE, Chart, chart
from bot.domain.chart.chart_form import ChartForm
from bot.domain.chart.chart_words import alt_text
from bot.domain.telling.language import say, speak, speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.pace import FILE_LOOKS, UPLOADS
from bot.slack.posting import RateLimited, Refused, SlackTrouble
from bot.slack.uploading import Uploader
from bot.store import charts, incidents, investigations, operator_alerts
from bot.store.charts import Wanted

log = structlog.get_logger(__name__)

NAME = "memory.png"
_READY_AFTER = timedelta(seconds=1)
_MOST_ATTEMPTS = 6  # a minute or so; then the chart is shown without a file
_REFUSED_FOR = timedelta(hours=1)


class Charts:
    """One pass draws and uploads, or asks whether what was uploaded is ready; the alert never waits for it."""

    def __init__(self, bench: Bench, uploader: Uploader, artist: Artist, form: ChartForm) -> None:
        """`form` is FILE or NATIVE."""
        self._bench = bench
        self._db = bench.db
        self._uploader = uploader
        self._artist = artist
        self._form = form
        self._refused_until: datetime | None = None

    async def one_pass(self) -> bool:
        """Bring what is due one step further; whether there was anything."""
        return await leasing_pass(self._bench, charts.due, charts.lease, self._attend)

    async def _attend(self, held: Wanted) -> None:
        """One chart; whatever goes wrong is its own affair."""
        with structlog.contextvars.bound_contextvars(incident_id=held.incident_id):
            found = await self._db.read(investigations.get, held.incident_id)
            incident = await self._db.read(incidents.get, held.incident_id)
            if incident is not None:
                speak(self._bench.tongues.of(incident.group_key))
            drawn = chart(found.picture, found.diagnosis) if found and found.picture else None
            digest = "" if drawn is None else drawn.digest()
            if found is None or drawn is None:
                await self._settle(held, "", digest)
            elif found.chart_file_id and found.chart_digest == digest:
                await self._settle(held, found.chart_file_id, digest)
            elif self._form is ChartForm.NATIVE or self._is_refused():
                await self._settle(held, NATIVE, digest)
            else:
                await self._as_file(held, drawn, digest)

    async def _as_file(self, held: Wanted, drawn: Chart, digest: str) -> None:
        try:
            if held.file_id and held.file_digest == digest:
                await self._use(held, digest)
            else:
                await self._upload(held, drawn, digest)
        except Refused as refusal:
            await self._remember(refusal)
            await self._settle(held, NATIVE, digest)
        except SlackTrouble as trouble:
            await self._put_off(held, digest, trouble)
        except Exception:
            log.exception("chart.failed")
            await self._settle(held, NATIVE, digest)

    async def _upload(self, held: Wanted, drawn: Chart, digest: str) -> None:
        await self._bench.pace.turn(UPLOADS)
        image = await self._artist.draw(drawn)
        try:
            file_id = await self._uploader.upload(NAME, image, alt_text(drawn))
        except RateLimited as limit:
            self._bench.pace.hold(UPLOADS, limit.retry_after_s)
            raise
        log.info("chart.uploaded", file_id=file_id, bytes=len(image))
        due_at = self._bench.clock() + _READY_AFTER
        await self._db.write(charts.uploaded, held, file_id=file_id, digest=digest, due_at=due_at)

    async def _use(self, held: Wanted, digest: str) -> None:
        """Show the file if Slack is through with it, otherwise ask again."""
        await self._bench.pace.turn(FILE_LOOKS)
        try:
            is_ready = await self._uploader.is_ready(held.file_id)
        except RateLimited as limit:
            self._bench.pace.hold(FILE_LOOKS, limit.retry_after_s)
            raise
        if is_ready:
            await self._settle(held, held.file_id, digest)
        else:
            await self._again(held, digest, backoff.after(held.attempts + 1), "not ready yet")

    async def _put_off(self, held: Wanted, digest: str, trouble: SlackTrouble) -> None:
        self._bench.metrics.trouble(trouble)
        log.warning("chart.put_off", trouble=type(trouble).__name__, error=str(trouble))
        if isinstance(trouble, RateLimited):  # it will be our turn some time, however many wait
            due_at = self._bench.clock() + timedelta(seconds=max(1.0, trouble.retry_after_s))
            await self._db.write(charts.retry, held, due_at, str(trouble))
        else:
            await self._again(held, digest, backoff.after(held.attempts + 1), str(trouble))

    async def _again(self, held: Wanted, digest: str, wait: timedelta, why: str) -> None:
        if held.attempts + 1 >= _MOST_ATTEMPTS:
            log.warning("chart.without_file", why=why)
            await self._settle(held, NATIVE, digest)
        else:
            await self._db.write(charts.retry, held, self._bench.clock() + wait, why)

    async def _settle(self, held: Wanted, shown_as: str, digest: str) -> None:
        now = self._bench.clock()
        await self._db.write(investigations.charted, held, shown_as=shown_as, digest=digest, now=now)

    def _is_refused(self) -> bool:
        return self._refused_until is not None and self._bench.clock() < self._refused_until

    async def _remember(self, refusal: Refused) -> None:
        """Slack takes no files of ours: do not ask again for a while, and tell the operators."""
        now = self._bench.clock()
        self._refused_until = now + _REFUSED_FOR
        log.warning("chart.refused", error=refusal.error)
        with speaking(self._bench.tongues.with_operators()):
            summary = say("Slack does not take my charts ({error})", error=refusal.error)
            detail = say(
                "Alerts show Slack's own kind of chart meanwhile. Give the app the scopes files:write and files:read (install it anew from its manifest), or set CHARTS=native."
            )
        await self._db.write(operator_alerts.raise_alert, f"charts:{refusal.error}", summary, detail, now)
