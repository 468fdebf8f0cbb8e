"""Notes: what else a resize does and what speaks against it, told where it is so and only there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.diagnosis.diagnosis import Culprit, Diagnosis, Option, Pattern, Recommendation
from bot.domain.diagnosis.evidence import Host, ImageState
from bot.domain.plan.plan import Severity, TargetKind
from bot.domain.plan.resize_facts import Facts
from bot.domain.sizing.tail import Peak
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import DIGEST, JVM, OTHER, diagnosis, facts, planned, rules, service, target

KILLED = diagnosis((2048, None, 0.9))
LEAK = replace(KILLED, pattern=Pattern.LEAK)
MACHINE = Host(instance_id="i-1", registered_mib=8000, remaining_mib=500, largest_free_mib=3000)
MOVED = ImageState(image="shop/app:1", running_digest=DIGEST, tag_digest=OTHER, has_moved=True)
GONE = ImageState(image="shop/app:1", running_digest=DIGEST, why="the tag is no longer in ECR", is_gone=True)
TAGGED = replace(app(1024), image="shop/app:1")
IN_COMMAND = replace(app(1024), command=("node", "--max-old-space-size=768", "main.js"))


@pytest.mark.parametrize(
    ("given", "amount", "rule", "severity", "words"),
    [
        pytest.param(
            facts(),
            "4G",
            "cpu.raised",
            Severity.DANGER,
            "from 0.25 to 0.5 vCPU",
            id="CPU has to be paid, too",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, app())),
            "1500M",
            "size.rounded",
            Severity.INFO,
            "no 1,500 MiB with 0.25 vCPU: the task gets 2,048",
            id="a size that is not sold",
        ),
        pytest.param(
            facts(diagnosis=replace(KILLED, helps=False, culprit_why="the heap was full")),
            "2G",
            "memory.helps_not",
            Severity.DANGER,
            "will not cure this: the heap was full.",
            id="memory is not what it lacks",
        ),
        pytest.param(
            facts(diagnosis=LEAK),
            "2G",
            "memory.leak",
            Severity.WARNING,
            "buys time, it does not fix",
            id="it leaks",
        ),
        pytest.param(
            facts(diagnosis=replace(KILLED, culprit=Culprit.SIDECAR, blamed_container="envoy")),
            "2G",
            "memory.sidecar",
            Severity.WARNING,
            "resize that one",
            id="a sidecar took it",
        ),
        pytest.param(
            facts(
                on_fargate(4096, 512, app(1024), sidecar(2048)),
                diagnosis=replace(KILLED, culprit=Culprit.TASK),
            ),
            "1280M",
            "task.stays",
            Severity.DANGER,
            "keeps its 4,096 MiB",
            id="the task ran out, and stays as it is",
        ),
        pytest.param(
            facts(diagnosis=replace(KILLED, made_at=KILLED.made_at - timedelta(days=3))),
            "2G",
            "diagnosis.old",
            Severity.INFO,
            "3 d old",
            id="the diagnosis is old",
        ),
        pytest.param(
            facts(),
            "512M",
            "shrink.blind",
            Severity.DANGER,
            "nothing is known",
            id="smaller, and nobody knows its use",
        ),
        pytest.param(
            facts(diagnosis=KILLED),
            "512M",
            "shrink.killed",
            Severity.DANGER,
            "killed sooner",
            id="smaller, after a kill",
        ),
        pytest.param(
            facts(peaks=(Peak(100),) * 30),
            "900M",
            "shrink.risk",
            Severity.INFO,
            "about 1 %",
            id="smaller, and roomy",
        ),
        pytest.param(
            facts(peaks=(Peak(500),) * 9),
            "512M",
            "shrink.risk",
            Severity.DANGER,
            "about 85 %",
            id="smaller, and too tight",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, JVM)),
            "2G",
            "knob.left",
            Severity.WARNING,
            "JAVA_TOOL_OPTIONS stays as it is",
            id="a heap that nobody ticked",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, IN_COMMAND)),
            "2G",
            "knob.in_command",
            Severity.WARNING,
            "in the command",
            id="a heap in the command",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, TAGGED), images={"app": MOVED}, kept_digests=frozenset({DIGEST})),
            "2G",
            "image.moved",
            Severity.WARNING,
            "Pin the image to keep what runs.",
            id="the tag means other code now",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, TAGGED), images={"app": MOVED}),
            "2G",
            "image.moved",
            Severity.WARNING,
            "cannot be pinned",
            id="the tag means other code, and the old one is gone",
        ),
        pytest.param(
            facts(images={"app": ImageState(image="app", running_digest="", why="the image is not in ECR")}),
            "2G",
            "image.unknown",
            Severity.INFO,
            "app: the image is not in ECR.",
            id="nobody knows what the tag means",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, TAGGED), images={"app": GONE}, kept_digests=frozenset({DIGEST})),
            "2G",
            "image.gone",
            Severity.DANGER,
            "no new task could start. Pin the image to keep what runs.",
            id="the tag was deleted",
        ),
        pytest.param(
            facts(unpinned=("rule nightly, target 1", "schedule weekly")),
            "2G",
            "family.unpinned",
            Severity.WARNING,
            "rule nightly, target 1, schedule weekly",
            id="others take the newest revision",
        ),
        pytest.param(
            facts(
                service=service(is_deploying=True), deployment_words="Revision 42 is being deployed, 1 of 2."
            ),
            "2G",
            "deploying",
            Severity.WARNING,
            "1 of 2: the resize waits",
            id="a deployment is in progress",
        ),
        pytest.param(
            facts(service=service(scales_on_memory=True)),
            "2G",
            "scales_on_memory",
            Severity.WARNING,
            "scaled in",
            id="autoscaling follows memory",
        ),
        pytest.param(
            facts(service=service(scales_on_memory=True)),
            "512M",
            "scales_on_memory",
            Severity.WARNING,
            "scaled out",
            id="autoscaling follows memory, and there is less",
        ),
        pytest.param(
            facts(service=service(desired_count=0)),
            "2G",
            "no_tasks",
            Severity.INFO,
            "wants no task",
            id="nothing runs",
        ),
        pytest.param(
            facts(on_ec2(app(1024))), "2G", "room", Severity.WARNING, "not known", id="EC2, room unknown"
        ),
        pytest.param(
            facts(on_ec2(app(1024)), host=MACHINE),
            "2G",
            "room",
            Severity.INFO,
            "It fits",
            id="EC2, and it fits",
        ),
        pytest.param(
            facts(on_ec2(app(1024)), host=MACHINE),
            "4G",
            "room",
            Severity.WARNING,
            "may wait",
            id="EC2, not now",
        ),
        pytest.param(
            facts(on_ec2(app(None, 512))),
            "1G",
            "no_hard_limit",
            Severity.WARNING,
            "no hard limit",
            id="EC2, soft only",
        ),
        pytest.param(
            facts(overrides=("rule nightly, target 1",)),
            "2G",
            "overridden",
            Severity.WARNING,
            "rule nightly",
            id="each run sets memory anew",
        ),
        pytest.param(
            facts(names_asker=False),
            "2G",
            "unnamed",
            Severity.INFO,
            "CloudTrail will show this as the bot's change",
            id="no role is assumed for it",
        ),
        pytest.param(
            facts(on_fargate(1024, 256, replace(app(1024), restarts=True))),
            "2G",
            "restarts",
            Severity.INFO,
            "may miss",
            id="a restart policy hides kills",
        ),
        pytest.param(
            facts(injected_mib={"aws-guardduty-agent-x": 128}),
            "2G",
            "injected",
            Severity.INFO,
            "128 MiB are counted",
            id="AWS adds a container",
        ),
        pytest.param(
            facts(gaps=("Autoscaling: denied.",)),
            "2G",
            "gap",
            Severity.INFO,
            "denied",
            id="something is unknown",
        ),
        pytest.param(
            facts(owner="CloudFormation stack shop"),
            "2G",
            "owner",
            Severity.WARNING,
            "CloudFormation stack shop manages it",
            id="somebody's code puts it back",
        ),
    ],
)
def test_a_note(given: Facts, amount: str, rule: str, severity: Severity, words: str) -> None:
    note = next(note for note in planned(given, amount).notes if note.rule == rule)
    assert note.severity is severity
    assert words in note.words


def test_a_leak_says_how_long_the_size_lasts() -> None:
    lasting = (Option(memory_mib=2048, next_oom_s=9 * 3600),)
    sizes = Recommendation(options=lasting, best=0, reasons=(), multiplier=2.0)
    given = facts(diagnosis=replace(LEAK, recommendation=sizes))
    assert (
        planned(given, "2G").notes[0].words == "This leaks: more memory buys about 9 h, it does not fix it."
    )
    assert planned(given, "1900M").notes[0].words == "This leaks: more memory buys time, it does not fix it."


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(replace(KILLED, limit_mib=512), id="it was resized since"),
        pytest.param(replace(KILLED, helps=False), id="memory was not what it lacked"),
        pytest.param(replace(KILLED, culprit=Culprit.UNKNOWN), id="nobody knows"),
    ],
)
def test_less_memory_is_no_worse_where_memory_did_not_run_out(known: Diagnosis) -> None:
    assert "shrink.killed" not in rules(planned(facts(diagnosis=known), "900M"))


def test_nothing_is_noted_where_nothing_is_to_be_known() -> None:
    assert rules(planned(facts(diagnosis=KILLED), "2G")) == []


def test_the_gravest_comes_first() -> None:
    given = facts(
        gaps=("A gap.",), diagnosis=replace(KILLED, helps=False), service=service(scales_on_memory=True)
    )
    assert [note.severity for note in planned(given, "2G").notes] == list(reversed(Severity))


def test_what_is_pinned_ships_no_other_code_but_hides_later_tags() -> None:
    given = facts(on_fargate(1024, 256, TAGGED), images={"app": MOVED}, kept_digests=frozenset({DIGEST}))
    plan = planned(given, "2G", pin_images=True)
    assert rules(plan) == ["image.pinned"]


def test_what_runs_by_the_run_asks_for_its_tag_anew_anyway() -> None:
    tagged = on_fargate(1024, 256, TAGGED)
    rule = facts(tagged, images={"app": MOVED}, target=target(TargetKind.RULE, "nightly/1"), service=None)
    assert rules(planned(rule, "2G")) == []


def test_lines_to_paste_are_of_ecs_and_not_of_a_batch_job() -> None:
    job = facts(owner="Terraform", target=target(TargetKind.JOB), service=None)
    assert [note.paste for note in planned(job, "2G").notes if note.rule == "owner"] == [""]
    (of_service,) = planned(facts(owner="Terraform"), "2G").notes
    assert 'memory = "2048"' in of_service.paste


def test_a_ticked_variable_is_not_warned_about_and_values_are_not_told() -> None:
    given = facts(on_fargate(1024, 256, JVM))
    assert "knob.left" not in rules(planned(given, "2G", knobs=frozenset({"JAVA_TOOL_OPTIONS"})))
    assert "colour" not in " ".join(note.words for note in planned(given, "2G").notes)
