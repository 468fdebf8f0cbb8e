"""Silent kills: what a scan asks CloudWatch Logs for finds every line that tells of one."""

from datetime import UTC, datetime

import pytest

from bot.domain.diagnosis.evidence import LogLine
from bot.domain.signatures.catalogue import SIGNATURES
from bot.domain.signatures.silent import SCAN_TERMS, WORKER_KILLS, filter_pattern, find_worker_kills
from tests.domain.signatures.samples import SAMPLES

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "line"), [pytest.param(rule, line, id=rule) for rule, line, _ in SAMPLES if rule in WORKER_KILLS]
)
def test_a_silent_kill_is_asked_for_and_found(rule: str, line: str) -> None:
    assert any(term in line for term in SCAN_TERMS)
    assert [finding.rule for finding in find_worker_kills([LogLine(NOW, line)])] == [rule]


def test_every_rule_of_a_scan_exists() -> None:
    assert {signature.rule for signature in SIGNATURES} >= WORKER_KILLS


def test_what_ended_the_container_is_no_silent_kill() -> None:
    assert (
        find_worker_kills([LogLine(NOW, "FATAL ERROR: x Allocation failed - JavaScript heap out of memory")])
        == ()
    )


def test_the_filter_pattern_asks_for_any_term() -> None:
    assert filter_pattern(("signal 9", "SIGKILL")) == '?"signal 9" ?"SIGKILL"'
