"""Report settings: when the weekly reports are posted, by which clock, and what they may ask of AWS."""

from datetime import time, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bot.domain.calendar.report_period import Timetable
from bot.look_settings import LookSettings

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ReportSettings(LookSettings):
    """The part of the settings that is about reports."""

    report_weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "off"
    ] = Field(default="monday", description="On which day of the week reports are posted; off for never.")
    report_time: str = Field(
        default="09:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="At what time reports are posted, by the clocks of REPORT_TIME_ZONE.",
    )
    report_time_zone: str = Field(
        default="UTC", description="IANA time zone of REPORT_TIME, and of the days that reports count by."
    )
    report_calm_weeks: bool = Field(
        default=True, description="Whether a channel is told of a week without kills, in a few words."
    )
    report_looks: bool = Field(
        default=True,
        description="Whether all services are looked at once a day, for the near misses and the waste of reports.",
    )

    @field_validator("report_weekday", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("report_time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("this is no time zone: write one like Europe/Berlin or Asia/Shanghai") from None
        return value

    @property
    def report_zone(self) -> tzinfo:
        """Whose days reports count by."""
        return ZoneInfo(self.report_time_zone)

    @property
    def report_timetable(self) -> Timetable | None:
        """When reports are due; None for never."""
        if self.report_weekday == "off":
            return None
        at, weekday = time.fromisoformat(self.report_time), _WEEKDAYS.index(self.report_weekday)
        return Timetable(weekday=weekday, at=at, zone=self.report_zone)
