"""A subscription is found by the value of its correlation key.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("subscription", sa.Column("key_shape", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("subscription", sa.Column("key_value", sa.String(length=64), nullable=False, server_default=""))
    op.drop_index("ix_subscription_name", "subscription")
    op.create_index("ix_subscription_name", "subscription", ["kind", "name", "key_shape", "key_value"])


def downgrade() -> None:
    op.drop_index("ix_subscription_name", "subscription")
    op.create_index("ix_subscription_name", "subscription", ["kind", "name"])
    op.drop_column("subscription", "key_value")
    op.drop_column("subscription", "key_shape")
