"""The door and the settings pages in a real browser: readable by everybody, at every width, in both languages and themes."""

import pytest
from axe_playwright_python.async_playwright import Axe

from bot.autoreply import training
from bot.desk import canned, channelling, passwords, staffing
from bot.desk.channelling import Connection
from bot.desk.staffing import Post
from bot.model.event import SYSTEM
from bot.store import intake
from bot.store.transaction import Transaction
from tests.inbox import taught
from tests.inbox.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "tournevis grenat 8231"
PAGES = (
    "/profile", "/agents", "/agents/new", "/agents/1", "/teams", "/teams/new", "/teams/1", "/channels", "/channels/new",
    "/channels/new?network=telegram", "/channels/1", "/canned-replies", "/canned-replies/new", "/canned-replies/1",
    "/intents", "/intents/new", "/intents/1", "/training", "/training/1", "/training/day",
    "/training/proposals", "/training/topics",
    "/quarantine", "/quarantine/1", "/audit", "/audit/verification", "/session/proof", "/nowhere",
)  # fmt: skip


def _keep(tx: Transaction) -> int:
    """Something on every page, with long names."""
    name = "Anne-Sophie de La Rochefoucauld-Montgomery"
    post = Post("hugo@bank.test", name, "admin", ("fr", "en"), 30, (1,))
    admin = staffing.hire(tx, post, by=SYSTEM, password_hash=passwords.hashed(PASSWORD))
    channel = channelling.connect(
        tx, Connection("nord", "Telegram de l’agence Nord-Pas-de-Calais", "telegram"), required=(), by=SYSTEM
    )
    canned.save(
        tx,
        None,
        shortcut="bonjour",
        title="Bonjour",
        text_fr="Bonjour {{motif}}",
        text_en="",
        is_safe_in_public=True,
        by=SYSTEM,
    )
    taught.teach(tx)
    training.put_to_work(tx, taught.make_version(tx), by=SYSTEM)
    taught.make_version(tx)
    training.ask(tx, by=SYSTEM)
    intake.set_aside(tx, channel, b'{"text": "' + b"x" * 400 + b'"}', "It could not be read.", is_wire=False)
    return admin


@pytest.mark.parametrize(
    ("locale", "theme", "width"),
    [("fr", "light", 1440), ("en", "dark", 1440), ("en", "light", 768), ("fr", "dark", 320)],
)
async def test_every_page_can_be_read_by_everybody(desk: Desk, locale: str, theme: str, width: int) -> None:
    """No page breaks a rule of accessibility, runs over its width, or makes the browser complain of its policy."""
    desk.agents["Hugo"] = await desk.engine.database.write(_keep)
    page = await desk.window("Hugo", "/profile", size=(width, 900))
    await page.select_option("#field-locale", locale)
    await page.select_option("#field-theme", theme)
    await page.click("form[action='/profile'] button[type=submit]")
    wrong = []
    for path in PAGES:
        await page.goto(desk.address + path)
        found = await Axe().run(page)
        wrong += [(path, one["id"], one["nodes"][0]["html"][:120]) for one in found.response["violations"]]
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((path, "wider than the window", ""))
    assert wrong == []
    assert [said for said in desk.complaints if "404" not in said] == []


async def test_an_admin_signs_in_invites_an_agent_and_the_agent_comes_in(desk: Desk) -> None:
    """The whole way by hand: sign in, add an agent, pass the link on, choose a password, sign in with it."""
    await desk.engine.database.write(_keep)
    page = await (await desk.browser.new_context(locale="en")).new_page()
    await page.goto(desk.address + "/agents/new")
    await page.get_by_label("E-mail address").fill("hugo@bank.test")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/agents/new")
    await page.get_by_label("Nom", exact=True).fill("Léo Petit")
    await page.get_by_label("Adresse e-mail").fill("leo@bank.test")
    await page.get_by_role("button", name="Ajouter et créer le lien").click()
    link = await page.locator("code.secret").inner_text()
    other = await (await desk.browser.new_context(locale="fr")).new_page()
    await other.goto(link)
    await other.get_by_label("Nouveau mot de passe").fill("quatre mots bien à moi")
    await other.get_by_role("button", name="Garder ce mot de passe").click()
    await other.get_by_label("Adresse e-mail").fill("leo@bank.test")
    await other.get_by_label("Mot de passe").fill("quatre mots bien à moi")
    await other.get_by_role("button", name="Se connecter").click()
    await other.wait_for_url("**/views/mine")
    assert "Léo Petit" in await other.locator(".rail-me").inner_text()
