"""What customers write stays in the conversation, whatever goes wrong with it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy
import structlog

from bot import log, wire
from bot.desk import ingest, routing
from bot.model.columns import table
from bot.model.tag import Tag
from bot.runners.working import Working
from bot.store import conversations, engines
from bot.store.transaction import Transaction
from tests import world
from tests.inbox.conftest import House

CANARY = "Mon code secret est CANARI"


def by_our_code(_: Transaction) -> None:
    raise ValueError(CANARY)


def by_the_database(tx: Transaction) -> None:
    """A refusal that names the row: PostgreSQL quotes it."""
    for number in (901, 902):
        tx.connection.execute(sqlalchemy.insert(table(Tag)).values(id=number, name=CANARY))


@pytest.fixture(params=[by_our_code, by_the_database])
def fault(request: pytest.FixtureRequest) -> Callable[[Transaction], None]:
    """Two ways to fail that have the customer's words in hand."""
    fault: Callable[[Transaction], None] = request.param
    return fault


@pytest.fixture
def told() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines of the log so far, as an operator has them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    log.configure("json", "info")
    written = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def breaking(fault: Callable[[Transaction], None]) -> Callable[..., Any]:
    def broken(tx: Transaction, *_: Any, **__: Any) -> Any:
        return fault(tx)

    return broken


async def kept(house: House, question: str) -> list[str]:
    """What one column of a table holds."""
    return await house.engine.database.read(lambda tx: [row[0] for row in tx.connection.exec_driver_sql(question)])


async def test_a_message_that_fails_on_its_way_in(house: House, fault: Any, told: Any, monkeypatch: Any) -> None:
    """Words that cannot be taken in are in no line of the log and not in the quarantine's reason."""
    bank = await house.engine.database.write(world.open_bank)
    monkeypatch.setattr(ingest, "take", breaking(fault))
    said = wire.InboundMessage("m1", "c1", wire.Person("lea"), house.clock(), CANARY)
    await house.engine.intake.take(bank.telegram, wire.Batch((said,)))

    lines = told()
    (reason,) = await kept(house, "SELECT reason FROM quarantine")
    assert "message.set_aside" in [line["event"] for line in lines]
    assert reason
    assert "CANARI" not in json.dumps(lines) + reason


async def test_a_reaction_that_fails(house: House, fault: Any, told: Any, monkeypatch: Any) -> None:
    """Work that fails over a customer's words says of them nothing, neither in its row nor in the log."""
    bank = await house.engine.database.write(world.open_bank)
    await house.engine.database.write(lambda tx: bank.hear(tx, CANARY))
    monkeypatch.setattr(routing, "route_all", breaking(fault))
    await Working(house.engine.database).turn()

    lines = told()
    (error,) = await kept(house, "SELECT error FROM work")
    assert "work.failed" in [line["event"] for line in lines]
    assert error
    assert "CANARI" not in json.dumps(lines) + error


async def test_a_page_that_fails(house: House, fault: Any, told: Any, monkeypatch: Any) -> None:
    """The log of a page that failed tells where it failed, not what stood on it; neither does the page."""
    bank = await house.engine.database.write(world.open_bank)
    ticket_id = await house.engine.database.write(lambda tx: bank.hear(tx, "Bonjour"))
    visitor = await house.signed_in("supervisor")

    def broken(_: Transaction, *__: Any, **___: Any) -> Any:
        engine = engines.writing(house.engine.database.url)  # pages only read, and the writer keeps its connection
        try:
            with engine.connect() as connection, connection.begin():
                fault(Transaction(connection, house.engine.database.dialect, house.clock()))
        finally:
            engine.dispose()

    monkeypatch.setattr(conversations, "thread", broken)
    answer = await visitor.get(f"/views/all/tickets/{ticket_id}")

    failed = [line for line in told() if line["event"] == "request.failed"]
    assert answer.status == 500
    assert ["broken" in line["exception"] for line in failed] == [True]
    assert "CANARI" not in json.dumps(failed) + await answer.text()
