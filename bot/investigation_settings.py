"""Investigation settings: whether evidence is collected, and how much that may cost."""

from datetime import timedelta

from pydantic import Field

from bot.account_settings import AccountSettings


class InvestigationSettings(AccountSettings):
    """The part of the settings that is about evidence."""

    investigate: bool = Field(
        default=True, description="Whether to collect evidence on incidents and diagnose them."
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

    @property
    def insights_history(self) -> timedelta:
        """How far back earlier lives are looked for; zero for not at all."""
        return timedelta(hours=self.insights_history_hours)
