"""Queries: how a person names a service, task family, job or task: by name, path or ARN."""

import re
from dataclasses import dataclass
from typing import Self

from bot.domain.subject.group_key import OwnerKind
from bot.domain.subject.silence import Matcher
from bot.domain.subject.subject import Subject

ARN = re.compile(
    r"arn:aws[\w-]*:(?P<product>ecs|batch):(?P<region>[\w-]*):(?P<account>\d*):(?P<type>[\w-]+)[/:](?P<rest>.+)",
    re.ASCII,
)
REVISION = re.compile(r":\d+$", re.ASCII)
TASK_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
EXACTLY = "="  # before a name: this name and no other, whether it is known or not; no name in ECS starts so
KINDS = {kind.value: kind for kind in OwnerKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a typed name asks for; an empty field (None for the kind) asks for anything.

    `task` is set where one task is named (its ARN, or its id alone); only the store knows whose it is.
    """

    name: str
    account: str = ""
    region: str = ""
    cluster: str = ""
    kind: OwnerKind | None = None
    task: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Understands `checkout`, `checkout:42`, `service:checkout`, `prod/checkout`, a subject in full, task ids,
        and the ARNs of services, tasks, task definitions and job definitions (the short old forms too).
        """
        arn = ARN.fullmatch(text)
        if arn is not None:
            return cls._of_arn(text, arn)
        *places, last = text.strip("/").split("/")
        if TASK_ID.fullmatch(last.lower()):
            return cls(name="", task=last.lower())
        prefix, colon, name = last.partition(":")
        kind = KINDS.get(prefix.lower()) if colon else None
        account, region, cluster = ("", "", "", *places)[-3:]
        return cls(
            name=name if kind else REVISION.sub("", last),
            account=account,
            region=region,
            cluster=cluster,
            kind=kind,
        )

    @classmethod
    def _of_arn(cls, text: str, arn: re.Match[str]) -> Self:
        *places, last = arn["rest"].split("/")
        cluster = places[-1] if places else ""
        account, region, what = arn["account"], arn["region"], arn["type"]
        if what == "task":
            return cls(name="", task=text)
        if what in {"task-definition", "job-definition"}:
            kind = OwnerKind.JOB if arn["product"] == "batch" else None
            return cls(name=REVISION.sub("", last), account=account, region=region, kind=kind)
        return cls(name=last, account=account, region=region, cluster=cluster, kind=OwnerKind.SERVICE)

    @classmethod
    def exactly(cls, text: str) -> Self | None:
        """What `=prod/checkout` names; None where it does not start so, or names no service, family or job."""
        query = cls.read(text.removeprefix(EXACTLY).strip())
        return query if text.startswith(EXACTLY) and query.name else None

    @property
    def service(self) -> Subject | None:
        """The service that is named in full, as its long ARN does; None where any part lacks."""
        if self.kind is not OwnerKind.SERVICE or not (
            self.account and self.region and self.cluster and self.name
        ):
            return None
        return Subject(self.account, self.region, self.cluster, self.kind, self.name)

    def matcher(self) -> Matcher:
        """What a silence of exactly this name matches; raises ValueError without one: that would match anything."""
        if not self.name:
            raise ValueError("a query without a name is nothing to silence")
        return Matcher(
            account=self.account, region=self.region, cluster=self.cluster, kind=self.kind, name=self.name
        )

    def allows(self, subject: Subject) -> bool:
        """Whether everything but the name fits, in any case of letters."""
        asked = (self.account, self.region, self.cluster, self.kind or "")
        there = (subject.account, subject.region, subject.cluster, subject.kind)
        return all(want in ("", have) for want, have in zip(_folded(asked), _folded(there), strict=True))


def _folded(words: tuple[str, ...]) -> list[str]:
    return [word.casefold() for word in words]
