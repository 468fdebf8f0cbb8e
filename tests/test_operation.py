"""docs/operation.md names every metric with its labels, and no other."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from bot.configuration.in_force import ConfigurationMetrics
from bot.reconcile.metrics import Metrics
from bot.reconcile.pull_metrics import PullMetrics
from handlers.backlog_metrics import BacklogMetrics
from handlers.command_metrics import CommandMetrics
from handlers.delivery_metrics import DeliveryMetrics

ROOT = Path(__file__).parents[1]
KINDS = (Metrics, PullMetrics, BacklogMetrics, CommandMetrics, DeliveryMetrics, ConfigurationMetrics)


def registered() -> dict[str, set[str]]:
    """Labels by the name that Prometheus sees."""
    registry = CollectorRegistry()
    found: dict[str, set[str]] = {}
    for kind in KINDS:
        for metric in vars(kind(registry)).values():
            assert isinstance(metric, MetricWrapperBase)
            [family] = metric.describe()
            name = family.name + ("_total" if family.type == "counter" else "")
            found[name] = set(metric._labelnames)
    return found


def test_every_metric_is_told_with_its_labels() -> None:
    rows = re.findall(
        r"^\| `(oomguard_\w+)` \| ([^|]*)\|", (ROOT / "docs" / "operation.md").read_text(), re.MULTILINE
    )
    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == registered()


def test_no_metric_is_registered_elsewhere() -> None:
    code = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    kinds = re.compile(
        r"^from prometheus_client import .*\b(Counter|Gauge|Histogram|Summary)\b", re.MULTILINE
    )
    homes = {path.stem for path in code if kinds.search(path.read_text())}
    assert homes == {kind.__module__.rpartition(".")[2] for kind in KINDS}
