"""X, from a contact's post to the agent's answer and back: real processes, a real browser, X played on loopback.

Nobody publishes an X that could be run here; the one that plays it is held to X's own description in
`tests/connectors/x/test_spec.py`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot import clock
from tests.connectors.x.x_api import ANN, CLIENT_ID, FIRST_REFRESH, XApi
from tests.journeys.counter import answers, built, opened, opens, settled, window
from tests.journeys.processes import House

pytestmark = [pytest.mark.usefixtures("patience"), pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(400)]

CHANNEL = """
[[channel]]
name = "x"
title = "X"
network = "x"
base_url = "{base_url}"
secrets = {{ refresh_token = "COMPTOIR_SECRET_X" }}
options = {{ client_id = "{client_id}", poll_seconds = "0.2", dm_poll_seconds = "0.2" }}
"""


@pytest.fixture
async def api() -> AsyncIterator[XApi]:
    server = XApi(clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def house(tmp_path: Path, database_url: str, api: XApi) -> House:
    """A bank with two agents, whose channel is the account on X."""
    written = CHANNEL.format(base_url=api.url, client_id=CLIENT_ID)
    return settled(built(tmp_path, database_url, api.url), written, {"COMPTOIR_SECRET_X": FIRST_REFRESH})


async def test_from_post_to_answer(house: House, api: XApi, browser: Browser) -> None:
    """A mention becomes a ticket and is answered under the post; the author's edit is seen.

    Then the desk is away: what was said meanwhile is there after its next start, once, in public and in private, heard with the
    token that was kept.
    """
    async with opened(house) as address:
        page = await window(address, browser)
        asked = api.post("@LaBanque ma carte est bloquée")
        await expect(page.locator("#rows .row-preview")).to_contain_text("ma carte est bloquée")
        await opens(page, "ma carte est bloquée")
        await answers(page, "Bonjour Ann, nous regardons.")
        assert [(one["text"], one["referenced_tweets"][0]["id"]) for one in api.own] == [
            ("Bonjour Ann, nous regardons.", asked["id"])
        ]

        newer = api.new_id()
        api.post(
            "@LaBanque ma carte bleue est bloquée",
            id=newer,
            conversation_id=asked["id"],
            edit_history_tweet_ids=[asked["id"], newer],
        )
        await expect(page.locator("#items .said-text").first).to_have_text("@LaBanque ma carte bleue est bloquée")
        await page.close()

    api.post("@LaBanque merci beaucoup", conversation_id=asked["id"])
    api.dm("Mon dossier est le 42")
    async with opened(house) as address:
        page = await window(address, browser)
        await expect(page.locator("#rows .row")).to_have_count(2)
        await opens(page, "merci beaucoup")
        await expect(page.locator("#items .said-text")).to_have_text(
            ["@LaBanque ma carte bleue est bloquée", "Bonjour Ann, nous regardons.", "@LaBanque merci beaucoup"]
        )
        await opens(page, "Mon dossier")
        await answers(page, "Merci, Ann.")

    assert [(one["to"], one["text"]) for one in api.written] == [(ANN["id"], "Merci, Ann.")]
    assert [one["refresh_token"] for one in api.renewals] == [FIRST_REFRESH]


async def test_not_summoned(house: House, api: XApi, browser: Browser) -> None:
    """Who answered our post without calling us may not be answered in public: the composer says so."""
    async with opened(house) as address:
        page = await window(address, browser)
        api.post("@LaBanque toujours rien", display_text_range=[10, 23])
        await expect(page.locator("#rows .row-preview")).to_contain_text("toujours rien")
        await opens(page, "toujours rien")

        await expect(page.locator("#thread")).to_contain_text("Écrivez un message privé")
