"""Logs Insights: a small part of its language, but run truly: fields, filter, stats … by, sort, limit."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.aws.errors import AwsError

Record = dict[str, Any]
_STATS: Mapping[str, Callable[[list[float]], float]] = {
    "max": max,
    "min": min,
    "sum": sum,
    "avg": lambda values: sum(values) / len(values),
}
_SPAN = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NAME = r"[@\w.]+"
_TERM = re.compile(
    rf"\s*(?P<field>{_NAME})\s*(?P<op>!=|>=|<=|=~|=|>|<|\blike\b)\s*(?P<value>\"[^\"]*\"|'[^']*'|/(?:\\/|[^/])*/i?|[\w.-]+)\s*"
)
_IN = re.compile(rf"\s*(?P<field>{_NAME})\s+in\s*\[(?P<values>[^\]]*)\]\s*", re.IGNORECASE)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: str(a) == str(b),
    "!=": lambda a, b: str(a) != str(b),
    ">": lambda a, b: float(a) > float(b),
    ">=": lambda a, b: float(a) >= float(b),
    "<": lambda a, b: float(a) < float(b),
    "<=": lambda a, b: float(a) <= float(b),
}


def run(query: str, records: Sequence[Record]) -> list[Record]:
    """The rows of a query over records with @timestamp in ms; MalformedQueryException for what we cannot read."""
    rows, shown = list(records), ["@timestamp", "@message"]
    limit = 1000
    for part in re.split(r"\|(?=(?:[^\"'/]*[\"'/][^\"'/]*[\"'/])*[^\"'/]*$)", query):
        word, _, rest = part.strip().partition(" ")
        rest = rest.strip()
        if word == "fields":
            shown = [name.strip() for name in rest.split(",")]
        elif word == "filter":
            test = _condition(rest)
            rows = [row for row in rows if test(row)]
        elif word == "stats":
            rows = _stats(rest, rows)
            shown = list(rows[0]) if rows else []
        elif word == "sort":
            rows = _sorted(rest, rows)
        elif word == "limit" and rest.isdigit():
            limit = int(rest)
        else:
            raise _malformed(part)
    return [{name: row[name] for name in shown if name in row} for row in rows[:limit]]


def demanded(query: str) -> Mapping[str, set[str]]:
    """Field → values that every row of the query has, as far as its first filter says so plainly: for an index."""
    head = query.partition("|")[0].strip()
    if not head.startswith("filter ") or re.search(r"\s+or\s+", head, re.IGNORECASE):
        return {}
    terms = re.split(r"\s+and\s+", head.removeprefix("filter "), flags=re.IGNORECASE)
    return {found["field"]: _values(found) for term in terms if (found := _IN.fullmatch(term))}


def _values(listed: re.Match[str]) -> set[str]:
    return {one.strip(" \"'") for one in listed["values"].split(",")}


def _malformed(part: str) -> AwsError:
    return AwsError("MalformedQueryException", f"unexpected symbol found near: {part.strip()[:80]}")


def _condition(text: str) -> Callable[[Record], bool]:
    """`a = "b" and c like /d/ or e > 1`: and binds closer than or; no parentheses."""
    alternatives = [
        [_term(term) for term in re.split(r"\s+and\s+", alternative, flags=re.IGNORECASE)]
        for alternative in re.split(r"\s+or\s+", text, flags=re.IGNORECASE)
    ]
    return lambda row: any(all(term(row) for term in terms) for terms in alternatives)


def _term(text: str) -> Callable[[Record], bool]:
    if listed := _IN.fullmatch(text):
        field, values = listed["field"], _values(listed)
        return lambda row: field in row and str(row[field]) in values
    match = _TERM.fullmatch(text)
    if match is None:
        raise _malformed(text)
    field, operator, raw = match["field"], match["op"], match["value"]
    if operator in ("like", "=~"):
        if raw.startswith("/"):
            pattern = re.compile(raw.removesuffix("i")[1:-1], re.IGNORECASE if raw.endswith("/i") else 0)
        else:
            pattern = re.compile(re.escape(raw.strip("\"'")))
        return lambda row: field in row and pattern.search(str(row[field])) is not None
    value = raw.strip("\"'")
    return lambda row: field in row and _COMPARE[operator](row[field], value)


def _stats(text: str, rows: list[Record]) -> list[Record]:
    """One row for each group; `bin(1m)` rounds @timestamp down."""
    what, _, by = re.sub(r"\s+by\s+", "\0", text, count=1, flags=re.IGNORECASE).partition("\0")
    keys = [_key(one) for one in _commas(by)] if by else []
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        groups.setdefault(tuple(of(row) for _, of in keys), []).append(row)
    columns = [_column(one) for one in _commas(what)]
    names = [name for name, _ in keys]
    return [
        dict(zip(names, group, strict=True)) | {name: of(members) for name, of in columns}
        for group, members in groups.items()
    ]


def _commas(text: str) -> list[str]:
    return [one.strip() for one in re.split(r",(?![^(]*\))", text)]


def _key(text: str) -> tuple[str, Callable[[Record], Any]]:
    expression, _, alias = text.partition(" as ")
    expression = expression.strip()
    if match := re.fullmatch(r"bin\s*\((\d+)\s*([smhd])\w*\)", expression):
        width = int(match[1]) * _SPAN[match[2]] * 1000
        return alias.strip() or expression, lambda row: row["@timestamp"] - row["@timestamp"] % width
    if not re.fullmatch(_NAME, expression):
        raise _malformed(text)
    return alias.strip() or expression, lambda row: row.get(expression)


def _column(text: str) -> tuple[str, Callable[[list[Record]], Any]]:
    match = re.fullmatch(rf"(\w+)\(\s*(\*|{_NAME})\s*\)(?:\s+as\s+(\w+))?", text)
    if match is None:
        raise _malformed(text)
    function, field, alias = match[1].lower(), match[2], match[3] or text
    if function == "count":
        return alias, lambda rows: len(rows) if field == "*" else sum(field in row for row in rows)
    if function == "latest":
        return alias, lambda rows: max(rows, key=lambda row: row["@timestamp"]).get(field)
    if function not in _STATS:
        raise _malformed(text)
    return alias, lambda rows: _number(_STATS[function], [row[field] for row in rows if field in row])


def _number(statistic: Callable[[list[float]], float], values: list[Any]) -> float | None:
    return statistic([float(value) for value in values]) if values else None


def _sorted(text: str, rows: list[Record]) -> list[Record]:
    field, _, order = text.partition(" ")
    return sorted(
        rows, key=lambda row: (row.get(field) is not None, row.get(field)), reverse=order.strip() == "desc"
    )
