"""What becomes of a suspicion: confirmed by what was seen, unlikely by much, and otherwise unknown."""

from typing import Any

import pytest

from bot.domain.diagnosis.diagnosis import Finding, Standing
from bot.domain.diagnosis.evidence import Evidence
from bot.domain.diagnosis.series import Series, SeriesSource
from bot.domain.investigation.standing import standing_of
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Verdict
from tests.domain.evidences import ON_EC2, SUSPECTED, evidence, finding, series, steady
from tests.slack.incidents import death


def suspected(found: Series | None, died: dict[str, Any] | None = None, **changed: Any) -> Evidence:
    return evidence(died={**SUSPECTED, **(died or {})}, series=found, **changed)


@pytest.mark.parametrize(
    ("found", "standing", "why"),
    [
        pytest.param(
            suspected(series(200, 300, 498)),
            Standing.CONFIRMED,
            "memory was at 97 % of its limit 30 s before the stop",
            id="near the limit at the end",
        ),
        pytest.param(
            suspected(series(470, 480, 300)),
            Standing.CONFIRMED,
            "memory was at 94 % of its limit 90 s before the stop",
            id="near the limit shortly before: it may have freed some",
        ),
        pytest.param(
            suspected(series(480, 200, 200, 200)),
            Standing.UNKNOWN,
            "memory never passed 94 % of its limit, but samples this far apart can miss a spike",
            id="near the limit only long before",
        ),
        pytest.param(
            suspected(series(*steady(150))),
            Standing.UNLIKELY,
            "memory never passed 29 % of its limit and did not grow",
            id="far below and flat",
        ),
        pytest.param(
            suspected(series(*steady(150, 5))),
            Standing.UNKNOWN,
            "memory never passed 29 % of its limit, but samples this far apart can miss a spike",
            id="far below, but too few samples",
        ),
        pytest.param(
            suspected(series(*steady(100), 150, 180)),
            Standing.UNKNOWN,
            "memory never passed 35 % of its limit, but samples this far apart can miss a spike",
            id="far below, but it had begun to grow",
        ),
        pytest.param(
            suspected(series(*steady(310))),
            Standing.UNKNOWN,
            "memory never passed 61 % of its limit, but samples this far apart can miss a spike",
            id="sixty per cent refutes nothing",
        ),
        pytest.param(
            suspected(series(*steady(150)), ON_EC2),
            Standing.UNKNOWN,
            "memory never passed 29 % of its limit, but on EC2 the metric may leave out shared memory and a spike "
            "between samples",
            id="far below on EC2, where cgroup v1 leaves out shared memory",
        ),
        pytest.param(
            suspected(series(*steady(150), source=SeriesSource.SERVICE_MAXIMUM)),
            Standing.UNKNOWN,
            "memory never passed 29 % of its limit, but samples this far apart can miss a spike",
            id="a service's aggregate says little of one task",
        ),
        pytest.param(
            suspected(series(*steady(150), step_s=600)),
            Standing.UNKNOWN,
            "memory never passed 29 % of its limit, but samples this far apart can miss a spike",
            id="ten minutes between samples",
        ),
        pytest.param(
            suspected(series(*steady(150, 40)), {"died_at": death().died_at.replace(hour=13)}),
            Standing.UNKNOWN,
            "the last memory sample is from 60 min before the stop",
            id="the end was not seen",
        ),
        pytest.param(
            suspected(None),
            Standing.UNKNOWN,
            "there is no memory history of this task to tell",
            id="no series",
        ),
        pytest.param(
            suspected(series()),
            Standing.UNKNOWN,
            "there is no memory history of this task to tell",
            id="no data",
        ),
    ],
)
def test_by_the_memory_history(found: Evidence, standing: Standing, why: str) -> None:
    assert standing_of(found, []) == (standing, why)


@pytest.mark.parametrize(
    ("read", "standing"),
    [
        pytest.param(finding("kernel.memcg"), Standing.CONFIRMED, id="the kernel says so"),
        pytest.param(finding("gunicorn.timeout"), Standing.UNLIKELY, id="a look-alike"),
        pytest.param(finding("node.heap"), Standing.UNKNOWN, id="a heap line is no kill"),
    ],
)
def test_by_the_log(read: Finding, standing: Standing) -> None:
    assert standing_of(suspected(None), [read])[0] is standing


@pytest.mark.parametrize("verdict", [Verdict.OOM, Verdict.MEMORY_WARNING])
def test_what_nobody_only_suspected_has_no_standing(verdict: Verdict) -> None:
    assert standing_of(evidence(died={"verdict": verdict}, series=series(*steady(100))), []) == (None, "")


def test_one_proven_kill_among_them_settles_it() -> None:
    both = (death(**SUSPECTED), death(1))
    assert standing_of(evidence(deaths=both), []) == (None, "")


def test_without_a_limit_nothing_is_near_or_far() -> None:
    nowhere = suspected(series(*steady(500)), {"limits": Limits(), **ON_EC2}, definition=None)
    assert standing_of(nowhere, []) == (
        Standing.UNKNOWN,
        "the limit that it could have reached is not known",
    )


def test_the_revisions_limit_counts_where_the_event_tells_none() -> None:
    found = suspected(series(*steady(500)), {"limits": Limits()})
    assert standing_of(found, [])[0] is Standing.CONFIRMED
