"""Following: a process works by its configuration as it changes, and says so where it cannot."""

import structlog

from bot.composition.ground import Base, clock
from bot.composition.roster import Roster
from bot.configuration.fault import Fault, Misconfigured
from bot.configuration.reading import Reading
from bot.configuration.vigil import Vigil
from bot.domain.telling.language import count, say, speaking
from bot.settings import Settings
from bot.store import operator_alerts
from bot.store.database import StoreUnavailable

log = structlog.get_logger("app")

# What a process has taken for all its life, or what its logs are made with.
FIXED = ("host", "port", "database_url", "oom_config", "log_level", "log_format", "shutdown_seconds")
_KEY = "configuration"


class Following:
    """Keeps roster and files in step."""

    def __init__(self, base: Base, roster: Roster, vigil: Vigil) -> None:
        """Nothing is told to the operators yet: what a process before told them may be right again."""
        self._base = base
        self._roster = roster
        self._vigil = vigil
        self._is_told = False

    async def look(self, *, at_once: bool = False) -> None:
        """Follow what changed since the last look, if anything did; `at_once` reads in any case. Never raises."""
        try:
            found = await self._vigil.look(at_once=at_once)
            if isinstance(found, Misconfigured):
                self._blame(found.faults)
            elif found is not None:
                await self._follow(found)
            await self._tell()
        except Exception:  # whatever it is, the shift on duty goes on
            log.exception("configuration.not_followed")

    async def _follow(self, reading: Reading[Settings]) -> None:
        settings = self._as_can_be(reading.settings)
        if settings != self._roster.shift.settings:
            try:
                await self._roster.change(settings)
            except Exception as error:
                # Mostly a ValueError: each setting is right, but they do not go together.
                log.exception("configuration.not_followed")
                self._blame((Fault("the settings", str(error)[:500] or type(error).__name__),))
                return
            say_warnings(reading)
            self._base.in_force.since = clock()
            log.info("configuration.in_force", files=[str(path) for path in reading.files])
        if self._base.in_force.faults:
            self._base.in_force.faults = ()
            self._is_told = False
            log.info("configuration.right_again")

    def _as_can_be(self, settings: Settings) -> Settings:
        """The settings, with those of now that nothing but a restart can change."""
        now = self._roster.shift.settings
        kept = {name: getattr(now, name) for name in FIXED if getattr(now, name) != getattr(settings, name)}
        if not kept:
            return settings
        log.warning("configuration.needs_restart", settings=[name.upper() for name in kept])
        return settings.model_copy(update=kept)

    def _blame(self, faults: tuple[Fault, ...]) -> None:
        log.error("configuration.broken", faults=[str(fault) for fault in faults])
        self._is_told = self._is_told and faults == self._base.in_force.faults
        self._base.in_force.faults = faults

    async def _tell(self) -> None:
        """Tell the operators in Slack, once; again at the next look where the store is away."""
        if self._is_told:
            return
        try:
            faults = self._base.in_force.faults
            with speaking(self._roster.shift.language()):
                summary, detail = _words(faults)
            job = operator_alerts.raise_alert if faults else operator_alerts.settle
            await self._base.db.write(job, _KEY, summary, detail, clock())
            self._is_told = True
        except StoreUnavailable as error:
            log.warning("configuration.not_told", error=str(error))


def say_warnings(reading: Reading[Settings]) -> None:
    """Log what is odd about a reading, and no fault."""
    for warning in reading.warnings:
        log.warning("configuration.odd", what=warning)


def _words(faults: tuple[Fault, ...]) -> tuple[str, str]:
    """Summary and detail for the operators: these faults, or that there are none any more."""
    if not faults:
        return say("The configuration is right again"), say("What the files say is in force.")
    summary = count(
        len(faults),
        "The configuration has {n} fault; the settings of before stay in force",
        "The configuration has {n} faults; the settings of before stay in force",
    )
    return summary, "\n".join(map(str, faults))
