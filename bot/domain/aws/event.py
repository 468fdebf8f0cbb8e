"""Events: what EventBridge wrapped around a detail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from bot.domain.aws.field import NOTHING, Fields, fields, moment, text, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of EventBridge; every field may be missing, only `detail` matters much."""

    detail: Fields
    detail_type: str = ""
    source: str = ""
    id: str = ""
    account: str = ""
    region: str = ""
    at: datetime | None = None
    resources: tuple[str, ...] = ()

    @classmethod
    def read(cls, source: Fields) -> Self:
        """The event in a decoded JSON object; an object without an envelope is its own detail."""
        return cls(
            detail=_detail(source) if "detail" in source else source,
            detail_type=text(source, "detail-type"),
            source=text(source, "source"),
            id=text(source, "id"),
            account=text(source, "account", 64),
            region=text(source, "region", 64),
            at=moment(source, "time"),
            resources=texts(source, "resources"),
        )

    @property
    def resource(self) -> str:
        """The first resource, the one that the event is about."""
        return self.resources[0] if self.resources else ""

    def __bool__(self) -> bool:
        """Whether there is any detail to read."""
        return self.detail is not NOTHING and bool(self.detail)


def _detail(source: Fields) -> Fields:
    """The detail; as a JSON string, too, as PutEvents takes it and templates of EventBridge Pipes make it."""
    told = source.get("detail")
    if not isinstance(told, str):
        return fields(source, "detail")
    try:
        decoded = json.loads(told)
    except (ValueError, RecursionError):
        return NOTHING
    return decoded if isinstance(decoded, Mapping) else NOTHING
