"""Homes to look at: empty, calm, busy, in trouble, and so crowded that not all fits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.domain.checkup.health import Health
from bot.domain.checkup.installation import Installation
from bot.domain.home.home import Facts, Page
from bot.domain.home.wish import Wish
from bot.domain.inspection.foresight import Foresight, Near
from bot.domain.kills.tally import TopRow
from bot.domain.resize.resize import ResizePhase
from bot.domain.subject.subject import Subject
from tests.slack.incidents import ACKNOWLEDGED, NOON, SERVICE, deaths, incident, silence
from tests.slack.resizes import STEADY, resize

NOW = NOON + timedelta(minutes=10)
HEALTHY = Health(last_event_at=NOON + timedelta(minutes=9), deliveries=214)
SET_UP = Installation(channel="C0ALERTS01", posted_at=NOON, confirmed_at=NOON, has_policy=True)
SUBJECT = Subject.of(SERVICE)
TOP = (
    TopRow(subject=SUBJECT, kills=41, containers=1, last_at=NOON),
    TopRow(subject=replace(SUBJECT, name="search"), kills=1, containers=1, last_at=NOON),
)
NEAR = Foresight(
    made_at=NOON - timedelta(hours=6),
    percent=90,
    looked_at=38,
    near=(
        Near(subject=SUBJECT, at=NOON, share=0.99, limit_mib=512, peak_mib=507, stuck="flat for 30 min"),
        Near(subject=replace(SUBJECT, name="search"), at=NOON, share=0.94, limit_mib=512, peak_mib=481),
    ),
)
MINE = incident(deaths(7), **ACKNOWLEDGED)
OTHER = incident(deaths(2, group_key=replace(SERVICE, name="search")), id=43)
LINKS = dict.fromkeys(("incident 42", "resize 5"), "https://acme.slack.com/archives/C0ALERTS01/p1")

BUSY = Page(
    facts=Facts(
        now=NOW,
        open_count=2,
        last_kill_at=NOON,
        silences=(silence(),),
        top=TOP,
        foresight=NEAR,
        health=HEALTHY,
        installation=SET_UP,
    ),
    mine=(MINE,),
    others=(OTHER,),
    approves=True,
    approvals=(resize(),),
    under_way=(resize(ResizePhase.WATCHING, **STEADY),),
    wishes=frozenset({Wish.APPROVAL, Wish.INCIDENT}),
    is_admin=True,
    links=LINKS,
)
TROUBLE = Health(
    last_event_at=NOON - timedelta(hours=30),
    silent=(("123456789012", NOON - timedelta(hours=30)),),
    waiting=4,
    waiting_since=NOON,
    failing=("is_archived",),
    unread=1,
    delay_minutes=7,
    unread_since=NOON,
    kept=2,
    kept_since=NOON,
)
HOMES: Mapping[str, Page] = {
    "empty": Page(facts=Facts(now=NOW, installation=Installation(channel="oom-alerts")), is_admin=True),
    "empty_for_who_is_no_admin": Page(facts=Facts(now=NOW, installation=SET_UP)),
    "calm": Page(
        facts=Facts(
            now=NOW,
            last_kill_at=NOON - timedelta(days=9),
            health=HEALTHY,
            installation=SET_UP,
            foresight=replace(NEAR, near=()),
        ),
        approves=True,
    ),
    "busy": BUSY,
    "in_trouble": replace(
        BUSY,
        facts=replace(
            BUSY.facts, health=TROUBLE, installation=replace(SET_UP, channel_trouble="is_archived")
        ),
        note="You need the approver role for prod-eu/prod/checkout-api to approve changes.",
    ),
}
CROWDED = replace(
    BUSY,
    facts=replace(BUSY.facts, open_count=300, silences=tuple(silence(id=number) for number in range(40))),
    mine=tuple(replace(MINE, id=number) for number in range(20)),
    others=tuple(replace(OTHER, id=number) for number in range(20, 200)),
    approvals=tuple(resize(id=number) for number in range(20)),
    under_way=(resize(ResizePhase.WATCHING, **STEADY),) * 30,
)
