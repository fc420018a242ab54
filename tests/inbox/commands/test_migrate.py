"""`comptoir migrate`."""

from bot.store import schema
from bot.store.database import run_once
from bot.store.transaction import Transaction
from tests.inbox.commands.conftest import Comptoir


def go_to_the_future(tx: Transaction) -> None:
    tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def test_up_to_date(comptoir: Comptoir) -> None:
    """There is nothing to do, and it says so."""
    said = comptoir("migrate")

    assert said.code == 0
    assert f"up to date, at revision {schema.newest()}" in said.out


def test_from_nothing(comptoir: Comptoir, database_url: str) -> None:
    """An empty database is filled; --check says that it would be, and leaves it empty."""
    schema.downgrade(database_url, "base")
    checked = comptoir("migrate", "--check")
    between = schema.present(database_url)
    said = comptoir("migrate")

    assert (checked.code, between, said.code) == (1, None, 0)
    assert "was empty, and is at revision" in said.out
    assert schema.present(database_url) == schema.newest()


def test_newer_than_the_program(comptoir: Comptoir, database_url: str) -> None:
    """A database that a newer program has used is left alone."""
    run_once(database_url, go_to_the_future)
    said = comptoir("migrate")

    assert said.code == 1
    assert "a newer one has used it" in said.err
    assert schema.present(database_url) == "9999"
