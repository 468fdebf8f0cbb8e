"""Checkup settings: what tests of the path and the doctor must know and nothing else does."""

from pydantic import Field

from bot.aws.event_writing import DEFAULT_BUS, Bus
from bot.domain.aws.queue import parse_queue_url
from bot.domain.aws.topic import parse_topic_arn
from bot.look_settings import LookSettings


class CheckupSettings(LookSettings):
    """The part of the settings that is about checking the installation."""

    event_bus: str = Field(
        default=DEFAULT_BUS,
        min_length=1,
        max_length=256,
        pattern=r"^[/.\w-]+$",
        description="EventBridge bus that the rules listen on, for `/oom test` and the doctor.",
    )

    def as_bus(self, topic_arns: tuple[str, ...]) -> Bus | None:
        """The bus beside the first topic, else beside the first queue; None where there is neither."""
        if topic_arns:
            topic = parse_topic_arn(topic_arns[0])
            return Bus(topic.account, topic.region, self.event_bus)
        if self.sqs_queue_urls:
            queue = parse_queue_url(self.sqs_queue_urls[0])
            return Bus(queue.account, queue.region or self.aws_region, self.event_bus)
        return None
