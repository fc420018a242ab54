"""The bot is taught: intents with their examples, the book that holds them, and the versions that training made."""

import sqlalchemy as sa
from alembic import op

from bot.model.columns import Instant

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBERED = ("intent", "intent_example", "trained")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for noun in NUMBERED:
            op.execute(f"CREATE SEQUENCE number_of_{noun}")
    _make_intents()
    _make_trained()
    op.execute("INSERT INTO intent_book (id, edition, target) VALUES (1, 0, 97)")


def _make_intents() -> None:
    op.create_table(
        "intent",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("title_fr", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("policy", sa.String(length=10), nullable=False),
        sa.Column("canned_reply_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("hours", sa.String(length=10), nullable=False),
        sa.Column("during", sa.String(length=10), nullable=False),
        sa.Column("question_fr", sa.String(), nullable=False),
        sa.Column("question_en", sa.String(), nullable=False),
        sa.Column("awaits", sa.String(length=10), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["canned_reply_id"], ["canned_reply.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "intent_example",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("intent_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["intent_id"], ["intent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("language", "key"),
    )
    op.create_index(op.f("ix_intent_example_intent_id"), "intent_example", ["intent_id"])
    op.create_table(
        "intent_book",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("trained_id", sa.BigInteger(), nullable=True),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_trained() -> None:
    op.create_table(
        "trained",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("is_to_stop", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("intents", sa.Integer(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "trained_body",
        sa.Column("trained_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("unseen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["trained_id"], ["trained.id"]),
        sa.PrimaryKeyConstraint("trained_id"),
    )


def downgrade() -> None:
    for name in ("trained_body", "trained", "intent_book", "intent_example", "intent"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        for noun in NUMBERED:
            op.execute(f"DROP SEQUENCE number_of_{noun}")
