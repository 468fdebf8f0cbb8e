"""Inspection rules: each grave setting is found, with its evidence; what is well is left alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.aws.task_definition import Container
from bot.domain.inspection.history import History
from bot.domain.inspection.remark import Remark, Severity
from bot.domain.inspection.rules import inspect, of_revision
from bot.domain.inspection.running import Running
from bot.domain.telling.language import speaking
from bot.language.catalogs import language
from tests.domain.inspection.fleets import HOUR, NOON, history, running
from tests.domain.revisions import app, on_ec2, on_fargate, sidecar

SEVERE, WARNING, HINT = Severity


def java(options: str, memory_mib: int | None = None) -> Container:
    """A container that runs Java with these options."""
    return replace(app(memory_mib), knobs={"JAVA_TOOL_OPTIONS": options})


@pytest.mark.parametrize(
    ("service", "found"),
    [
        pytest.param(running(), [], id="nothing is wrong"),
        pytest.param(
            running(on_ec2(app(None, 512))), [(SEVERE, "limit.none")], id="no hard limit on a shared host"
        ),
        pytest.param(running(on_ec2(app(), memory_mib=512)), [], id="the task's limit is one"),
        pytest.param(running(on_fargate(512, 256, app(None, 256))), [], id="Fargate's host is not shared"),
        pytest.param(
            running(on_fargate(1024, 512, app(2048))),
            [(SEVERE, "limit.above_task")],
            id="a container's limit above its task's",
        ),
        pytest.param(
            running(on_fargate(1024, 512, app(800), sidecar(512))),
            [(WARNING, "limit.sum_above_task")],
            id="limits that add up to more than the task",
        ),
        pytest.param(
            running(on_fargate(2048, 512, java("-Xmx3g"))),
            [(SEVERE, "knob.jvm.heap")],
            id="a heap above the limit",
        ),
        pytest.param(
            running(on_fargate(2048, 512, java("-Xmx1900m"))),
            [(WARNING, "knob.jvm.heap")],
            id="a heap too near the limit",
        ),
        pytest.param(
            running(on_fargate(1024, 512, java("-Xmx700m"))),
            [(HINT, "knob.jvm.headroom")],
            id="little room beside the heap",
        ),
        pytest.param(
            running(on_fargate(1024, 512, replace(app(), image="golang:1.22"))),
            [(HINT, "knob.go.unset")],
            id="Go does not know of the limit",
        ),
        pytest.param(
            running(on_fargate(1024, 512, replace(app(), knobs={"GOMEMLIMIT": "2GiB"}))),
            [(WARNING, "knob.go.memlimit")],
            id="GOMEMLIMIT above the limit",
        ),
        pytest.param(
            running(on_fargate(2048, 1024, app(1024, 512), is_windows=True)),
            [(WARNING, "knob.windows.reservation")],
            id="memoryReservation on Windows",
        ),
        pytest.param(
            running(on_fargate(1024, 512, replace(app(), max_swap_mib=512))),
            [(HINT, "knob.swap.unsupported")],
            id="swap on Fargate",
        ),
    ],
)
def test_revisions(service: Running, found: list[tuple[Severity, str]]) -> None:
    remarks = list(of_revision(service))
    assert [(one.severity, one.rule) for one in remarks] == found
    assert all(one.evidence and one.fix for one in remarks)


def deployed(ago: timedelta) -> Running:
    return running(deployed_at=NOON - ago)


def only(**told: Any) -> Remark | None:
    service = told.pop("service", None)
    found: History = history(service, **told)
    remarks = inspect([found], percent=90, now=NOON).remarks
    return remarks[0] if remarks else None


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        pytest.param({"hours": [50.0] * 300}, None, id="enough headroom"),
        pytest.param(
            {"hours": [50.0] * 300 + [93.0]}, (WARNING, "history.headroom"), id="too little headroom"
        ),
        pytest.param({"hours": [50.0] * 300 + [99.0]}, (SEVERE, "history.headroom"), id="next to none"),
        pytest.param({"hours": [99.0] + [50.0] * 400}, None, id="that was three weeks ago"),
        pytest.param(
            {"hours": [50.0] * 100, "minutes": [98.0] * 10},
            (SEVERE, "history.stuck"),
            id="stuck at its limit",
        ),
        pytest.param(
            {"hours": [60.0] * 100 + [95.0] * 20, "service": deployed(22 * HOUR)},
            (WARNING, "history.image"),
            id="the limit does not fit what was deployed last",
        ),
        pytest.param(
            {"hours": [94.0] * 100 + [95.0] * 20, "service": deployed(22 * HOUR)},
            (WARNING, "history.headroom"),
            id="it was as full before the deployment",
        ),
        pytest.param(
            {"hours": [95.0] * 100 + [60.0] * 20, "service": deployed(22 * HOUR)},
            (WARNING, "history.headroom"),
            id="the deployment made it better",
        ),
    ],
)
def test_headroom(told: dict[str, Any], seen: tuple[Severity, str] | None) -> None:
    remark = only(**told)
    assert (remark and (remark.severity, remark.rule)) == seen


def test_the_gravest_come_first_and_no_data_is_told() -> None:
    calm = history(running(on_fargate(1024, 512, java("-Xmx700m")), name="a"))
    grave = history(running(on_ec2(app(None, 512)), name="z"), hours=[50.0])
    found = inspect([calm, grave], percent=90, now=NOON)
    assert [one.rule for one in found.remarks] == ["limit.none", "knob.jvm.headroom"]
    assert [one.subject.name for one in found.without_data] == ["a"]
    assert found.is_severe
    assert found.looked_at == 2


def test_a_remark_is_told_in_chinese_by_the_same_rule() -> None:
    told: dict[str, Any] = {"hours": [60.0] * 100 + [95.0] * 20, "service": deployed(22 * HOUR)}
    english = only(**told)
    with speaking(language("zh-CN")):
        remark = only(**told)
    assert remark is not None
    assert english is not None
    assert (remark.rule, remark.severity) == (english.rule, english.severity)
    assert english.evidence == (
        "peak 973 of 1,024 MiB (95 %) in the hour from 2026-11-20 16:00 UTC, 60 % before the deployment of 2026-11-20 14:00 UTC"
    )
    assert remark.evidence == (
        "2026-11-20 16:00 UTC 起一小时内峰值 973/1,024 MiB（95%），2026-11-20 14:00 UTC 部署前为 60%"
    )
    assert remark.words == "上限与最近部署的版本不匹配。"
