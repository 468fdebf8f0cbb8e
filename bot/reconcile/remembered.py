"""Remembered: what is kept of an incident as Slack was shown it, to know later what is news."""

from datetime import datetime

from bot.domain.alert.story import Story
from bot.domain.incident.notice import Shown
from bot.domain.resize.resize import Resize
from bot.domain.subject.silence import Silence


def state(
    story: Story, silence: Silence | None, ended_silence: Silence | None, now: datetime, digest: str
) -> Shown:
    """What is to be remembered of the incident's state; `digest` is "" where nothing is posted."""
    incident = story.incident
    return Shown(
        digest=digest,
        phase=incident.phase,
        silence_id=0 if silence is None else silence.id,
        kill_count=incident.kill_count,
        reopened_count=incident.reopened_count,
        at=now,
        ended_silence_id=0 if ended_silence is None else ended_silence.id,
        late=story.late,
        is_diagnosed=story.diagnosis is not None,
        resize=mark(story.resize),
    )


def mark(resize: Resize | None) -> str:
    """Changes with what people wait for."""
    if resize is None:
        return ""
    status = resize.status
    counts = f"{status.running_count}/{status.desired_count}"
    return f"{resize.spec.id} {status.phase.value} {counts} {status.is_stuck} {status.regressed_at}"
