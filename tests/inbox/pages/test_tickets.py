"""A ticket's page holds, whatever has been written into it."""

import html
from datetime import UTC, datetime

import pytest

from bot import wire
from bot.desk import changing, hearing, ingest
from bot.store import tickets
from bot.store.transaction import Transaction
from tests import world
from tests.inbox.conftest import House
from tests.world import Bank, actor

LAST_DAY = datetime.max.replace(tzinfo=UTC)


async def _opened(house: House) -> tuple[Bank, int]:
    bank = await house.engine.database.write(world.open_bank)
    return bank, await house.engine.database.write(bank.hear)


@pytest.mark.parametrize(
    "until", ["9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "x"]
)
async def test_no_time_makes_a_ticket_unreadable(house: House, until: str) -> None:
    """A time at the end or the beginning of all days is refused, and the ticket can be read as before."""
    bank, ticket_id = await _opened(house)
    sofia = await house.signed_in(agent_id=bank.sofia)

    refused = await sofia.post(f"/tickets/{ticket_id}/snooze", {"until": until}, method="PUT")

    assert refused.status == 422
    assert (await sofia.get(f"/views/all/tickets/{ticket_id}")).status == 200


async def test_a_ticket_that_was_snoozed_for_ever_can_be_read_and_woken(house: House) -> None:
    """What an earlier release has let in is shown, and can be mended by whoever reads it."""
    bank, ticket_id = await _opened(house)

    def poison(tx: Transaction) -> None:
        ticket = tickets.held(tx, ticket_id)
        values = {"state": "snoozed", "snoozed_until": LAST_DAY}
        changing.apply(tx, ticket, "ticket.snoozed", actor(bank.sofia), values)

    await house.engine.database.write(poison)
    sofia = await house.signed_in(agent_id=bank.sofia)

    page = await sofia.get(f"/views/all/tickets/{ticket_id}")
    woken = await sofia.post(f"/tickets/{ticket_id}/snooze", method="DELETE")

    assert (page.status, woken.status) == (200, 303)
    assert "31/12/9999" in await page.text()


@pytest.mark.parametrize(
    ("link", "is_drawn"),
    [
        ("https://x.example/1", True), ("HTTP://x.example/1", True), ("javascript:alert(1)", False), ("JaVaScRiPt:alert(1)", False),  # noqa: E501
        (" javascript:alert(1)", False), ("data:text/html,x", False), ("//x.example", False), ("", False),
    ],
)  # fmt: skip
async def test_only_pages_of_the_web_are_linked(house: House, link: str, is_drawn: bool) -> None:
    """A permalink of another scheme is neither kept nor drawn."""
    bank = await house.engine.database.write(world.open_bank)
    person = wire.Person("p", "Léa")
    said = wire.InboundMessage("m", "c", person, datetime(2026, 3, 2, 8, tzinfo=UTC), "Bonjour", permalink=link)
    heard = hearing.prepare(bank.x, said)
    assert heard.said.permalink == (link if is_drawn else "")
    heard.said = said  # as an earlier release has kept it
    await house.engine.database.write(lambda tx: ingest.take(tx, [heard], hearing.Rules()))
    ticket_id = await house.engine.database.write(lambda tx: world.ticket_of(tx, bank.x, "c"))
    sofia = await house.signed_in(agent_id=bank.sofia)

    page = await (await sofia.get(f"/views/all/tickets/{ticket_id}")).text()

    assert "Bonjour" in page
    assert (f'href="{link}"' in page) is is_drawn


async def test_who_has_it_is_said_as_a_person_would(house: House) -> None:
    """Whoever takes a ticket took it, and is not given it by themselves; a language is written small in a French sentence."""
    bank, ticket_id = await _opened(house)
    sofia = await house.signed_in(agent_id=bank.sofia)
    chosen = {"routing_reason": '{"key": "routing.language", "language": "fr", "open": 2}'}

    await sofia.post(f"/tickets/{ticket_id}/assignment", {"agent": str(bank.amina)}, method="PUT")
    await sofia.post(f"/tickets/{ticket_id}/assignment", {"agent": str(bank.sofia)}, method="PUT")
    given = html.unescape(await (await sofia.get(f"/views/all/tickets/{ticket_id}")).text())
    await house.engine.database.write(
        lambda tx: changing.apply(tx, tickets.held(tx, ticket_id), "ticket.routed", actor(bank.sofia), chosen)
    )
    routed = html.unescape(await (await sofia.get(f"/views/all/tickets/{ticket_id}")).text())

    assert "Attribué à Amina Diallo par Sofia Lopez" in given
    assert "Sofia Lopez s’est attribué le ticket" in given
    assert "Attribué à Sofia Lopez par" not in given
    assert "Parle français, 2 tickets ouverts" in routed
