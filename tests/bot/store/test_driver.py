"""Plain SQL by the driver: the same transaction and the same errors as SQLAlchemy's own statements."""

from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store import driver, engines, faults

SET = "INSERT INTO sequence (name, value) VALUES ('noun', 1)"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engines.writing(sqlalchemy.make_url(database_url))
    yield engine
    engine.dispose()


def _kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(driver.ask(connection, "SELECT name FROM sequence WHERE name LIKE 'noun%'"))


def test_what_is_said_before_anything_else_is_committed(engine: Engine) -> None:
    """A connection that SQLAlchemy has not begun a transaction on is begun, so that its commit is one."""
    with engine.connect() as connection:
        driver.run(connection, SET)
        connection.commit()
    assert _kept(engine) == 1


def test_what_is_not_committed_is_gone(engine: Engine) -> None:
    """A connection that is given back takes nothing with it."""
    with engine.connect() as connection:
        driver.run(connection, SET)
    assert _kept(engine) == 0


def test_a_savepoint_undoes_its_own(engine: Engine) -> None:
    """What stood before the savepoint stays, an inner one included."""
    with engine.begin() as connection:
        driver.run(connection, SET)
        with pytest.raises(LookupError):
            _fail(connection)
    assert _kept(engine) == 1


def _fail(connection: Connection) -> None:
    with driver.savepoint(connection):
        driver.run(connection, SET.replace("noun", "noun2"))
        with driver.savepoint(connection):
            driver.run(connection, SET.replace("noun", "noun3"))
        raise LookupError


def test_errors_are_those_that_all_know(engine: Engine) -> None:
    """The kind is SQLAlchemy's, and the values of the statement are in no text."""
    with engine.connect() as connection:
        driver.run(connection, SET)
        with pytest.raises(IntegrityError) as doubled:
            driver.run_many(connection, SET, [()])
    assert not faults.is_outage(doubled.value)
    assert not connection.invalidated


def test_a_connection_that_broke_is_given_up(postgresql_url: str) -> None:
    """It is known as an outage, and the next transaction begins on a fresh one."""
    engine = engines.writing(sqlalchemy.make_url(postgresql_url))
    with engine.connect() as connection:
        [(pid,)] = driver.ask(connection, "SELECT pg_backend_pid()")
        other = sqlalchemy.create_engine(engine.url)
        with other.connect() as killer:
            assert driver.ask(killer, "SELECT pg_terminate_backend(%s)", (pid,)) == [(True,)]
        with pytest.raises(OperationalError) as lost:
            driver.run(connection, SET)
        assert faults.is_outage(lost.value)
        connection.rollback()
        assert driver.ask(connection, "SELECT 1") == [(1,)]
    other.dispose()
    engine.dispose()
