"""Messages: from the text that a verified SNS notification carries to the verdict on it."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.domain.aws.arn import Arn
from bot.domain.aws.event import Event
from bot.domain.kills.assess import NO_EVENT, assess
from bot.domain.kills.death import Assessment, Death
from bot.domain.kills.task_state import TaskState
from bot.domain.kills.task_verdict import assess_task
from bot.domain.kills.verdict import Confidence, Verdict
from bot.domain.subject.group_key import GroupKey, OwnerKind
from bot.domain.telling.language import say

LONGEST = 2**21  # characters; SNS itself takes 256 KiB
LONGEST_SENTENCE = 4000  # characters; what is longer is a log or a wrapping, and nobody's notice of one task
TASK_ARN = re.compile(
    r"arn:[a-z0-9-]{3,20}:ecs:[a-z0-9-]{1,32}:\d{1,16}:task/[\w-]{1,255}(?:/[\w-]{1,64})?", re.ASCII
)
# "oom" as a word of its own: in "oom-worker", "service/prod/oom" or "oom:42" it is somebody's name.
OUT_OF_MEMORY = re.compile(
    r"out\s*of\s*memory|\boom[- ]?kill(?:ed)?\b|(?<![\w/@.-])oom(?![/@.:-]?\w)", re.IGNORECASE
)
ALARM_SUBJECT = re.compile(r"\s*'?alarm:", re.IGNORECASE)
ALARM_MAIL = re.compile(
    r"\bAWS/ECS\b[\s\S]{0,400}\bMemoryUtilization\b|\bECS/ContainerInsights\b[\s\S]{0,400}\w*Memory"
)
NOT_JSON = msgspec.UNSET


def read_message(text: str, subject: str = "", *, now: datetime) -> Assessment:
    """The verdict on a message: an event or alarm as JSON, or a sentence that names a task. Never raises.

    A sentence such as "Task '<ARN>' was stopped due to OutOfMemory." (EventBridge's InputTransformer, quoted or not)
    tells the task's ARN alone: no death yet, `lookup_task_arns` is set. A template that only looks like JSON
    ("[prod] Task …", an object with unquoted values) is such a sentence, too.
    """
    if len(text) > LONGEST:
        return _nothing(f"The message is too long to read: {len(text)} characters")
    decoded = _decoded(text)
    if isinstance(decoded, Mapping | list):
        assessment = assess(decoded, now)
        # An InputTransformer can also make an object, with fields of its owner's own naming.
        named = _named_task(text, subject) if assessment.why == NO_EVENT else None
        return named or assessment
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        # Half an event is judged by its fields or not at all: its words may say what it does not mean.
        named = None if '"detail-type"' in text else _named_task(text, subject)
        return named or _nothing("The message looks like JSON but is broken")
    return _read_sentence(decoded if isinstance(decoded, str) else text, subject)


def from_described_task(task: Mapping[str, object], now: datetime) -> Assessment:
    """The verdict on a task as DescribeTasks answers it (boto3 gives datetimes). Never raises."""
    return assess_task(TaskState.read(Event(detail=task)), now)


def from_arn_alone(task_arn: str, now: datetime) -> Assessment:
    """What is left where a message named a task and ECS has forgotten it: an OOM of an unknown container."""
    arn = Arn.parse(task_arn)
    words = say("The message says that the task ran out of memory; ECS no longer knows which container")
    key = GroupKey(arn.account, arn.region, arn.cluster, OwnerKind.TASK, arn.name, container="")
    death = Death(
        group_key=key,
        task_arn=task_arn,
        container="",
        verdict=Verdict.OOM,
        confidence=Confidence.LIKELY,
        reason=words,
        died_at=now,
    )
    return Assessment(verdict=Verdict.OOM, why=words, deaths=(death,))


def _decoded(text: str) -> object:
    try:
        return msgspec.json.decode(text.strip().removeprefix("\ufeff"))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return NOT_JSON


def _read_sentence(text: str, subject: str) -> Assessment:
    named = _named_task(text, subject)
    if named is not None:
        return named
    if ALARM_SUBJECT.match(subject) and ALARM_MAIL.search(text):
        # CloudWatch's own e-mail text, forwarded; its layout is no interface, so only the alarm is told.
        return Assessment(
            verdict=Verdict.MEMORY_WARNING, why=f"An alarm on ECS memory went off: {subject.strip()[:200]}"
        )
    if OUT_OF_MEMORY.search(f"{subject[:1000]}\n{text}"):
        return _nothing("The text speaks of memory but names no ECS task by its ARN")
    return _nothing("The text is no event and names no ECS task that ran out of memory")


def _named_task(text: str, subject: str) -> Assessment | None:
    """The verdict on a text that names tasks and says that they ran out of memory; None if it does not."""
    if len(text) > LONGEST_SENTENCE:
        return None
    both = f"{text}\n{subject[:1000]}".replace("\\/", "/")
    found = tuple(dict.fromkeys(TASK_ARN.findall(both)))
    if not found or not OUT_OF_MEMORY.search(TASK_ARN.sub("", both)):
        return None
    why = "The message says that the task ran out of memory; ECS must tell which container"
    if len(found) > 1:
        why = "The message names several tasks and says out of memory; ECS must tell which of them, and which container"
    return Assessment(
        verdict=Verdict.OOM, why=why, lookup_task_arns=found, account=Arn.parse(found[0]).account
    )


def _nothing(why: str) -> Assessment:
    return Assessment(verdict=Verdict.NONE, why=why, is_known=False)
