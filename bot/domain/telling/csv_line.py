"""CSV lines: cells as RFC 4180 has them, harmless to whoever opens the file in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


def csv_line(cells: Iterable[object]) -> str:
    """One line with its CRLF. None is empty; a text that would be a formula gets an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(cell: object) -> str:
    said = "" if cell is None else str(cell)
    return f"'{said}" if isinstance(cell, str) and said.startswith(_FORMULA) else said
