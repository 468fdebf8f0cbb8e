"""Route settings: which channel and owner incidents go to, in which language, and when anybody is mentioned."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from bot.domain.calendar.window import parse
from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Mentioning
from bot.domain.incident.notice import Grouping
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import KILLS, Route
from bot.domain.routing.tags import LONGEST_KEY, LONGEST_VALUE, channel_of
from bot.look_settings import LookSettings
from bot.setting_forms import AsJson, Words

Language = Literal["en", "zh-CN"]
_MARKUP = re.compile(r"<(?:@|!subteam\^)([UWS][A-Z0-9]{2,30})>")
_ID = re.compile(r"[UWS][A-Z0-9]{2,30}")

Pattern = Annotated[str, Field(min_length=1, max_length=255)]


def _listed(value: object) -> object:
    """One span of hours may stand alone."""
    return (value,) if isinstance(value, str) else value


def _hours(value: tuple[str, ...]) -> tuple[str, ...]:
    for span in value:
        try:
            parse(span)
        except ValueError as error:
            raise ValueError(f"{error}".replace(", in UTC", " (in the route's time_zone)")) from None
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{value!r} is no time zone: write one like Europe/Berlin or Asia/Shanghai"
        ) from None
    return value


class RouteSetting(BaseModel):
    """One entry of ROUTES: which incidents (shell patterns) go to which channel, and whom they mention.

    What is None is as the settings of the same names say for all.
    """

    model_config = ConfigDict(extra="forbid")

    channel: str = Field(min_length=1)
    owner: str = ""
    account: Pattern = "*"
    cluster: Pattern = "*"
    name: Pattern = "*"
    tags: dict[str, Pattern] = Field(default={}, max_length=20)
    verdicts: tuple[Verdict, ...] = tuple(sorted(KILLS))
    language: Language | None = None
    mention: Mentioning | None = None
    working_hours: Annotated[tuple[str, ...], BeforeValidator(_listed)] | None = None
    time_zone: str | None = None
    group_wait_seconds: float | None = Field(default=None, ge=0, le=600)
    group_interval_seconds: float | None = Field(default=None, ge=1, le=3600)
    tags_win: bool = True

    @field_validator("channel")
    @classmethod
    def _is_channel(cls, value: str) -> str:
        if not channel_of(value):
            raise ValueError(
                f"{value!r} is no channel: write its id (C…) or its name, in small letters without blanks"
            )
        return value.removeprefix("#")

    @field_validator("owner")
    @classmethod
    def _is_owner(cls, value: str) -> str:
        marked = _MARKUP.fullmatch(value)
        if value and not marked and not _ID.fullmatch(value):
            raise ValueError(f"{value!r} cannot be mentioned: write a user's id (U…) or a user group's (S…)")
        return marked[1] if marked else value

    @field_validator("tags")
    @classmethod
    def _are_tags(cls, value: dict[str, str]) -> dict[str, str]:
        for key, pattern in value.items():
            if not 0 < len(key) <= LONGEST_KEY or len(pattern) > LONGEST_VALUE:
                raise ValueError(f"{key[:40]!r} can be no tag: a key has 1 to {LONGEST_KEY} letters")
        return value

    @field_validator("working_hours")
    @classmethod
    def _are_hours(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if value is None else _hours(value)

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str | None) -> str | None:
        return None if value is None else _zone(value)


class RouteSettings(LookSettings):
    """The part of the settings that is about routes; those of one route stand in for these."""

    owner: str = Field(
        default="", description="Who is mentioned by default: a user (U…) or user group (S…) id."
    )
    alert_verdicts: Annotated[tuple[Verdict, ...], NoDecode, AsJson] = Field(
        default=tuple(sorted(KILLS)),
        description='Verdicts that open incidents by default, as JSON: ["oom","suspected_oom"].',
    )
    language: Language = Field(default="en", description="Language of what is posted: en or zh-CN.")
    time_zone: str = Field(default="UTC", description="IANA time zone of WORKING_HOURS, like Europe/Berlin.")
    working_hours: Words = Field(
        default=(), description="When people are at work: Mon-Fri 09:00-18:00, several with commas between."
    )
    mention: Mentioning = Field(
        default=Mentioning.ALWAYS,
        validate_default=True,
        description="When a new alert mentions its owner: always, working_hours or never.",
    )
    owner_tags: bool = Field(
        default=True, description="Whether AWS tags may name channel and owner of what they are on."
    )
    owner_tags_wait_seconds: float = Field(
        default=2, ge=0, le=30, description="How long a new alert waits for tags that are not known yet."
    )
    group_wait_seconds: float = Field(
        default=0, ge=0, le=600, description="How long to gather kills before an incident's first alert."
    )
    group_interval_seconds: float = Field(
        default=45, ge=1, le=3600, description="How long to gather kills between two updates of an alert."
    )
    routes: Annotated[tuple[RouteSetting, ...], NoDecode, AsJson] = Field(
        default=(),
        validate_default=True,
        description='Routes as JSON, first match wins: [{"name":"pay-*","channel":"C…","owner":"S…"}].',
    )

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        return _zone(value)

    @field_validator("working_hours")
    @classmethod
    def _are_hours(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _hours(value)

    @field_validator("mention")
    @classmethod
    def _knows_hours(cls, value: Mentioning, info: ValidationInfo) -> Mentioning:
        if value is Mentioning.WORKING_HOURS and info.data.get("working_hours") == ():
            raise ValueError("say in WORKING_HOURS when that is: Mon-Fri 09:00-18:00")
        return value

    @field_validator("routes")
    @classmethod
    def _know_hours(cls, value: tuple[RouteSetting, ...], info: ValidationInfo) -> tuple[RouteSetting, ...]:
        usual, mention = info.data.get("working_hours"), info.data.get("mention", Mentioning.ALWAYS)
        for number, route in enumerate(value, start=1):
            hours = usual if route.working_hours is None else route.working_hours
            if (route.mention or mention) is Mentioning.WORKING_HOURS and hours == ():
                raise ValueError(f"route {number} mentions in working hours, but nothing says when they are")
        return value

    @property
    def grouping(self) -> Grouping:
        """How kills of one incident are gathered where no route says otherwise."""
        return Grouping(
            wait=timedelta(seconds=self.group_wait_seconds),
            interval=timedelta(seconds=self.group_interval_seconds),
        )

    @property
    def owner_tags_wait(self) -> timedelta:
        """How long a new alert waits for tags that are not known yet."""
        return timedelta(seconds=self.owner_tags_wait_seconds)

    def default_route(self, channel: str) -> Route:
        """What takes all that no route takes."""
        return Route(
            channel=channel,
            owner=self.owner,
            verdicts=frozenset(self.alert_verdicts),
            **self._manner(RouteSetting(channel="default")),
        )

    def listed_routes(self) -> tuple[Route, ...]:
        """The routes that are written down, in their order."""
        return tuple(
            Route(
                channel=one.channel,
                owner=one.owner,
                account=one.account,
                cluster=one.cluster,
                name=one.name,
                tags=one.tags,
                verdicts=frozenset(one.verdicts),
                tags_win=one.tags_win,
                **self._manner(one),
            )
            for one in self.routes
        )

    def _manner(self, one: RouteSetting) -> dict[str, Any]:
        """Language, hours and gathering of a route, which it may leave to the settings for all."""
        spans = self.working_hours if one.working_hours is None else one.working_hours
        return {
            "language": one.language or self.language,
            "mentioning": one.mention or self.mention,
            "hours": WorkingHours(spans, one.time_zone or self.time_zone) if spans else None,
            "group_wait": _seconds(one.group_wait_seconds),
            "group_interval": _seconds(one.group_interval_seconds),
        }


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)
