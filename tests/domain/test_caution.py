"""What bites whoever acts on a diagnosis, and what could not be looked at."""

import pytest

from bot.domain.diagnosis.ceiling import NO_HARD_LIMIT
from bot.domain.diagnosis.evidence import Evidence, Gap, ImageState, JobState, Source
from bot.domain.investigation.caution import cautions, said
from bot.domain.kills.death import Limits
from tests.domain.evidences import ONLY_SOFT, container, definition, evidence, service

MOVED = ImageState(image="shop:1", running_digest="sha256:1", tag_digest="sha256:2", has_moved=True)


@pytest.mark.parametrize(
    ("found", "starts"),
    [
        pytest.param(evidence(), (), id="nothing to mind"),
        pytest.param(
            evidence(
                died=ONLY_SOFT,
                definition=definition(container(memory_mib=None, reservation_mib=256), memory_mib=None),
            ),
            (NO_HARD_LIMIT,),
            id="no limit on a shared host",
        ),
        pytest.param(
            evidence(died={"limits": Limits(container_mib=2048, task_mib=4096)}),
            ("This run overrode the limit: 2,048 MiB, where the revision says 512 MiB.",),
            id="a run with a limit of its own",
        ),
        pytest.param(
            evidence(definition=definition(container(restarts=True))),
            ("It has a restart policy",),
            id="restarts hide kills",
        ),
        pytest.param(evidence(image=MOVED), ("Its image tag means other code now",), id="the tag moved"),
        pytest.param(
            evidence(job=JobState(status="SUCCEEDED", attempt=1, most_attempts=3)),
            ("Attempt 1 of 3 was killed; a later one had enough.",),
            id="a job whose retry succeeded",
        ),
        pytest.param(
            evidence(job=JobState(status="FAILED", attempt=1)),
            ("Batch does not try it again: submit the job anew",),
            id="a job that is tried once",
        ),
        pytest.param(
            evidence(job=JobState(status="RUNNING", attempt=1, most_attempts=3)),
            ("It was attempt 1 of 3: Batch tries it again with the same memory.",),
            id="a job whose retry runs",
        ),
        pytest.param(
            evidence(job=JobState(status="FAILED", attempt=2, most_attempts=5)),
            ("It was attempt 2 of 5, and Batch tries no further one",),
            id="a job that is not retried as often as it might be",
        ),
        pytest.param(
            evidence(job=JobState(status="FAILED")), (), id="a job of which Batch tells no such attempt"
        ),
        pytest.param(
            evidence(service=service(is_deploying=True, scales_on_memory=True)),
            ("A deployment is under way.", "Autoscaling follows memory"),
            id="a deployment and autoscaling",
        ),
        pytest.param(
            evidence(definition=None, service=service(scales_on_memory=None)), (), id="nothing is known"
        ),
    ],
)
def test_cautions(found: Evidence, starts: tuple[str, ...]) -> None:
    told = cautions(found)
    assert len(told) == len(starts)
    assert all(sentence.startswith(start) for sentence, start in zip(told, starts, strict=True))


def test_a_gap_names_the_permission_that_is_missing() -> None:
    gap = Gap(source=Source.LOGS, why="access denied.", permission="logs:GetLogEvents")
    assert said(gap) == "Container log: access denied (needs logs:GetLogEvents)."
    assert said(Gap(source=Source.SERIES, why="no data")) == "Memory history: no data."
