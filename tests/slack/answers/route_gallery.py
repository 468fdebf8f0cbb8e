"""The gallery of routes: what `/oom route` answers, by the name of its golden file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Mentioning
from bot.domain.incident.notice import Grouping
from bot.domain.kills.verdict import Verdict
from bot.domain.routing.route import Route, Routes
from bot.domain.routing.signpost import signpost
from bot.domain.routing.tags import CHANNEL, MOST, OWNER, Source, Tag, Tags
from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.subject import Subject
from bot.slack.answers.answer import Answer
from bot.slack.answers.route import Way, route
from tests.slack.incidents import NOON, SERVICE

CHECKOUT = Subject.of(SERVICE)
ROUTES = Routes(
    Route(channel="C0ALERTS", owner="U0ALICE"),
    (
        Route(channel="C0STAGING", cluster="staging*"),
        Route(channel="C0SEARCH", tags={"team": "search"}),
        Route(
            channel="C0PAYMENTS",
            owner="S0PAYMENTS",
            account="123456789012",
            name="checkout*",
            verdicts=frozenset(Verdict),
            mentioning=Mentioning.WORKING_HOURS,
            hours=WorkingHours(("Mon-Fri 09:00-18:00",), "Europe/Berlin"),
            group_wait=timedelta(seconds=10),
        ),
    ),
)
CLAIMED = {
    CHANNEL: Tag("team-payments", Source.SERVICE),
    OWNER: Tag("<!channel>", Source.CLUSTER),
    "team": Tag("payments", Source.DEFINITION),
}


def way(
    subject: Subject = CHECKOUT,
    tags: Tags | None = None,
    *,
    routes: Routes = ROUTES,
    closed: str | None = "",
    is_seen: bool = True,
    like: Sequence[str] = (),
) -> Answer:
    """The answer on this subject."""
    sign = signpost(routes, subject, tags)
    told = Way(
        signpost=sign,
        call=sign.route.call(NOON),
        owner_name="Payments on call" if sign.route.owner == "S0PAYMENTS" else sign.route.owner,
        grouping=sign.route.grouping(Grouping()),
        closed=closed,
        is_seen=is_seen,
        like=tuple(like),
    )
    return route(told, lambda account: "prod-eu" if account else "")


UNSEEN = Subject("", "", "", OwnerKind.SERVICE, "checkuot")
FIRM = Routes(ROUTES.default, (replace(ROUTES.others[2], tags_win=False),))
ROUTE_ANSWERS: Mapping[str, Answer] = {
    "route": way(tags=Tags(asked_at=NOON)),
    "route_by_tags": way(tags=Tags(found=CLAIMED, asked_at=NOON)),
    "route_firm": way(tags=Tags(found=CLAIMED, asked_at=NOON), routes=FIRM),
    "route_closed": way(
        tags=Tags(asked_at=NOON, problem="not allowed: the role needs ecs:DescribeServices"),
        closed="not_in_channel",
    ),
    "route_unseen": way(UNSEEN, closed=None, is_seen=False, like=["checkout-api", "checkout-worker"]),
}
EVIL = "<!channel> `*_~&<https://evil|click>"
HOSTILE_SUBJECT = Subject("<!here>", "eu-west-1", EVIL, OwnerKind.SERVICE, EVIL)
HOSTILE_TAGS = Tags(
    found={
        CHANNEL: Tag(EVIL, Source.SERVICE),
        OWNER: Tag("@here", Source.SERVICE),
        EVIL: Tag(EVIL, Source.CLUSTER),
    },
    asked_at=NOON,
    problem=EVIL,
)
HOSTILE_ROUTES: Mapping[str, Answer] = {
    "route": way(
        HOSTILE_SUBJECT,
        HOSTILE_TAGS,
        routes=Routes(Route(channel=EVIL, owner=EVIL), (Route(channel=EVIL, name=EVIL, tags={EVIL: EVIL}),)),
        closed=EVIL,
    ),
    "route of nothing known": way(replace(HOSTILE_SUBJECT, account=""), is_seen=False, like=[EVIL]),
}
LONG_NAME = Subject("1" * 64, "r" * 64, "&" * 255, OwnerKind.FAMILY, "<" * 255)
LONG_RULE = Route(
    channel="&" * 80,
    account="&" * 255,
    cluster="<" * 255,
    name=">" * 255,
    tags={f"{n}" + "&" * 127: "&" * 255 for n in range(20)},
)
LONG_ROUTES: Mapping[str, Answer] = {
    "route": way(
        LONG_NAME,
        Tags(
            found={f"{number}" + "&" * 100: Tag("<" * 256, Source.DEFINITION) for number in range(MOST)},
            asked_at=NOON,
            problem="&" * 500,
        ),
        routes=Routes(replace(LONG_RULE, owner="&" * 80), [LONG_RULE] * 40),
        closed="e" * 40,
    ),
}
