"""Talks move to private and messages are acted on: a conversation may continue another, the outbox carries deeds too."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("continues_id", sa.BigInteger(), nullable=True))
    op.add_column("message", sa.Column("hidden_at", Instant(), nullable=True))
    op.add_column("message", sa.Column("liked_at", Instant(), nullable=True))
    op.add_column("outbox", sa.Column("act", sa.String(length=10), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("after_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "after_id")
    op.drop_column("outbox", "act")
    op.drop_column("message", "liked_at")
    op.drop_column("message", "hidden_at")
    op.drop_column("conversation", "continues_id")
