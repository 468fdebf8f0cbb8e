"""Tries: calls that change nothing and ask for nothing that exists, so that only a refusal tells something."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_NOWHERE = "oom-guard-checkup-nowhere"
_TASK = "0" * 32
_LOG_GROUP = "/ecs/oom-guard-checkup-nowhere"
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_QUERY = "00000000-0000-0000-0000-000000000000"
_METRIC = {
    "Id": "m",
    "MetricStat": {
        "Metric": {"Namespace": "AWS/ECS", "MetricName": "MemoryUtilization", "Dimensions": []},
        "Period": 3600,
        "Stat": "Maximum",
    },
}
_EVENT = "fields @timestamp | limit 1"

Call = tuple[str, str, Mapping[str, Any]]  # service, operation, arguments

TRIES: Mapping[str, Call] = MappingProxyType(
    {
        "ecs:DescribeCapacityProviders": (
            "ecs",
            "describe_capacity_providers",
            {"capacityProviders": [_NOWHERE]},
        ),
        "ecs:DescribeClusters": ("ecs", "describe_clusters", {"clusters": [_NOWHERE]}),
        "ecs:DescribeContainerInstances": (
            "ecs",
            "describe_container_instances",
            {"cluster": _NOWHERE, "containerInstances": [_TASK]},
        ),
        "ecs:DescribeServices": ("ecs", "describe_services", {"cluster": _NOWHERE, "services": [_NOWHERE]}),
        "ecs:DescribeTaskDefinition": ("ecs", "describe_task_definition", {"taskDefinition": _NOWHERE}),
        "ecs:DescribeTasks": ("ecs", "describe_tasks", {"cluster": _NOWHERE, "tasks": [_TASK]}),
        "ecs:ListClusters": ("ecs", "list_clusters", {"maxResults": 1}),
        "ecs:ListContainerInstances": ("ecs", "list_container_instances", {"cluster": _NOWHERE}),
        "ecs:ListServiceDeployments": (
            "ecs",
            "list_service_deployments",
            {"service": _NOWHERE, "cluster": _NOWHERE},
        ),
        "ecs:ListServices": ("ecs", "list_services", {"cluster": _NOWHERE}),
        "ecs:ListTaskDefinitions": ("ecs", "list_task_definitions", {"maxResults": 1}),
        "ecs:ListTasks": ("ecs", "list_tasks", {"cluster": _NOWHERE}),
        "cloudwatch:GetMetricData": (
            "cloudwatch",
            "get_metric_data",
            {"MetricDataQueries": [_METRIC], "StartTime": _BEGINNING, "EndTime": _BEGINNING.replace(hour=2)},
        ),
        "logs:GetQueryResults": ("logs", "get_query_results", {"queryId": _QUERY}),
        "logs:FilterLogEvents": ("logs", "filter_log_events", {"logGroupName": _LOG_GROUP, "limit": 1}),
        "logs:GetLogEvents": (
            "logs",
            "get_log_events",
            {"logGroupName": _LOG_GROUP, "logStreamName": _NOWHERE, "limit": 1},
        ),
        "logs:StartQuery": (
            "logs",
            "start_query",
            {"logGroupName": _LOG_GROUP, "startTime": 0, "endTime": 1, "queryString": _EVENT},
        ),
        "logs:StopQuery": ("logs", "stop_query", {"queryId": _QUERY}),
        "ecr:BatchGetImage": (
            "ecr",
            "batch_get_image",
            {"repositoryName": _NOWHERE, "imageIds": [{"imageTag": "none"}]},
        ),
        "ecr:DescribeImages": ("ecr", "describe_images", {"repositoryName": _NOWHERE}),
        "application-autoscaling:DescribeScalableTargets": (
            "application-autoscaling",
            "describe_scalable_targets",
            {"ServiceNamespace": "ecs", "MaxResults": 1},
        ),
        "application-autoscaling:DescribeScalingPolicies": (
            "application-autoscaling",
            "describe_scaling_policies",
            {"ServiceNamespace": "ecs", "MaxResults": 1},
        ),
        "batch:DescribeJobDefinitions": ("batch", "describe_job_definitions", {"maxResults": 1}),
        "batch:DescribeJobs": ("batch", "describe_jobs", {"jobs": [_QUERY]}),
        "cloudformation:DescribeStackResources": (
            "cloudformation",
            "describe_stack_resources",
            {"StackName": _NOWHERE},
        ),
        "events:ListEventBuses": ("events", "list_event_buses", {"Limit": 1}),
        "events:ListRuleNamesByTarget": (
            "events",
            "list_rule_names_by_target",
            {"TargetArn": "arn:aws:ecs:us-east-1:123456789012:cluster/none", "Limit": 1},
        ),
        "events:ListTargetsByRule": ("events", "list_targets_by_rule", {"Rule": _NOWHERE}),
        "events:DescribeRule": ("events", "describe_rule", {"Name": _NOWHERE}),
        "scheduler:GetSchedule": ("scheduler", "get_schedule", {"Name": _NOWHERE}),
        "scheduler:ListSchedules": ("scheduler", "list_schedules", {"MaxResults": 1}),
        "sqs:GetQueueUrl": ("sqs", "get_queue_url", {"QueueName": _NOWHERE}),
    }
)
