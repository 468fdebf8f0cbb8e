"""Fixtures of the store's tests."""

import pytest

from bot.store.database import Database
from tests.store.telling import Teller


@pytest.fixture
def teller(database: Database) -> Teller:
    """Someone who delivers events to each of the databases."""
    return Teller(database)
