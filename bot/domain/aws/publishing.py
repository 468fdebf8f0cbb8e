"""Publishing: whether the policy of a topic or queue lets a service of AWS put something in."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase


def lets_in(policy: str, service: str, action: str) -> bool:
    """Whether a statement allows it and none denies it to everybody; conditions are taken as met. False for no policy."""
    try:
        document = json.loads(policy or "{}")
    except ValueError:
        return False
    statements = document.get("Statement", []) if isinstance(document, Mapping) else []
    mine = [
        one for one in _listed(statements) if isinstance(one, Mapping) and _is_about(one, service, action)
    ]
    denied = any(one.get("Effect") == "Deny" and not one.get("Condition") for one in mine)
    return not denied and any(one.get("Effect") == "Allow" for one in mine)


def _is_about(statement: Mapping[str, object], service: str, action: str) -> bool:
    actions = [str(one).lower() for one in _listed(statement.get("Action", []))]
    return any(fnmatchcase(action.lower(), one) for one in actions) and _names(statement, service)


def _names(statement: Mapping[str, object], service: str) -> bool:
    principal = statement.get("Principal")
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    return "*" in _listed(principal.get("AWS", [])) or service in _listed(principal.get("Service", []))


def _listed(value: object) -> Iterator[object]:
    yield from value if isinstance(value, list) else [value]
