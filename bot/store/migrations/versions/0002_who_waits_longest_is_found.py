"""Who waits longest is found: three partial indexes, so that a list sorted by waiting is an index range like any other."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = {
    "ticket_waiting": ["state", "waiting_since", "id"],
    "ticket_waiting_by_assignee": ["assignee_id", "state", "waiting_since", "id"],
    "ticket_waiting_by_team": ["team_id", "state", "waiting_since", "id"],
}


def upgrade() -> None:
    where = sa.text("waiting_since IS NOT NULL")
    for name, columns in INDEXES.items():
        op.create_index(name, "ticket", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="ticket")
