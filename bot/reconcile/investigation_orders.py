"""Investigation orders: what an installation decides about collecting evidence."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.chart.chart_form import ChartForm


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationOrders:
    """Whether, how many incidents side by side, and what Logs Insights may be asked.

    `region` is our own, where most is looked into. `queries_at_once` 0 means that it is never asked, `history` zero that it is not asked for earlier lives.
    `examines`: whether the logs of failures are looked at.
    """

    is_on: bool
    region: str
    at_once: int
    queries_at_once: int
    history: timedelta
    charts: ChartForm = ChartForm.FILE
    examines: bool = False

    @property
    def draws(self) -> bool:
        """Whether there are charts to be drawn."""
        return self.is_on and self.charts is not ChartForm.OFF
