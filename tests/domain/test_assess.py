"""Any JSON at all gets a verdict: whole events, mutilated events, nonsense."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.kills.assess import assess
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict
from tests.domain.shapes import (
    BY_ITSELF,
    NOW,
    OOM_TEXT,
    attempt,
    container,
    job_event,
    memory_alarm,
    service_event,
    task_event,
)

OOM_EVENT = task_event(
    container("web", exitCode=137, reason=OOM_TEXT, memory="512"), container("log", exitCode=137), **BY_ITSELF
)
WHOLE = (
    OOM_EVENT,
    task_event(container(exitCode=137), **BY_ITSELF),
    task_event(
        container(exitCode=137), stopCode="ServiceSchedulerInitiated", stoppedReason="Scaling activity"
    ),
    task_event(stopCode="TaskFailedToStart", stoppedReason="container init was OOM-killed"),
    job_event(attempt(exitCode=137, reason=OOM_TEXT), attempt(exitCode=1)),
    service_event("ECS Service Action", eventType="WARN", eventName="SERVICE_TASK_START_IMPAIRED"),
    service_event(
        "ECS Deployment State Change", eventName="SERVICE_DEPLOYMENT_FAILED", reason="rolling back"
    ),
    memory_alarm(),
)
KEYS = sorted({key for event in WHOLE for key in (*event, *event.get("detail", ()))})
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from([137, "137", OOM_TEXT, "null", "STOPPED", "FAILED", 10**40, "2026-03-01T10:13:24Z"]),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text()), inner, max_size=6),
    ),
    max_leaves=30,
)
MUTATIONS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda _old, _new: None,
    lambda _old, new: new,
    lambda old, _new: [old],
    lambda old, _new: {"name": old},
    lambda old, _new: str(old),
    lambda old, _new: [old, old],
    lambda old, _new: [old] * 300,
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) in a tree of JSON."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


@st.composite
def mutilated(draw: st.DrawFn) -> Any:
    """A whole event with a few of its places dropped, nulled, retyped or nested."""
    event = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        holder, key = draw(st.sampled_from(list(_places(event))))
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(st.sampled_from(MUTATIONS))(holder[key], draw(SCALARS))
        if not event:
            break
    return event


def _holds(assessment: Assessment) -> None:
    assert assessment.verdict in Verdict
    assert assessment.why
    assert len(assessment.why) < 4000
    verdicts = [death.verdict for death in assessment.deaths]
    assert not verdicts or assessment.verdict is min(verdicts, key=lambda verdict: verdict.severity)
    assert bool(assessment.kills) is assessment.verdict.is_kill
    for death in assessment.deaths:
        assert death.reason
        assert death.died_at.tzinfo is not None
        assert len(str(death.group_key)) < 1500
        assert len(death.task_arn) < 800


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutilated())
def test_a_mutilated_event(event: Any) -> None:
    _holds(assess(event, NOW))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANYTHING)
def test_nonsense(value: Any) -> None:
    _holds(assess(value, NOW))


def _without(holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = None


OF_NO_MATTER = [
    place
    for place, (_, key) in enumerate(_places(OOM_EVENT))
    if key not in {"detail", "containers", "reason", 0}
]


@pytest.mark.parametrize("place", OF_NO_MATTER)
def test_no_other_field_than_the_reason_is_needed_to_see_an_oom(place: int) -> None:
    event = copy.deepcopy(OOM_EVENT)
    _without(*list(_places(event))[place])
    assessment = assess(event, NOW)
    assert assessment.verdict is Verdict.OOM
    assert all(kill.task_arn for kill in assessment.kills)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        pytest.param(None, Verdict.NONE, id="null"),
        pytest.param("text", Verdict.NONE, id="a string"),
        pytest.param([], Verdict.NONE, id="an empty list"),
        pytest.param([[OOM_EVENT]], Verdict.NONE, id="lists in lists"),
        pytest.param([memory_alarm(), OOM_EVENT], Verdict.OOM, id="the worst of a list"),
        pytest.param({}, Verdict.NONE, id="an empty object"),
        pytest.param({"detail-type": "ECS Task State Change"}, Verdict.NONE, id="no detail"),
        pytest.param(
            {"detail-type": "ECS Container Instance State Change", "detail": {"a": 1}},
            Verdict.NONE,
            id="a host",
        ),
        pytest.param(
            OOM_EVENT | {"detail-type": "AWS API Call via CloudTrail"},
            Verdict.NONE,
            id="a call that looks like it",
        ),
        pytest.param(OOM_EVENT | {"detail-type": "ecs task state change"}, Verdict.OOM, id="another case"),
        pytest.param(OOM_EVENT["detail"], Verdict.OOM, id="a bare detail"),
        pytest.param({"detail": OOM_EVENT["detail"]}, Verdict.OOM, id="no envelope around the detail"),
    ],
)
def test_shapes(value: Any, verdict: Verdict) -> None:
    assert assess(value, NOW).verdict is verdict


@pytest.mark.parametrize(
    ("detail", "verdict"),
    [
        pytest.param(json.dumps(task_event(container(reason=OOM_TEXT))["detail"]), Verdict.OOM, id="whole"),
        pytest.param("{", Verdict.NONE, id="broken"),
        pytest.param("[1]", Verdict.NONE, id="no object"),
        pytest.param("[" * 100_000, Verdict.NONE, id="a deep well"),
    ],
)
def test_a_detail_that_is_a_json_string(detail: str, verdict: Verdict) -> None:
    assert assess(task_event() | {"detail": detail}, NOW).verdict is verdict
