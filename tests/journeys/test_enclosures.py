"""A picture leaves with a reply: pasted, described, taken back, sent; the network has it without what was hidden in it."""

import base64
import hashlib
import io

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot.connectors.fake.ledger import What
from bot.connectors.fake.server import FakeServer
from tests.journeys.processes import House
from tests.journeys.test_private import LEA, PATIENCE, opened, opens
from tests.journeys.witness import happens

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(240)]

SECRET = "47.2184 N, 1.5536 W"
PASTE = """([name, kind, body]) => {
  const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], name, { type: kind }));
  const target = document.getElementById("reply-text");
  target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def located() -> bytes:
    """A photograph that tells where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = SECRET
    out = io.BytesIO()
    Image.linear_gradient("L").resize((2_400, 1_600)).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def paste(page: Page, name: str, kind: str, body: bytes) -> None:
    await page.evaluate(PASTE, [name, kind, base64.b64encode(body).decode()])


async def test_a_picture_from_the_clipboard_to_the_network(house: House, network: FakeServer, browser: Browser) -> None:
    """It is seen before it leaves, survives a closed window, comes back by undo, and arrives made anew with its description."""
    account = network.network.accounts["brand"]
    assert SECRET.encode() in located()
    async with opened(house, browser, undo_seconds=3) as page:
        await account.say(LEA, "Où est votre agence ?")
        await expect(page.locator("#rows .row")).to_have_count(1, timeout=PATIENCE)
        await opens(page, "Léa Martin")
        await page.locator("#reply-text").fill("Bonjour Léa, voici le plan.")
        await paste(page, "plan.jpg", "image/jpeg", located())
        alt = page.get_by_label("Que montre plan.jpg")
        await expect(page.locator(".enclosed img")).to_have_js_property("complete", value=True, timeout=PATIENCE)
        async with page.expect_response(lambda answer: answer.request.method == "PUT" and "enclosures" in answer.url):
            await alt.fill("Le plan du quartier")
            await alt.press("Enter")
        await expect(page.locator("#reply-text")).to_be_focused()

        await page.reload()
        await expect(alt).to_have_value("Le plan du quartier", timeout=PATIENCE)
        await page.locator("#reply-text").fill("Bonjour Léa, voici le plan.")
        await page.locator("#reply-text").press("Control+Enter")
        shown = page.locator(".said-out .said-picture img")
        await expect(shown).to_have_attribute("alt", "Le plan du quartier", timeout=PATIENCE)
        await expect(page.locator(".enclosed li")).to_have_count(0)
        await page.locator("#toasts button").press("Enter")
        await expect(page.locator(".said-out")).to_have_count(0, timeout=PATIENCE)
        await expect(alt).to_have_value("Le plan du quartier")

        await page.locator("#reply-text").press("Control+Enter")
        (sent,) = await happens(network, What.TAKEN, lambda found: len(found) == 1)
        await expect(page.locator(".said-out .said-foot")).to_contain_text("Envoyé", timeout=PATIENCE)
        await expect(shown).to_have_js_property("naturalWidth", 360, timeout=PATIENCE)

    (file,) = sent.files
    (held,) = account.files[sent.post]
    assert (sent.text, file.alt, file.kind) == ("Bonjour Léa, voici le plan.", "Le plan du quartier", "image/jpeg")
    assert file.hash == hashlib.sha256(held.body).hexdigest()
    assert SECRET.encode() not in held.body
    with Image.open(io.BytesIO(held.body)) as read:
        assert (read.size, dict(read.getexif())) == ((1_600, 1_067), {})


async def test_what_may_not_leave_is_said_beside_the_reply(house: House, network: FakeServer, browser: Browser) -> None:
    """A drawing that a browser might run is refused by name; what lies there goes by keyboard, and nothing leaves empty."""
    account = network.network.accounts["brand"]
    async with opened(house, browser) as page:
        await account.say(LEA, "Où est votre agence ?")
        await expect(page.locator("#rows .row")).to_have_count(1, timeout=PATIENCE)
        await opens(page, "Léa Martin")
        await paste(page, "dessin.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        await expect(page.locator(".enclosed [role=alert]")).to_contain_text("dessin.svg", timeout=PATIENCE)
        await page.locator("#reply-upload").set_input_files(
            [{"name": "conditions.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}]
        )
        await expect(page.locator(".enclosed li")).to_contain_text("conditions.pdf", timeout=PATIENCE)
        await expect(page.locator(".enclosed [role=alert]")).to_have_count(0)
        await page.get_by_role("button", name="Retirer conditions.pdf").press("Enter")
        await expect(page.locator(".enclosed li")).to_have_count(0, timeout=PATIENCE)
        await page.locator("#reply-text").press("Control+Enter")
        await expect(page.locator(".said-out")).to_have_count(0)
        assert network.network.ledger.entries(What.TAKEN) == []
