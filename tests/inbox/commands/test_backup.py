"""`comptoir backup` and `comptoir restore`: there and back on both databases, and nothing is said twice afterwards."""

import asyncio
import contextlib
import json
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.desk import replying, signing_in
from bot.desk.signing_in import Limits, Visit
from bot.model.event import SYSTEM
from bot.settings import Settings
from bot.store import channels, outbox, queue, recovery, seals, sessions, tickets
from bot.store.database import Database, ask_once, run_once
from bot.store.outbox import OutboxRow
from bot.store.transaction import Transaction
from tests.inbox.commands.conftest import Comptoir
from tests.journeys.processes import until
from tests.world import Bank, actor

NOUNS = ("ticket", "message", "contact", "handle", "conversation", "agent", "team", "channel", "outbox", "quarantine")
WORDS = "Bonjour Léa, nous regardons cela ensemble."


def need_programs(database_url: str) -> None:
    if database_url.startswith("postgresql") and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("there are no pg_dump and pg_restore on this machine")


@pytest.fixture
def outbox_id(database_url: str, bank: Bank) -> int:
    """A desk in the middle of a day: tickets, and a reply that waits in the outbox."""
    need_programs(database_url)

    def live(tx: Transaction) -> int:
        bank.hear(tx, "Où est mon virement ?", who="Paul Henry")
        ticket_id = bank.hear(tx)
        seen = tickets.find(tx, ticket_id).last_message_id
        return replying.reply(tx, ticket_id, WORDS, seen_message_id=seen, key="k", by=actor(bank.amina))

    return run_once(database_url, live)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "desk.backup"


@pytest.fixture
def backed_up(comptoir: Comptoir, file: Path, outbox_id: int) -> dict[str, Any]:
    """What `backup` told of the copy that it made."""
    file.parent.mkdir()
    said = comptoir("backup", str(file), "--json")
    assert said.code == 0, said
    told: dict[str, Any] = json.loads(said.out)
    return told | {"outbox_id": outbox_id}


def rows(database_url: str) -> dict[str, int]:
    return ask_once(database_url, lambda tx: recovery.counts(tx, NOUNS))


def outbox_row(database_url: str, id_: int) -> OutboxRow:
    return ask_once(database_url, lambda tx: outbox.find(tx, id_))


def sign_in(tx: Transaction, agent_id: int) -> str:
    return signing_in.admit(tx, agent_id, Visit(), Limits(), tries=[]).secret


def test_there_and_back(
    comptoir: Comptoir, database_url: str, bank: Bank, file: Path, backed_up: dict[str, Any]
) -> None:
    """What was in the desk is in it again, what came after the backup is not, and the journal is whole."""
    before = rows(database_url)
    run_once(database_url, lambda tx: bank.hear(tx, who="Zoé Later"))
    said = comptoir("restore", str(file), "--replace")

    assert said.code == 0, said
    assert rows(database_url) == before
    assert backed_up["counts"]["ticket"] == before["ticket"] == 2
    assert comptoir("audit", "verify", "--head", backed_up["head"]).code == 0
    assert "2 tickets" in said.out


def test_nothing_is_said_twice(
    comptoir: Comptoir, database_url: str, bank: Bank, file: Path, backed_up: dict[str, Any]
) -> None:
    """After a restore every channel is paused, and a reply that may have left since waits for a person's decision."""
    said = comptoir("restore", str(file), "--replace")
    row = outbox_row(database_url, backed_up["outbox_id"])

    assert all(channel.is_paused for channel in ask_once(database_url, channels.all))
    assert (row.state, row.lease_until) == ("uncertain", None)
    assert row.finished_at is not None
    assert "restored from a backup" in row.reason
    assert "Paused: " in said.out
    assert "telegram-nord" in said.out
    assert "Replies that may have been sent since: 1." in said.out
    assert ask_once(database_url, lambda tx: tickets.find(tx, row.ticket_id)).assignee_id in {None, bank.amina}


def test_whoever_was_shut_out_stays_out(comptoir: Comptoir, database_url: str, bank: Bank, tmp_path: Path) -> None:
    """Sessions and links that were good when the backup was made let nobody in after a restore."""
    need_programs(database_url)
    secret = run_once(database_url, lambda tx: sign_in(tx, bank.amina))
    link = run_once(database_url, lambda tx: signing_in.invite(tx, bank.bruno, by=SYSTEM))
    comptoir("backup", str(tmp_path / "b"))
    said = comptoir("restore", str(tmp_path / "b"), "--replace")

    assert said.code == 0, said
    assert ask_once(database_url, lambda tx: sessions.known(tx, signing_in.digest(secret))) is None
    assert ask_once(database_url, lambda tx: sessions.invited(tx, signing_in.digest(link))) is None


async def test_the_restored_desk_works(
    comptoir: Comptoir, settings: Settings, bank: Bank, file: Path, backed_up: dict[str, Any]
) -> None:
    """A desk runs on what was restored: it takes in, routes, and its journal goes on from where it was."""
    said = await asyncio.to_thread(comptoir, "restore", str(file), "--replace")
    async with bootstrap.running(settings) as engine:
        ticket_id = await engine.database.write(lambda tx: bank.hear(tx, who="Zoé Later"))
        row = await engine.database.read(lambda tx: tickets.find(tx, ticket_id))
        await until(engine.database, lambda tx: queue.depth(tx)[0] == 0 and not seals.unsealed(tx, 1))
    verified = await asyncio.to_thread(comptoir, "audit", "verify", "--json", "--head", backed_up["head"])

    assert said.code == 0, said
    assert row.contact_name == "Zoé Later"
    assert verified.code == 0, verified
    assert json.loads(verified.out)["links"] > backed_up["links"]
    assert json.loads(verified.out)["unsealed"] == 0


async def test_while_the_desk_runs(
    comptoir: Comptoir, database_url: str, settings: Settings, bank: Bank, file: Path
) -> None:
    """A backup is made while the desk writes, and is whole; a restore is refused as long as it runs."""
    need_programs(database_url)
    file.parent.mkdir()
    async with bootstrap.running(settings) as engine, writing(engine.database, bank):
        saved = await asyncio.to_thread(comptoir, "backup", str(file), "--json")
        refused = await asyncio.to_thread(comptoir, "restore", str(file), "--replace")
    restored = await asyncio.to_thread(comptoir, "restore", str(file), "--replace")

    assert saved.code == 0, saved
    assert refused.code == 1
    assert "desk" in refused.err
    assert restored.code == 0, restored
    assert rows(database_url)["message"] == json.loads(saved.out)["counts"]["message"]


@contextlib.asynccontextmanager
async def writing(database: Database, bank: Bank) -> AsyncIterator[None]:
    """Customers write without a pause for as long as the block runs."""

    async def write() -> None:
        number = 0
        while True:
            number += 1
            await database.write(lambda tx, who=f"Contact {number}": bank.hear(tx, who=who))  # type: ignore[misc]

    task = asyncio.create_task(write())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.usefixtures("backed_up")
def test_without_being_told_to_replace(comptoir: Comptoir, database_url: str, bank: Bank, file: Path) -> None:
    """A desk that is there is not overwritten unless that is said; then the former one is kept aside, and named."""
    run_once(database_url, lambda tx: bank.hear(tx, who="Zoé Later"))
    before = rows(database_url)
    refused = comptoir("restore", str(file))
    between = rows(database_url)
    said = comptoir("restore", str(file), "--replace")
    former = next(line for line in said.out.splitlines() if "is kept" in line)

    assert refused.code == 1
    assert "--replace" in refused.err
    assert between == before
    assert former_tickets(database_url, former) == before["ticket"]


def former_tickets(database_url: str, line: str) -> int:
    """The tickets of the desk that was put aside, found by what the command said about it."""
    words = line.replace(";", " ").split()
    if database_url.startswith("postgresql"):
        schema = next(word for word in words if word.startswith("comptoir_before_"))
        question = f'SELECT count(*) FROM "{schema}".ticket'
        return int(ask_once(database_url, lambda tx: tx.connection.exec_driver_sql(question).scalar_one()))
    kept = next(word for word in words if ".before_" in word).rstrip(".")
    return ask_once(f"sqlite:///{kept}", lambda tx: recovery.counts(tx, ["ticket"]))["ticket"]


@pytest.mark.parametrize("has_checksum", [True, False])
@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied"])
@pytest.mark.usefixtures("backed_up")
def test_damaged(comptoir: Comptoir, database_url: str, file: Path, damage: str, has_checksum: bool) -> None:
    """A backup that was damaged is refused with a sentence, with its checksum and without, and the desk stays as it is."""
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[: middle + 100],
            "flipped": whole[: middle - 4096]
            + bytes(byte ^ 0xFF for byte in whole[middle - 4096 : middle])
            + whole[middle:],
            "emptied": b"",
        }[damage]
    )
    if not has_checksum:
        file.with_name(f"{file.name}.sha256").unlink()
    before = rows(database_url)
    said = comptoir("restore", str(file), "--replace")

    assert said.code == 2
    assert "damaged" in said.err or "no backup" in said.err
    assert rows(database_url) == before
    assert comptoir("audit", "verify").code == 0


def test_names_that_are_taken(comptoir: Comptoir, database_url: str, tmp_path: Path) -> None:
    """A backup replaces an older one, but no other file, and never the database itself."""
    need_programs(database_url)
    (tmp_path / "letter.txt").write_text("Dear Hugo")
    first, again = comptoir("backup", str(tmp_path / "b")), comptoir("backup", str(tmp_path / "b"))
    other, absent = comptoir("backup", str(tmp_path / "letter.txt")), comptoir("backup", str(tmp_path / "no" / "b"))

    assert (first.code, again.code, other.code, absent.code) == (0, 0, 2, 2)
    assert (tmp_path / "letter.txt").read_text() == "Dear Hugo"
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
    if database_url.startswith("sqlite"):
        assert comptoir("backup", str(tmp_path / "comptoir.db")).code == 2


def test_of_the_other_database(comptoir: Comptoir, database_url: str, tmp_path: Path) -> None:
    """A copy of the other kind of database, and what is no copy at all, are refused with a sentence."""
    other = b"PGDMP rest" if database_url.startswith("sqlite") else b"SQLite format 3\0 rest"
    (tmp_path / "other").write_bytes(other)
    (tmp_path / "none").write_bytes(b"not a backup")

    assert "the other kind" in comptoir("restore", str(tmp_path / "other"), "--replace").err
    assert "no backup" in comptoir("restore", str(tmp_path / "none"), "--replace").err
    assert "cannot be read" in comptoir("restore", str(tmp_path / "absent"), "--replace").err


def test_without_the_programs(
    comptoir: Comptoir, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without PostgreSQL's client programs a backup of PostgreSQL says what to install; SQLite needs none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    said = comptoir("backup", str(tmp_path / "b"))

    if database_url.startswith("sqlite"):
        assert said.code == 0
    else:
        assert said.code == 2
        assert "pg_dump is not on this machine" in said.err
