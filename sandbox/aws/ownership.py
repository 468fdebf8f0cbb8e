"""Ownership: who else has a hand in a service: autoscaling policies and CloudFormation stacks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.aws.arns import arn, last_part
from sandbox.aws.errors import SaysNo
from sandbox.clock import Clock

Parameters = dict[str, Any]
_POLICY = "ECSServiceAverageMemoryUtilization"
_DIMENSION = "ecs:service:DesiredCount"


class Autoscaling:
    """Target-tracking policies on the memory of services."""

    def __init__(self, clock: Clock) -> None:
        self._made_at: datetime = clock.now()
        self.targets: dict[str, float] = {}

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {
            "DescribeScalingPolicies": self._policies,
            "DescribeScalableTargets": self._scalable,
            "DescribeScalingActivities": lambda _: {"ScalingActivities": []},
        }

    def track(self, cluster: str, service: str, percent: float) -> None:
        """Scale a service so that its memory stays near `percent`."""
        self.targets[f"service/{cluster}/{service}"] = percent

    def _policies(self, asked: Parameters) -> Parameters:
        wanted = asked.get("ResourceId")
        return {
            "ScalingPolicies": [self._policy(r, p) for r, p in self.targets.items() if wanted in (None, r)]
        }

    def _policy(self, resource: str, percent: float) -> Parameters:
        return {
            "PolicyARN": arn("autoscaling", f"scalingPolicy:{resource}"),
            "PolicyName": "memory",
            "ServiceNamespace": "ecs",
            "ResourceId": resource,
            "ScalableDimension": _DIMENSION,
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": percent,
                "PredefinedMetricSpecification": {"PredefinedMetricType": _POLICY},
            },
            "CreationTime": self._made_at,
        }

    def _scalable(self, asked: Parameters) -> Parameters:
        wanted = asked.get("ResourceIds") or list(self.targets)
        common = {
            "ServiceNamespace": "ecs",
            "ScalableDimension": _DIMENSION,
            "MinCapacity": 2,
            "MaxCapacity": 10,
        }
        role = {"RoleARN": "arn:aws:iam::123456789012:role/ecs-autoscale", "CreationTime": self._made_at}
        return {"ScalableTargets": [common | role | {"ResourceId": r} for r in self.targets if r in wanted]}


class Stacks:
    """CloudFormation, as far as it owns services."""

    def __init__(self, clock: Clock) -> None:
        self._made_at: datetime = clock.now()
        self.owners: dict[str, str] = {}

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"DescribeStackResources": self._describe}

    def _describe(self, asked: Parameters) -> Parameters:
        physical = asked.get("PhysicalResourceId", "")
        stack = self.owners.get(physical)
        if stack is None:
            raise SaysNo("ValidationError", f"Stack for {physical} does not exist")
        resource = {
            "StackName": stack,
            "StackId": arn("cloudformation", f"stack/{stack}/0b1f"),
            "LogicalResourceId": last_part(physical).title().replace("-", ""),
            "PhysicalResourceId": physical,
            "ResourceType": "AWS::ECS::Service",
            "Timestamp": self._made_at,
            "ResourceStatus": "UPDATE_COMPLETE",
        }
        return {"StackResources": [resource]}
