"""IAM, as far as a doctor asks it: whether a role may do something."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.errors import AwsError

Parameters = dict[str, Any]
REGION = "us-east-1"  # where calls of this global service are signed for


class Iam:
    """SimulatePrincipalPolicy: everything is allowed but what was ordered to be denied."""

    def __init__(self, is_denied: Callable[[str], bool]) -> None:
        self._is_denied = is_denied

    def operations(self) -> Mapping[str, Callable[[Parameters], Parameters]]:
        """Operation name → function."""
        return {"SimulatePrincipalPolicy": self._simulate}

    def _simulate(self, asked: Parameters) -> Parameters:
        source = asked["PolicySourceArn"]
        if not source.startswith("arn:aws:iam::"):  # a session's ARN is not one of IAM
            raise AwsError(
                "InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type."
            )
        resources = asked.get("ResourceArns", ["*"])
        return {
            "IsTruncated": False,
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalResourceName": resource,
                    "EvalDecision": "implicitDeny" if self._is_denied(action) else "allowed",
                    "MatchedStatements": [],
                    "MissingContextValues": [],
                }
                for action in asked["ActionNames"]
                for resource in resources
            ],
        }
