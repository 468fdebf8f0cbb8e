"""What the tests of the doors for people share: a store in a file, and a workplace around it."""

from collections.abc import AsyncIterator

import pytest

from bot.store.database import Database
from tests.handlers.workplace import Workplace, workplace


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    """An empty store."""
    database = Database.open(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def place(db: Database) -> AsyncIterator[Workplace]:
    """Slack, the store and the doors; nothing has happened yet."""
    async with workplace(db) as place:
        yield place
