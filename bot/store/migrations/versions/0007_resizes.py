"""Resizes: what was asked and where it stands, who did what, and what is frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {
    "sqlite": (
        (
            "CREATE TRIGGER audit_trail_kept BEFORE UPDATE ON audit_trail "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_trail_kept() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END$$"
        ),
        (
            "CREATE TRIGGER audit_trail_kept BEFORE UPDATE ON audit_trail "
            "FOR EACH ROW EXECUTE FUNCTION audit_trail_kept()"
        ),
    ),
}


def upgrade() -> None:
    """Add tables and a column that may be empty, which older processes need not know."""
    _resizes()
    _audit_trail()
    _freezes()
    op.add_column("notices", sa.Column("resize_id", WHOLE, nullable=True))
    _index("uq_notices_resize_id", "notices", "resize_id", unique=True)


def _resizes() -> None:
    _table(
        "resizes",
        _maybe("incident_id"),
        *_texts("target", "submission", "plan_hash", "phase"),
        *_numbers("is_finished", "is_open", "requested_at", "looked_at"),
        _maybe("ended_at"),
        *_texts("spec", "status"),
        *_numbers("attempts", "fence", "due_at"),
        _maybe("leased_until"),
        *_texts("lease_owner", "error"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_resizes_incident_id"),
    )
    _index("uq_resizes_unfinished", "resizes", "target", unique=True, where="is_finished = 0")
    _index("uq_resizes_submission", "resizes", "submission", unique=True, where="submission <> ''")
    _index("ix_resizes_due_at", "resizes", "due_at", where="is_open = 1")
    _index("ix_resizes_incident_id", "resizes", "incident_id")
    _index("ix_resizes_target", "resizes", "target", "id")
    _index("ix_resizes_ended_at", "resizes", "ended_at")


def _audit_trail() -> None:
    _table(
        "audit_trail",
        *_numbers("at"),
        _maybe("resize_id"),
        *_texts("subject", "who", "deed", "words", "detail", "link"),
    )
    _index("ix_audit_trail_at", "audit_trail", "at")
    _index("ix_audit_trail_subject", "audit_trail", "subject", "id")
    _index("ix_audit_trail_resize_id", "audit_trail", "resize_id")
    for statement in KEPT[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "audit_cursors",
        *_texts("name"),
        *_numbers("entry_id"),
        sa.PrimaryKeyConstraint("name", name="pk_audit_cursors"),
        sqlite_strict=True,
    )


def _freezes() -> None:
    _table(
        "freezes",
        *_texts("account", "cluster", "name", "frozen_by"),
        *_numbers("frozen_at"),
        *_texts("reason"),
        _maybe("ends_at"),
        *_texts("thawed_by"),
        _maybe("thawed_at"),
    )
    _index("ix_freezes_unthawed", "freezes", "id", where="thawed_at IS NULL")


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", WHOLE, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, WHOLE, nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _maybe(name: str) -> sa.Column[int]:
    return sa.Column(name, WHOLE, nullable=True)


def _index(name: str, table: str, *columns: str, where: str = "", unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition
    )
