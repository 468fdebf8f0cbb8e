"""Subjects: what a person asks about: a service, a task family or a job, whatever its containers."""

from dataclasses import dataclass
from typing import Self

from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.silence import Matcher


@dataclass(frozen=True, order=True, slots=True)
class Subject:
    """A group key without its container."""

    account: str
    region: str
    cluster: str
    kind: OwnerKind
    name: str

    @classmethod
    def of(cls, key: GroupKey) -> Self:
        """The subject whose container the group key names."""
        return cls(key.account, key.region, key.cluster, key.kind, key.name)

    def __str__(self) -> str:
        """One line that is unique per subject: `123456789012/eu-west-1/prod/service:checkout`."""
        return f"{self.account}/{self.region}/{self.cluster}/{self.kind.value}:{self.name}"

    def with_container(self, container: str) -> GroupKey:
        """The group key of one of its containers."""
        return GroupKey(self.account, self.region, self.cluster, self.kind, self.name, container)

    def matcher(self, container: str = "") -> Matcher:
        """What a silence of this subject matches; one container of it where one is named."""
        return Matcher(
            account=self.account,
            region=self.region,
            cluster=self.cluster,
            kind=self.kind,
            name=self.name,
            container=container,
        )
