"""Plain SQL by the driver itself, on SQLAlchemy's connection and in its transaction.

For hot paths: on short statements SQLAlchemy's bookkeeping costs more than the database does. Values are the driver's own (`bulk`
turns them), and errors are those that everybody else knows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any]


def ask(connection: Connection, statement: str, values: Values | None = None) -> list[tuple[Any, ...]]:
    """All rows that a statement gives."""
    found: list[tuple[Any, ...]] = _run(connection, statement, values).fetchall()
    return found


def ask_ahead(
    connection: Connection, statement: str, values: Values | None = None
) -> Callable[[], list[tuple[Any, ...]]]:
    """Send a question whose answer is wanted later. In a pipeline nobody waits before the answer is asked for."""
    cursor = _run(connection, statement, values)
    if connection.dialect.name != "postgresql":
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return lambda: found
    answer: Callable[[], list[tuple[Any, ...]]] = cursor.fetchall
    return answer


def first(connection: Connection, statement: str, values: Values | None = None) -> tuple[Any, ...] | None:
    """The first row that a statement gives, or None."""
    row: tuple[Any, ...] | None = _run(connection, statement, values).fetchone()
    return row


def run(connection: Connection, statement: str, values: Values | None = None) -> None:
    """Run a statement whose answer nobody needs."""
    _run(connection, statement, values)


def run_many(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    """Run a statement once for each row of values."""
    _begin(connection)
    try:
        _raw(connection).cursor().executemany(statement, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(connection, statement, error) from error


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """In here only `ask` and `first` wait for an answer: on PostgreSQL the others are sent and go on. Plain SQL only.

    What such a statement has to complain of is raised by the next one that waits, or at the end.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    _begin(connection)
    try:
        with _raw(connection).pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(connection, "a pipeline", error) from error


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """What fails in here is undone, and nothing else."""
    run(connection, "SAVEPOINT part")
    try:
        yield
    except BaseException:
        if not connection.invalidated:  # else all of it is undone, and what happened must not be hidden
            run(connection, "ROLLBACK TO SAVEPOINT part")
            run(connection, "RELEASE SAVEPOINT part")
        raise
    run(connection, "RELEASE SAVEPOINT part")


def begin(connection: Connection, statement: str) -> None:
    """The very first statement of a transaction, for the engine's own hook."""
    _execute(connection, statement, None)


def _begin(connection: Connection) -> None:
    """SQLAlchemy commits only what it has begun, and does not see what goes past it."""
    if not connection.in_transaction():
        connection.begin()


def _run(connection: Connection, statement: str, values: Values | None) -> Any:
    _begin(connection)
    return _execute(connection, statement, values)


def _execute(connection: Connection, statement: str, values: Values | None) -> Any:
    raw = _raw(connection)
    try:
        return raw.execute(statement) if values is None else raw.execute(statement, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _known(connection, statement, error) from error


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _known(connection: Connection, statement: str, error: Any) -> Any:
    """The error as SQLAlchemy would tell it; the values are left out. A connection that broke is not used again."""
    dialect = connection.dialect
    raw = None if connection.closed or connection.invalidated else connection.connection
    is_lost = dialect.is_disconnect(error, raw, None)
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        statement, None, error, dialect.loaded_dbapi.Error, connection_invalidated=is_lost, dialect=dialect
    )
