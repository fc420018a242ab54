"""Files leave: an agent lays them beside a reply, and with its words they become attachments of our own message."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PARTS = ("content", "thumbnail")


def upgrade() -> None:
    op.add_column("attachment", sa.Column("alt", sa.String(), nullable=False, server_default=""))
    for name in PARTS:
        is_kept = sa.text(f"{name} <> ''")
        index = f"attachment_by_{name}"
        op.create_index(index, "attachment", [name], sqlite_where=is_kept, postgresql_where=is_kept)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE number_of_enclosure")
    op.create_table(
        "enclosure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("thumbnail", sa.String(length=64), nullable=False),
        sa.Column("laid_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("enclosure_by_writer", "enclosure", ["ticket_id", "agent_id", "id"])


def downgrade() -> None:
    op.drop_table("enclosure")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE number_of_enclosure")
    for name in PARTS:
        op.drop_index(f"attachment_by_{name}", table_name="attachment")
    op.drop_column("attachment", "alt")
