"""Environment: how Alembic runs the steps on the connection that bot/store/migrate.py hands over."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo


def _applied(
    ctx: MigrationContext,  # noqa: ARG001 -- Alembic calls by these names
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001
    run_args: Mapping[str, Any],  # noqa: ARG001
) -> None:
    context.config.attributes["applied"].append(step.up_revision_id)


context.configure(
    connection=context.config.attributes["connection"],
    on_version_apply=_applied,
    transactional_ddl=True,  # SQLite can, now that the driver does not commit before each statement
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
