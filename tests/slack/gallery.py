"""The gallery: every message about incidents that the bot can produce, by the name of its golden file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.incident.calling import Call
from bot.domain.incident.incident import Resolution
from bot.domain.incident.storm import Host, Place, Storm, Toll
from bot.domain.kills.death import Limits
from bot.domain.kills.verdict import Confidence, Verdict
from bot.slack import replies
from bot.slack.alert import alert
from bot.slack.detours import around
from bot.slack.message import Message
from bot.slack.operator_alert import operator_alert
from bot.slack.storm import storm_message
from tests.slack.diagnoses import DIAGNOSES, LEAK, SUSPICIONS
from tests.slack.incidents import (
    ACKNOWLEDGED,
    ALICE,
    FAMILY,
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

SEVEN = deaths(7)
SUSPECTED = deaths(2, verdict=Verdict.SUSPECTED_OOM, confidence=Confidence.UNSURE, reason=SUSPECTED_REASON)
FAILED = deaths(3, verdict=Verdict.FAILURE, reason="Container app failed (exit code 139)", exit_code=139)
ON_HOST = {
    "launch_type": "EC2",
    "container_instance_arn": "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/9d",
}
UNTOLD: dict[str, Any] = {
    "exit_code": None,
    "started_at": None,
    "limits": Limits(),
    "task_definition_arn": "",
}
REPORT = {
    "group_key": FAMILY,
    "container": "report",
    "task_definition_arn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/nightly-report:12",
}
JOB_DEFINITION = "arn:aws:batch:eu-west-1:123456789012:job-definition/align-genomes:4"
GUARD = replace(SERVICE, container="aws-guardduty-agent-x7k2p9")

AT_NIGHT = Call(owner="Payments on call", is_mentioned=False, hours_begin=NOON + timedelta(hours=44))

ALERTS: Mapping[str, Message] = {
    "first_kill": alert(story(deaths(1))),
    "seven_kills": alert(story(SEVEN, kills_24h=9)),
    "acknowledged": alert(story(SEVEN, **ACKNOWLEDGED)),
    "silenced": alert(story(SEVEN, muted=silence())),
    "acknowledged_and_silenced": alert(story(SEVEN, muted=silence(reason=""), **ACKNOWLEDGED)),
    "reopened": alert(story(SEVEN, reopened_count=1, reopened_at=NOON)),
    "resolved_by_person": alert(story(SEVEN, **{**ACKNOWLEDGED, **resolved(Resolution.BY_PERSON, ALICE)})),
    "resolved_when_quiet": alert(story(SEVEN, **resolved(Resolution.QUIET))),
    "resolved_as_not_an_oom": alert(story(SEVEN, **resolved(Resolution.NOT_AN_OOM, ALICE))),
    "resolved_as_retracted": alert(story((), **resolved(Resolution.RETRACTED))),
    "left_to_its_job": alert(story((), group_key=JOB, **resolved(Resolution.RETRACTED))),
    "at_night": alert(replace(story(SEVEN), owner="", unmentioned=AT_NIGHT)),
    "never_mentioning": alert(
        replace(story(SEVEN), owner="", unmentioned=replace(AT_NIGHT, hours_begin=None))
    ),
    "in_another_channel": around(alert(story(SEVEN)), "C0TEAMX not_in_channel"),
    "in_the_last_channel": around(
        alert(story(SEVEN)), "team-x channel_not_found,C0TEAMY is_archived,C0Z odd"
    ),
    "suspected": alert(story(SUSPECTED)),
    "some_only_suspected": alert(story((*SUSPECTED, *SEVEN[2:]), verdict=Verdict.OOM)),
    "failure": alert(story(FAILED)),
    "failure_without_task": alert(
        story(
            deaths(
                1,
                group_key=replace(SERVICE, container=""),
                container="",
                task_arn="arn:aws:ecs:eu-west-1:123456789012:service/prod/checkout-api",
                verdict=Verdict.FAILURE,
                reason="The service cannot place a task: RESOURCE:MEMORY",
                **UNTOLD,
            )
        )
    ),
    "memory_warning": alert(
        story(
            deaths(
                1,
                verdict=Verdict.MEMORY_WARNING,
                reason="The alarm checkout-memory is in ALARM: memory above 90 %",
                **UNTOLD,
            )
        )
    ),
    "no_limit_on_shared_host": alert(story(deaths(2, limits=Limits(), **ON_HOST))),
    "reservation_only_on_shared_host": alert(
        story(deaths(2, limits=Limits(reservation_mib=256, task_mib=256), **ON_HOST))
    ),
    "task_limit_only": alert(story(deaths(2, limits=Limits(task_mib=2048)))),
    "task_still_running": alert(story(deaths(1, task_stopped=False))),
    "injected_container": alert(story(deaths(1, group_key=GUARD, container=GUARD.container))),
    "child_process_killed": alert(story(deaths(1, exit_code=0))),
    "stale_flag": alert(story(deaths(1, exit_code=None, confidence=Confidence.LIKELY))),
    "two_revisions": alert(
        story((death(0, task_definition_arn=SEVEN[0].task_definition_arn.replace(":87", ":88")), *SEVEN[1:]))
    ),
    "scheduled_task": alert(story(deaths(2, **REPORT, started_by="chronos-schedule/gold-coast-data-lak"))),
    "rule_task": alert(story(deaths(1, **REPORT, started_by="events-rule/nightly"))),
    "step_functions_task": alert(story(deaths(1, **REPORT, started_by="AWS Step Functions"))),
    "batch_job": alert(
        story(
            deaths(1, group_key=JOB, container="default", task_definition_arn=JOB_DEFINITION, started_by="")
        )
    ),
    "shown_late": alert(replace(story(deaths(1)), late="shown 40 s late: Slack's limits")),
    "hostile_names": alert(
        story(
            deaths(
                1,
                group_key=replace(SERVICE, name="<!channel>", container="`<@U0EVIL001>`", cluster="*a*|b"),
                container="`<@U0EVIL001>`",
                reason="<!here> ```\n> stolen & `code` https://evil.example \u202egnp.exe",
            )
        )
    ),
}

DIAGNOSED: Mapping[str, Message] = {
    "investigating": alert(replace(story(deaths(1)), is_investigated=True)),
    **{f"diagnosed_{kind}": alert(story(SEVEN, diagnosis=found)) for kind, found in DIAGNOSES.items()},
    **{f"suspicion_{kind}": alert(story(SUSPECTED, diagnosis=found)) for kind, found in SUSPICIONS.items()},
    "diagnosed_and_acknowledged": alert(story(SEVEN, diagnosis=LEAK, **ACKNOWLEDGED)),
    "diagnosed_and_resolved": alert(story(SEVEN, diagnosis=LEAK, **resolved(Resolution.QUIET))),
    "diagnosed_but_not_an_oom": alert(story(SEVEN, diagnosis=LEAK, **resolved(Resolution.NOT_AN_OOM, ALICE))),
}

REPLIES: Mapping[str, Message] = {
    "details": replies.details(story(deaths(1))),
    "details_on_host": replies.details(story(deaths(1, limits=Limits(), **ON_HOST))),
    "details_of_nothing": replies.details(story()),
    "further_kill": replies.further_kill(story(SEVEN[:2]), SEVEN[0], 2),
    "further_kill_barely_known": replies.further_kill(
        story(SEVEN[:2]),
        death(
            task_arn="",
            started_at=None,
            exit_code=None,
            task_definition_arn="",
            verdict=Verdict.SUSPECTED_OOM,
        ),
        2,
    ),
    "silence_began": replies.silence_began(silence()),
    "silence_ended": replies.silence_ended(story(SEVEN), silence()),
    "silence_ended_early": replies.silence_ended(story(SEVEN), silence(ended_by=ALICE)),
    "reopened": replies.reopened(story(SEVEN, reopened_count=1, reopened_at=NOON)),
    "resolved_by_person": replies.resolved(story(SEVEN, **resolved(Resolution.BY_PERSON, ALICE))),
    "resolved_when_quiet": replies.resolved(story(SEVEN, **resolved(Resolution.QUIET))),
    "resolved_as_not_an_oom": replies.resolved(story(SEVEN, **resolved(Resolution.NOT_AN_OOM, ALICE))),
    "left_to_its_job": replies.resolved(story((), group_key=JOB, **resolved(Resolution.RETRACTED))),
    "resolved_as_retracted": replies.resolved(story(deaths(1), **resolved(Resolution.RETRACTED))),
}

OPERATOR_ALERTS: Mapping[str, Message] = {
    "once": operator_alert("SNS ended a subscription", "Topic oom-events & co.", NOON, NOON, 1, alert_id=5),
    "often": operator_alert(
        "A notification could not be read",
        f"{OOM_REASON} <!channel>",
        NOON,
        NOON + timedelta(hours=3),
        12,
        alert_id=6,
    ),
}

SERVICES_OF_PROD = tuple(
    f"{word}-{part}" for word in ("checkout", "search", "ledger", "media") for part in range(50)
)
HOST = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/5f2d0c1e0a4c4f0d9b61c3f0a8b7e611"
STORM = Storm(
    id=5,
    place=Place("123456789012", "eu-west-1", "prod", "C0ALERTS"),
    generation=9,
    began_at=NOON - timedelta(minutes=21),
    last_opened_at=NOON - timedelta(minutes=19),
)


def toll(
    names: Sequence[str] = SERVICES_OF_PROD, hosts: Sequence[Host] = (), *, taken: int = 0, **changed: Any
) -> Toll:
    """A storm over these services, of whose incidents so many are acknowledged; what is changed, is in the storm."""
    found = [
        incident(
            (death(0, group_key=replace(SERVICE, name=name)),),
            id=100 + number,
            **(ACKNOWLEDGED if number < taken else {}),
        )
        for number, name in enumerate(names)
    ]
    return Toll(
        storm=replace(STORM, **changed),
        incidents=found,
        kills_of={one.id: max(1, 60 - 2 * number) for number, one in enumerate(found)},
        hosts=hosts,
        first_kill_at=NOON - timedelta(minutes=21),
        last_kill_at=NOON,
    )


TAKEN: dict[str, Any] = {"acknowledged_by": ALICE, "acknowledged_at": NOON}
ENDED: dict[str, Any] = {"ended_at": NOON + timedelta(minutes=5)}
STORMS: Mapping[str, Message] = {
    "of_200_services": storm_message(toll(), "prod-eu", call=Call(owner=OWNER)),
    "of_ten_services": storm_message(toll(SERVICES_OF_PROD[:10]), "123456789012"),
    "on_one_host": storm_message(toll(hosts=[Host(arn=HOST, kills=1000)]), "prod-eu"),
    "on_two_hosts": storm_message(
        toll(SERVICES_OF_PROD[:12], [Host(arn=HOST, kills=200), Host(arn=HOST[:-4] + "beef", kills=190)]),
        "prod-eu",
    ),
    "acknowledged": storm_message(toll(taken=200, **TAKEN), "prod-eu"),
    "acknowledged_and_grown": storm_message(toll(taken=180, **TAKEN), "prod-eu"),
    "over": storm_message(toll(**ENDED), "prod-eu"),
    "over_and_acknowledged": storm_message(toll(taken=200, **TAKEN, **ENDED), "prod-eu"),
    "shown_late": storm_message(toll(), "prod-eu", late="shown 40 s late: Slack's limits"),
    "hostile_names": storm_message(
        toll(
            ["<!channel>", "`*&<@U0EVIL>" * 20, "\u202e" + "&" * 255]
            + ["&" * 255 + str(n) for n in range(30)]
        ),
        "<!here>" * 30,
        late="&" * 200,
    ),
}

GALLERY: Mapping[str, Message] = {
    **{f"alert_{name}": message for name, message in ALERTS.items()},
    **{f"alert_{name}": message for name, message in DIAGNOSED.items()},
    **{f"reply_{name}": message for name, message in REPLIES.items()},
    **{f"operator_{name}": message for name, message in OPERATOR_ALERTS.items()},
    **{f"storm_{name}": message for name, message in STORMS.items()},
}
