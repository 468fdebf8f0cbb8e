"""Pull settings: queues to poll, and where and how often to look for what was never delivered."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import Field, field_validator

from bot.aws.accounts import Place
from bot.domain.aws.arn import Arn
from bot.domain.aws.queue import Queue, parse_queue_url
from bot.domain.aws.topic import parse_topic_arn
from bot.policy_settings import PolicySettings
from bot.setting_forms import Words


class PullSettings(PolicySettings):
    """The part of the settings that is about fetching."""

    sqs_queue_urls: Words = Field(
        default=(), description="SQS queues to take events from, as URLs with commas between."
    )
    watched_clusters: Words = Field(
        default=(), description="Clusters that the sweep looks at, as names or ARNs; default: all."
    )
    sweep_minutes: float = Field(
        default=5, ge=0, description="How often to look for kills that no event told of; 0 for never."
    )
    heartbeat_hours: float = Field(
        default=24, ge=0, description="So long without any event of an account is told; 0 for never."
    )

    @field_validator("sqs_queue_urls")
    @classmethod
    def _are_queues(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            parse_queue_url(url)
        return value

    @field_validator("watched_clusters")
    @classmethod
    def _are_clusters(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for cluster in value:
            if ":" in cluster and not Arn.parse(cluster).resource.startswith("cluster/"):
                raise ValueError(f"{cluster!r} is neither a cluster's name nor its ARN")
        return value

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues to poll."""
        return tuple(map(parse_queue_url, self.sqs_queue_urls))

    @property
    def sweep_every(self) -> timedelta:
        """From one sweep to the next; zero for none."""
        return timedelta(minutes=self.sweep_minutes)

    @property
    def silent_after(self) -> timedelta:
        """How long nothing must be heard to be silence; zero for never."""
        return timedelta(hours=self.heartbeat_hours)

    def swept_places(self, topic_arns: Iterable[str]) -> tuple[Place, ...]:
        """Where events come from, in our own account, and the places of all accounts in the settings."""
        regions = {parse_topic_arn(arn).region for arn in topic_arns}
        regions |= {queue.region or self.aws_region for queue in self.queues}
        if "aws_region" in self.model_fields_set:  # nobody wants to be told of a region that nobody named
            regions.add(self.aws_region)
        return (*(Place("", region) for region in sorted(regions)), *self.as_accounts().places())
