"""What the tests of messages share: the option that rewrites the golden files."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/slack --rewrite-golden` accepts what the bot says now; read the diff before you commit it."""
    parser.addoption(
        "--rewrite-golden", action="store_true", help="rewrite tests/golden from what is produced now"
    )


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten; the option is unknown where tests/slack was not named."""
    return bool(request.config.getoption("--rewrite-golden", default=False))
