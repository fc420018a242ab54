"""Backup and restore: a verified copy of the whole desk, and a desk put back from one.

A copy is verified before it bears its name, and again before it takes the database's place. What is put back is paused, and what
may have been sent since is handed to a person (`desk.recovering`), so that nothing is said twice.
"""

from dataclasses import dataclass
from pathlib import Path

from bot import clock, errors, reactions
from bot.desk import audit, recovering
from bot.desk.audit import Verdict
from bot.desk.recovering import Recovered
from bot.settings import Settings
from bot.store import recovery, schema, sole
from bot.store.backups import files, postgresql, sqlite
from bot.store.database import ask_once, run_once
from bot.store.transaction import Transaction

NOUNS = ("ticket", "message", "contact", "event")


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a copy: its revision, the rows of the tables that people know, and the journal's links, head and faults.

    A broken journal stops no copy: it is when the desk is in doubt that one is wanted.
    """

    revision: str
    counts: dict[str, int]
    links: int
    head: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """`former` is where the database that was there before is kept, None when there was none."""

    contents: Contents
    recovered: Recovered
    former: str | None
    has_checksum: bool


def back_up(settings: Settings, file: Path) -> Contents:
    """Copy the desk while it runs. Raises Invalid when the copy is not whole; then there is none."""
    if file.exists() and files.kind(file) is None:
        raise errors.Invalid(f"{file} exists and is no backup; it is left alone. Give another name.")
    if not settings.database_url and file.absolute() == _database_file(settings):
        raise errors.Invalid(f"{file} is the database itself. Give another name.")
    with files.appearing(file) as part:
        return (
            _copied_postgresql(settings.url, part)
            if settings.database_url
            else _copied_sqlite(_database_file(settings), part)
        )


def restore(settings: Settings, file: Path, *, is_to_replace: bool) -> Restored:
    """Put a desk back from a copy, with everything that leaves it stopped.

    Raises Conflict while a desk runs, or when there is one and `is_to_replace` is not said; Invalid for a copy that is not whole.
    """
    kind = files.kind(file)
    if kind is None:
        raise errors.Invalid(f"{file} is no backup of a desk.")
    if kind != ("postgresql" if settings.database_url else "sqlite"):
        raise errors.Invalid(
            f"{file} is a copy of the other kind of database: SQLite and PostgreSQL cannot take each other's."
        )
    has_checksum = files.check(file)
    if settings.database_url:
        return _restored_postgresql(settings.url, file, is_to_replace, has_checksum)
    with sole.holder(settings.data_dir):
        return _restored_sqlite(_database_file(settings), file, is_to_replace, has_checksum)


def _copied_sqlite(database: Path, part: Path) -> Contents:
    counted = sqlite.write(database, part)
    if sqlite.check(part) != counted:
        raise errors.Invalid("The copy has not as many rows as the database had. Nothing was written; try again.")
    contents = _examined(ask_once(_url(part), _look))
    sqlite.close(part)
    return contents


def _copied_postgresql(url: str, part: Path) -> Contents:
    contents = _examined(
        postgresql.write(url, part, lambda connection: _look(Transaction(connection, "postgresql", clock.now())))
    )
    if postgresql.check(part) != contents.revision:
        raise errors.Invalid("The copy is of another revision than the database. Nothing was written; try again.")
    return contents


def _restored_sqlite(database: Path, file: Path, is_to_replace: bool, has_checksum: bool) -> Restored:
    has_former = sqlite.has_content(database)
    _may_replace(has_former, is_to_replace)
    prepared = database.with_name(f".{database.name}.restoring")
    try:
        sqlite.remove(prepared)
        sqlite.take_out(file, prepared)
        sqlite.check(prepared)
        _check_revision(schema.present(_url(prepared)))
        schema.upgrade(_url(prepared))
        contents = _examined(ask_once(_url(prepared), _look))
        recovered = run_once(_url(prepared), recovering.recover, follow=reactions.FOLLOW)
        sqlite.close(prepared)
        former = database.with_name(f"{database.name}.{_stamp()}")
        sqlite.put_in_place(prepared, database, former)
    finally:
        sqlite.remove(prepared)
    return Restored(contents, recovered, str(former) if has_former else None, has_checksum)


def _restored_postgresql(url: str, file: Path, is_to_replace: bool, has_checksum: bool) -> Restored:
    revision = postgresql.check(file)
    _check_revision(revision)
    has_former = postgresql.has_content(url)
    _may_replace(has_former, is_to_replace)
    others = postgresql.others(url)
    if others:
        raise errors.Conflict(f"{others} other connections use this database. Stop every desk on it first.")
    former = f"comptoir_{_stamp()}"
    with postgresql.replaced(url, former, file):
        run_once(url, lambda tx: recovery.write_revision(tx, revision))
        schema.upgrade(url)
        contents = _examined(ask_once(url, _look))
        recovered = run_once(url, recovering.recover, follow=reactions.FOLLOW)
    if not has_former:
        postgresql.drop(url, former)
    return Restored(contents, recovered, former if has_former else None, has_checksum)


def _may_replace(has_former: bool, is_to_replace: bool) -> None:
    if has_former and not is_to_replace:
        raise errors.Conflict(
            "There is a desk here already. With --replace it is put aside, and the backup takes its place."
        )


def _check_revision(revision: str | None) -> None:
    if revision is None or not schema.is_known(revision):
        raise errors.Invalid(
            f"The backup is at revision {revision}, which this program does not know. Use the newer program that made it."
        )


def _look(tx: Transaction) -> tuple[str | None, dict[str, int], Verdict]:
    return schema.written(tx), recovery.counts(tx, NOUNS), audit.verify(tx)


def _examined(seen: tuple[str | None, dict[str, int], Verdict]) -> Contents:
    revision, counts, journal = seen
    return Contents(revision or "", counts, journal.links, journal.head, journal.broken)


def _stamp() -> str:
    return f"before_{clock.now():%Y%m%d_%H%M%S}"


def _database_file(settings: Settings) -> Path:
    return (settings.data_dir / "comptoir.db").absolute()


def _url(file: Path) -> str:
    return f"sqlite:///{file}"
