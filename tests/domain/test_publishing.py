"""Publishing: policies of topics and queues that let EventBridge in, and those that only look so."""

import json
from typing import Any

import pytest

from bot.domain.aws.publishing import lets_in

GOOD = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([GOOD], True, id="as the stack makes it"),
        pytest.param(GOOD, True, id="a statement alone"),
        pytest.param(
            [{**GOOD, "Action": ["SNS:Publish", "sns:Subscribe"]}], True, id="in capitals, among others"
        ),
        pytest.param([{**GOOD, "Action": "sns:*"}], True, id="all actions"),
        pytest.param([{**GOOD, "Principal": "*"}], True, id="everybody"),
        pytest.param([{**GOOD, "Principal": {"AWS": "*"}}], True, id="everybody, the other way"),
        pytest.param(
            [{**GOOD, "Condition": {"StringEquals": {}}}], True, id="under a condition, taken as met"
        ),
        pytest.param([], False, id="no statement"),
        pytest.param(
            [{**GOOD, "Principal": {"Service": "cloudwatch.amazonaws.com"}}], False, id="another service"
        ),
        pytest.param([{**GOOD, "Action": "sns:Subscribe"}], False, id="another action"),
        pytest.param([GOOD, {**GOOD, "Effect": "Deny"}], False, id="and denied"),
        pytest.param(["Allow"], False, id="nonsense"),
    ],
)
def test_who_is_let_in(statements: Any, expected: bool) -> None:
    policy = json.dumps({"Statement": statements})
    assert lets_in(policy, "events.amazonaws.com", "sns:Publish") is expected


@pytest.mark.parametrize("policy", ["", "{", "[]", "7", "null"])
def test_no_policy_lets_nobody_in(policy: str) -> None:
    assert lets_in(policy, "events.amazonaws.com", "sns:Publish") is False
