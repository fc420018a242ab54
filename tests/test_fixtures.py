"""What the other tests stand on."""

import socket

import playwright.async_api
import pytest

from bot.store.database import Database
from tests import network


async def test_each_database_is_fresh_and_migrated(database: Database) -> None:
    """A test's database has every table and no row of another test."""

    def take_and_count(tx):
        tx.connection.exec_driver_sql("INSERT INTO tag (id, name) VALUES (1, 'card')")
        return tx.connection.exec_driver_sql("SELECT count(*) FROM tag").scalar()

    assert await database.write(take_and_count) == 1


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("2001:db8::1", 9)])
def test_the_network_is_forbidden(address) -> None:
    """A test that tries to leave this machine fails, whatever the code under test makes of network errors."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as leaving, pytest.raises(network.NetworkForbidden):
        leaving.connect(address)


def test_names_are_not_looked_up() -> None:
    """A test that asks for the address of a host elsewhere fails."""
    with pytest.raises(network.NetworkForbidden):
        socket.getaddrinfo("host.invalid", 443)


@pytest.mark.browser
async def test_the_browser_opens_a_page(browser: playwright.async_api.Browser) -> None:
    """The machine's Chromium runs scripts for us."""
    page = await browser.new_page()
    await page.set_content("<p id=total></p><script>total.textContent = 6 * 7</script>")

    assert await page.text_content("#total") == "42"
