"""Benchmarks run: each with tiny sizes, so that they do not rot; what they measure then means nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.plan import Plan, quick
from benchmarks.table import Table


@pytest.mark.parametrize(("name", "benchmark"), BENCHMARKS.items(), ids=list(BENCHMARKS))
def test_a_benchmark_makes_a_table_of_figures(
    name: str, benchmark: Callable[[Plan], Table], tmp_path: Path
) -> None:
    table = benchmark(quick(tmp_path))
    assert table.rows, name
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert table.markdown().startswith(f"## {table.title}\n\n| {table.columns[0]} |")
    assert table.notes
    if name == "storm":
        assert {row[0]: row[1] for row in table.rows}["429s received"] == 0


def test_figures_are_told_with_as_many_digits_as_they_are_good_for() -> None:
    table = Table("T", ["what", "figure"], notes=["once"])
    table.add("fast", 12345.678)
    table.add("small", 0.01234)
    table.add("counted", 10_000)
    assert table.markdown().splitlines()[4:] == [
        "| fast | 12,346 |",
        "| small | 0.0123 |",
        "| counted | 10,000 |",
        "",
        "- once",
    ]
    assert '"what": "fast", "figure": 12345.678' in table.as_json()
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table.add("alone")
