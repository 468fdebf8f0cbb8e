"""Task definitions go round unchanged but for the memory, whatever fields botocore's service model knows."""

import copy
from typing import Any

import botocore.loaders
import botocore.model
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.diagnosis.diagnosis import KnobChange
from bot.domain.plan import revision
from bot.domain.plan.plan import Change, ContainerChange
from bot.domain.plan.revision import CannotRevise

ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout:7"
MODEL = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model("ecs", "service-2"))
ACCEPTED = frozenset(MODEL.operation_model("RegisterTaskDefinition").input_shape.members)
DESCRIBED = MODEL.operation_model("DescribeTaskDefinition").output_shape.members["taskDefinition"]
CHANGE = Change(
    revision_arn=ARN,
    containers=(ContainerChange(name="app", old_memory_mib=1024, new_memory_mib=2048),),
    task_memory_mib=(2048, 4096),
    cpu=(512, 512),
)
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["", "a", "ß ${x}", "null"]),
    "integer": st.integers(0, 9),
    "long": st.integers(0, 9),
    "boolean": st.booleans(),
    "double": st.just(0.5),
    "timestamp": st.just("2026-11-21T00:00:00Z"),
}


def value_of(shape: Any) -> st.SearchStrategy[Any]:
    """Any value of a shape of the service model, with and without each optional member, empty lists too."""
    if shape.type_name == "structure":
        members = {name: value_of(inner) for name, inner in shape.members.items()}
        return st.fixed_dictionaries({}, optional=members)
    if shape.type_name == "list":
        return st.lists(value_of(shape.member), max_size=1)
    if shape.type_name == "map":
        return st.dictionaries(st.sampled_from(["k", "aws:k"]), value_of(shape.value), max_size=1)
    return LEAVES[shape.type_name]


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A described task definition with a container app of 1,024 MiB and another one."""
    members = {
        name: value_of(shape) for name, shape in DESCRIBED.members.items() if name != "containerDefinitions"
    }
    definition: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=members))
    container = DESCRIBED.members["containerDefinitions"].member
    app, other = draw(value_of(container)), draw(value_of(container))
    definition |= {"taskDefinitionArn": ARN, "memory": "2048", "cpu": "512"}
    definition["containerDefinitions"] = [other | {"name": "other"}, app | {"name": "app", "memory": 1024}]
    return definition


@settings(max_examples=60, deadline=None)
@given(definitions())
def test_all_that_botocore_knows_goes_round_unchanged_but_for_the_memory(definition: dict[str, Any]) -> None:
    before = copy.deepcopy(definition)
    new = revision.request({"taskDefinition": definition}, CHANGE, accepted=ACCEPTED, tags=())
    assert definition == before
    expected = {key: value for key, value in copy.deepcopy(before).items() if key in ACCEPTED}
    expected["memory"] = "4096"
    expected["containerDefinitions"][1]["memory"] = 2048
    assert new == expected
    registered = {"taskDefinition": new | {"taskDefinitionArn": f"{ARN}8", "revision": 8}}
    assert revision.differences({"taskDefinition": before}, registered, CHANGE, accepted=ACCEPTED) == ()


def test_every_response_field_of_botocore_is_known() -> None:
    assert set(DESCRIBED.members) - ACCEPTED <= revision.TOLD_ONLY


def described(**more: Any) -> dict[str, Any]:
    """A small task definition as AWS describes it."""
    app = {
        "name": "app",
        "image": "shop/app:1",
        "memory": 1024,
        "environment": [{"name": "A", "value": "s3cret"}],
    }
    return {
        "taskDefinition": {
            "taskDefinitionArn": ARN,
            "family": "checkout",
            "memory": "2048",
            "cpu": "512",
            "containerDefinitions": [app, {"name": "log", "image": "log:1"}],
            **more,
        },
        "tags": [{"key": "team", "value": "shop"}, {"key": "AWS:owned", "value": "x"}],
    }


def make(change: Change = CHANGE, tags: revision.Tags = (), **more: Any) -> dict[str, Any]:
    """The request for a small task definition."""
    return revision.request(described(**more), change, accepted=ACCEPTED, tags=tags)


def test_a_field_that_nobody_knows_stops_it() -> None:
    with pytest.raises(CannotRevise, match="brandNewField"):
        make(brandNewField=1)


def test_tags_are_kept_without_those_of_aws_and_ours_replace_their_namesakes() -> None:
    assert make(tags=(("by", "U1"), ("team", "web")))["tags"] == [
        {"key": "by", "value": "U1"},
        {"key": "team", "value": "web"},
    ]


def test_ours_yield_where_there_would_be_more_than_fifty_tags() -> None:
    full = described() | {"tags": [{"key": f"k{n}", "value": ""} for n in range(49)]}
    new = revision.request(full, CHANGE, accepted=ACCEPTED, tags=(("a", "1"), ("b", "2")))
    assert [tag["key"] for tag in new["tags"]][-2:] == ["k48", "a"]


def test_no_empty_list_of_tags_is_sent() -> None:
    bare = {"taskDefinition": described()["taskDefinition"]}
    assert "tags" not in revision.request(bare, CHANGE, accepted=ACCEPTED, tags=())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"memory": "3072"}, "task's memory", id="somebody changed the task's memory"),
        pytest.param({"cpu": "1024"}, "task's cpu", id="somebody changed the CPU"),
        pytest.param(
            {"containerDefinitions": [{"name": "app", "memory": 1}]},
            "memory of container app",
            id="the container's",
        ),
        pytest.param({"containerDefinitions": []}, "no container app", id="the container is gone"),
    ],
)
def test_what_is_no_longer_as_the_plan_saw_it_is_not_changed(more: dict[str, Any], told: str) -> None:
    with pytest.raises(CannotRevise, match=told):
        make(**more)


def knob(variable: str, old: str) -> Change:
    """A change of one environment variable beside the memory."""
    turned = KnobChange(variable=variable, old=old, new="-Xmx1536m", why="")
    return Change(revision_arn=ARN, containers=(), knobs=(("app", turned),))


def test_an_environment_variable_is_changed_in_its_place_or_added() -> None:
    changed = make(knob("A", "s3cret"))["containerDefinitions"][0]["environment"]
    added = make(knob("JAVA_OPTS", ""))["containerDefinitions"][0]["environment"]
    assert changed == [{"name": "A", "value": "-Xmx1536m"}]
    assert added == [{"name": "A", "value": "s3cret"}, {"name": "JAVA_OPTS", "value": "-Xmx1536m"}]


def test_a_variable_that_has_another_value_by_now_is_not_changed_and_not_told() -> None:
    with pytest.raises(CannotRevise, match="A of container app") as caught:
        make(knob("A", "other"))
    assert "s3cret" not in str(caught.value)


def test_an_image_is_pinned_and_a_reservation_raised() -> None:
    one = ContainerChange(
        name="log", old_memory_mib=None, new_memory_mib=None, new_reservation_mib=64, image="log@sha256:1"
    )
    assert make(Change(revision_arn=ARN, containers=(one,)))["containerDefinitions"][1] == {
        "name": "log",
        "image": "log@sha256:1",
        "memoryReservation": 64,
    }


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        pytest.param(lambda new: new.update(taskRoleArn=""), "taskRoleArn", id="a role more"),
        pytest.param(lambda new: new.pop("cpu"), "cpu", id="a field lost"),
        pytest.param(
            lambda new: new["containerDefinitions"][0]["environment"][0].update(value="x"),
            "containerDefinitions[0].environment[0].value",
            id="another value, which is not told",
        ),
        pytest.param(
            lambda new: new["containerDefinitions"].pop(), "containerDefinitions", id="a container lost"
        ),
    ],
)
def test_a_revision_that_differs_elsewhere_is_told_by_path(spoil: Any, path: str) -> None:
    new = copy.deepcopy(make())
    spoil(new)
    assert revision.differences(described(), {"taskDefinition": new}, CHANGE, accepted=ACCEPTED) == (path,)
