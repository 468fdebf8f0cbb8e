"""Refusals: each has its exact reason, and nothing is ever carried out with one."""

from dataclasses import replace

import pytest

from bot.domain.diagnosis.evidence import Host
from bot.domain.plan.plan import TargetKind
from bot.domain.plan.resize_facts import Facts
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import ARN, NEWER_ARN, described, diagnosis, facts, planned, service, target

DEFINITION = on_fargate(1024, 256, app(1024))
MACHINE = Host(instance_id="i-1", registered_mib=3900, remaining_mib=1000, largest_free_mib=1000)


@pytest.mark.parametrize(
    ("given", "amount", "words"),
    [
        pytest.param(
            facts(service=service(controller="CODE_DEPLOY")),
            "2G",
            "CodeDeploy deploys this service",
            id="CODE_DEPLOY",
        ),
        pytest.param(
            facts(service=service(controller="EXTERNAL")), "2G", "external controller", id="EXTERNAL"
        ),
        pytest.param(
            facts(service=service(controller="NEW")), "2G", "controller NEW", id="a controller of the future"
        ),
        pytest.param(facts(is_express=True), "2G", "UpdateExpressGatewayService", id="an Express service"),
        pytest.param(
            facts(forbidden=("Its sizes are in ecsProperties.",)),
            "2G",
            "ecsProperties",
            id="what reading it showed",
        ),
        pytest.param(facts(is_gone=True), "2G", "checkout is no longer there", id="the service was deleted"),
        pytest.param(
            facts(is_active=False), "2G", "Revision 42 of checkout is INACTIVE", id="the revision is INACTIVE"
        ),
        pytest.param(
            facts(service=service(task_definition_arn=NEWER_ARN)),
            "2G",
            "runs revision 43, this plan is of 42",
            id="someone deployed while it was read",
        ),
        pytest.param(facts(), "1024M", "Nothing would change", id="the size that it has"),
        pytest.param(facts(), "auto", "no recommendation", id="auto, and nothing is recommended"),
        pytest.param(
            facts(diagnosis=replace(diagnosis(), no_recommendation_why="memory is an unlikely cause")),
            "auto",
            "The diagnosis: memory is an unlikely cause.",
            id="auto, and the diagnosis says why not",
        ),
        pytest.param(
            facts(diagnosis=diagnosis((1024, 1024, 0.9), limit_mib=512)),
            "auto",
            "no recommendation",
            id="auto, and the revision has grown beyond the advice meanwhile",
        ),
        pytest.param(facts(), "250G", "Fargate sells 249,856 MiB at most", id="more than Fargate sells"),
        pytest.param(
            facts(on_fargate(8192, 1024, app(8192), is_windows=True)),
            "31G",
            "Fargate sells 30,720 MiB at most",
            id="more than Fargate sells for Windows",
        ),
        pytest.param(
            facts(on_fargate(1024, None, app(1024))), "2G", "CPU is not known", id="Fargate without CPU"
        ),
        pytest.param(facts(), "4M", "6 MiB at least", id="less than a container can have"),
        pytest.param(
            facts(replace(on_ec2(app(1024)), is_windows=True)),
            "128M",
            "256 MiB at least",
            id="less than Windows can have",
        ),
        pytest.param(facts(), "-2G", "That would be -1,024 MiB", id="less than nothing"),
        pytest.param(
            facts(on_fargate(4096, 512, app(), sidecar(3000))),
            "2G",
            "Container envoy may use 3,000 MiB",
            id="the task would be smaller than one of its containers",
        ),
        pytest.param(
            facts(on_fargate(4096, 512, app(), sidecar(1500), replace(sidecar(1500), name="cache"))),
            "2G",
            "reserve 3,000 MiB together",
            id="the containers would not fit into the task",
        ),
        pytest.param(
            facts(on_ec2(app(1024)), host=MACHINE),
            "4G",
            "No instance is large enough",
            id="larger than the instances",
        ),
        pytest.param(
            facts(on_ec2(app(1024, 512)), host=MACHINE),
            "4G",
            "No instance is large enough",
            id="its limit is larger than the instances, though its reservation is not",
        ),
        pytest.param(facts(on_ec2(app())), "2G", "sets no memory for app", id="no memory is set at all"),
        pytest.param(
            facts(described=described(DEFINITION, brandNewField=1)),
            "2G",
            "brandNewField",
            id="a field nobody knows",
        ),
        pytest.param(
            facts(described=described(on_fargate(1024, 256, app(512)))),
            "2G",
            "no longer what the plan saw",
            id="the description is of another size",
        ),
    ],
)
def test_it_is_refused_with_its_reason(given: Facts, amount: str, words: str) -> None:
    plan = planned(given, amount)
    assert not plan.can_be_done
    assert words in " ".join(plan.refusals)


@pytest.mark.parametrize(
    ("container", "words"),
    [
        pytest.param("web", "no container web in the task definition; there is app", id="misspelt"),
        pytest.param("aws-guardduty-agent-Q1", "GuardDuty adds it, and sets its size", id="GuardDuty's"),
        pytest.param("mesh", "AWS adds it", id="another one that AWS added"),
    ],
)
def test_a_container_that_is_not_in_the_revision(container: str, words: str) -> None:
    plan = planned(facts(injected_mib={"mesh": 64}), "2G", container=container)
    assert plan.change is None
    assert words in plan.refusals[0]


def test_the_revision_moved_since_the_plan_was_shown() -> None:
    assert planned(facts(), "2G", expected_revision=ARN).can_be_done
    plan = planned(facts(), "2G", expected_revision=NEWER_ARN)
    assert plan.refusals == (
        "Somebody deployed meanwhile: you saw revision 43, it runs 42 now. Look at the plan again.",
    )


def test_what_is_refused_still_shows_the_sizes() -> None:
    plan = planned(facts(service=service(controller="CODE_DEPLOY")), "2G")
    assert plan.change is not None
    assert plan.change.task_memory_mib == (1024, 2048)


def test_a_jobs_definition_is_not_read_as_one_of_ecs() -> None:
    job = facts(target=target(TargetKind.JOB), service=None, described={"jobDefinitionName": "nightly"})
    assert planned(job, "2G").refusals == ()
