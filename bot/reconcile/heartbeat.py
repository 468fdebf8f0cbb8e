"""Heartbeat: tell the operators when an account falls silent, and when it is heard again."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.aws.calls import AwsTrouble
from bot.domain.calendar.duration import rough
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import commas
from bot.reconcile.bench import Bench
from bot.store import pulse

log = structlog.get_logger(__name__)

_MOST_NAMES = 20


class Heartbeat:
    """One pass looks at all accounts that were heard before, at those that are watched, and at our own."""

    def __init__(
        self,
        bench: Bench,
        own_account: Callable[[], Awaitable[str]],
        *,
        watched: Collection[str] = (),
        silent_after: timedelta,
        account_name: Callable[[str], str],
    ) -> None:
        """`own_account` asks AWS who we are; `silent_after`: so long without any event is silence.

        Events of `watched` accounts are expected though none ever came: nobody may have made their rules.
        """
        self._bench = bench
        self._own_account = own_account
        self._watched = watched
        self._is_watching = False
        self._silent_after = silent_after
        self._account_name = account_name
        self._knows_own = False

    async def one_pass(self) -> bool:
        """Look once; there is never more to do at once."""
        now = self._bench.clock()
        if not self._is_watching:
            await self._bench.db.write(pulse.watch_all, self._watched, now)
            self._is_watching = True
        if not self._knows_own:
            await self._watch_own(now)
        tell = partial(_told, self._silent_after, self._account_name)
        changes = await self._bench.db.write(pulse.look, now - self._silent_after, now, tell)
        if changes.fallen or changes.back:
            log.warning("heartbeat.changed", silent=changes.fallen, back=changes.back)
        return False

    async def _watch_own(self, now: datetime) -> None:
        """Our own account is expected to be heard even if it never was."""
        try:
            own = await self._own_account()
        except AwsTrouble as trouble:
            log.info("heartbeat.own_account_unknown", error=trouble.english)
            return
        await self._bench.db.write(pulse.watch, own, now)
        self._knows_own = True


def _told(
    silent_after: timedelta, name: Callable[[str], str], silent: Mapping[str, datetime], back: Sequence[str]
) -> tuple[str, str]:
    """Summary and detail on all accounts that are silent now, and those that are `back`."""
    again = say("Events come again from {accounts}", accounts=_few(map(name, back))) if back else ""
    if not silent:
        return again, say("Every account that is watched is heard.")
    lines = [
        say("{what}: {words}", what=name(account), words=f"{heard_at:%Y-%m-%d %H:%M} UTC")
        for account, heard_at in list(silent.items())[:_MOST_NAMES]
    ]
    advice = say(
        "Check that the EventBridge rule is enabled, that its target is the topic or queue, that the topic's or queue's policy lets events.amazonaws.com in, that the subscription is confirmed, and what GET /readyz says. If the rule passes nothing but OOM kills, silence is good news: set HEARTBEAT_HOURS=0."
    )
    head = [say("{sentence}.", sentence=again)] if back else []
    detail = "\n".join([*head, say("Last heard (or watched since):"), *lines, advice])
    summary = say(
        "No ECS event from {accounts} for {span}",
        accounts=_few(map(name, silent)),
        span=rough(silent_after.total_seconds()),
    )
    return summary, detail


def _few(names: Iterable[str]) -> str:
    known = list(names)
    told, more = commas(known[:5]), len(known) - 5
    return count(more, "{list} and {n} others", "{list} and {n} others", list=told) if more > 0 else told
