"""PostgreSQL's own programs, pg_dump and pg_restore, as they are found on this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy
from sqlalchemy import URL, Connection

from bot import errors
from bot.store import engines

T = TypeVar("T")

_VERSION_TABLE = "alembic_version"


def write(url: str, file: Path, look: Callable[[Connection], T]) -> T:
    """Dump the database as it is at this moment; what `look` sees of the very same moment."""
    with _connected(url) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        seen = look(connection)
        options = [
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--schema={schema}",
            f"--file={file}",
            "--no-owner",
            "--no-acl",
        ]
        with _address(url) as address:
            _run("pg_dump", *options, f"--dbname={address}")
    return seen


def check(file: Path) -> str:
    """Read all of a dump; the revision of what is in it. Raises Invalid with what is wrong with it."""
    try:
        _run("pg_restore", f"--file={os.devnull}", str(file))
        version = _run("pg_restore", "--file=-", "--data-only", f"--table={_VERSION_TABLE}", str(file))
    except errors.TryLater as error:
        raise errors.Invalid(f"The copy is damaged: {error.message}") from error
    lines = version.splitlines()
    begin = next((place for place, line in enumerate(lines) if line.startswith("COPY ")), None)
    if begin is None or begin + 1 >= len(lines) or lines[begin + 1] == "\\.":
        raise errors.Invalid("The copy is not one of a desk: it has no revision.")
    return lines[begin + 1].strip()


def has_content(url: str) -> bool:
    """Whether there is something that would be overwritten."""
    with _connected(url) as connection:
        return bool(connection.exec_driver_sql(_TABLES).scalar_one())


def others(url: str) -> int:
    """How many other connections use the database now."""
    with _connected(url) as connection:
        return int(connection.exec_driver_sql(_OTHERS).scalar_one())


@contextmanager
def replaced(url: str, former: str, file: Path) -> Iterator[None]:
    """Put a dump in the database's place, without its revision; what was there is kept in the schema `former`.

    When anything fails until the end of the block, all is as it was.
    """
    with _connected(url) as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        connection.exec_driver_sql(f'ALTER SCHEMA "{schema}" RENAME TO "{former}"')
        connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    try:
        _restore(url, file)
        yield
    except BaseException:
        with _connected(url) as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
            connection.exec_driver_sql(f'ALTER SCHEMA "{former}" RENAME TO "{schema}"')
        raise


def drop(url: str, schema: str) -> None:
    """Remove a schema with all that is in it."""
    with _connected(url) as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')


def _restore(url: str, file: Path) -> None:
    """All in one transaction. The revision is left out: until it is written, no desk starts on this database."""
    wanted = [line for line in _run("pg_restore", "--list", str(file)).splitlines() if not _is_left_out(line)]
    with _address(url) as address, tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as listed:
        listed.write("\n".join(wanted) + "\n")
        listed.flush()
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", f"--use-list={listed.name}"]
        _run("pg_restore", *options, f"--dbname={address}", str(file))


def _is_left_out(line: str) -> bool:
    """A line of the list: "number; oid oid KIND schema name owner"."""
    return " SCHEMA - " in line or (" TABLE DATA " in line and f" {_VERSION_TABLE} " in line)


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = engines.writing(sqlalchemy.make_url(url))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _address(url: str) -> Iterator[str]:
    """The database's address for a program: the password stands in a file that only we can read, not among the processes."""
    made: URL = sqlalchemy.make_url(url).set(drivername="postgresql")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pass"
        password = str(made.password or "").replace("\\", "\\\\").replace(":", "\\:")
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as opened:
            opened.write(f"*:*:*:*:{password}\n")
        known = (
            made.set(password=None)
            if made.password is None
            else made.set(password=None).update_query_dict({"passfile": str(file)})
        )
        yield known.render_as_string()


def _run(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise errors.Invalid(
            f"{program} is not on this machine. Install PostgreSQL's client programs, of the server's version or newer."
        )
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  no shell, our own words
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise errors.TryLater(f"{program} failed: {said[0].removeprefix(f'{program}: ').removeprefix('error: ')}")
    return done.stdout


_TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)
