"""A list is narrowed and ordered by its address: chips, the form, the next page and the live stream say the same."""

import re

import pytest

from bot.desk import tagging, ticketing
from bot.store import views
from tests import world
from tests.inbox.conftest import House
from tests.world import actor


def rows(page: str) -> list[str]:
    return re.findall(r'class="row-name">([^<]*)<', page)


async def test_filters_narrow_the_list(house: House) -> None:
    """Each filter holds for the list, for the links of its rows and for the chip that takes it away."""
    bank = await house.engine.database.write(world.open_bank)
    first = await house.engine.database.write(lambda tx: bank.hear(tx, who="Léa Martin"))
    await house.engine.database.write(lambda tx: bank.hear(tx, "Good morning", who="Paul", channel=bank.mastodon))
    await house.engine.database.write(lambda tx: ticketing.prioritise(tx, first, "high", by=actor(bank.sofia)))
    await house.engine.database.write(lambda tx: tagging.add(tx, first, "carte bleue", by=actor(bank.sofia)))
    sofia = await house.signed_in(agent_id=bank.sofia)

    for query, shown in [
        ("network=telegram", ["Léa Martin"]), ("channel=mastodon", ["Paul"]), (f"team={bank.nord}", ["Léa Martin"]),
        ("priority=high&tag=carte+bleue", ["Léa Martin"]), ("priority=high&channel=mastodon", []),
        ("sort=longest", ["Léa Martin", "Paul"]), ("", ["Paul", "Léa Martin"]),
    ]:  # fmt: skip
        page = await (await sofia.get(f"/views/open?{query}")).text()
        assert rows(page) == shown, query
    page = await (await sofia.get("/views/open?tag=carte+bleue&priority=high&sort=longest")).text()
    assert f'href="/views/open/tickets/{first}?priority=high&amp;tag=carte+bleue&amp;sort=longest"' in page
    assert 'href="/views/open?priority=high&amp;sort=longest"' in page
    assert 'data-query="?priority=high&amp;tag=carte+bleue&amp;sort=longest"' in page


async def test_the_forms_address_is_the_links(house: House) -> None:
    """A form sends empty fields too: the address they lead to has none, so that a link means the same to everybody."""
    sofia = await house.signed_in("supervisor")

    answer = await sofia.get("/views/open?network=&tag=&priority=high&sort=longest")

    assert (answer.status, answer.headers["Location"]) == (303, "/views/open?priority=high&sort=longest")


async def test_pages_keep_filters_and_order(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next page's address has the filters, the order and the place."""
    bank = await house.engine.database.write(world.open_bank)
    for number in range(52):
        await house.engine.database.write(lambda tx, n=number: bank.hear(tx, who=f"Contact {n}"))
    sofia = await house.signed_in(agent_id=bank.sofia)

    first = await (await sofia.get("/views/open?channel=telegram-nord&sort=longest")).text()
    more = re.search(r'class="list-more"><a class="button" href="([^"]*)"', first)
    assert more is not None
    address = more[1].replace("&amp;", "&")
    second = await (await sofia.get(address)).text()

    assert address.startswith("/views/open?channel=telegram-nord&sort=longest&after=w")
    assert rows(first) + rows(second) == [f"Contact {number}" for number in range(52)]


@pytest.mark.parametrize(
    "query", ["tag=nothing", "network=x%00", "team=x", "language=%F0%9F%99%82", "after=w1.", "sort=x"]
)
async def test_odd_addresses_break_nothing(house: House, query: str) -> None:
    """Whatever an address asks, the answer is a page or a page that says there is none."""
    sofia = await house.signed_in("supervisor")

    assert (await sofia.get(f"/views/open?{query}")).status in (200, 404)


async def test_an_empty_filter_says_so(house: House) -> None:
    """Who filters everything away is told that it is the filter, and how to take it away."""
    sofia = await house.signed_in("supervisor")

    page = await (await sofia.get("/views/open?priority=urgent&sort=longest")).text()

    assert "Le filtre cache tout" in page
    assert page.count('href="/views/open?sort=longest"') >= 2
    assert views.named("open", priority="urgent").filters == {"priority": "urgent"}


async def test_an_empty_desk_says_what_to_do(house: House) -> None:
    """An admin of a desk that has heard nobody sees what is left to do; others do not, and it goes with the first message."""
    admin, agent = await house.signed_in("admin"), await house.signed_in("agent")

    empty = await (await admin.get("/views/open")).text()
    assert "Connecter un canal" in empty
    assert "1 sur 4" in empty
    assert "Connecter un canal" not in await (await agent.get("/views/open")).text()

    bank = await house.engine.database.write(world.open_bank)
    assert "2 sur 4" in await (await admin.get("/views/open")).text()
    ticket = await house.engine.database.write(bank.hear)
    assert "Connecter un canal" not in await (await admin.get("/views/open")).text()
    await house.engine.database.write(lambda tx: ticketing.resolve(tx, ticket, by=actor(bank.sofia)))
    assert "Connecter un canal" not in await (await admin.get("/views/open")).text()
