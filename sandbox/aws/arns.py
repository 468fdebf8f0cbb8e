"""ARNs: the names of things in the sandbox's one account and region."""

from uuid import uuid4

ACCOUNT = "123456789012"
REGION = "eu-west-1"


def arn(service: str, resource: str) -> str:
    """The ARN of a resource of this account and region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def last_part(name_or_arn: str) -> str:
    """The bare name behind an ARN; a bare name is itself."""
    return name_or_arn.rsplit("/", 1)[-1] if name_or_arn.startswith("arn:") else name_or_arn


def new_id() -> str:
    """32 hex digits, as ECS names its tasks."""
    return uuid4().hex
