"""The shape of the database, and how it is brought up to date. Migrations are found in `migrations/versions`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot import errors
from bot.store import engines
from bot.store.faults import OUTAGE, unavailable
from bot.store.transaction import Transaction

_FOLDER = Path(__file__).parent / "migrations"


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
        command.upgrade(_config(url), to)


def downgrade(url: str, to: str) -> None:
    """Go back to an earlier revision, or to "base" for none."""
    command.downgrade(_config(url), to)


def newest() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    assert head is not None  # there is always a first migration
    return head


def is_known(revision: str) -> bool:
    """Whether this program can bring a database of that revision up to date."""
    return any(one.revision == revision for one in ScriptDirectory(str(_FOLDER)).walk_revisions())


def written(tx: Transaction) -> str | None:
    """The revision that the open database has."""
    found: str | None = tx.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def present(url: str) -> str | None:
    """The revision that the database has; None for an empty one, and for a file that is not there. Raises TryLater."""
    made = sqlalchemy.make_url(url)
    if made.get_backend_name() == "sqlite" and not Path(made.database or "").is_file():
        return None
    engine = engines.writing(made)
    try:
        with _reached(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OUTAGE as error:
        raise unavailable(error) from error


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    return config
