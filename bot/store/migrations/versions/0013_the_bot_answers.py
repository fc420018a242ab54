"""The bot answers: what was understood of messages, what was decided, in whose hand tickets are, what was suggested."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBERED = ("correction", "suggestion")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_BOTS = sa.text("hand = 'bot'")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for noun in NUMBERED:
            op.execute(f"CREATE SEQUENCE number_of_{noun}")
    op.add_column("channel", sa.Column("has_bot", sa.Boolean(), nullable=False, server_default=sa.false()))
    _understood()
    _decided()
    _suggested()
    # The past is not understood: nobody waits for an answer to it.
    op.execute(
        "INSERT INTO cursor (name, xid, event_id)"
        f" SELECT 'understanding', {'xid::text::bigint' if op.get_bind().dialect.name == 'postgresql' else 'xid'}, id"
        " FROM event ORDER BY event.xid DESC, event.id DESC LIMIT 1"
    )


def _understood() -> None:
    op.create_table(
        "understanding",
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("sureness", sa.String(length=10), nullable=False),
        sa.Column("guesses", sa.JSON(), nullable=False),
        sa.Column("mood", sa.String(length=8), nullable=False),
        sa.Column("mood_probability", sa.Float(), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("dangers", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("understood_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_table(
        "correction",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=10), nullable=False),
        sa.Column("said", sa.String(length=60), nullable=False),
        sa.Column("meant", sa.String(length=60), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("corrected_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "subject"),
    )


def _decided() -> None:
    op.create_table(
        "engagement",
        sa.Column("ticket_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hand", sa.String(length=6), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("handed_over_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("has_introduced", sa.Boolean(), nullable=False),
        sa.Column("has_excused", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.String(length=60), nullable=False),
        sa.Column("parting_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id"),
    )
    op.create_index("engagement_of_bot", "engagement", ["ticket_id"], sqlite_where=IS_BOTS, postgresql_where=IS_BOTS)
    op.create_table(
        "decision",
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("course", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("decision_by_ticket", "decision", ["ticket_id", "message_id"])
    op.create_index("decision_by_time", "decision", ["decided_at"])


def _suggested() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("canned_reply_id", sa.BigInteger(), nullable=False),
        sa.Column("intent", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suggestion_by_ticket", "suggestion", ["ticket_id", "id"])
    op.create_index("suggestion_by_reply", "suggestion", ["canned_reply_id", "fate"])


def downgrade() -> None:
    for name in ("suggestion", "decision", "engagement", "correction", "understanding"):
        op.drop_table(name)
    op.execute("DELETE FROM cursor WHERE name = 'understanding'")
    op.drop_column("channel", "has_bot")
    if op.get_bind().dialect.name == "postgresql":
        for noun in NUMBERED:
            op.execute(f"DROP SEQUENCE number_of_{noun}")
