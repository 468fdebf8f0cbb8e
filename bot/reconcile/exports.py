"""Exports: kills and resizes as a file, brought to the one who asked for it, in our direct messages."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from bot.domain.calendar import backoff
from bot.domain.calendar.report_period import Period, so_far
from bot.domain.command.grammar import parse
from bot.domain.command.report_grammar import EVERYWHERE, AskReport
from bot.domain.report.report_rows import COLUMNS, Row, of_kill, of_resize
from bot.domain.report.report_scope import ReportScope
from bot.domain.subject.group_key import GroupKey
from bot.domain.telling.csv_line import csv_line
from bot.domain.telling.language import say, speaking
from bot.reconcile.bench import Bench
from bot.reconcile.leasing import leasing_pass
from bot.reconcile.pace import UPLOADS, Budget
from bot.reconcile.paced import paced
from bot.slack.answers import report as answers
from bot.slack.answers.answer import Answer, plain
from bot.slack.posting import RateLimited, Refused, SlackTrouble
from bot.slack.publishing import Publisher
from bot.slack.uploading import Uploader
from bot.store import exports, report_rows
from bot.store.database import Database
from bot.store.exports import Export

log = structlog.get_logger(__name__)

MOST_ROWS = 100_000
_MOST_ATTEMPTS = 5
_MOST_TRIES = 10  # then it is the file that kills us
_GOOD_FOR = timedelta(minutes=29)  # a response_url
_OPENINGS = Budget("conversations.open", 60 / 45, burst=5)  # tier 3
_SHARED_BEFORE = "file_not_found"  # Slack's word for an upload that was ended already


class Exports:
    """One pass sends what is due. A file in doubt is not shared twice: its id is kept before it is shared."""

    def __init__(self, bench: Bench, scope: ReportScope, *, most: int = MOST_ROWS) -> None:
        """`scope` says what belongs to which channel; a file has `most` rows."""
        self._bench = bench
        self._db = bench.db
        self._scope = scope
        self._most = most
        self._uploader = Uploader(bench.poster)
        self._publisher = Publisher(bench.poster)

    async def one_pass(self) -> bool:
        """Send what is due; whether there was anything."""
        return await leasing_pass(self._bench, exports.due, exports.lease, self._attend)

    async def _attend(self, held: Export) -> None:
        asked = parse(held.words)
        if held.fence > _MOST_TRIES:
            log.error("export.given_up", user=held.user)
            await self._db.write(exports.finish, held)
            return
        with speaking(await self._bench.tongues.with_person(held.user)):
            try:
                answer = await self._send(held, asked) if isinstance(asked, AskReport) else None
            except Refused as refusal:
                log.warning("export.refused", user=held.user, error=refusal.error)
                answer = answers.csv_refused(refusal.error)
            except SlackTrouble as trouble:
                if await self._put_off(held, trouble):
                    return
                answer = answers.csv_refused(type(trouble).__name__)
            if answer is not None:
                await self._tell(held, answer)
        await self._db.write(exports.finish, held)

    async def _send(self, held: Export, asked: AskReport) -> Answer:
        now = self._bench.clock()
        channel = await paced(self._bench.pace, partial(self._publisher.conversation, held.user), _OPENINGS)
        text, rows = await written(
            self._db, so_far(now, asked.days, self._scope.zone), self._of(asked), self._most
        )
        file_id = held.file_id
        if not file_id:
            bring = partial(self._uploader.bring, f"oom-report-{now:%Y-%m-%d}.csv", text.encode())
            file_id = await paced(self._bench.pace, bring, UPLOADS)
            await self._db.write(exports.uploaded, held, file_id)
        await self._share(file_id, channel, asked)
        log.info("export.sent", user=held.user, rows=rows)
        return answers.csv_sent(rows, is_cut=rows >= self._most)

    async def _share(self, file_id: str, channel: str, asked: AskReport) -> None:
        comment = say("Kills and resizes of the last {days} days.", days=asked.days)
        try:
            await self._uploader.share(file_id, channel, plain(comment))
        except Refused as refusal:
            if refusal.error != _SHARED_BEFORE:
                raise

    def _of(self, asked: AskReport) -> Callable[[GroupKey], bool]:
        if asked.channel == EVERYWHERE:
            return lambda _: True
        return lambda key: asked.means(self._scope.routes.of(key).channel)

    async def _put_off(self, held: Export, trouble: SlackTrouble) -> bool:
        """Whether it is tried again."""
        self._bench.metrics.trouble(trouble)
        if isinstance(trouble, RateLimited):
            wait = timedelta(seconds=max(1.0, trouble.retry_after_s))
        else:
            wait = backoff.after(held.attempts + 1)
        if held.attempts + 1 >= _MOST_ATTEMPTS:
            return False
        return await self._db.write(exports.retry, held, self._bench.clock() + wait, str(trouble))

    async def _tell(self, held: Export, answer: Answer) -> None:
        """The one who asked, where they did; a sentence that is lost is no harm."""
        if self._bench.clock() - held.asked_at > _GOOD_FOR:
            return
        try:
            await self._bench.poster.respond(held.response_url, answer.privately())
        except SlackTrouble as trouble:
            log.warning("export.not_told", user=held.user, error=str(trouble))


async def written(
    db: Database, period: Period, is_ours: Callable[[GroupKey], bool], most: int
) -> tuple[str, int]:
    """The file as text, and how many rows it has besides its header: kills first, then resizes, each oldest first."""
    lines, after = [csv_line(COLUMNS)], None
    while len(lines) <= most:
        page = await db.read(report_rows.kill_page, period.since, period.until, after)
        lines += [_line(of_kill(one.death)) for one in page if is_ours(one.death.group_key)]
        if len(page) < report_rows.PAGE:
            break
        after = (page[-1].death.died_at, page[-1].id)
    for resize in await db.read(report_rows.resizes_of, period.since, period.until):
        plan = resize.spec.plan
        if is_ours(plan.target.subject.with_container(plan.container)):
            lines.append(_line(of_resize(resize)))
    lines = lines[: most + 1]
    return "".join(lines), len(lines) - 1


def _line(row: Row) -> str:
    return csv_line(row.values())
