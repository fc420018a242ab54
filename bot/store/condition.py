"""How the database itself is: its version, its shape, and whether what it has acknowledged survives a loss of power."""

from dataclasses import dataclass

from bot.store import schema
from bot.store.transaction import Transaction

OLDEST_POSTGRESQL = 150_000
OLDEST_SQLITE = (3, 35)  # the first that answers an UPDATE with the rows it changed


@dataclass(frozen=True, slots=True)
class Condition:
    """`weaknesses` are sentences, none when all is well. `revision` is None for an empty database."""

    product: str
    revision: str | None
    weaknesses: tuple[str, ...]


def look(tx: Transaction) -> Condition:
    """Ask the database how it is."""
    revision = schema.of(tx.connection)
    product, weaknesses = _of_sqlite(tx) if tx.dialect == "sqlite" else _of_postgresql(tx)
    return Condition(product, revision, tuple(weaknesses))


def _of_sqlite(tx: Transaction) -> tuple[str, list[str]]:
    version = _one(tx, "SELECT sqlite_version()")
    journal, synchronous = _one(tx, "PRAGMA journal_mode"), _one(tx, "PRAGMA synchronous")
    weaknesses = []
    if tuple(map(int, version.split(".")[:2])) < OLDEST_SQLITE:
        weaknesses.append(f"SQLite {version} is too old: 3.35 or newer is needed.")
    if journal != "wal":
        weaknesses.append(
            f"Its journal mode is {journal}, not wal: readers and the writer wait for each other. Some network drives allow no"
            " other; use a local disk."
        )
    if synchronous not in {"2", "3"}:
        weaknesses.append(
            "It does not wait for the disk (synchronous is not FULL): a loss of power could lose messages."
        )
    return f"SQLite {version}", weaknesses


def _of_postgresql(tx: Transaction) -> tuple[str, list[str]]:
    number, version = int(_one(tx, "SHOW server_version_num")), _one(tx, "SHOW server_version").split()[0]
    weaknesses = []
    if number < OLDEST_POSTGRESQL:
        weaknesses.append(f"PostgreSQL {version} is too old: 15 or newer is needed.")
    if _one(tx, "SELECT pg_is_in_recovery()") == "True":
        weaknesses.append("It is a standby, which cannot be written. Give the address of the primary server.")
    weaknesses += [
        f"{name} is off: a loss of power could lose or damage messages. Set it to on."
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if _one(tx, f"SHOW {name}") == "off"
    ]
    encoding = _one(tx, "SHOW server_encoding")
    if encoding != "UTF8":
        weaknesses.append(
            f"Its encoding is {encoding}, not UTF8: not every message can be kept. Make the database anew."
        )
    return f"PostgreSQL {version}", weaknesses


def _one(tx: Transaction, question: str) -> str:
    return str(tx.connection.exec_driver_sql(question).scalar_one())
