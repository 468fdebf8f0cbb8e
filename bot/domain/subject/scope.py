"""Scopes: how much a silence mutes, seen from one incident."""

from enum import StrEnum

from bot.domain.subject.group_key import GroupKey
from bot.domain.subject.silence import Matcher
from bot.domain.subject.subject import Subject


class Scope(StrEnum):
    """From narrow to wide."""

    CONTAINER = "container"
    SUBJECT = "subject"  # the service, task family or job
    CLUSTER = "cluster"


def scopes_of(key: GroupKey) -> list[Scope]:
    """The scopes that make sense for a group key.

    An empty field of a matcher matches anything: without a container or a cluster that scope would mute far more
    than its name says, so it is left out.
    """
    asked = {Scope.CONTAINER: key.container, Scope.SUBJECT: key.name, Scope.CLUSTER: key.cluster}
    return [scope for scope, field in asked.items() if field]


def matcher_of(key: GroupKey, scope: Scope) -> Matcher:
    """What a silence of this scope matches; raises ValueError where the group key has no such scope."""
    if scope not in scopes_of(key):
        raise ValueError(f"{key} has no {scope.value} to silence")
    if scope is Scope.CLUSTER:
        return Matcher(account=key.account, region=key.region, cluster=key.cluster)
    return Subject.of(key).matcher(key.container if scope is Scope.CONTAINER else "")
