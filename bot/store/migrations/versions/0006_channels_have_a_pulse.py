"""Channels have a pulse, and lanes that rest: since when each is heard, what was missed, and where sending fails."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "pulse",
        sa.Column("channel_id", number, autoincrement=False, nullable=False),
        sa.Column("listened_at", Instant(), nullable=True),
        sa.Column("listened_id", sa.BigInteger(), nullable=False),
        sa.Column("gap_from", Instant(), nullable=True),
        sa.Column("gap_until", Instant(), nullable=True),
        sa.Column("gap_after_id", sa.BigInteger(), nullable=False),
        sa.Column("gap_messages", sa.Integer(), nullable=True),
        sa.Column("is_reached", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.PrimaryKeyConstraint("channel_id"),
    )
    op.create_table(
        "lane",
        sa.Column("channel_id", number, autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("failing_since", Instant(), nullable=False),
        sa.Column("rests_until", Instant(), nullable=False),
        sa.Column("trial_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.PrimaryKeyConstraint("channel_id"),
    )


def downgrade() -> None:
    op.drop_table("lane")
    op.drop_table("pulse")
