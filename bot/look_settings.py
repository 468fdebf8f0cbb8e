"""Look settings: what is looked at before anything is killed, and how often."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import Field

from bot.aws.accounts import Place
from bot.aws.survey.surveying import Where
from bot.pull_settings import PullSettings


class LookSettings(PullSettings):
    """The part of the settings that is about looking ahead."""

    near_miss_percent: float = Field(
        default=90, gt=0, le=100, description="From this per cent of its limit on a service is near it."
    )
    scan_hours: float = Field(
        default=0,
        ge=0,
        le=168,
        description="How often to search all services' logs for processes killed inside; 0 for never.",
    )

    @property
    def scan_every(self) -> timedelta:
        """From one scan of all services to the next; zero for none."""
        return timedelta(hours=self.scan_hours)

    def surveyed(self, topic_arns: Iterable[str] = ()) -> Where:
        """Where services are looked at: as the sweep does, at least in the region that is ours."""
        accounts = self.as_accounts()
        return Where(
            places=self.swept_places(topic_arns) or (Place("", self.aws_region),),
            has_role=lambda place: accounts.role(place.account, place.region) is not None,
            clusters=self.watched_clusters,
        )
