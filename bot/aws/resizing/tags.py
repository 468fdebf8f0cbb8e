"""Tags of a new revision: which resize made it, who asked, who agreed, and why."""

import re

from bot.domain.resize.resize import Resize

RESIZE = "oomguard:resize"
_NOT_IN_TAGS = re.compile(r"[^\w +=.:/@-]+")  # letters and digits of any language, as ECS takes them
_LONGEST = 256


def of(resize: Resize) -> tuple[tuple[str, str], ...]:
    """Keys and values as ECS takes them; what is empty is left out."""
    spec = resize.spec
    values = {
        RESIZE: mark(resize),
        "oomguard:requested-by": spec.requested_by,
        "oomguard:approved-by": resize.status.approved_by,
        "oomguard:incident": "" if spec.incident_id is None else str(spec.incident_id),
        "oomguard:reason": spec.reason,
    }
    cleaned = {key: _clean(value) for key, value in values.items()}
    return tuple((key, value) for key, value in cleaned.items() if value)


def mark(resize: Resize) -> str:
    """What names this resize and no other, of another installation either: its number and its plan."""
    return f"{resize.spec.id}-{resize.spec.plan.hash[:12]}"


def _clean(value: str) -> str:
    return " ".join(_NOT_IN_TAGS.sub(" ", value).split())[:_LONGEST].strip()
