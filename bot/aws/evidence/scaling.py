"""Autoscaling: whether a service scales on its memory, so that another limit changes how many tasks there are."""

from collections.abc import Mapping
from typing import Any

from bot.aws.evidence.site import Site


async def is_on_memory(site: Site, cluster: str, name: str) -> bool:
    """Whether one of the service's policies looks at memory. Raises an AwsTrouble."""
    answer = await site.ask(
        "application-autoscaling",
        "describe_scaling_policies",
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster}/{name}",
    )
    return any(_looks_at_memory(policy) for policy in answer.get("ScalingPolicies", ()))


def _looks_at_memory(policy: Mapping[str, Any]) -> bool:
    """A predefined metric says so in its name; a customized one may be a formula over several."""
    target = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
    predefined = (target.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", "")
    custom = target.get("CustomizedMetricSpecification") or {}
    parts = [(one.get("MetricStat") or {}).get("Metric") or {} for one in custom.get("Metrics") or ()]
    names = [predefined, custom.get("MetricName", ""), *(part.get("MetricName", "") for part in parts)]
    return any("memory" in str(name).lower() for name in names)
