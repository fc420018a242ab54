"""The database that migrations make is the one that the nouns describe."""

import subprocess
import sys

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql.base import ischema_names

from bot.model.event import TransactionNumber
from bot.model.everything import METADATA
from bot.store import engines, migrating, schema

ischema_names.setdefault("xid8", TransactionNumber)  # a type of PostgreSQL's that SQLAlchemy does not know by itself


def differences(url: str) -> list[object]:
    """What would have to be migrated still."""
    engine = engines.writing(sqlalchemy.make_url(url))
    try:
        with engine.connect() as connection:
            # Search indexes are no nouns: each database has its own kind.
            is_noun = lambda name, *_: not str(name).startswith("search_")  # noqa: E731
            options = {"compare_type": True, "compare_server_default": False, "include_name": is_noun}
            return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))
    finally:
        engine.dispose()


def test_migrations_make_what_the_nouns_describe(database_url: str) -> None:
    """Every table, column, key and index of the nouns is in a migrated database, and nothing else is."""
    assert differences(database_url) == []


def test_a_noun_that_was_not_migrated_is_noticed(database_url: str) -> None:
    """A database that lacks an index differs."""
    engine = engines.writing(sqlalchemy.make_url(database_url))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX event_by_ticket")
    engine.dispose()

    assert [kind for kind, _ in differences(database_url)] == ["add_index"]


def test_migrations_go_back_and_forth(database_url: str) -> None:
    """What was upgraded can be downgraded to nothing, and upgraded again to the same."""
    schema.downgrade(database_url, "base")
    assert schema.present(database_url) is None

    schema.upgrade(database_url)

    assert schema.present(database_url) == schema.newest()
    assert differences(database_url) == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    """Whoever starts second finds nothing to do."""
    schema.upgrade(database_url)

    assert schema.present(database_url) == schema.newest()


def test_files_are_named_by_their_revision() -> None:
    """`schema` reads the names of the files only: they rise, and are what Alembic finds inside."""
    revisions = migrating.revisions()
    assert revisions == sorted(revisions)
    assert schema.newest() == revisions[-1]
    assert all(schema.is_known(revision) for revision in revisions)
    assert not schema.is_known("9999")


def test_a_start_does_without_alembic() -> None:
    """Importing it takes as long as opening the desk, and a database that is up to date does not need it."""
    told = subprocess.run(
        [sys.executable, "-c", "import sys, inbox.serving; print('alembic' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "False"
