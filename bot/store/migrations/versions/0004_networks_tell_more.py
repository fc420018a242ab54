"""Networks tell more: what an answer will depend on stands with the message, and credentials that a network changes are kept."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("traits", sa.String(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE number_of_credential")
    op.create_table(
        "credential",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel_id", "name"),
    )


def downgrade() -> None:
    op.drop_table("credential")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE number_of_credential")
    op.drop_column("message", "traits")
