"""Route settings: what a route leaves out is as for all; what is wrong is told in words."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.configuration.fault import Misconfigured
from bot.configuration.reading import read
from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Mentioning
from bot.route_settings import RouteSettings


def settings(**values: Any) -> RouteSettings:
    given: dict[str, Any] = {
        name: json.dumps(one) if name == "routes" else one for name, one in values.items()
    }
    return RouteSettings(**given)


def test_a_route_may_leave_all_to_the_settings_for_all() -> None:
    usual = settings(
        language="zh-CN",
        mention="working_hours",
        working_hours="Mon-Fri 09:00-18:00, Sat 10:00-12:00",
        time_zone="Asia/Shanghai",
        routes=[{"channel": "#pay"}],
    )
    [route] = usual.listed_routes()
    assert route.channel == "pay"
    assert route.hours == WorkingHours(("Mon-Fri 09:00-18:00", "Sat 10:00-12:00"), "Asia/Shanghai")
    for one in (route, usual.default_route("C1")):
        assert (one.language, one.mentioning, one.group_wait) == ("zh-CN", Mentioning.WORKING_HOURS, None)
    assert usual.default_route("C1").hours == route.hours


def test_a_route_may_have_its_own_of_everything() -> None:
    own = {
        "channel": "C024BE91L",
        "owner": "<!subteam^S0615G0KT>",
        "tags": {"team": "pay*"},
        "language": "zh-CN",
        "mention": "working_hours",
        "working_hours": "22:00-06:00",
        "time_zone": "Europe/Berlin",
        "group_wait_seconds": 10,
        "group_interval_seconds": 300,
        "tags_win": False,
    }
    [route] = settings(routes=[own]).listed_routes()
    assert (route.owner, route.tags, route.language, route.tags_win) == (
        "S0615G0KT",
        {"team": "pay*"},
        "zh-CN",
        False,
    )
    assert route.hours == WorkingHours(("22:00-06:00",), "Europe/Berlin")
    assert (route.group_wait, route.group_interval) == (timedelta(seconds=10), timedelta(minutes=5))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({"routes": [{"channel": "Team Pay"}]}, "is no channel", id="a channel with blanks"),
        pytest.param({"routes": [{"channel": "U024BE91L"}]}, "is no channel", id="a person as channel"),
        pytest.param(
            {"routes": [{"channel": "c", "owner": "@channel"}]},
            "cannot be mentioned",
            id="everybody as owner",
        ),
        pytest.param(
            {"routes": [{"channel": "c", "working_hours": "9 to 5"}]}, "is no window", id="hours in words"
        ),
        pytest.param(
            {"routes": [{"channel": "c", "time_zone": "CEST"}]}, "is no time zone", id="a zone that is none"
        ),
        pytest.param({"time_zone": "../etc/passwd"}, "is no time zone", id="a path as a zone"),
        pytest.param({"mention": "working_hours"}, "WORKING_HOURS", id="hours that nobody named"),
        pytest.param(
            {"routes": [{"channel": "a"}, {"channel": "c", "mention": "working_hours"}]},
            "route 2 mentions in working hours",
            id="hours of a route that nobody named",
        ),
        pytest.param({"routes": [{"channel": "c", "language": "fr"}]}, "en", id="a language that we lack"),
        pytest.param(
            {"routes": [{"channel": "c", "mention": "often"}]}, "always", id="a mention now and then"
        ),
        pytest.param({"routes": [{"channel": "c", "group_wait_seconds": 9999}]}, "600", id="an endless wait"),
        pytest.param(
            {"routes": [{"channel": "c", "tags": {"": "x"}}]}, "can be no tag", id="a tag without key"
        ),
        pytest.param(
            {"routes": [{"channel": "c", "tags": {"team": ""}}]}, "1 character", id="an empty pattern"
        ),
    ],
)
def test_refused(values: dict[str, Any], words: str) -> None:
    given = {name.upper(): json.dumps(one) if name == "routes" else one for name, one in values.items()}
    with pytest.raises(Misconfigured) as caught:
        read(RouteSettings, given)
    assert words in str(caught.value)
