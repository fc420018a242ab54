"""`comptoir audit verify`: every way to change the journal is named."""

import json

import pytest

from bot.store.database import run_once
from bot.store.transaction import Transaction
from tests.inbox.commands.conftest import Answer, Comptoir
from tests.world import Bank


@pytest.fixture
def sealed(comptoir: Comptoir, database_url: str, bank: Bank) -> Answer:
    """A journal of a few events, verified once."""
    for number in range(3):
        run_once(database_url, lambda tx, who=f"Contact {number}": bank.hear(tx, who=who))  # type: ignore[misc]
    return comptoir("audit", "verify", "--json")


def change(database_url: str, *statements: str) -> None:
    """What somebody does who has the database and goes round the desk."""

    def verb(tx: Transaction) -> None:
        for statement in statements:
            tx.connection.exec_driver_sql(statement)

    run_once(database_url, verb)


def test_whole(comptoir: Comptoir, sealed: Answer) -> None:
    """An honest journal is whole, everything in it is sealed, and its head stays when nothing happens."""
    first = json.loads(sealed.out)
    again = comptoir("audit", "verify", "--head", first["head"])

    assert sealed.code == again.code == 0
    assert first["links"] >= 6
    assert (first["broken"], first["unsealed"]) == ([], 0)
    assert "whole" in again.out
    assert first["head"] in again.out


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (("UPDATE event SET actor_id = 77 WHERE id = 3",), "Event 3, link 3, was changed."),
        (("UPDATE event SET body = '{}' WHERE id = 2",), "Event 2, link 2, was changed."),
        (("DELETE FROM event WHERE id = 4",), "Event 4, link 4, was removed."),
        (("DELETE FROM seal WHERE number = 2",), "Link 2 is missing"),
        (
            (
                "UPDATE event SET kind = (SELECT kind FROM event WHERE id = 3) WHERE id = 2",
                "UPDATE event SET body = (SELECT body FROM event WHERE id = 3) WHERE id = 2",
            ),
            "Event 2, link 2, was changed.",
        ),
        (
            (
                "UPDATE seal SET event_id = 1000 WHERE number = 2",
                "UPDATE seal SET event_id = 2 WHERE number = 3",
                "UPDATE seal SET event_id = 3 WHERE number = 2",
            ),
            "Event 3, link 2, was changed.",
        ),
        (
            ("DELETE FROM seal WHERE number = 1", "DELETE FROM event WHERE id = 1"),
            "Link 1 is missing",
        ),
    ],
)
def test_tampered(
    comptoir: Comptoir, database_url: str, sealed: Answer, statements: tuple[str, ...], named: str
) -> None:
    """A changed, removed or reordered event is named, and the command fails."""
    change(database_url, *statements)
    said = comptoir("audit", "verify")

    assert json.loads(sealed.out)["broken"] == []
    assert said.code == 1
    assert named in said.out
    assert "broken" in said.out


@pytest.mark.usefixtures("sealed")
def test_inserted(comptoir: Comptoir, database_url: str) -> None:
    """An event that is slipped in among the sealed ones is noticed."""
    columns = "kind, at, actor_kind, actor_id, channel_id, conversation_id, ticket_id, body, xid"
    change(database_url, f"INSERT INTO event (id, {columns}) SELECT -5, {columns} FROM event WHERE id = 2")
    said = comptoir("audit", "verify")

    assert said.code == 1
    assert "1 events were added behind the sealer's back." in said.out


def test_cut_off(comptoir: Comptoir, database_url: str, sealed: Answer) -> None:
    """That the end was cut off shows when the head that was noted is given back, and only then."""
    told = json.loads(sealed.out)
    last = told["links"]
    change(
        database_url,
        f"DELETE FROM event WHERE id >= {last}",
        f"DELETE FROM seal WHERE number >= {last}",
        f"UPDATE cursor SET event_id = {last - 1}, xid = (SELECT max(xid::text::bigint) FROM event)"
        if database_url.startswith("postgresql")
        else f"UPDATE cursor SET event_id = {last - 1}",
    )

    assert comptoir("audit", "verify").code == 0
    assert comptoir("audit", "verify", "--head", told["head"]).code == 1
