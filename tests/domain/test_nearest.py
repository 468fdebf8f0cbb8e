"""Which service a person means at 3 a.m."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.nearest import Likeness, nearest
from bot.domain.subject.query import Query
from bot.domain.subject.subject import Subject

HERE = ("123456789012", "eu-west-1")


def subject(name: str, cluster: str = "prod", kind: OwnerKind = OwnerKind.SERVICE) -> Subject:
    return Subject(*HERE, cluster, kind, name)


CHECKOUT, STAGING = subject("checkout"), subject("checkout", "staging")
API, WORKER = subject("payments-api"), subject("payments-worker")
REPORT = subject("Nightly-Report", kind=OwnerKind.FAMILY)
GENOMES = subject("genomes", "", OwnerKind.JOB)
ALL = [CHECKOUT, STAGING, API, WORKER, REPORT, GENOMES]
ARN = "arn:aws:ecs:eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("typed", "likeness", "found"),
    [
        pytest.param("payments-api", Likeness.EXACT, [API], id="its name"),
        pytest.param("nightly-report", Likeness.CASE, [REPORT], id="another case of letters"),
        pytest.param("nightly", Likeness.PREFIX, [REPORT], id="how it begins"),
        pytest.param("payments", Likeness.PREFIX, [API, WORKER], id="how two begin"),
        pytest.param("worker", Likeness.SUBSTRING, [WORKER], id="a part of it"),
        pytest.param("paymets-api", Likeness.CLOSE, [API, WORKER], id="a typing error, the nearest first"),
        pytest.param("checkout", Likeness.EXACT, [CHECKOUT, STAGING], id="two clusters have it"),
        pytest.param("staging/checkout", Likeness.EXACT, [STAGING], id="cluster and service"),
        pytest.param("Staging/checkout", Likeness.EXACT, [STAGING], id="cluster in another case"),
        pytest.param("service:checkout", Likeness.EXACT, [CHECKOUT, STAGING], id="its kind"),
        pytest.param("family:checkout", Likeness.CLOSE, [CHECKOUT, STAGING], id="not its kind"),
        pytest.param("test/checkout", Likeness.CLOSE, [CHECKOUT, STAGING], id="a cluster that never had it"),
        pytest.param(str(STAGING), Likeness.EXACT, [STAGING], id="in full, as a button says it"),
        pytest.param(str(GENOMES), Likeness.EXACT, [GENOMES], id="in full, without a cluster"),
        pytest.param("Nightly-Report:12", Likeness.EXACT, [REPORT], id="with a revision"),
        pytest.param(f"{ARN}:service/prod/checkout", Likeness.EXACT, [CHECKOUT], id="service ARN"),
        pytest.param(f"{ARN}:service/payments-api", Likeness.EXACT, [API], id="old service ARN"),
        pytest.param(
            "arn:aws-cn:ecs:cn-north-1:123456789012:service/prod/checkout",
            Likeness.CLOSE,
            [CHECKOUT, STAGING],
            id="service ARN of another region",
        ),
        pytest.param(
            f"{ARN}:task-definition/Nightly-Report:12", Likeness.EXACT, [REPORT], id="task definition ARN"
        ),
        pytest.param(
            "arn:aws:batch:eu-west-1:123456789012:job-definition/genomes:4",
            Likeness.EXACT,
            [GENOMES],
            id="job definition ARN",
        ),
        pytest.param("zzz", None, [], id="nothing like it"),
        pytest.param("/", None, [], id="a slash"),
        pytest.param("arn:aws:s3:::bucket", None, [], id="an ARN of something else"),
    ],
)
def test_finds(typed: str, likeness: Likeness | None, found: list[Subject]) -> None:
    result = nearest(Query.read(typed), ALL)
    assert (result.likeness, list(result.subjects)) == (likeness, found)


@pytest.mark.parametrize(
    ("typed", "certain", "likely"),
    [
        pytest.param("payments-api", API, API, id="its name"),
        pytest.param("PAYMENTS-API", API, API, id="its name in capitals"),
        pytest.param("worker", None, WORKER, id="a part: shown, but not changed"),
        pytest.param("checkout", None, None, id="two: the person chooses"),
        pytest.param("paymets-worker", None, None, id="a typing error: the person confirms"),
        pytest.param("genomess", None, None, id="a typing error with one candidate"),
    ],
)
def test_changes_need_more_certainty_than_questions(
    typed: str, certain: Subject | None, likely: Subject | None
) -> None:
    result = nearest(Query.read(typed), ALL)
    assert (result.certain, result.likely) == (certain, likely)


@pytest.mark.parametrize(
    ("typed", "task"),
    [
        pytest.param("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef", id="task id"),
        pytest.param(
            "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef", id="in capitals"
        ),
        pytest.param(
            "prod/0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef",
            id="cluster and task id",
        ),
        pytest.param(
            "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef", id="old task id"
        ),
        pytest.param(f"{ARN}:task/prod/0123", f"{ARN}:task/prod/0123", id="task ARN"),
        pytest.param("0123456789abcdef", "", id="too short for a task id"),
    ],
)
def test_a_task_is_left_to_the_store(typed: str, task: str) -> None:
    assert Query.read(typed).task == task


def test_offers_no_more_than_five() -> None:
    many = [subject(f"worker-{number}") for number in range(9)]
    assert nearest(Query.read("worker"), many).subjects == tuple(many[:5])


@given(st.text(max_size=100))
def test_never_fails(typed: str) -> None:
    assert len(nearest(Query.read(typed), ALL).subjects) <= 5


@given(
    st.builds(
        Subject,
        st.just("123456789012"),
        st.just("eu-west-1"),
        st.sampled_from(["", "prod"]),
        st.sampled_from(OwnerKind),
        st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,40}", fullmatch=True),
    )
)
def test_a_subject_in_full_is_always_found(one: Subject) -> None:
    assert nearest(Query.read(str(one)), [*ALL, one]).certain == one
