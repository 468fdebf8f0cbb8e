"""IAM actions: what the survey asks is what it says it asks, and what the policies that we hand out allow."""

from pathlib import Path

from bot.aws import survey
from tests.aws.evidence.test_actions import ACTION, ROOT, allowed, asked

READERS = sorted(Path(ROOT, "bot", "aws", "survey").glob("*.py"))
PAGED = {"ecs:ListClusters", "ecs:ListServices", "ecs:ListTasks"}  # the operation is an argument of `_pages`


def test_the_package_lists_what_it_asks() -> None:
    made = {action for path in READERS for action in asked(path)}
    told = set(ACTION.findall(survey.__doc__ or ""))
    assert told == made | PAGED
    whole = "".join(path.read_text(encoding="utf-8") for path in READERS)
    assert all(f'"{name}"' in whole for name in ("list_clusters", "list_services", "list_tasks"))


def test_our_policies_allow_it() -> None:
    told = set(ACTION.findall(survey.__doc__ or ""))
    assert told <= allowed("read-only.json") | allowed("bot.json")
