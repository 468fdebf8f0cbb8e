"""Permissions: what a role may do, told by IAM's simulation, else tried with calls that change nothing."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.aws.accounts import Place
from bot.aws.calls import AwsTrouble, Calls, Forbidden, Rejected
from bot.aws.checkup.needed import Need
from bot.aws.checkup.tries import TRIES
from bot.domain.aws.arn import Arn
from bot.domain.aws.partition import partition_of_region
from bot.domain.checkup.checkup import Area, Check, broken, ok, unseen
from bot.domain.telling.language import count, say
from bot.domain.telling.listed import clauses, commas

_ALLOWED = "allowed"
_HOMES_OF_IAM = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_TRIED_AT_ONCE = 4
_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Caller:
    """Who we are in a place: its account's id, and our ARN there, as STS tells it."""

    account: str
    arn: str

    @property
    def role_arn(self) -> str:
        """The role behind a session, without its path, which STS does not tell; "" for who is no role."""
        parts = self.arn.split(":", 5)
        kind, _, rest = parts[-1].partition("/")
        if kind == "assumed-role":
            return f"arn:{parts[1]}:iam::{self.account}:role/{rest.partition('/')[0]}"
        return self.arn if kind in ("role", "user") else ""


@dataclass(frozen=True, slots=True)
class Found:
    """What of some needs is refused, and what nobody could tell; an action by its purpose."""

    refused: Mapping[str, str]
    untold: Mapping[str, str]
    is_simulated: bool


async def permissions(
    calls: Calls, place: Place, caller: Caller, needs: Sequence[Need], policy: str
) -> Check:
    """One line on all these needs; `policy` is the file that grants them. Raises an AwsTrouble."""
    what = say("Permissions ({policy})", policy=policy)
    try:
        found = await _simulated(calls, place, caller, needs)
    except (Forbidden, Rejected):
        found = await _tried(calls, place, needs)
    total = sum(len(one.actions) for one in needs)
    if found.refused:
        fix = say(
            "Grant them to {role}: {policy} has them all.", role=caller.role_arn or caller.arn, policy=policy
        )
        told = say("refused: {actions}", actions=_told(found.refused))
        return broken(Area.AWS, what, told, fix)
    if found.untold:
        fix = say("Grant iam:SimulatePrincipalPolicy to the role: then each can be told without being done.")
        told = say("nobody can tell: {actions}", actions=_told(found.untold))
        return unseen(Area.AWS, what, told, fix)
    how = say("simulated") if found.is_simulated else say("tried")
    return ok(Area.AWS, what, count(total, "{n} action, {how}", "all {n} actions, {how}", how=how))


async def _simulated(calls: Calls, place: Place, caller: Caller, needs: Sequence[Need]) -> Found:
    """One call for all needs that are about the same resource."""
    by_resource: dict[tuple[str, frozenset[tuple[str, str]]], list[Need]] = {}
    for need in needs:
        by_resource.setdefault((need.resource, frozenset(need.context.items())), []).append(need)
    purposes = {action: need.purpose for need in needs for action in need.actions}
    decided: dict[str, str] = {}
    for alike in by_resource.values():
        for result in await _simulate(calls, place, caller, alike):
            decided[str(result["EvalActionName"])] = str(result["EvalDecision"])
    refused = {one: say(purposes[one]) for one in purposes if decided.get(one, _ALLOWED) != _ALLOWED}
    untold = {one: say(purposes[one]) for one in purposes if one not in decided}
    return Found(refused, untold, is_simulated=True)


async def _simulate(
    calls: Calls, place: Place, caller: Caller, alike: Sequence[Need]
) -> list[Mapping[str, Any]]:
    asked: dict[str, Any] = {
        "PolicySourceArn": caller.role_arn or caller.arn,
        "ActionNames": [action for one in alike for action in one.actions],
        "ResourceArns": [_example(alike[0], place, caller)],
    }
    if alike[0].context:
        asked["ContextEntries"] = [
            {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for name, value in alike[0].context.items()
        ]
    results: list[Mapping[str, Any]] = []
    while True:
        answer = await calls.ask(
            "iam", _iam_region(place), "simulate_principal_policy", account=place.account, **asked
        )
        results += answer.get("EvaluationResults", ())
        if not answer.get("IsTruncated"):
            return results
        asked["Marker"] = answer["Marker"]


def _iam_region(place: Place) -> str:
    """IAM is one for a whole partition, and is asked where it is at home."""
    partition = partition_of_region(place.region)
    return _HOMES_OF_IAM.get(partition.name if partition else "", place.region)


def _example(need: Need, place: Place, caller: Caller) -> str:
    partition = partition_of_region(place.region)
    name = partition.name if partition else Arn.parse(caller.arn).partition
    return need.resource.format(partition=name, region=place.region, account=caller.account)


async def _tried(calls: Calls, place: Place, needs: Iterable[Need]) -> Found:
    """What has a harmless call is called, a few at once."""
    purposes = {action: say(need.purpose) for need in needs for action in need.actions}
    gate = asyncio.Semaphore(_TRIED_AT_ONCE)

    async def attempt(action: str) -> bool | None:
        async with gate:
            return await _is_allowed(calls, place, action)

    outcomes = dict(zip(purposes, await asyncio.gather(*map(attempt, purposes)), strict=True))
    return Found(
        {one: purposes[one] for one, outcome in outcomes.items() if outcome is False},
        {one: purposes[one] for one, outcome in outcomes.items() if outcome is None},
        is_simulated=False,
    )


async def _is_allowed(calls: Calls, place: Place, action: str) -> bool | None:
    """None where it cannot be told. A refusal for what is asked for comes after the question whether we may ask."""
    if action not in TRIES:
        return None
    service, operation, arguments = TRIES[action]
    try:
        await calls.ask(service, place.region, operation, account=place.account, **arguments)
    except Forbidden:
        return False
    except Rejected:
        return True
    except AwsTrouble:
        return None
    return True


def _told(actions: Mapping[str, str]) -> str:
    """The actions by what they are for."""
    by_purpose: dict[str, list[str]] = {}
    for action, purpose in actions.items():
        by_purpose.setdefault(purpose, []).append(action)
    return clauses(
        say(
            "{words} ({more})",
            words=commas(names[:_MOST_TOLD]) + ("…" if len(names) > _MOST_TOLD else ""),
            more=purpose,
        )
        for purpose, names in by_purpose.items()
    )
