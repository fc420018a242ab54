"""Files are kept: what contacts send is fetched once and held here, because the network's links expire."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADDED = ("state", "reason", "attempts", "due_at", "content", "thumbnail")


def upgrade() -> None:
    for name, length in (("state", 10), ("reason", None), ("content", 64), ("thumbnail", 64)):
        kind = sa.String(length=length) if length else sa.String()
        op.add_column("attachment", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("attachment", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attachment", sa.Column("due_at", Instant(), nullable=True))
    # Links of long ago have expired.
    op.execute("UPDATE attachment SET state = 'left'")
    to_fetch = sa.text("state = ''")
    op.create_index("attachment_to_fetch", "attachment", ["id"], sqlite_where=to_fetch, postgresql_where=to_fetch)
    op.create_table(
        "media",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )


def downgrade() -> None:
    op.drop_table("media")
    op.drop_index("attachment_to_fetch", table_name="attachment")
    for name in ADDED:
        op.drop_column("attachment", name)
