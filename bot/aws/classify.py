"""Classify: one file with an event in it, whatever it is wrapped in, to one JSON-ready verdict."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bot.aws.message import read_message
from bot.domain.aws.field import Fields, each, fields, text
from bot.domain.kills.assess import worst_of
from bot.domain.kills.death import Assessment
from bot.domain.kills.verdict import Verdict

LARGEST_BYTES = 4 * 2**20
DEEPEST = 4  # SNS in SQS in Lambda records is three
UNREADABLE = "The file could not be read: "


def classify_file(path: str | Path) -> dict[str, object]:
    """The verdict on one file: {"file", "verdict", "kills", "why"}. Never raises; see `was_read`."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
        if len(raw) > LARGEST_BYTES:
            return _unreadable(path, f"it is larger than {LARGEST_BYTES} bytes")
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _unreadable(path, "it is not UTF-8")
    except (OSError, ValueError) as trouble:
        return _unreadable(path, str(getattr(trouble, "strerror", None) or trouble))
    return {"file": str(path), **classify_text(content, datetime.now(UTC))}


def was_read(answer: Mapping[str, object]) -> bool:
    """Whether the file behind an answer of `classify_file` could be read at all (the command line exits 1 if not)."""
    return not str(answer["why"]).startswith(UNREADABLE)


def classify_text(content: str, now: datetime) -> dict[str, object]:
    """The verdict on a text: {"verdict", "kills", "why"}.

    A kill known by its task's ARN alone has container "" and group_key "".
    """
    assessments = list(_assessments(content, "", now, DEEPEST))
    worst = worst_of(assessments)
    kills = [kill for one in assessments for kill in _kills(one)]
    return {"verdict": worst.verdict.value, "kills": kills, "why": worst.why}


def _assessments(content: str, subject: str, now: datetime, depth: int) -> Iterator[Assessment]:
    """One assessment (at least) for each message in the wrappings: SNS's own, Lambda's and SQS's records.

    Likewise of what `aws sqs receive-message` prints.
    """
    wrapping = _wrapping(content) if depth else {}
    kind = text(wrapping, "Type")
    if kind in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        yield Assessment(verdict=Verdict.NONE, why=f"An SNS {kind} carries no event")
    elif isinstance(wrapping.get("Message"), str) and wrapping.keys() & {"Type", "TopicArn", "MessageId"}:
        yield from _assessments(str(wrapping["Message"]), text(wrapping, "Subject"), now, depth - 1)
    elif records := each(wrapping, "Records") or each(wrapping, "Messages"):
        for record in records:
            yield from _in_record(record, now, depth)
    else:
        yield read_message(content, subject, now=now)


def _in_record(record: Fields, now: datetime, depth: int) -> Iterator[Assessment]:
    notification = fields(record, "Sns")
    inner = notification.get("Message", record.get("body", record.get("Body")))
    if isinstance(inner, str):
        yield from _assessments(inner, text(notification, "Subject"), now, depth - 1)
    else:
        yield Assessment(verdict=Verdict.NONE, why="A record without a message in it")


def _wrapping(content: str) -> Fields:
    try:
        decoded = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return {}
    return decoded if isinstance(decoded, Mapping) else {}


def _kills(assessment: Assessment) -> Iterator[dict[str, object]]:
    for death in assessment.kills:
        yield {
            "container": death.container,
            "task_arn": death.task_arn,
            "group_key": str(death.group_key),
            "exit_code": death.exit_code,
            "reason": death.reason,
        }
    for task_arn in assessment.lookup_task_arns:
        yield {
            "container": "",
            "task_arn": task_arn,
            "group_key": "",
            "exit_code": None,
            "reason": assessment.why,
        }


def _unreadable(path: str | Path, trouble: str) -> dict[str, object]:
    return {"file": str(path), "verdict": Verdict.NONE.value, "kills": [], "why": f"{UNREADABLE}{trouble}"}
