"""Investigation settings: whether evidence is collected, and how much that may cost."""

from datetime import timedelta

from pydantic import Field

from bot.account_settings import AccountSettings
from bot.domain.chart.chart_form import ChartForm
from bot.reconcile.investigation_orders import InvestigationOrders


class InvestigationSettings(AccountSettings):
    """The part of the settings that is about evidence."""

    investigate: bool = Field(
        default=True, description="Whether to collect evidence on incidents and diagnose them."
    )
    examine_failures: bool = Field(
        default=True,
        description="Whether to look into the log of a container that failed for memory errors of its runtime.",
    )
    investigations_at_once: int = Field(
        default=4, ge=1, le=50, description="How many incidents are looked into side by side."
    )
    insights_queries_at_once: int = Field(
        default=4,
        ge=0,
        le=50,
        description="How many Logs Insights queries run at a time; 0 for none, as AWS bills them.",
    )
    insights_history_hours: float = Field(
        default=24,
        ge=0,
        le=336,
        description="How far back Logs Insights looks for earlier lives of a container; 0 for not at all.",
    )
    charts: ChartForm = Field(
        default=ChartForm.FILE,
        description="Memory charts in alerts: file (uploaded image), native (Slack's own chart) or off.",
    )

    @property
    def examines(self) -> bool:
        """Whether the logs of failures are looked at; they are evidence like any other."""
        return self.investigate and self.examine_failures

    def as_investigation_orders(self) -> InvestigationOrders:
        """What is collected."""
        return InvestigationOrders(
            is_on=self.investigate,
            region=self.aws_region,
            at_once=self.investigations_at_once,
            queries_at_once=self.insights_queries_at_once,
            history=timedelta(hours=self.insights_history_hours),
            charts=self.charts,
            examines=self.examines,
        )
