"""Incidents are noticed: what the watch has learnt and found, and what became of it."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE number_of_incident")
    op.create_table(
        "incident",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("severity", sa.String(length=15), nullable=False),
        sa.Column("likely_severity", sa.String(length=15), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("first_message_at", Instant(), nullable=False),
        sa.Column("suspected_at", Instant(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("incident_by_time", "incident", ["suspected_at", "id"])
    op.create_table(
        "incident_message",
        sa.Column("incident_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "message_id"),
    )
    op.create_index("incident_of_message", "incident_message", ["message_id"])
    op.create_table(
        "recollection",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    for name in ("recollection", "incident_message", "incident"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE number_of_incident")
