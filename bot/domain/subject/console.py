"""Console: addresses of pages in the AWS console, for every partition that has a public one.

Every function answers "" where it cannot tell a true address: no link is better than one that leads astray.
"""

import re
from urllib.parse import quote

from bot.domain.aws.arn import Arn
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import mark, say

HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
PARTITION_OF_PREFIX = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
REGION = re.compile(r"(?!.*-iso)[a-z]{2,5}(?:-[a-z]+){1,3}-\d{1,2}", re.ASCII)
LONGEST = 900  # three of them fit into one text of Slack (3,000); an honest address is far shorter


def task(key: GroupKey, task_arn: str) -> str:
    """The page of one task: its configuration and why it stopped."""
    return _task_page(key, task_arn, "configuration")


def task_logs(key: GroupKey, task_arn: str) -> str:
    """The tab with the logs of one task."""
    return _task_page(key, task_arn, "logs")


def owner(key: GroupKey, definition_arn: str) -> str:
    """The page of what ran the task: its service, else its task definition or job definition."""
    if key.kind is OwnerKind.SERVICE:
        path = f"ecs/v2/clusters/{_part(key.cluster)}/services/{_part(key.name)}/health"
        return _page(key.region, "", path) if key.cluster and key.name else ""
    if key.kind is OwnerKind.JOB:
        return _job_definition(key, definition_arn)
    return _task_definition(key, definition_arn)


def owner_label(key: GroupKey) -> str:
    """What to call the page that `owner` leads to."""
    known = {OwnerKind.SERVICE: mark("Service"), OwnerKind.JOB: mark("Job definition")}.get(key.kind)
    return say(known) if known else say("Task definition")


def task_id(task_arn: str) -> str:
    """The id in a task's ARN, new or old form; "" for the ARN of something else."""
    arn = Arn.parse(task_arn)
    return arn.name if arn.is_task else ""


def revision(definition_arn: str) -> str:
    """`family:revision` out of the ARN of a task definition or job definition."""
    return definition_arn.rpartition("/")[2]


def _task_page(key: GroupKey, task_arn: str, tab: str) -> str:
    arn = Arn.parse(task_arn)
    cluster = arn.cluster or key.cluster
    if not (arn.is_task and cluster):
        return ""
    path = f"ecs/v2/clusters/{_part(cluster)}/tasks/{_part(arn.name)}/{tab}"
    return _page(arn.region or key.region, arn.partition, path)


def _task_definition(key: GroupKey, definition_arn: str) -> str:
    arn = Arn.parse(definition_arn)
    if arn.kind != "task-definition":
        known = key.kind is OwnerKind.FAMILY and key.name
        return _page(key.region, "", f"ecs/v2/task-definitions/{_part(key.name)}") if known else ""
    page = "" if arn.revision is None else f"/{arn.revision}/containers"
    return _page(arn.region or key.region, arn.partition, f"ecs/v2/task-definitions/{_part(arn.name)}{page}")


def _job_definition(key: GroupKey, definition_arn: str) -> str:
    arn = Arn.parse(definition_arn)
    if arn.kind != "job-definition":
        return ""
    home = _page(arn.region or key.region, arn.partition, "batch/home")
    return home and f"{home}#job-definition/detail/{quote(definition_arn, safe=':/')}"


def _page(region: str, partition: str, path: str) -> str:
    if not REGION.fullmatch(region):
        return ""
    by_region = (name for prefix, name in PARTITION_OF_PREFIX.items() if region.startswith(prefix))
    host = HOSTS.get(partition or next(by_region, "aws"))
    url = f"https://{region}.{host}/{path}?region={region}"
    return url if host and len(url) <= LONGEST else ""


def _part(name: str) -> str:
    return quote(name, safe="", errors="replace")
