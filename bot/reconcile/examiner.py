"""The examiner: from evidence to a diagnosis, with the prices of the day and what earlier resizes taught."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.aws.evidence.pricing import PriceList
from bot.domain.aws.price import Prices, fallback
from bot.domain.diagnosis.diagnosis import Diagnosis
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.investigation.diagnose import diagnose
from bot.store import lessons
from bot.store.database import Database


class Examiner:
    """Makes diagnoses in a thread: hundreds of log lines are matched against dozens of patterns."""

    def __init__(self, db: Database, prices: PriceList, *, clock: Callable[[], datetime]) -> None:
        """`clock` gives aware UTC."""
        self._db = db
        self._prices = prices
        self._clock = clock

    async def examine(self, evidence: Evidence) -> Diagnosis:
        """What the evidence says."""
        prices = await self._prices_for(evidence)
        now = self._clock()
        learned = await self._db.read(lessons.outcomes, now)
        return await asyncio.to_thread(diagnose, evidence, prices, now=now, calibration=learned)

    async def _prices_for(self, evidence: Evidence) -> Prices:
        """On EC2 memory has no price of its own: nobody is asked."""
        death, definition = evidence.death, evidence.definition
        is_fargate = death.launch_type == "FARGATE" or (definition is not None and definition.is_fargate)
        region = death.group_key.region
        return await self._prices.of(region) if is_fargate else fallback(region)
