"""The shape of the database, and how it is brought up to date. Migrations are found in `migrations/versions`.

A start that finds the database up to date, as nearly all do, does without Alembic: importing that takes as long as the desk.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection

from bot import errors
from bot.store import engines
from bot.store.faults import OUTAGE, unavailable
from bot.store.transaction import Transaction

_FOLDER = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"
_REVISION = f"SELECT version_num FROM {_TABLE}"


def upgrade(url: str, to: str = "head") -> None:
    """Bring the database up to date. Safe to repeat.

    Raises TryLater when it cannot be reached, Conflict when a newer program has brought it further than this one knows.
    """
    revision = present(url)
    if revision == newest() and to == "head":
        return
    if revision is not None and not is_known(revision):
        raise errors.Conflict(
            f"The database is at revision {revision}, which this program does not know: a newer one has used it. Install that"
            " one, or restore a backup that this one made."
        )
    with _reached():
        _alembic().upgrade(url, to)


def downgrade(url: str, to: str) -> None:
    """Go back to an earlier revision, or to "base" for none."""
    _alembic().downgrade(url, to)


def newest() -> str:
    """The revision that this program needs."""
    return _revisions()[-1]


def is_known(revision: str) -> bool:
    """Whether this program can bring a database of that revision up to date."""
    return revision in _revisions()


def of(connection: Connection) -> str | None:
    """The revision of the database behind a connection; None for an empty one."""
    if not sqlalchemy.inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(_REVISION).scalar()
    return found


def written(tx: Transaction) -> str | None:
    """The revision that the open database has."""
    found: str | None = tx.connection.exec_driver_sql(_REVISION).scalar()
    return found


def present(url: str) -> str | None:
    """The revision that the database has; None for an empty one, and for a file that is not there. Raises TryLater."""
    made = sqlalchemy.make_url(url)
    if made.get_backend_name() == "sqlite" and not Path(made.database or "").is_file():
        return None
    engine = engines.writing(made)
    try:
        with _reached(), engine.connect() as connection:
            return of(connection)
    finally:
        engine.dispose()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OUTAGE as error:
        raise unavailable(error) from error


def _revisions() -> list[str]:
    """A migration's file begins with its revision, four figures that rise; a test holds this to what Alembic reads."""
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def _alembic() -> Any:
    return importlib.import_module("bot.store.migrating")
