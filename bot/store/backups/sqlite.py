"""SQLite's own online backup: one snapshot, while readers read and the writer writes."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

from bot import errors

_NEIGHBOURS = ("-wal", "-shm")


def write(database: Path, file: Path) -> dict[str, int]:
    """Copy the database as it is at this moment; the rows of each table that the copy must have."""
    with _open(database) as source, _open(file) as target:
        source.execute("BEGIN")
        counted = _counts(source)
        source.backup(target)
        source.rollback()
    return counted


def check(file: Path) -> dict[str, int]:
    """Read all of a copy; the rows of each table. Raises Invalid with what is wrong with it."""
    try:
        with _open(file) as copy:
            wrong = [row[0] for row in copy.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            wrong += [
                f"a row of {row[0]} names one of {row[2]} that is not there"
                for row in copy.execute("PRAGMA foreign_key_check")
            ]
            counted = _counts(copy)
    except sqlite3.DatabaseError as error:
        raise errors.Invalid(f"The copy is damaged: {error}.") from error
    if wrong:
        raise errors.Invalid(f"The copy is damaged: {'; '.join(wrong[:3])}.")
    return counted


def close(file: Path) -> None:
    """Gather all of a copy in its one file."""
    with _open(file) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def has_content(database: Path) -> bool:
    """Whether there is something that would be overwritten."""
    return database.exists() and database.stat().st_size > 0


def take_out(file: Path, to: Path) -> None:
    """Copy a backup to where it can be examined and changed."""
    try:
        shutil.copyfile(file, to)
    except OSError as error:
        raise errors.Invalid(f"{file} cannot be copied to {to.parent}: {error.strerror}.") from error


def put_in_place(prepared: Path, database: Path, former: Path) -> None:
    """Let the prepared file be the database; what was there is kept as `former`. No process may use either."""
    for suffix in ("", *_NEIGHBOURS):
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + suffix).replace(former.with_name(former.name + suffix))
    prepared.replace(database)


def remove(file: Path) -> None:
    for suffix in ("", *_NEIGHBOURS):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _open(file: Path) -> "contextlib.closing[sqlite3.Connection]":
    return contextlib.closing(sqlite3.connect(file, timeout=10, isolation_level=None))


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
