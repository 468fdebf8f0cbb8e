"""Report settings: when reports are due, or never; what makes no sense is refused in a sentence."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.domain.calendar.report_period import Timetable
from bot.report_settings import ReportSettings

NAMES = ("REPORT_WEEKDAY", "REPORT_TIME", "REPORT_TIME_ZONE")


@pytest.mark.parametrize(
    ("given", "timetable"),
    [
        pytest.param(
            {}, Timetable(weekday=0, at=time(9), zone=ZoneInfo("UTC")), id="Monday at nine by default"
        ),
        pytest.param(
            {"REPORT_WEEKDAY": "Friday", "REPORT_TIME": "16:30", "REPORT_TIME_ZONE": "Asia/Shanghai"},
            Timetable(weekday=4, at=time(16, 30), zone=ZoneInfo("Asia/Shanghai")),
            id="Friday afternoon in Shanghai",
        ),
        pytest.param({"REPORT_WEEKDAY": "off"}, None, id="never"),
    ],
)
def test_timetable(
    given: dict[str, str], timetable: Timetable | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, given[name]) if name in given else monkeypatch.delenv(name, raising=False)
    assert ReportSettings().report_timetable == timetable


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("REPORT_WEEKDAY", "daily", id="no day of the week"),
        pytest.param("REPORT_TIME", "24:00", id="no time of the day"),
        pytest.param("REPORT_TIME", "9am", id="a time in other words"),
        pytest.param("REPORT_TIME_ZONE", "Berlin", id="no time zone"),
        pytest.param("REPORT_TIME_ZONE", "../../etc/passwd", id="a path"),
    ],
)
def test_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        ReportSettings()
