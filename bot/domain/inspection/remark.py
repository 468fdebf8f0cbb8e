"""Remarks: one thing that is wrong with a revision in use before anything dies, how grave it is, and the fix."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.inspection.running import Running


class Severity(StrEnum):
    """How grave a remark is, the gravest first."""

    SEVERE = "severe"  # it will be killed, or may kill its neighbours
    WARNING = "warning"  # it is likely to be killed when the load grows
    HINT = "hint"  # worth knowing

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is wrong with one container ("" for the whole task). Every text is plain and unescaped.

    `rule` is stable; `evidence` says what it rests on; `fix` what to do; `paste` the corrected value, "" for none.
    """

    severity: Severity
    rule: str
    running: Running
    container: str
    words: str
    evidence: str
    fix: str = ""
    paste: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All remarks, the gravest first; what was looked at; and of whom nobody has data."""

    remarks: tuple[Remark, ...]
    looked_at: int
    without_data: tuple[Running, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many of that severity."""
        return sum(one.severity is severity for one in self.remarks)

    @property
    def is_severe(self) -> bool:
        """Whether somebody should act before the next deployment."""
        return self.count(Severity.SEVERE) > 0
