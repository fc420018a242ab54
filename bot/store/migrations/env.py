"""Alembic's entry: runs the migrations in one transaction on the address that `schema` was given."""

import sqlalchemy
from alembic import context

from bot.model.everything import METADATA
from bot.store import engines


def run() -> None:
    engine = engines.writing(sqlalchemy.make_url(context.config.attributes["url"]))
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=METADATA, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
