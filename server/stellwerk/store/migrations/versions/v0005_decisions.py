"""Decisions are deployed, and their evaluations are kept.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from stellwerk.store.types import Json, UtcTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "decision_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        _name("namespace"),
        _name("name"),
        _name("filename"),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployment.id"), nullable=False),
        _time("deployed_at"),
        sa.Column("source_hash", sa.String(length=64), sa.ForeignKey("resource.hash"), nullable=False),
        sa.Column("imports", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_model_namespace", "decision_model", ["namespace", "deployed_at"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        _name("key"),
        _name("name"),
        sa.Column("version", sa.Integer(), nullable=False),
        _name("version_tag", nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.Uuid(), sa.ForeignKey("decision_model.id"), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), sa.ForeignKey("deployment.id"), nullable=False),
        _time("deployed_at"),
        _name("deployed_by"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_key_version", "decision", ["key", "version"], unique=True)
    op.create_index("ix_decision_deployed", "decision", ["deployed_at", "id"])
    op.create_index("ix_decision_name", "decision", ["name", "id"])
    _evaluations()


def _evaluations() -> None:
    op.create_table(
        "decision_evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("at"),
        _name("by"),
        sa.Column("decision_id", sa.Uuid(), sa.ForeignKey("decision.id"), nullable=False),
        _name("key"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), sa.ForeignKey("instance.id", ondelete="CASCADE"), nullable=True),
        sa.Column("root_id", sa.Uuid(), nullable=True),
        _name("element_id", nullable=True),
        sa.Column("inputs", Json(), nullable=False),
        sa.Column("result", Json(), nullable=True),
        sa.Column("matched", Json(), nullable=False),
        sa.Column("warnings", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_evaluation_at", "decision_evaluation", ["at", "id"])
    op.create_index("ix_decision_evaluation_key", "decision_evaluation", ["key", "at", "id"])
    op.create_index("ix_decision_evaluation_instance", "decision_evaluation", ["instance_id", "at", "id"])
    op.create_index("ix_decision_evaluation_root", "decision_evaluation", ["root_id", "at", "id"])


def downgrade() -> None:
    for table in ("decision_evaluation", "decision", "decision_model"):
        op.drop_table(table)


def _name(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=255), nullable=nullable)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcTime(), nullable=False)
