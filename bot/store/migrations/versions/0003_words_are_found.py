"""Words are found: a full-text index of messages and one of contacts, filled from the event log by the indexing loop.

The indexes are no nouns: each database has its own kind, and both can be made anew from what the nouns hold.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = ("search_message", "search_contact")


def upgrade() -> None:
    for name in INDEXES:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2')")
        else:
            op.execute(f"CREATE TABLE {name} (id bigint PRIMARY KEY, words tsvector NOT NULL)")
            # The loop that fills it can wait; whoever searches must not read what is pending one by one.
            op.execute(f"CREATE INDEX {name}_words ON {name} USING gin (words) WITH (fastupdate = off)")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP TABLE {name}")
    op.execute("DELETE FROM cursor WHERE name = 'indexer'")
