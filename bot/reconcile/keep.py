"""Keeping: for how long what is in the store is kept."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long an installation keeps what; with the kills go incidents and resizes."""

    kills: timedelta
    deliveries: timedelta
    audit: timedelta
