"""Watching the bot: alert rules and dashboard use metrics that exist, and every alert has its page in the runbook."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.deploy.template import ROOT, resources
from tests.test_operation import registered

FOLDER = ROOT / "deploy" / "monitoring"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
OTHERS = {"up": {"job"}}  # Prometheus's own
ANCHORS = {line.removeprefix("## ").lower() for line in RUNBOOK.splitlines() if line.startswith("## ")}


def metrics(query: str) -> set[str]:
    return {name.removesuffix("_bucket") for name in re.findall(r"\b(oomguard_\w+|up)\b", query)}


@pytest.mark.parametrize("query", [*(alert["expr"] for alert in ALERTS), *QUERIES])
def test_a_query_asks_for_what_there_is(query: str) -> None:
    known = registered() | OTHERS
    used = metrics(query)
    assert used
    assert used <= set(known)
    labels = {label for name in used for label in known[name]}
    asked = {name.strip() for listed in re.findall(r"by \(([^)]*)\)", query) for name in listed.split(",")}
    asked -= {"le"} if "_bucket" in query else set()
    asked |= set(re.findall(r"[{,]\s*(\w+)\s*[=!]", query))
    assert asked <= labels
    for function, name in re.findall(r"\b(rate|increase)\((\w+)", query):
        assert name.endswith(("_total", "_bucket")), f"{function} is for counters"
    assert query.count("(") == query.count(")")


@pytest.mark.parametrize("metric", sorted(registered()))
def test_every_metric_is_on_the_dashboard(metric: str) -> None:
    assert any(metric in metrics(query) for query in QUERIES)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_an_alert_is_explained_in_the_runbook(alert: dict[str, Any]) -> None:
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert page == "docs/runbook.md"
    assert anchor == alert["alert"].lower()
    assert anchor in ANCHORS
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"]["summary"]
    used = set(re.findall(r"\$labels\.(\w+)", alert["annotations"]["summary"]))
    assert used <= set(re.findall(r"\w+", "".join(re.findall(r"by \(([^)]*)\)", alert["expr"]))))


def test_the_runbook_has_no_page_of_an_alert_that_is_none() -> None:
    alarms = {
        one["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        for name in ("monitoring", "sqs")
        for one in resources(name, "AWS::CloudWatch::Alarm").values()
    }
    assert {alert["alert"].lower() for alert in ALERTS} | alarms == ANCHORS


def test_links_within_the_runbook_lead_somewhere() -> None:
    assert set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK)) <= ANCHORS


def test_the_dashboard_lays_its_panels_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        assert panel["description"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
