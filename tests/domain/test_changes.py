"""What the dead revision changed, and when it was deployed: names of the environment, never values."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.changes import changes, since_deployment
from bot.domain.investigation.caution import cautions
from tests.domain.evidences import container, definition, evidence, service
from tests.slack.incidents import NOON, death

OLD = definition(revision=86)


def told(new: TaskDefinition, old: TaskDefinition = OLD) -> tuple[str, ...]:
    return changes(evidence(definition=new, previous=old))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"image": "1.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout:2"},
            ("Image of app: checkout:1 → checkout:2.",),
            id="another image",
        ),
        pytest.param(
            {"image": "shop/checkout@sha256:0123456789abcdef"},
            ("Image of app: checkout:1 → checkout@0123456789ab.",),
            id="pinned",
        ),
        pytest.param({"memory_mib": 256}, ("Memory of app: 512 MiB → 256 MiB.",), id="less memory"),
        pytest.param({"reservation_mib": 128}, ("Reservation of app: none → 128 MiB.",), id="a reservation"),
        pytest.param({"command": ("serve", "--token=hunter2")}, ("Command of app changed.",), id="command"),
        pytest.param(
            {"variables": frozenset({"CACHE", "DB_PASSWORD"})},
            ("Environment of app, added: CACHE, DB_PASSWORD.",),
            id="names alone",
        ),
        pytest.param(
            {"variables": frozenset(f"V{n}" for n in range(9))},
            ("Environment of app, added: V0, V1, V2, V3, V4, V5 and 3 more.",),
            id="many names",
        ),
        pytest.param(
            {}, ("Nothing that decides about memory changed since revision 86.",), id="nothing of interest"
        ),
    ],
)
def test_each_change_is_a_sentence(changed: dict[str, Any], said: tuple[str, ...]) -> None:
    assert told(definition(container(**changed))) == said


def test_a_setting_that_holds_memory_is_named_without_its_value() -> None:
    old = definition(
        container(knobs={"JAVA_OPTS": "-Xmx256m"}, variables=frozenset({"JAVA_OPTS"})), revision=86
    )
    new = definition(container(knobs={"JAVA_OPTS": "-Xmx512m"}, variables=frozenset({"JAVA_OPTS"})))
    assert told(new, old) == ("Environment of app, changed: JAVA_OPTS.",)


def test_the_task_and_its_containers() -> None:
    new = definition(container(), container("envoy"), memory_mib=2048, cpu=512)
    old = definition(container(), container("statsd"), revision=86)
    assert told(new, old) == (
        "Task memory: 1,024 MiB → 2,048 MiB.",
        "Task CPU: 256 → 512 units.",
        "Container envoy is new.",
        "Container statsd is gone.",
    )


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        pytest.param(
            timedelta(minutes=12), "Revision 87 was deployed 12 min before the first kill.", id="before"
        ),
        pytest.param(-timedelta(hours=2), "Revision 87 was deployed 2 h after the first kill.", id="after"),
    ],
)
def test_when_it_was_deployed(ahead: timedelta, said: str) -> None:
    found = evidence(service=service(deployed_at=NOON - ahead))
    assert changes(found) == (said,)


def test_the_first_kill_is_of_this_revision() -> None:
    older = replace(death(5), task_definition_arn="arn:aws:ecs:eu-west-1:1:task-definition/checkout-api:86")
    deaths = (death(), death(1), older)
    found = evidence(deaths=deaths, service=service(deployed_at=NOON - timedelta(minutes=10)))
    assert changes(found) == ("Revision 87 was deployed 3 min before the first kill.",)


BEFORE_IT = replace(death(5), task_definition_arn="arn:aws:ecs:eu-west-1:1:task-definition/checkout-api:86")
DEPLOYED = "Revision 87 was deployed 12 min before the first kill."


@pytest.mark.parametrize(
    ("ahead", "known", "said"),
    [
        pytest.param(12, {"previous": OLD}, DEPLOYED, id="nothing of interest changed"),
        pytest.param(12, {}, DEPLOYED, id="nobody knows the revision before it"),
        pytest.param(
            12,
            {"previous": definition(container(memory_mib=1024), revision=86)},
            f"{DEPLOYED} Memory of app: 1,024 MiB → 512 MiB.",
            id="less memory",
        ),
        pytest.param(
            12,
            {"previous": definition(container("other"), memory_mib=2048, revision=86)},
            f"{DEPLOYED} Task memory: 2,048 MiB → 1,024 MiB. More under Diagnosis.",
            id="much at once",
        ),
        pytest.param(61, {"previous": OLD}, "", id="it ran well for an hour"),
        pytest.param(-5, {"previous": OLD}, "", id="killed before that"),
        pytest.param(
            12, {"previous": OLD, "deaths": (death(), BEFORE_IT)}, "", id="the one before was killed as well"
        ),
    ],
)
def test_kills_that_began_with_a_deployment(ahead: int, known: dict[str, Any], said: str) -> None:
    found = evidence(service=service(deployed_at=NOON - timedelta(minutes=ahead)), **known)
    assert since_deployment(found) == said
    assert (said in cautions(found)) is bool(said)


def test_nothing_known_nothing_told() -> None:
    assert changes(evidence(definition=None)) == ()
