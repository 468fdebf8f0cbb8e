"""Needed actions: what the bot's role and the roles of other accounts must be allowed, and for what; as deploy/iam."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.domain.telling.language import mark

NOTHING: Mapping[str, str] = MappingProxyType({})
_LOGS = "arn:{partition}:logs:{region}:{account}:log-group:/ecs/oom-guard:log-stream:checkup"
_IMAGES = "arn:{partition}:ecr:{region}:{account}:repository/oom-guard"
_BUS = "arn:{partition}:events:{region}:{account}:event-bus/default"


@dataclass(frozen=True, slots=True)
class Need:
    """Some actions for one purpose; `resource` is an example of what they are done to, `context` what is said with them."""

    purpose: str
    actions: tuple[str, ...]
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=lambda: NOTHING)


READING = (
    Need(
        mark("to look at tasks, services and task definitions, and to find kills that no event told of"),
        (
            "ecs:DescribeCapacityProviders",
            "ecs:DescribeClusters",
            "ecs:DescribeContainerInstances",
            "ecs:DescribeServiceDeployments",
            "ecs:DescribeServiceRevisions",
            "ecs:DescribeServices",
            "ecs:DescribeTaskDefinition",
            "ecs:DescribeTasks",
            "ecs:ListClusters",
            "ecs:ListContainerInstances",
            "ecs:ListServiceDeployments",
            "ecs:ListServices",
            "ecs:ListTaskDefinitions",
            "ecs:ListTasks",
        ),
    ),
    Need(
        mark("to see how memory grew"),
        ("cloudwatch:GetMetricData", "logs:GetQueryResults", "logs:StopQuery"),
    ),
    Need(
        mark("to read the last log lines"),
        ("logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"),
        _LOGS,
    ),
    Need(mark("to tell images apart"), ("ecr:BatchGetImage", "ecr:DescribeImages"), _IMAGES),
    Need(
        mark("to know who else sets a size, and what runs by the clock"),
        (
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "batch:DescribeJobDefinitions",
            "batch:DescribeJobs",
            "cloudformation:DescribeStackResources",
            "events:ListEventBuses",
            "events:ListRuleNamesByTarget",
            "events:ListTargetsByRule",
            "scheduler:GetSchedule",
            "scheduler:ListSchedules",
        ),
    ),
    Need(mark("to know prices"), ("pricing:GetProducts",)),
    Need(
        mark("to look at rules, topics, queues and permissions, as the doctor does"),
        (
            "events:DescribeRule",
            "events:TestEventPattern",
            "iam:SimulatePrincipalPolicy",
            "sns:GetSubscriptionAttributes",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ),
    ),
)
TOPICS = Need(mark("to confirm subscriptions"), ("sns:ConfirmSubscription",))
QUEUES = Need(
    mark("to take events out of queues"),
    ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
)
DEAD_LETTERS = Need(
    mark("to put aside what nobody can read"),
    ("sqs:GetQueueUrl", "sqs:SendMessage"),
)
ROLES = Need(mark("to look into other accounts"), ("sts:AssumeRole", "sts:SetSourceIdentity"))
TESTS = Need(
    mark("to send synthetic events (/oom test)"),
    ("events:PutEvents",),
    _BUS,
    MappingProxyType({"events:source": "oomguard.test"}),
)
OF_THE_BOT = (TOPICS, QUEUES, DEAD_LETTERS, ROLES, TESTS)
CHANGING = (
    Need(mark("to register a task definition with other memory"), ("ecs:RegisterTaskDefinition",)),
    Need(
        mark("to tag it"),
        ("ecs:TagResource",),
        "arn:{partition}:ecs:{region}:{account}:task-definition/oom-guard:1",
        MappingProxyType({"ecs:CreateAction": "RegisterTaskDefinition"}),
    ),
)
# What is granted for some services, rules, schedules, definitions and roles alone: a plan of one of them tells.
CHANGING_SOME = (
    "ecs:UpdateService",
    "ecs:StopServiceDeployment",
    "events:PutTargets",
    "scheduler:UpdateSchedule",
    "batch:RegisterJobDefinition",
    "batch:TagResource",
    "iam:PassRole",
)
