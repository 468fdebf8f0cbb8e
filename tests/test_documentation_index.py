"""The documentation can be found: its index names every page, its pictures are used and small, the README is short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
IMAGES = sorted((DOCS / "images").glob("*"))
LARGEST_KB = 300


def linked(page: Path) -> set[Path]:
    """The files that a page links to or shows."""
    targets = re.findall(r"(?:\]\(|src(?:set)?=\")([^)#:\"]+)", page.read_text())
    return {(page.parent / target).resolve() for target in targets}


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_every_page_can_be_found_from_the_index(page: Path) -> None:
    assert page.name == "README.md" or page in linked(DOCS / "README.md")


def test_every_decision_is_listed() -> None:
    assert set((DOCS / "adr").glob("0*.md")) <= linked(DOCS / "adr" / "README.md")


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_a_picture_is_shown_somewhere_and_small(image: Path) -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    assert image in {shown for page in pages for shown in linked(page)}
    assert image.stat().st_size < LARGEST_KB * 1000


def test_the_readme_says_how_to_see_it_within_its_first_screen() -> None:
    screen = (ROOT / "README.md").read_text().splitlines()[:30]
    assert "make demo" in "\n".join(screen)
    assert any("docs/images/" in line for line in screen)
