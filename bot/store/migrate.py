"""Migrations: bring a database to the schema of this program; safe when several processes try at once."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.checkup import revision
from bot.store.engines import sqlite_path, store_url, take_file, writer_engine
from bot.store.errors import unavailable
from bot.store.schema import REVISION

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = text("SELECT pg_advisory_xact_lock(7866710271)")  # any number that only we use


def upgrade(url: str) -> list[str]:
    """Apply what is missing, all of it or nothing; the revisions that were applied, none if it was up to date.

    Raise StoreUnavailable where the database cannot be reached, or the SQLite file is in use by a running process.
    """
    parsed = store_url(url)
    path = sqlite_path(parsed)
    lock = take_file(path) if path else None
    engine = writer_engine(parsed)
    try:
        with engine.connect() as connection, connection.begin():
            if path is None:
                connection.execute(_LOCK)  # the next one waits here and finds nothing left to do
            return _upgrade(connection)
    except SQLAlchemyError as error:
        raise unavailable(error) from error
    finally:
        engine.dispose()
        if lock is not None:
            lock.release()


def _upgrade(connection: Connection) -> list[str]:
    if revision(connection) >= REVISION:  # a newer one is fine: migrations only expand
        return []
    # 70 ms and 8 MB that a process does not need which serves a store that is up to date
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    applied: list[str] = []
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, applied=applied)
    command.upgrade(config, "head")
    return applied
