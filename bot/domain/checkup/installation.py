"""Installations: what the store tells of how far one is set up."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Times are aware UTC. `channel` is the default channel; `channel_trouble` is Slack's word on it, "" for none.

    `posted_at`: the last alert in that channel; `confirmed_at`: the last SNS subscription that was confirmed.
    """

    channel: str = ""
    channel_trouble: str = ""
    posted_at: datetime | None = None
    confirmed_at: datetime | None = None
    has_policy: bool = False
    is_read_only: bool = False
