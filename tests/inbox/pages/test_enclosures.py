"""Files beside a reply: laid there by the agent's browser, with a script and without; refused in a sentence before they leave."""

import asyncio
import io
import re

import aiohttp
import pytest
from aiohttp import ClientResponse
from PIL import Image

from bot import wire
from bot.desk import hearing, ingest, routing
from bot.store import channels, conversations, drafts, enclosures
from bot.store.conversations import MessageItem
from bot.store.enclosures import EnclosureRow, Writer
from bot.store.transaction import Transaction
from inbox import middleware, uploads
from tests import world
from tests.bot.desk.test_picturing import SECRET, bomb, located
from tests.inbox.conftest import House, Visitor

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PIECES = {"X_Pieces": "1"}


async def asked(house: House) -> int:
    """Léa has written on a network that takes pictures and PDF; the number of her ticket."""
    await house.engine.database.write(world.open_bank)

    def hear(tx: Transaction) -> int:
        channel_id = channels.save(tx, name="wall", title="Mur", network="fake", base_url="http://127.0.0.1:9")
        said = wire.InboundMessage("m1", "t", wire.Person("lea", "Léa"), tx.now, "Où est l'agence ?")
        ingest.take(tx, [hearing.prepare(channel_id, said)], hearing.Rules())
        ticket_id = world.ticket_of(tx, channel_id, "t")
        routing.route_all(tx, [ticket_id])
        return ticket_id

    ticket_id = await house.engine.database.write(hear)
    await house.engine.doors.refresh()
    return ticket_id


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(out, "PNG")
    return out.getvalue()


async def send(
    visitor: Visitor, path: str, fields: dict[str, str], files: dict[str, bytes], **headers: str
) -> ClientResponse:
    """Submit a form with files, as a browser does."""
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in ({"_csrf": visitor.csrf} | fields).items():
        form.add_field(name, value)
    for name, body in files.items():
        form.add_field("upload", io.BytesIO(body), filename=name, content_type="application/octet-stream")
    return await visitor.client.post(path, data=form, headers=visitor.all_headers(headers), allow_redirects=False)


async def beside(house: House, visitor: Visitor, ticket_id: int) -> list[EnclosureRow]:
    return await house.engine.database.read(lambda tx: enclosures.of(tx, Writer(ticket_id, visitor.agent_id)))


async def newest(house: House, ticket_id: int) -> MessageItem:
    item = (await house.engine.database.read(lambda tx: conversations.thread(tx, ticket_id))).items[-1]
    assert item.kind == "message"
    return item


async def filled(visitor: Visitor, ticket_id: int) -> dict[str, str]:
    """The reply form's own fields, as its page gives them."""
    text = await (await visitor.get(f"/views/all/tickets/{ticket_id}")).text()
    form = text[text.index('id="reply-form"') :]
    names = ("key", "seen", "place")
    return {name: re.search(f'name="{name}"[^>]*value="([^"]*)"', form)[1] for name in names}  # type: ignore[index]


async def test_a_picture_is_laid_made_anew_and_shown_to_its_writer_alone(house: House) -> None:
    """The answer draws it with its thumbnail; nothing hidden is left in it; a colleague finds nothing at its address."""
    ticket_id = await asked(house)
    sofia, hugo = await house.signed_in("supervisor"), await house.signed_in("admin")

    answer = await send(sofia, f"/tickets/{ticket_id}/enclosures", {}, {"chez moi.jpg": located()}, **PIECES)

    (file,) = await beside(house, sofia, ticket_id)
    address = f"/tickets/{ticket_id}/enclosures/{file.id}"
    text = await answer.text()
    assert (answer.status, answer.headers["X-Pieces"]) == (200, "1")
    assert f'<template data-at="files-{ticket_id}"' in text
    assert f'src="{address}/thumbnail"' in text and "chez moi.jpg" in text
    shown = await sofia.get(address)
    body = await shown.read()
    assert SECRET not in body and body.startswith(b"\xff\xd8\xff")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (await sofia.get(f"{address}/thumbnail")).headers["Content-Type"] == "image/webp"
    assert (await hugo.get(address)).status == 404
    assert (await house.stranger().get(address)).status == 303


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("dessin.svg", SVG, "Ce type de fichier ne peut pas être envoyé."),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "Ce type de fichier ne peut pas être envoyé."),
        ("film.mp4", b"\0\0\0\x18ftypmp42", "Le réseau n’accepte pas ce type de fichier."),
        ("bombe.png", bomb(60_000, 60_000), "Cette image a trop de pixels."),
        ("rien.png", b"\x89PNG\r\n\x1a\n", "Cette image est illisible."),
        ("long.pdf", b"%PDF-1.7" + bytes(5_000_000), "Ce fichier est trop lourd pour le réseau."),
    ],
)
async def test_what_may_not_leave_is_refused_in_a_sentence(house: House, name: str, body: bytes, why: str) -> None:
    """Its name and the reason, in the agent's language; the picture that came with it is laid all the same."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")

    answer = await send(sofia, f"/tickets/{ticket_id}/enclosures", {}, {name: body, "plan.png": picture()}, **PIECES)

    text = await answer.text()
    assert "role=&#34;alert&#34;" not in text and 'role="alert"' in text
    assert name in text and why in text
    assert [one.name for one in await beside(house, sofia, ticket_id)] == ["plan.png"]


async def test_the_reply_takes_its_files_with_it(house: House) -> None:
    """Named by the form with what they show, they are in the thread with that description, and undo gives them back."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    await send(sofia, f"/tickets/{ticket_id}/enclosures", {}, {"plan.png": picture()}, **PIECES)
    (file,) = await beside(house, sofia, ticket_id)
    form = await filled(sofia, ticket_id) | {"text": "", "file": str(file.id), "alt": "Le plan <b>"}

    assert (await sofia.post(f"/tickets/{ticket_id}/replies", form)).status == 303

    said = await newest(house, ticket_id)
    assert [(one.name, one.alt) for one in said.attachments] == [("plan.png", "Le plan <b>")]
    text = await (await sofia.get(f"/views/all/tickets/{ticket_id}")).text()
    assert 'alt="Le plan &lt;b&gt;"' in text
    await sofia.post(f"/tickets/{ticket_id}/replies/{said.outbox_id}", method="DELETE")
    assert [one.alt for one in await beside(house, sofia, ticket_id)] == ["Le plan <b>"]


async def test_without_a_script_nothing_leaves_that_was_not_looked_at(house: House) -> None:
    """Files sent with the reply itself are laid beside it, the words are kept, and the page asks to look; then it leaves."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    form = await filled(sofia, ticket_id) | {"text": "Voici le plan."}

    first = await send(sofia, f"/tickets/{ticket_id}/replies", form, {"plan.png": picture()})

    text = await first.text()
    assert first.status == 422
    assert "Regardez-les, puis envoyez." in text and "Voici le plan.</textarea>" in text
    assert (await newest(house, ticket_id)).direction == "in"
    (file,) = await beside(house, sofia, ticket_id)
    again = form | {"file": str(file.id), "alt": ""}
    assert (await send(sofia, f"/tickets/{ticket_id}/replies", again, {})).status == 303
    assert (await newest(house, ticket_id)).text == "Voici le plan."


async def test_without_a_script_files_are_attached_and_removed_and_the_words_stay(house: House) -> None:
    """The form's other buttons keep what was written as a draft and lead back to the ticket."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    form = await filled(sofia, ticket_id) | {"text": "À moitié écrit"}

    laid = await send(sofia, f"/tickets/{ticket_id}/enclosures", form, {"plan.png": picture()})

    assert (laid.status, laid.headers["Location"]) == (303, f"/views/all/tickets/{ticket_id}")
    kept = await house.engine.database.read(lambda tx: drafts.of(tx, ticket_id, sofia.agent_id))
    assert kept["reply"].text == "À moitié écrit"
    (file,) = await beside(house, sofia, ticket_id)
    more = form | {"file": str(file.id), "alt": ""}
    gone = await sofia.post(f"/tickets/{ticket_id}/enclosures/{file.id}", more, method="DELETE")
    assert gone.status == 303
    assert await beside(house, sofia, ticket_id) == []


async def test_a_description_is_kept_when_the_reply_is_refused(house: House) -> None:
    """What the guard objects to is said; what the picture shows is not lost."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    await send(sofia, f"/tickets/{ticket_id}/enclosures", {}, {"plan.png": picture()}, **PIECES)
    (file,) = await beside(house, sofia, ticket_id)
    form = await filled(sofia, ticket_id)
    words = {"text": "Votre code est 482913.", "file": str(file.id), "alt": "Le plan"}

    assert (await sofia.post(f"/tickets/{ticket_id}/replies", form | words)).status == 422

    assert [one.alt for one in await beside(house, sofia, ticket_id)] == ["Le plan"]


async def test_a_file_must_come_with_its_description(house: House) -> None:
    """A form that names two files and describes one is no form of ours."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    form = await filled(sofia, ticket_id) | {"text": "Voici", "file": "1"}

    assert (await sofia.post(f"/tickets/{ticket_id}/replies", form)).status == 422


async def test_only_somebody_who_is_known_may_send_so_much(house: House) -> None:
    """A large body is read for an agent with the form's token, up to its limit; nobody else's is, and no other page's."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    large = {"large.pdf": b"%PDF-1.7" + bytes(middleware.LONGEST_BODY)}
    at = f"/tickets/{ticket_id}"

    assert (await send(sofia, f"{at}/enclosures", {}, large, **PIECES)).status == 200
    assert (await send(house.stranger(), f"{at}/enclosures", {}, large)).status == 413
    assert (await send(sofia, f"{at}/enclosures", {"_csrf": "forged"}, large, **PIECES)).status == 403
    assert (await send(sofia, f"{at}/notes", {}, large)).status == 413
    too_much = {"huge.pdf": b"%PDF-1.7" + bytes(uploads.LONGEST_BODY)}
    assert (await send(sofia, f"{at}/enclosures", {}, too_much, **PIECES)).status == 413
    assert len(await beside(house, sofia, ticket_id)) == 1


async def test_the_composer_says_what_may_be_enclosed(house: House) -> None:
    """One sentence where the words go, in either language; on a channel that is not open there is no button."""
    ticket_id = await asked(house)
    sofia = await house.signed_in("supervisor")
    text = await (await sofia.get(f"/views/all/tickets/{ticket_id}")).text()

    assert "Ici, 4 fichiers au plus\u00a0: images (2 Mo), PDF (5 Mo)\u202f; pas de vidéo" in text
    assert 'accept="image/jpeg,image/png,application/pdf"' in text
    assert 'enctype="multipart/form-data"' in text


async def test_slow_files_hold_up_nobodys_reply(house: House) -> None:
    """As many slow files as may come at once are on their way: a colleague's words leave meanwhile."""
    ticket_id = await asked(house)
    hugo = await house.signed_in("admin")
    form = await filled(hugo, ticket_id)
    entrance: middleware.Entrance = getattr(house.app.middlewares[0], "__self__")  # noqa: B009  a bound method has it
    for _ in range(middleware.FILES_AT_ONCE):
        await entrance._files.acquire()

    async with asyncio.timeout(20):
        answer = await send(hugo, f"/tickets/{ticket_id}/replies", form | {"text": "Rue de la Paix."}, {})

    assert answer.status == 303
    assert (await newest(house, ticket_id)).text == "Rue de la Paix."
