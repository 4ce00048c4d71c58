"""Instances that a call activity called: the tree to which they belong.

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NOBODY = "0" * 32  # SQLite adds a column that is never null only with a default; no row keeps it


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("instance", sa.Column("root_id", sa.Uuid(), nullable=False, server_default=NOBODY))
    op.add_column("instance", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("instance", sa.Column("call", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE instance SET root_id = id")
    if not sqlite:
        op.alter_column("instance", "root_id", server_default=None)
        op.alter_column("instance", "call", server_default=None)
    op.drop_index("ix_instance_started", "instance")
    op.drop_index("ix_instance_state_started", "instance")
    op.create_index("ix_instance_tree", "instance", ["root_id", "call"])
    roots, called = sa.text("parent_id IS NULL"), sa.text("parent_id IS NOT NULL")
    _index("ix_instance_started", ["started_at", "id"], roots)
    _index("ix_instance_state_started", ["state", "started_at", "id"], roots)
    _index("ix_instance_called", ["started_at", "id"], called)
    _index("ix_instance_parent", ["parent_id", "started_at", "id"], called)


def downgrade() -> None:
    """Called instances would look like started ones: they are taken away with what is known about them."""
    for name in ("parent", "called", "state_started", "started", "tree"):
        op.drop_index(f"ix_instance_{name}", "instance")
    op.execute("DELETE FROM instance WHERE parent_id IS NOT NULL")
    for column in ("call", "parent_id", "root_id"):
        op.drop_column("instance", column)
    op.create_index("ix_instance_started", "instance", ["started_at", "id"])
    op.create_index("ix_instance_state_started", "instance", ["state", "started_at", "id"])


def _index(name: str, columns: list[str], only: sa.TextClause) -> None:
    op.create_index(name, "instance", columns, postgresql_where=only, sqlite_where=only)
