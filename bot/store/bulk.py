"""Many rows in one statement: `executemany` on SQLite, `unnest` on PostgreSQL. Plain driver values, for hot paths.

Rows are tuples in the order of `columns`. Times and JSON are turned as the column types say.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Table
from sqlalchemy.dialects import postgresql

from bot.model.columns import Instant, instant, microseconds
from bot.store import driver
from bot.store.transaction import Dialect, Transaction

Row = Sequence[Any]


def insert_new(
    tx: Transaction, table: Table, columns: tuple[str, ...], rows: Sequence[Row], *, ignore: str
) -> set[int]:
    """Insert rows as `insert` does, each with its number first; the numbers of those that were not there yet."""
    if tx.dialect == "postgresql":
        statement = f"{_insertion(table, columns, ignore, tx.dialect)} RETURNING {columns[0]}"
        return {row[0] for row in driver.ask(tx.connection, statement, _lists(table, columns, rows))} if rows else set()
    insert(tx, table, columns, rows, ignore=ignore)
    condition, wanted = among(tx, columns[0], [row[0] for row in rows])
    found = driver.ask(tx.connection, f"SELECT {columns[0]} FROM {table.name} WHERE {condition}", (wanted,))
    return {row[0] for row in found}


def insert(tx: Transaction, table: Table, columns: tuple[str, ...], rows: Sequence[Row], *, ignore: str = "") -> None:
    """Insert rows. `ignore` names the columns of the unique constraint whose conflicts are passed over, or "*" for any."""
    if not rows:
        return
    _run(tx, _insertion(table, columns, ignore, tx.dialect), table, columns, rows)


def update(tx: Transaction, table: Table, key: str, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Set `columns` of the rows found by `key`, which is the first value of each row."""
    if not rows:
        return
    named = (key, *columns) if tx.dialect == "postgresql" else (*columns, key)
    ordered = rows if tx.dialect == "postgresql" else [(*row[1:], row[0]) for row in rows]
    _run(tx, _change(table, key, columns, tx.dialect), table, named, ordered)


def among(tx: Transaction, column: str, wanted: Iterable[Any]) -> tuple[str, Any]:
    """A condition "column is one of", and its one driver parameter. Works for text and numbers."""
    listed = list(wanted)
    if tx.dialect == "postgresql":
        return f"{column} = ANY(%s)", _array(listed)
    return f"{column} IN (SELECT value FROM json_each(?))", orjson.dumps(listed).decode()


def look_up(
    tx: Transaction, select: str, fixed: tuple[str, Any], key: str, wanted: Iterable[str]
) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask ahead for the rows of `select` where the column of `fixed` has its value and `key` is one of the wanted texts.

    Each is found by the index. Left to choose, PostgreSQL reads all rows that share the fixed value while autovacuum has not
    looked at a table that filled up a minute ago; a prepared statement then keeps that plan.
    """
    column, value = fixed
    if tx.dialect == "sqlite":
        condition, listed = among(tx, key, wanted)
        return driver.ask_ahead(tx.connection, f"{select} WHERE {column} = ? AND {condition}", (value, listed))
    return driver.ask_ahead(
        tx.connection,
        "SELECT found.* FROM unnest(%s::text[]) AS wanted (value)"
        f" CROSS JOIN LATERAL ({select} WHERE {column} = %s AND {key} = wanted.value OFFSET 0) AS found",
        (_array(wanted), value),
    )


def mark(tx: Transaction) -> str:
    """The driver's sign for a parameter."""
    return "%s" if tx.dialect == "postgresql" else "?"


def time(tx: Transaction, at: datetime) -> Any:
    """A moment as the driver stores it."""
    return at if tx.dialect == "postgresql" else microseconds(at)


def moment(stored: Any) -> datetime:
    """A moment as plain SQL gave it, on either database."""
    return instant(stored) if isinstance(stored, int) else stored.astimezone(UTC)


def _run(tx: Transaction, statement: str, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    if tx.dialect == "postgresql":
        driver.run(tx.connection, statement, _lists(table, columns, rows))
        return
    driver.run_many(tx.connection, statement, _turned(table, columns, rows, tx.dialect))


def _lists(table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> list[str]:
    """The rows as `unnest` wants them: an array for each column."""
    return [_array(values) for values in zip(*_turned(table, columns, rows, "postgresql"), strict=True)]


def _array(values: Iterable[Any]) -> str:
    """A PostgreSQL array as the server reads it. The driver would write the same, but takes several times as long."""
    return "{" + ",".join([_WRITTEN.get(type(value), _other)(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _other(value: Any) -> str:
    """Numbers and truths as they are; a word of an enumeration is a word."""
    return _quoted(str(value)) if isinstance(value, str) else str(value)


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "NULL",
    str: _quoted,
    datetime: lambda value: f'"{value.isoformat()}"',
    bytes: lambda value: f'"\\\\x{value.hex()}"',
}


def _turned(table: Table, columns: tuple[str, ...], rows: Sequence[Row], dialect: Dialect) -> Sequence[Row]:
    turns = _turns(table, columns, dialect)
    if not turns:
        return rows
    turned = [list(row) for row in rows]
    for place, turn in turns:
        for row in turned:
            if row[place] is not None:
                row[place] = turn(row[place])
    return turned


@cache
def _turns(table: Table, columns: tuple[str, ...], dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, JSON):
            found.append((place, lambda value: orjson.dumps(value).decode()))
        elif isinstance(kind, Instant) and dialect == "sqlite":
            found.append((place, microseconds))
    return found


@cache
def _insertion(table: Table, columns: tuple[str, ...], ignore: str, dialect: Dialect) -> str:
    names = ", ".join(columns)
    conflict = {"": "", "*": " ON CONFLICT DO NOTHING"}.get(ignore, f" ON CONFLICT ({ignore}) DO NOTHING")
    if dialect == "sqlite":
        return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(columns))}){conflict}"
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM {_unnest(table, columns)}{conflict}"


@cache
def _change(table: Table, key: str, columns: tuple[str, ...], dialect: Dialect) -> str:
    if dialect == "sqlite":
        return f"UPDATE {table.name} SET {', '.join(f'{name} = ?' for name in columns)} WHERE {key} = ?"
    names = (key, *columns)
    settings = ", ".join(f"{name} = given.{name}" for name in columns)
    source = f"{_unnest(table, names)} AS given ({', '.join(names)})"
    return f"UPDATE {table.name} SET {settings} FROM {source} WHERE {table.name}.{key} = given.{key}"


def _unnest(table: Table, columns: tuple[str, ...]) -> str:
    kinds = (table.c[name].type.compile(postgresql.dialect()) for name in columns)  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"
