"""`/oom route …` from the composer to the screen: channel, owner, every rule with its reason, tags, and what is unknown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.calendar.working_hours import WorkingHours
from bot.domain.incident.calling import Mentioning
from bot.domain.incident.notice import Grouping
from bot.domain.routing.route import Route, Routes
from bot.domain.routing.tags import CHANNEL, OWNER, Source, Tag, Tags
from bot.domain.subject.subject import Subject
from bot.store.database import Database
from handlers.guideposts import Guideposts
from sandbox.slack import faults
from tests.handlers.workplace import ALICE, NOW, workplace
from tests.slack.block_kit import texts
from tests.slack.incidents import SERVICE, death

OFFICE = WorkingHours(("Mon-Fri 09:00-18:00",), "Europe/Berlin")  # the test's now is a Saturday noon
ROUTES = Routes(
    Route(channel="oom-alerts"),
    (
        Route(channel="C0GENERAL", cluster="staging*"),
        Route(channel="no-such-team", name="search*"),
        Route(
            channel="C0PAYMENTS",
            owner="S0PAYMENTS",
            name="checkout*",
            mentioning=Mentioning.WORKING_HOURS,
            hours=OFFICE,
            language="zh-CN",
            group_interval=timedelta(minutes=5),
        ),
        Route(channel="C0GENERAL", tags={"team": "*"}),
    ),
)


async def told(db: Database, words: str, read: Tags | None = None, routes: Routes = ROUTES) -> str:
    """All that the answer shows, after a kill of checkout-api."""

    async def read_tags(_: Subject) -> Tags:
        return read or Tags(asked_at=NOW)

    posts = Guideposts(routes=routes, grouping=Grouping(), read_tags=read_tags)
    async with workplace(db, guideposts=posts) as place:
        await place.kill(death())
        answer = await place.command(words)
        assert answer["ephemeral_for"] == ALICE
        return "\n".join([answer["text"], *texts(answer["blocks"])])


def found(**values: str) -> Tags:
    """Tags of the service, ours by their short names."""
    names = {"channel": CHANNEL, "owner": OWNER}
    return Tags(
        found={names.get(name, name): Tag(value, Source.SERVICE) for name, value in values.items()},
        asked_at=NOW,
    )


async def test_a_known_service(database: Database) -> None:
    said = await told(database, "route checkout-api")
    assert "Alerts of *checkout-api* go to <#C0PAYMENTS>." in said
    assert "I can post there." in said
    assert "Payments on call is not mentioned now: working hours begin <!date^" in said
    assert "Told in Simplified Chinese: kills, suspected kills." in said
    assert "The first kill is shown at once, further ones every 5 min." in said
    assert "✖️ 1. cluster `staging*` → <#C0GENERAL>: cluster is `prod`" in said
    assert "✖️ 2. name `search*` → #no-such-team: name is `checkout-api`" in said
    assert "✅ *3. name `checkout*` → <#C0PAYMENTS>*" in said
    assert "◽ 4. tag team `*` → <#C0GENERAL>" in said
    assert "◽ default → #oom-alerts" in said
    assert "It has none: `oomguard:channel` and `oomguard:owner` would name them." in said
    assert "oomguard.toml" in said


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        pytest.param(
            found(channel="general", owner="U0ALICE"),
            ("go to #general.", "wins over the rules", "alice is not mentioned now"),
            id="a team serves itself",
        ),
        pytest.param(
            found(channel="<!channel>", owner="@here"),
            ("go to <#C0PAYMENTS>.", "`&lt;!channel&gt;` (of the service) · ignored"),
            id="nonsense is ignored, and told",
        ),
        pytest.param(
            Tags(asked_at=NOW, problem="not allowed: the role needs ecs:DescribeServices"),
            ("They could not be read: not allowed: the role needs ecs:DescribeServices.",),
            id="AWS refuses",
        ),
        pytest.param(
            found(team="payments"), ("`team` = `payments` (of the service)",), id="others are shown as well"
        ),
    ],
)
async def test_tags(database: Database, tags: Tags, words: tuple[str, ...]) -> None:
    said = await told(database, "route checkout-api", tags)
    assert [one for one in words if one not in said] == []


async def test_a_route_that_no_tag_changes(database: Database) -> None:
    firm = replace(ROUTES.others[2], tags_win=False)
    said = await told(
        database, "route checkout-api", found(channel="general"), Routes(ROUTES.default, (firm,))
    )
    assert "go to <#C0PAYMENTS>." in said
    assert "the rule above lets no tag win" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            "route search",
            (
                "Alerts of *search* belong to #no-such-team.",
                "I have never seen it die: this is what the rules say of its name.",
                "❓ 1. cluster `staging*` → <#C0GENERAL>: cluster is not known",
                "#no-such-team could not be reached (there is none, or it is private)",
                "Not read yet: they are read with the first kill.",
                "Nobody is mentioned: no owner is named.",
            ),
            id="never seen, to a channel that is none",
        ),
        pytest.param(
            "route prod/search",
            ("belong to #no-such-team.", "✖️ 1. cluster `staging*` → <#C0GENERAL>: cluster is `prod`"),
            id="never seen, with its cluster",
        ),
        pytest.param(
            "route chekcout-api",
            ("I have never seen it die. Close to it: `checkout-api`.",),
            id="a typing error",
        ),
        pytest.param(
            "route checkout-worker",
            ("go to <#C0PAYMENTS>, unless a rule takes them of which I know too little.",),
            id="never seen, and its cluster might tell otherwise",
        ),
        pytest.param("route", ("Which service, task family, job or task?",), id="nothing named"),
        pytest.param("route a b", ("Only a name can follow.",), id="too much"),
        pytest.param("rout checkout-api", ("Did you mean “route”?",), id="a typing error in the verb"),
        pytest.param(
            "route 0123456789abcdef0123456789abcdef", ("I know no kill of",), id="a task nobody knows"
        ),
    ],
)
async def test_what_is_not_known(database: Database, words: str, expected: tuple[str, ...]) -> None:
    said = await told(database, words)
    assert [one for one in expected if one not in said] == []


async def test_several_of_that_name_are_a_choice(database: Database) -> None:
    async with workplace(database, guideposts=Guideposts(routes=ROUTES)) as place:
        await place.kill(death(), death(group_key=replace(SERVICE, cluster="staging"), task_arn="another"))
        answer = await place.command("route checkout-api")
        assert "Several are called `checkout-api`." in "\n".join(texts(answer["blocks"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param("archived", "<#C0PAYMENTS> could not be reached (it is archived)", id="archived"),
        pytest.param(
            "private", "<#C0PAYMENTS> could not be reached (there is none, or it is private)", id="private"
        ),
    ],
)
async def test_a_channel_that_is_closed(database: Database, change: str, words: str) -> None:
    async with workplace(database, guideposts=Guideposts(routes=ROUTES)) as place:
        await place.kill(death())
        payments = place.slack.workspace.channel_named("team-payments")
        payments.is_archived, payments.is_private = change == "archived", change == "private"
        said = "\n".join(texts((await place.command("route checkout-api"))["blocks"]))
        assert words in said
        assert "Alerts of *checkout-api* belong to <#C0PAYMENTS>." in said
        assert "Until then they go to #oom-alerts." in said


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(faults.http(503), id="Slack is down"),
        pytest.param(faults.html(), id="a proxy answers"),
        pytest.param(faults.refused("missing_scope"), id="a scope lacks"),
        pytest.param(faults.ratelimited(30), id="too many looks"),
    ],
)
@pytest.mark.parametrize("channel", ["C0PAYMENTS", "team-payments"])
async def test_when_slack_does_not_tell_it_is_not_known(
    database: Database, fault: faults.Fault, channel: str
) -> None:
    posts = Guideposts(routes=Routes(Route(channel=channel, owner="S0PAYMENTS")))
    async with workplace(database, guideposts=posts) as place:
        await place.kill(death())
        for method in ("conversations.info", "conversations.list", "usergroups.list"):
            place.slack.faults.next(method, fault)
        said = "\n".join(texts((await place.command("route checkout-api"))["blocks"]))
        assert "Whether I can post there is not known: Slack did not tell." in said
        assert "S0PAYMENTS is mentioned in a new alert now." in said


async def test_many_rules_are_cut_around_the_one_that_is_taken(database: Database) -> None:
    many = [Route(channel="C0GENERAL", name=f"other-{number}*") for number in range(60)]
    routes = Routes(ROUTES.default, (*many, Route(channel="C0PAYMENTS", name="checkout*"), *many))
    said = await told(database, "route checkout-api", routes=routes)
    assert "… 49 earlier ones are not taken" in said
    assert "✅ *61. name `checkout*` → <#C0PAYMENTS>*" in said
    assert "… 61 more are not tried" in said


async def test_shared_it_mentions_nobody(database: Database) -> None:
    routes = Routes(replace(ROUTES.default, owner="S0PAYMENTS"))
    async with workplace(database, guideposts=Guideposts(routes=routes)) as place:
        await place.kill(death())
        message = await place.answering.shared("route checkout-api", ALICE)
        said = str(message.as_arguments())
        assert "Payments on call is mentioned in a new alert now." in said
        assert "S0PAYMENTS" not in said
