"""Clusters of a checkup: whether Container Insights measures them, and what is lost where it does not."""

from collections.abc import Sequence

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls
from bot.aws.checkup.place import in_trouble, shell
from bot.domain.aws.arn import Arn
from bot.domain.checkup.checkup import Area, Check, ok, warning
from bot.domain.telling.language import count, say

_PAGE = 100  # that DescribeClusters takes
_MOST_CLUSTERS = 500  # of one place
_ON = ("enabled", "enhanced")


async def insights(calls: Calls, place: Place, watched: Sequence[str]) -> list[Check]:
    """A line for each cluster that is not measured, one for all that are. Never raises."""
    what = say("Clusters")
    try:
        arns = await _clusters(calls, place, watched)
        states = await _states(calls, place, arns)
    except AwsTrouble as trouble:
        return [in_trouble(Area.INSIGHTS, what, trouble)]
    on = {name: state for name, state in states.items() if state in _ON}
    lines = [_off(place, name) for name in sorted(set(states) - set(on))]
    if on:
        enhanced = sum(state == "enhanced" for state in on.values())
        found = count(
            len(on),
            "on for {n} cluster, enhanced for {enhanced}",
            "on for {n} clusters, enhanced for {enhanced}",
            enhanced=enhanced,
        )
        lines.append(ok(Area.INSIGHTS, what, found))
    return lines or [ok(Area.INSIGHTS, what, say("no clusters here"))]


async def _clusters(calls: Calls, place: Place, watched: Sequence[str]) -> list[str]:
    here = [one for one in watched if ":" not in one or _is_in(one, place)]
    if watched:
        return here
    arns: list[str] = []
    token = ""
    while len(arns) < _MOST_CLUSTERS:
        more = {"nextToken": token} if token else {}
        answer = await calls.ask("ecs", place.region, "list_clusters", account=place.account, **more)
        arns += map(str, answer.get("clusterArns", ()))
        token = str(answer.get("nextToken") or "")
        if not token:
            break
    return arns


def _is_in(cluster: str, place: Place) -> bool:
    arn = Arn.parse(cluster)
    return arn.region == place.region and place.account in ("", arn.account)


async def _states(calls: Calls, place: Place, clusters: Sequence[str]) -> dict[str, str]:
    """The setting by the cluster's name; of those that exist."""
    states: dict[str, str] = {}
    for start in range(0, len(clusters), _PAGE):
        page = list(clusters[start : start + _PAGE])
        answer = await calls.ask(
            "ecs",
            place.region,
            "describe_clusters",
            account=place.account,
            clusters=page,
            include=["SETTINGS"],
        )
        for one in answer.get("clusters", ()):
            settings = {str(it.get("name")): str(it.get("value")) for it in one.get("settings", ())}
            states[str(one.get("clusterName", ""))] = settings.get("containerInsights", "disabled")
    return states


def _off(place: Place, name: str) -> Check:
    what = say("Cluster {cluster}", cluster=name)
    found = say(
        "Container Insights is off: memory is known per service alone, so no curve of a single task, and no measured size"
    )
    fix = say("Switch it on; CloudWatch charges for its metrics.")
    command = shell(
        place,
        "ecs update-cluster-settings",
        f"--cluster {name}",
        "--settings name=containerInsights,value=enabled",
    )
    return warning(Area.INSIGHTS, what, found, fix, command)
