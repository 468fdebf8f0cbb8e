"""Chart forms: how an installation wants its charts shown."""

from enum import StrEnum


class ChartForm(StrEnum):
    """The choices of CHARTS."""

    FILE = "file"  # an image that is uploaded to Slack; its own chart where Slack refuses files
    NATIVE = "native"  # Slack's own chart, which needs no permission and shows less
    OFF = "off"
