"""Places: where each setting stands in the configuration file. There is one place for each, so it cannot be twice."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from bot.settings import Settings

Place = tuple[str, ...]

THRESHOLDS = "thresholds"
# A setting whose name begins with one of these words stands in the section of that name, under the rest of its name.
SECTIONS = ("aws", "group", "insights", "keep", "log", "report", "slack", "sns", "storm")
_IN_THRESHOLDS = frozenset({"near_miss_percent", "resolve_after_hours", "reopen_within_days"})
_ELSEWHERE = frozenset({"oom_config"})  # a file cannot say where it is


def place_of(name: str) -> Place:
    """Where a setting stands: (key,) at the top, or (section, key)."""
    if name in _IN_THRESHOLDS:
        return (THRESHOLDS, name)
    section, _, rest = name.partition("_")
    return (section, rest) if rest and section in SECTIONS else (name,)


NAMES: Mapping[Place, str] = MappingProxyType(
    {place_of(name): name for name in Settings.model_fields if name not in _ELSEWHERE}
)
HEADS = frozenset(place[0] for place in NAMES if len(place) == 2)


def written(place: Place) -> str:
    """A place in words, as the file has it. What is in no section has to come before all sections."""
    return f"{place[0]} (above the first section)" if len(place) == 1 else f"{place[1]} under [{place[0]}]"


def meant(place: Place) -> Place | None:
    """The place that somebody may have meant who wrote this one: the name in full, or a slip of the pen."""
    full = place_of("_".join(place))
    if full in NAMES:
        return full
    if place_of(place[-1]) in NAMES:
        return place_of(place[-1])
    dotted = {".".join(known): known for known in NAMES}
    close = get_close_matches(".".join(place), dotted, n=1, cutoff=0.7)
    close = close or get_close_matches("_".join(place), [NAMES[known] for known in NAMES], n=1, cutoff=0.7)
    return (dotted.get(close[0]) or place_of(close[0])) if close else None
