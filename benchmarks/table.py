"""Tables: figures as Markdown for people, as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """Rows of figures under one title; notes say how they came about."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """Append a row; ValueError where it has not one cell a column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(cells)

    def markdown(self) -> str:
        """The table with its title above and its notes below."""
        rule = ["---", *("---:" for _ in self.columns[1:])]
        lines = [
            _line(self.columns),
            _line(rule),
            *(_line([_told(cell) for cell in row]) for row in self.rows),
        ]
        notes = [f"- {note}" for note in self.notes]
        return "\n".join([f"## {self.title}", "", *lines, *(["", *notes] if notes else [])])

    def as_json(self) -> str:
        """The same as one line of JSON."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return json.dumps({"title": self.title, "rows": rows, "notes": self.notes}, ensure_ascii=False)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(cell: object) -> str:
    """Figures with as many digits as they are good for."""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
