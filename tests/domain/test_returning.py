"""What else a rollback ships, told before it is begun."""

from dataclasses import replace

import pytest

from bot.domain.diagnosis.evidence import ImageState
from bot.domain.plan.plan import Change, ContainerChange, Target, TargetKind
from bot.domain.resize.resize import Resize, ResizePhase
from bot.domain.resize.returning import asks_anew, other_code
from tests.domain.revisions import app, on_fargate
from tests.domain.wishes import facts
from tests.slack.resizes import plan, resize

RUNS, MEANT = "sha256:" + "a" * 64, "sha256:" + "b" * 64
SAME = ImageState(image="shop/app:1", running_digest=RUNS, tag_digest=RUNS, has_moved=False)
MOVED = replace(SAME, tag_digest=MEANT, has_moved=True)
GONE = replace(SAME, tag_digest="", has_moved=None, why="gone", is_gone=True)
UNKNOWN = replace(SAME, tag_digest="", has_moved=None, why="not in ECR")
NOBODY_KNOWS = (
    "Whether shop/app:1 of app still means the code that runs cannot be known: the tag is asked for anew."
)
PINNED = plan(
    change=Change(
        revision_arn="",
        containers=(
            ContainerChange(name="app", old_memory_mib=1, new_memory_mib=2, image=f"shop/app@{RUNS}"),
        ),
    )
)


@pytest.mark.parametrize(
    ("one", "state", "told"),
    [
        pytest.param(resize(), SAME, (), id="the tag means what runs"),
        pytest.param(
            resize(),
            MOVED,
            (
                "The tag shop/app:1 of app means other code now: sha256:aaaaaaaaaaaa runs, sha256:bbbbbbbbbbbb would come.",
            ),
            id="pushed over meanwhile",
        ),
        pytest.param(
            resize(),
            GONE,
            (
                "The tag shop/app:1 of app is no longer in the registry: no task of the old revision could start.",
            ),
            id="deleted meanwhile",
        ),
        pytest.param(resize(), UNKNOWN, (NOBODY_KNOWS,), id="nobody can tell"),
        pytest.param(resize(), None, (NOBODY_KNOWS,), id="ECS did not tell what runs"),
        pytest.param(
            resize(plan=PINNED),
            SAME,
            (
                "app was pinned by this resize; the old revision names its tag again, whatever that means by now.",
            ),
            id="pinned by the resize that is undone",
        ),
    ],
)
def test_what_going_back_ships(one: Resize, state: ImageState | None, told: tuple[str, ...]) -> None:
    given = on_fargate(2048, 512, replace(app(2048), image="shop/app:1"))
    assert other_code(one, facts(given, images={"app": state} if state else {})) == told


RULE = plan(target=Target(kind=TargetKind.RULE, subject=plan().target.subject, pins=("rule nightly/1",)))


@pytest.mark.parametrize(
    ("one", "anew"),
    [
        pytest.param(
            resize(ResizePhase.WATCHING), True, id="its deployment is over: the way back is another one"
        ),
        pytest.param(resize(ResizePhase.NOT_ENOUGH), True, id="likewise when all is over"),
        pytest.param(
            resize(ResizePhase.DEPLOYING), False, id="ECS takes back what is under way, with its images"
        ),
        pytest.param(resize(ResizePhase.WATCHING, plan=RULE), False, id="each run asks for its tag anyway"),
    ],
)
def test_when_the_tags_are_asked_for_anew(one: Resize, *, anew: bool) -> None:
    assert asks_anew(one) is anew
