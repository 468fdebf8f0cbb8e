"""The audit: every accepted report counted exactly once, every incident shown exactly once, in its last state."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import create_engine, text

from bot.store.engines import store_url
from tests.chaos.plan import Plan

COUNTED = re.compile(r"\((\d+|[\d,]+) kills? ")


def stored(url: str) -> dict[str, tuple[int, int]]:
    """By service: kills in the history, and the incident's own count."""
    query = """
        SELECT g.name, COUNT(DISTINCT k.id), MAX(i.kill_count)
        FROM group_keys g JOIN incidents i ON i.group_key_id = g.id JOIN kills k ON k.incident_id = i.id
        GROUP BY g.name
    """
    engine = create_engine(store_url(url))
    try:
        with engine.connect() as connection:
            return {name: (kills, count) for name, kills, count in connection.execute(text(query))}
    finally:
        engine.dispose()


def broken_promises(plan: Plan, url: str, messages: Iterable[Any]) -> list[str]:
    """What is not as promised, one sentence each; nothing where all is well. `messages` are the channels' roots."""
    found = stored(url)
    shown = Counter(str(message.metadata) for message in messages if message.metadata)
    texts = [message.text for message in messages]
    return [
        *_counted_once(plan, found),
        *(f"{metadata} is shown {times} times" for metadata, times in shown.items() if times > 1),
        *_shown_truly(plan, texts),
    ]


def _counted_once(plan: Plan, found: dict[str, tuple[int, int]]) -> Iterable[str]:
    for service, kills in plan.kills.items():
        history, count = found.get(service, (0, 0))
        if history != kills:
            yield f"{service}: {kills} kills were reported, {history} are in the history"
        if count != kills:
            yield f"{service}: {kills} kills were reported, its incident counts {count}"


def _shown_truly(plan: Plan, texts: list[str]) -> Iterable[str]:
    for service, kills in plan.kills.items():
        told = [text for text in texts if service in text]
        if len(told) != 1:
            yield f"{service} has {len(told)} messages"
            continue
        match = COUNTED.search(told[0])
        if match is None or int(match[1].replace(",", "")) != kills:
            yield f"{service}: {kills} kills, but Slack shows: {told[0][:120]}"
