"""Policy settings: what POLICY means, and what is refused with its place and reason."""

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.policy.policy import Approval, Grant, Policy, Role
from bot.policy_settings import PolicySettings

PAGE = Path(__file__).parents[1] / "docs" / "policy.md"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PolicySettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_policy_nothing_is_granted() -> None:
    assert PolicySettings().as_policy() == Policy()


def test_the_policy_of_the_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    monkeypatch.setenv("POLICY", text)
    monkeypatch.setenv("ACCOUNT_NAMES", '{"123456789012": "prod-eu"}')
    monkeypatch.setenv("OOM_READ_ONLY", "1")
    policy = PolicySettings().as_policy()
    assert policy.grants[0] == Grant(role=Role.VIEWER, who=("*",))
    assert policy.grants[2] == Grant(
        role=Role.OPERATOR, who=("S0615G0KT",), account="prod-eu", max_factor=2, max_monthly_usd=50
    )
    assert policy.approvals == (
        Approval(account="prod-*", always=True),
        Approval(above_factor=2),
        Approval(above_monthly_usd=100),
    )
    assert policy.windows == ("Mon-Thu 08:00-16:00", "Fri 08:00-12:00")
    assert (policy.approval_lasts_s, policy.rolls_back, policy.watch_s) == (3600, True, None)
    assert (policy.tags_revisions, policy.read_only) == (True, True)
    assert policy.account_names == {"123456789012": "prod-eu"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param("viewer", "not JSON", id="no JSON"),
        pytest.param({"grant": []}, "Extra inputs", id="a slip of the pen"),
        pytest.param({"grants": [{"role": "admin", "who": ["*"]}]}, "viewer", id="a role that is none"),
        pytest.param({"grants": [{"role": "viewer", "who": []}]}, "at least 1", id="for nobody"),
        pytest.param({"grants": [{"role": "viewer", "who": ["alice"]}]}, "is nobody", id="a name in Slack"),
        pytest.param({"grants": [{"role": "viewer", "who": ["@alice"]}]}, "is nobody", id="a handle"),
        pytest.param(
            {"grants": [{"role": "operator", "who": ["U1"], "max_factor": 0}]},
            "greater than 0",
            id="no factor",
        ),
        pytest.param({"windows": ["office hours"]}, "is no window", id="a window in words"),
        pytest.param({"approval_minutes": 0}, "greater than 0", id="approvals that never last"),
        pytest.param({"approvals": [{"cluster": ""}]}, "at least 1", id="an empty pattern"),
    ],
)
def test_refused(monkeypatch: pytest.MonkeyPatch, value: object, told: str) -> None:
    monkeypatch.setenv("POLICY", value if isinstance(value, str) else json.dumps(value))
    with pytest.raises(ValidationError, match=told):
        PolicySettings()
