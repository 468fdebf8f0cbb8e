"""Places: where a subject runs, in as few words as tell it."""

from collections.abc import Callable

from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.subject.subject import Subject
from bot.domain.telling.language import mark, say
from bot.domain.telling.listed import alongside
from bot.slack.mrkdwn import bold, code, escape

AccountName = Callable[[str], str]  # account id -> what people call it

KINDS = {
    OwnerKind.SERVICE: mark("service"),
    OwnerKind.FAMILY: mark("task family"),
    OwnerKind.JOB: mark("Batch job"),
    OwnerKind.TASK: mark("task"),
}


def where(subject: Subject, account_name: AccountName) -> str:
    """`service in prod · shop-prod · eu-west-1` as mrkdwn."""
    places = [
        kind_in(subject.kind, code(subject.cluster, 80) if subject.cluster else ""),
        escape(account_name(subject.account), 60),
        escape(subject.region, 30),
    ]
    return " · ".join(place for place in places if place)


def kind_in(kind: OwnerKind, cluster: str) -> str:
    """`service in prod`; the kind alone where there is no cluster. `cluster` is finished markup."""
    return say("{kind} in {cluster}", kind=say(KINDS[kind]), cluster=cluster) if cluster else say(KINDS[kind])


def cluster_kind(kind: OwnerKind) -> str:
    """What the cluster of such an owner is called: people know a Batch job's queue, not the cluster behind it."""
    return say("job queue" if kind is OwnerKind.JOB else "cluster")


def who(key: GroupKey) -> str:
    """`checkout / app` in bold; the owner's name alone where the container is not known or only repeats it."""
    container = f" / {escape(key.container, 80)}" if key.container not in ("", key.name) else ""
    return bold(f"{escape(key.name, 80)}{container}")


def plainly(subject: Subject, account_name: AccountName) -> str:
    """`checkout (service in prod, shop-prod)` for a screen reader."""
    kind = kind_in(subject.kind, escape(subject.cluster, 60) if subject.cluster else "")
    where_it_is = alongside([kind, escape(account_name(subject.account), 60) or "?"])
    return say("{name} ({place})", name=escape(subject.name, 80), place=where_it_is)
