"""Plans: what becomes of the container, the task and its CPU, for what a person typed."""

from dataclasses import replace

import pytest

from bot.domain.aws.task_definition import TaskDefinition
from bot.domain.diagnosis.diagnosis import Option, Pattern
from bot.domain.diagnosis.evidence import ImageState
from bot.domain.diagnosis.shape import Shape
from bot.domain.plan.amount import parse
from bot.domain.plan.plan import Plan, TargetKind
from bot.domain.plan.planning import knobs
from bot.domain.plan.resize_facts import Facts, Wish
from bot.domain.sizing.sizing import Abstains, Case, recommend
from bot.domain.sizing.tail import Peak
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar
from tests.domain.wishes import DIGEST, JVM, PRICES, REPOSITORY, diagnosis, facts, planned, rules, target

Sizes = tuple[int | None, int | None, int | None, int | None]
ADVISED = diagnosis((1280, None, 0.5), (2048, None, 0.75), (3072, None, 0.9))


def sizes(one: Plan) -> Sizes:
    """Container, reservation, task, CPU after the change."""
    assert one.refusals == ()
    assert one.change is not None
    first = one.change.containers[0]
    return first.new_memory_mib, first.new_reservation_mib, one.change.task_memory_mib[1], one.change.cpu[1]


@pytest.mark.parametrize(
    ("definition", "amount", "expected"),
    [
        pytest.param(
            on_fargate(1024, 256, app(1024)),
            "2x",
            (2048, None, 2048, 256),
            id="it is alone: the task grows with it",
        ),
        pytest.param(
            on_fargate(4096, 512, app(1024)), "2G", (2048, None, 4096, 512), id="the task has room and stays"
        ),
        pytest.param(
            on_fargate(2048, 512, app(1024), sidecar(512)),
            "2G",
            (2048, None, 3072, 512),
            id="the task grows only as far as the sum needs",
        ),
        pytest.param(
            on_fargate(2048, 256, app(2048)),
            "+1G",
            (3072, None, 3072, 512),
            id="beyond its CPU: CPU is forced up",
        ),
        pytest.param(
            on_fargate(8192, 2048, app(8192)),
            "1G",
            (1024, None, 4096, 2048),
            id="smaller: CPU is never lowered",
        ),
        pytest.param(
            on_fargate(1024, 256, app()),
            "1500M",
            (None, None, 2048, 256),
            id="no limit of its own: the task's next size",
        ),
        pytest.param(
            on_fargate(4096, 1024, app(), is_windows=True),
            "6000M",
            (None, None, 6144, 1024),
            id="Windows on Fargate",
        ),
        pytest.param(
            on_fargate(1024, 256, app(1000, 500)),
            "2000M",
            (2000, 1024, 2048, 256),
            id="the reservation keeps its share",
        ),
        pytest.param(
            on_fargate(1024, 256, app(64, 60)),
            "40M",
            (40, 39, 512, 256),
            id="the reservation stays below a tiny limit",
        ),
        pytest.param(on_ec2(app(700)), "1.5x", (1050, None, None, None), id="EC2 takes any size"),
        pytest.param(
            on_ec2(app(700), memory_mib=1024),
            "1100M",
            (1100, None, 1152, None),
            id="EC2 with a task size: it grows too",
        ),
        pytest.param(
            replace(on_ec2(app(512), memory_mib=1024), is_windows=True),
            "768M",
            (768, None, 1024, None),
            id="EC2 with Windows: the container's limit counts",
        ),
        pytest.param(
            on_ec2(app(None, 256)),
            "512M",
            (None, 512, None, None),
            id="EC2, soft only: the reservation grows",
        ),
        pytest.param(
            on_ec2(app(1024), sidecar(), memory_mib=4096),
            "512M",
            (512, None, 4096, None),
            id="smaller, beside one whose need nobody knows: the task stays",
        ),
        pytest.param(
            on_ec2(app(1024), sidecar(256), memory_mib=4096),
            "512M",
            (512, None, 768, None),
            id="smaller, beside one of known size: the task shrinks",
        ),
    ],
)
def test_sizes_after_the_change(definition: TaskDefinition, amount: str, expected: Sizes) -> None:
    assert sizes(planned(facts(definition), amount)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(facts(diagnosis=ADVISED), (2048, None, 2048, 256), id="auto takes the diagnosis' size"),
        pytest.param(
            facts(on_fargate(1024, 256, app()), diagnosis=diagnosis((2048, 2048, 0.9))),
            (None, None, 2048, 256),
            id="of the task, where the container has no limit",
        ),
        pytest.param(
            facts(on_fargate(2048, 512, app(512)), diagnosis=diagnosis((512, 3072, 0.9), limit_mib=2048)),
            (512, None, 3072, 512),
            id="of the task, where its limit was reached before the container's",
        ),
        pytest.param(
            facts(diagnosis=diagnosis((2048, 2048, 0.9)), injected_mib={"aws-guardduty-agent-x": 128}),
            (1920, None, 2048, 256),
            id="less what AWS adds to the same task",
        ),
    ],
)
def test_auto(given: Facts, expected: Sizes) -> None:
    assert sizes(planned(given, "auto")) == expected


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(on_fargate(1024, 256, app(1024)), id="Fargate, alone in its task"),
        pytest.param(on_fargate(1024, 256, app()), id="Fargate, no limit of its own"),
        pytest.param(on_fargate(2048, 256, app(1536, 768), sidecar(512)), id="Fargate, CPU is forced up"),
        pytest.param(on_fargate(8192, 1024, app(2048), sidecar()), id="Fargate, room in the task"),
        pytest.param(on_ec2(app(700, 300), sidecar(256)), id="EC2"),
        pytest.param(on_ec2(app(700), sidecar(256), memory_mib=1024), id="EC2 with a task size"),
    ],
)
def test_auto_is_what_the_alert_promised(definition: TaskDefinition) -> None:
    limit_mib = definition.containers[0].memory_mib or definition.memory_mib or 0
    shape = Shape(pattern=Pattern.CHRONIC, why="it lives close to its limit", rho=1.0)
    case = Case(
        definition=definition,
        container="app",
        limit_mib=limit_mib,
        shape=shape,
        desired_count=2,
        prices=PRICES,
    )
    promised = recommend(case)
    assert not isinstance(promised, Abstains)
    known = replace(diagnosis(limit_mib=limit_mib), recommendation=promised)
    plan = planned(facts(definition, diagnosis=known))
    own, reservation, task_mib, cpu = sizes(plan)
    assert (
        Option(
            memory_mib=own or task_mib or 0,
            task_mib=task_mib,
            cpu=cpu,
            reservation_mib=reservation,
            enough=plan.enough,
            monthly_usd=plan.monthly_usd,
            raises_cpu="cpu.raised" in rules(plan),
        )
        == promised.chosen
    )


def test_an_injected_sidecar_needs_its_part_of_the_task() -> None:
    plan = planned(facts(injected_mib={"aws-guardduty-agent-x": 128}), "2048M")
    assert plan.change is not None
    assert plan.change.task_memory_mib == (1024, 3072)


@pytest.mark.parametrize(
    ("given", "amount", "expected"),
    [
        pytest.param(facts(diagnosis=ADVISED), "auto", 0.75, id="the recommendation's own figure"),
        pytest.param(facts(diagnosis=ADVISED), "2560M", 0.825, id="between two of its sizes"),
        pytest.param(facts(diagnosis=ADVISED), "1152M", 0.25, id="below them: today's was not enough"),
        pytest.param(facts(diagnosis=ADVISED), "6G", 0.9, id="beyond them: no more than was promised"),
        pytest.param(
            facts(diagnosis=replace(ADVISED, pattern=Pattern.LEAK)), "2G", None, id="a leak fills any size"
        ),
        pytest.param(facts(), "2G", None, id="nothing is known"),
        pytest.param(facts(), "512M", None, id="smaller, and nothing is known of its use"),
    ],
)
def test_how_likely_it_is_enough(given: Facts, amount: str, expected: float | None) -> None:
    found = planned(given, amount).enough
    assert found == (None if expected is None else pytest.approx(expected))


def test_a_smaller_size_is_as_safe_as_its_history_says() -> None:
    used = facts(peaks=tuple(Peak(300 + day) for day in range(14)))
    roomy, tight = planned(used, "900M").enough, planned(used, "320M").enough
    assert roomy is not None
    assert tight is not None
    assert roomy > 0.9
    assert tight < 0.6


def test_cost_is_of_all_copies_and_its_own_container_grows_for_nothing_within_the_task() -> None:
    assert planned(facts(), "2G").monthly_usd == pytest.approx(2 * 730 * 0.004)
    assert planned(facts(on_fargate(4096, 512, app(1024))), "2G").monthly_usd == 0
    assert planned(facts(on_ec2(app(1024))), "2G").monthly_usd is None
    assert planned(facts(service=None, target=target(TargetKind.FAMILY)), "2G").monthly_usd is None


def test_a_ticked_variable_changes_with_the_size_and_only_that() -> None:
    given = facts(on_fargate(1024, 256, JVM))
    assert knobs(given, "app", Wish()) == ()  # auto: there is no size to fit it to
    offered = knobs(given, "app", Wish(amount=parse("2G")))
    assert [one.why for _, one in offered] == ["-Xmx768m → -Xmx1536m: the heap at 75 % of 2,048 MiB"]
    ticked = planned(given, "2G", knobs=frozenset({"JAVA_TOOL_OPTIONS", "NODE_OPTIONS"}))
    assert ticked.change is not None
    assert [(name, one.new) for name, one in ticked.change.knobs] == [("app", "-Xmx1536m -Dcolour=blue")]
    assert ticked.refusals == ()


def test_a_setting_can_be_changed_where_the_size_stays() -> None:
    heap = replace(JVM, memory_mib=2048, knobs={"JAVA_TOOL_OPTIONS": "-Xmx512m"})
    given = facts(on_fargate(2048, 256, heap))
    assert planned(given, "2G").refusals == ("Nothing would change: it has these sizes already.",)
    assert planned(given, "2G", knobs=frozenset({"JAVA_TOOL_OPTIONS"})).can_be_done


@pytest.mark.parametrize(
    ("kept", "image", "expected"),
    [
        pytest.param(
            {DIGEST}, f"{REPOSITORY}:latest", f"{REPOSITORY}@{DIGEST}", id="the digest is still there"
        ),
        pytest.param({DIGEST}, REPOSITORY, f"{REPOSITORY}@{DIGEST}", id="no tag, and a port in the name"),
        pytest.param(set[str](), f"{REPOSITORY}:latest", "", id="the digest is gone"),
        pytest.param({DIGEST}, f"{REPOSITORY}@{DIGEST}", "", id="pinned already"),
    ],
)
def test_pinning_the_image_that_runs(kept: set[str], image: str, expected: str) -> None:
    beside = replace(sidecar(128), image=image)
    state = ImageState(image=image, running_digest=DIGEST)
    given = facts(
        on_fargate(2048, 256, app(1024), beside), images={"envoy": state}, kept_digests=frozenset(kept)
    )
    change = planned(given, "1536M", pin_images=True).change
    assert change is not None
    assert [(one.name, one.image) for one in change.containers[1:] if one.image] == (
        [("envoy", expected)] if expected else []
    )
    assert all(one.old_memory_mib == one.new_memory_mib for one in change.containers[1:])


def test_a_job_keeps_its_tag() -> None:
    state = ImageState(image=JVM.image, running_digest=DIGEST)
    service_like = facts(on_fargate(1024, 256, JVM), images={"app": state}, kept_digests=frozenset({DIGEST}))
    job = replace(service_like, target=target(TargetKind.JOB), service=None)
    images = [planned(given, "2G", pin_images=True).change for given in (service_like, job)]
    assert [change and change.containers[0].image for change in images] == [f"{REPOSITORY}@{DIGEST}", ""]


def test_the_hash_binds_target_revision_and_sizes_but_no_words() -> None:
    same = planned(facts(), "2G").hash
    assert planned(facts(owner="Terraform", gaps=("A gap.",)), "2x").hash == same
    assert planned(facts(), "2049M").hash != same
    assert planned(facts(target=target(TargetKind.RULE, "nightly/1")), "2G").hash != same
