"""Reading: what the matcher says of texts, for tests."""

import json
from datetime import UTC, datetime, timedelta

from bot.domain.diagnosis.diagnosis import Finding
from bot.domain.diagnosis.evidence import LogLine
from bot.domain.signatures.match import findings

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def found(*texts: str) -> tuple[Finding, ...]:
    """The findings of these log events, oldest first."""
    return findings([LogLine(NOW + timedelta(seconds=place), text) for place, text in enumerate(texts)])


def rules(*texts: str) -> list[str]:
    """The names of the findings."""
    return [finding.rule for finding in found(*texts)]


def docker(line: str) -> str:
    """The line as docker's json-file driver writes it."""
    return json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-11-21T03:00:00Z"})
