"""What an alert tells: honest about what is known, suspected or taken back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.alert.story import counted, tell
from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Finding, Pattern, Standing
from bot.domain.incident.incident import Resolution
from bot.domain.kills.death import Death, Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import OwnerKind
from tests.slack.diagnoses import DIAGNOSES, SUSPICIONS
from tests.slack.incidents import (
    JOB,
    NOON,
    OOM_REASON,
    OWNER,
    SERVICE,
    SUSPECTED_REASON,
    death,
    deaths,
    incident,
    resolved,
    silence,
    story,
)

SUSPECTED = death(verdict=Verdict.SUSPECTED_OOM, reason=SUSPECTED_REASON)
ENDED_REASON = "Container app ended with exit code 1, and its log says: The Java heap is full."
ENDED = death(verdict=Verdict.SUSPECTED_OOM, reason=ENDED_REASON, exit_code=1)


@pytest.mark.parametrize(
    ("kills", "headline", "verdict"),
    [
        pytest.param([death()], "ran out of memory", f"Confirmed: {OOM_REASON}.", id="ECS says so"),
        pytest.param(
            [death(confidence=Confidence.LIKELY)],
            "ran out of memory",
            f"Likely, not certain: {OOM_REASON}.",
            id="ECS says so of a container that may still run",
        ),
        pytest.param(
            [SUSPECTED],
            "may have run out of memory",
            f"Suspected, not proven: {SUSPECTED_REASON}.",
            id="a bare 137",
        ),
        pytest.param(
            [ENDED],
            "may have run out of memory",
            f"Told by its log, not by ECS: {ENDED_REASON}",
            id="a runtime that ended itself, before anything was looked into",
        ),
        pytest.param(
            [death(verdict=Verdict.FAILURE, exit_code=139, reason="Container app failed (exit code 139)")],
            "failed with exit code 139",
            "A failure, not a memory kill: Container app failed (exit code 139).",
            id="a crash",
        ),
        pytest.param(
            [death(verdict=Verdict.FAILURE, exit_code=None, reason="")],
            "failed",
            "A failure, not a memory kill.",
            id="a failure that nobody explains",
        ),
        pytest.param(
            [death(verdict=Verdict.MEMORY_WARNING, reason="Alarm at 90 %")],
            "is close to its memory limit",
            "A warning: Alarm at 90 %.",
            id="a warning",
        ),
    ],
)
def test_says_no_more_than_is_known(kills: list[Death], headline: str, verdict: str) -> None:
    told = story(kills)
    assert (told.headline, told.verdict) == (headline, verdict)


def test_a_suspected_kill_is_not_passed_off_as_confirmed_by_an_older_one() -> None:
    told = story([SUSPECTED, death(1)], verdict=Verdict.OOM)
    assert told.verdict == f"Confirmed: {OOM_REASON}. 1 of the last 2 only suspected."


@pytest.mark.parametrize(
    ("kind", "signal", "headline", "verdict", "count"),
    [
        pytest.param(
            "confirmed",
            Verdict.OOM,
            "ran out of memory",
            "ECS gave no reason, the evidence confirms it: memory was at 97 % of its limit 38 s before the stop.",
            "1 kill",
            id="confirmed: it is called a kill",
        ),
        pytest.param(
            "unlikely",
            Verdict.SUSPECTED_OOM,
            "was killed, probably not for memory",
            f"Suspected, not proven: {SUSPECTED_REASON}.",
            "1 suspected kill",
            id="unlikely: the headline takes it back",
        ),
        pytest.param(
            "undecided",
            Verdict.SUSPECTED_OOM,
            "may have run out of memory",
            f"Suspected, not proven: {SUSPECTED_REASON}.",
            "1 suspected kill",
            id="unknown: nothing changes",
        ),
    ],
)
def test_a_suspicion_is_told_as_the_evidence_leaves_it(
    kind: str, signal: Verdict, headline: str, verdict: str, count: str
) -> None:
    told = story([SUSPECTED], diagnosis=SUSPICIONS[kind])
    assert (told.signal, told.headline, told.verdict, told.count) == (signal, headline, verdict, count)


def test_a_later_proven_kill_outweighs_what_was_found_unlikely() -> None:
    told = story([death()], diagnosis=SUSPICIONS["unlikely"])
    assert (told.standing, told.headline) == (None, "ran out of memory")


def test_where_the_gist_tells_a_fix_no_further_advice_is_given() -> None:
    assert story([death()], diagnosis=DIAGNOSES["spike"]).advice == ""
    assert story([death()], diagnosis=DIAGNOSES["unknown"]).advice != ""


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        pytest.param(1, True, id="in the first minute"),
        pytest.param(2, False, id="later it would be a broken promise"),
    ],
)
def test_that_it_is_looked_into_is_told_for_a_minute(minutes: int, says: bool) -> None:
    told = tell(
        incident([death()]),
        [death()],
        silence=None,
        account_name="",
        owner="",
        now=NOON + timedelta(minutes=minutes),
        kills_24h=1,
        is_investigated=True,
    )
    assert told.is_investigated is says


def test_once_it_was_no_oom_the_diagnosis_is_not_told() -> None:
    told = story([death()], diagnosis=DIAGNOSES["leak"], **resolved(Resolution.NOT_AN_OOM))
    assert told.gist is None


def test_a_warning_is_told_once_by_whomever_it_was_found() -> None:
    told = story([death(limits=Limits(), launch_type="EC2")], diagnosis=DIAGNOSES["host"])
    assert len(told.warnings) == 1


@pytest.mark.parametrize("why", [Resolution.RETRACTED, Resolution.NOT_AN_OOM])
def test_a_verdict_that_was_taken_back_is_no_longer_told(why: Resolution) -> None:
    told = story([death()], **resolved(why))
    assert (told.signal, told.headline, told.count) == (Verdict.NONE, "stopped, but not for memory", "1 stop")


@pytest.mark.parametrize(
    ("count", "span", "words"),
    [
        pytest.param(1, timedelta(0), "1 kill", id="one"),
        pytest.param(7, timedelta(minutes=42), "7 kills in 42 min", id="several"),
        pytest.param(3, timedelta(0), "3 kills at once", id="several tasks in one second"),
        pytest.param(10_000, timedelta(days=3, hours=4), "10,000 kills in 3 d 4 h", id="a storm"),
    ],
)
def test_how_often_over_what_time(count: int, span: timedelta, words: str) -> None:
    told = story([death()], kill_count=count, first_kill_at=NOON - span)
    assert told.count == words


def test_earlier_incidents_show_in_the_last_day() -> None:
    assert story(deaths(7), kills_24h=9).kills_24h == "9 kills"
    assert story(deaths(7), kills_24h=7).kills_24h == ""


@pytest.mark.parametrize(
    ("kills", "words"),
    [
        pytest.param(deaths(7), "each died after 31–33 min", id="equal lives"),
        pytest.param([death()], "died after 31 min", id="one life"),
        pytest.param([death(started_at=None)], "", id="nobody knows when it began"),
        pytest.param([death(), death(1, started_at=None)], "died after 31 min", id="one of two known"),
    ],
)
def test_how_long_they_lived(kills: list[Death], words: str) -> None:
    assert story(kills).lifetimes == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"exit_code": 137}, "137 (SIGKILL)", id="killed"),
        pytest.param({"exit_code": 0}, "0 (so probably a child process was killed)", id="a child was killed"),
        pytest.param(
            {"exit_code": 1}, "1 (so probably a child process was killed)", id="and its parent gave up"
        ),
        pytest.param({"exit_code": 3}, "3", id="a code without a name"),
        pytest.param({"exit_code": None}, "none reported", id="not reported"),
        pytest.param({"exit_code": 1, "verdict": Verdict.FAILURE}, "1", id="a failure is no child"),
        pytest.param({"exit_code": None, "verdict": Verdict.FAILURE}, "", id="a failure without container"),
    ],
)
def test_exit_codes_explain_themselves(changed: dict[str, Any], words: str) -> None:
    assert story([death(**changed)]).exit == words


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        pytest.param(
            {"task_stopped": False}, "The task is still running without this container.", id="dead sidecar"
        ),
        pytest.param(
            {"limits": Limits(), "launch_type": "EC2"},
            "No hard memory limit on a shared host: it can take its host and its neighbours down.",
            id="no limit on a shared host",
        ),
        pytest.param(
            {"group_key": replace(SERVICE, container="ecs-service-connect-Ab12")},
            "AWS put this container into the task (Service Connect): it is not in the task definition and takes its "
            "memory from the task's.",
            id="injected container",
        ),
    ],
)
def test_warns_of_what_is_easily_missed(changed: dict[str, Any], warning: str) -> None:
    assert story([death(**changed)]).warnings == (warning,)


def test_a_usual_kill_needs_no_warning() -> None:
    assert story([death()]).warnings == ()


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        pytest.param(
            {}, "Read the last log lines, then raise the limit or fix the growth.", id="a usual kill"
        ),
        pytest.param(
            {"limits": Limits(), "launch_type": "EC2"},
            "Give it a hard memory limit, then look for growth.",
            id="no limit on a shared host",
        ),
        pytest.param(
            {"group_key": replace(SERVICE, container="aws-guardduty-agent-x")},
            "Give the task more memory.",
            id="injected container: it has no size of its own",
        ),
        pytest.param(
            {"verdict": Verdict.SUSPECTED_OOM},
            "Check the task's memory metric, and whether docker kill or a stop timeout ended it.",
            id="a bare 137",
        ),
        pytest.param({"verdict": Verdict.FAILURE}, "Read the last log lines.", id="a crash"),
        pytest.param(
            {"verdict": Verdict.FAILURE, "group_key": replace(SERVICE, container="")},
            "Look at the service's events.",
            id="nothing ran, so nothing logged",
        ),
        pytest.param(
            {"verdict": Verdict.FAILURE, "group_key": replace(JOB, container="")},
            "Look at the job's status reason and its attempts.",
            id="a failed job has no service",
        ),
        pytest.param(
            {"verdict": Verdict.MEMORY_WARNING, "group_key": replace(SERVICE, container="")},
            "Look for growth before it is killed.",
            id="an alarm on a whole service",
        ),
        pytest.param(
            {"container": "", "group_key": replace(SERVICE, kind=OwnerKind.TASK, container="")},
            "Find out which container it was: look at the task's logs and its memory metric.",
            id="known by its ARN alone",
        ),
        pytest.param(
            {"reason": "Container app was OOM-killed before it could start: its memory limit is too low"},
            "Raise the limit: with this one it cannot start.",
            id="killed before it could log a line",
        ),
    ],
)
def test_suggests_a_step_that_can_help(changed: dict[str, Any], advice: str) -> None:
    assert story([death(**changed)]).advice == advice


def test_suggests_nothing_once_it_is_over() -> None:
    assert story([death()], **resolved(Resolution.QUIET)).advice == ""


def test_revisions_newest_first_each_once() -> None:
    kills = [
        death(0, task_definition_arn="arn:aws:ecs:eu-west-1:1:task-definition/checkout-api:88"),
        *deaths(3),
    ]
    assert story(kills).revisions == ("checkout-api:88", "checkout-api:87")


def test_a_verdict_counts_again_once_the_incident_is_open_again() -> None:
    assert story([death()], resolution=Resolution.NOT_AN_OOM, reopened_count=1).signal is Verdict.OOM


@pytest.mark.parametrize(
    ("container", "subject"),
    [pytest.param("app", "app", id="by its container"), pytest.param("", "a task", id="by nothing at all")],
)
def test_something_without_a_name_is_still_called_something(container: str, subject: str) -> None:
    told = story([death(group_key=replace(SERVICE, name="", container=container))])
    assert (told.subject, told.container) == (subject, "")


def test_a_container_named_like_its_service_is_said_once() -> None:
    assert story([death(group_key=replace(SERVICE, container="checkout-api"))]).container == ""


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        pytest.param({}, True, id="it mutes now"),
        pytest.param({"ends_at": NOON}, False, id="it ended a minute ago"),
        pytest.param({"starts_at": NOON + timedelta(hours=1)}, False, id="it has not begun"),
    ],
)
def test_tells_of_a_silence_that_mutes_now(changed: dict[str, Any], is_told: bool) -> None:
    assert (story([death()], muted=silence(**changed)).silence is not None) is is_told


def test_an_incident_without_stored_kills_is_told_by_its_key() -> None:
    told = tell(incident(), [], silence=None, account_name="", owner=OWNER, now=NOON, kills_24h=0)
    assert (told.subject, told.container, told.account_name, told.newest) == (
        "checkout-api",
        "app",
        "123456789012",
        None,
    )
    assert told.links.owner.endswith("/services/checkout-api/health?region=eu-west-1")
    assert told.links.task == ""


@pytest.mark.parametrize(
    ("count", "verdict", "words"),
    [
        pytest.param(1, Verdict.OOM, "1 kill", id="one kill"),
        pytest.param(2, Verdict.SUSPECTED_OOM, "2 suspected kills", id="suspected"),
        pytest.param(3, Verdict.FAILURE, "3 failures", id="failures are no kills"),
    ],
)
def test_deaths_are_counted_by_their_name(count: int, verdict: Verdict, words: str) -> None:
    assert counted(count, verdict) == words


@pytest.mark.parametrize(
    ("rule", "headline"),
    [
        pytest.param("jvm.heap", "ran out of heap", id="the heap is full, the container is not"),
        pytest.param("jvm.threads", "ran out of threads", id="threads are no memory"),
        pytest.param("jvm.metaspace", "reached a memory cap of its own", id="a cap beside the heap"),
    ],
)
def test_a_runtime_that_ended_itself_is_told_by_what_it_ran_out_of(rule: str, headline: str) -> None:
    own = Finding(rule=rule, words="It is full.", evidence="a line", fix="Raise it.", memory_helps=False)
    diagnosis = Diagnosis(
        made_at=NOON,
        pattern=Pattern.UNKNOWN,
        pattern_why="",
        culprit=Culprit.RUNTIME,
        culprit_why="It is full.",
        findings=(own,),
        standing=Standing.CONFIRMED,
        standing_why="its log says: It is full.",
    )
    told = replace(story([ENDED]), diagnosis=diagnosis)
    assert told.headline == headline
    assert told.gist is not None
    assert told.gist.told == "raising memory alone will not help"
    assert replace(told, diagnosis=None).advice.startswith("Read its last log lines")
    assert replace(story([SUSPECTED]), diagnosis=diagnosis).headline == "ran out of memory"
