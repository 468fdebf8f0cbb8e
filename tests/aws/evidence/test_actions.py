"""IAM actions: what the readers ask is what they say they ask, and what the policies that we hand out allow."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bot.aws import evidence

ROOT = Path(__file__).parents[3]
READERS = sorted((ROOT / "bot" / "aws" / "evidence").glob("*.py"))
ACTION = re.compile(r"[a-z-]+:[A-Z]\w+")


def asked(path: Path) -> Iterator[str]:
    """The actions of all calls in a file, which name service and operation as texts side by side."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ask":
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if len(texts) == 2:
                service, operation = map(str, texts)
                yield f"{service}:{''.join(word.title() for word in operation.split('_'))}"


def allowed(name: str) -> set[str]:
    """The actions that a policy of ours allows."""
    policy = json.loads((ROOT / "deploy" / "iam" / name).read_text(encoding="utf-8"))
    actions = [statement["Action"] for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    return {action for one in actions for action in ([one] if isinstance(one, str) else one)}


def test_the_package_lists_what_it_asks() -> None:
    made = {action for path in READERS for action in asked(path)}
    assert set(ACTION.findall(evidence.__doc__ or "")) == made


def test_our_policies_allow_it() -> None:
    told = set(ACTION.findall(evidence.__doc__ or ""))
    assert told <= allowed("read-only.json") | allowed("bot.json")
