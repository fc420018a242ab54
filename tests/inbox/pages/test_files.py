"""Files of a conversation: shown in its thread, served safely, and only to whoever may see the ticket."""

from datetime import timedelta

from bot import wire
from bot.desk import hearing, ingest, routing
from bot.store import media
from bot.store.parts import Part
from bot.store.transaction import Transaction
from tests import world
from tests.inbox.conftest import House
from tests.world import Bank

PICTURE = Part("image/webp", b"RIFF a picture", 800, 600)
THUMBNAIL = Part("image/webp", b"RIFF a small one", 320, 240)
PDF = Part("application/pdf", b"%PDF-1.7")
NAMES = ("carte <b>.jpg", "../../relevé.html", "virus.svg", "en chemin.png")


async def sent(house: House) -> tuple[Bank, int, list[int]]:
    """Léa sends a picture, a document, something that is refused and something that is still to be fetched."""
    bank = await house.engine.database.write(world.open_bank)

    def hear(tx: Transaction) -> tuple[int, list[int]]:
        files = tuple(wire.Attachment(f"f{number}", "file", name) for number, name in enumerate(NAMES))
        said = wire.InboundMessage("m1", "t", wire.Person("lea", "Léa"), tx.now, "Voici", attachments=files)
        ingest.take(tx, [hearing.prepare(bank.telegram, said)], hearing.Rules())
        ticket_id = world.ticket_of(tx, bank.telegram, "t")
        routing.route_all(tx, [ticket_id])
        picture, document, refused, coming = media.claim(tx, 8, timedelta(minutes=1))
        media.keep(tx, picture, PICTURE, THUMBNAIL)
        media.keep(tx, document, PDF, None)
        media.give_up(tx, refused, "refused", "This kind of file is not kept here.")
        return ticket_id, [picture.id, document.id, refused.id, coming.id]

    return bank, *await house.engine.database.write(hear)


async def test_the_thread_shows_pictures_and_says_what_became_of_the_rest(house: House) -> None:
    """A thumbnail that keeps its place and leads to the picture, a link to the document, and why something is not there."""
    bank, ticket_id, (picture, document, *_) = await sent(house)
    amina = await house.signed_in(agent_id=bank.amina)
    text = await (await amina.get(f"/views/all/tickets/{ticket_id}")).text()

    at = f"/tickets/{ticket_id}/files"
    assert f'<img src="{at}/{picture}/thumbnail" width="320" height="240" alt="Image' in text
    assert "carte &lt;b&gt;.jpg" in text and "carte <b>" not in text
    assert f'href="{at}/{document}"' in text
    assert "virus.svg · non conservé" in text and "Ce type de fichier n’est pas conservé ici." in text
    assert "en chemin.png" in text


async def test_pictures_are_shown_and_other_files_saved(house: House) -> None:
    """Each under the kind that it is, with the ending of that kind whatever it was called, in a box where nothing runs."""
    bank, ticket_id, (picture, document, refused, coming) = await sent(house)
    amina = await house.signed_in(agent_id=bank.amina)
    at = f"/tickets/{ticket_id}/files"
    shown, small, saved = [await amina.get(f"{at}/{end}") for end in (picture, f"{picture}/thumbnail", document)]

    assert [await one.read() for one in (shown, small, saved)] == [PICTURE.body, THUMBNAIL.body, PDF.body]
    assert [one.headers["Content-Type"] for one in (shown, small, saved)] == ["image/webp"] * 2 + ["application/pdf"]
    assert shown.headers["Content-Disposition"] == "inline; filename*=UTF-8''carte%20%3Cb%3E.webp"
    assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''..%2F..%2Frelev%C3%A9.pdf"
    for one in (shown, small, saved):
        assert one.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Cache-Control"].startswith("private")
    for end in (refused, coming, f"{document}/thumbnail", 10**17):
        assert (await amina.get(f"{at}/{end}")).status == 404


async def test_only_who_may_see_the_ticket_sees_its_files(house: House) -> None:
    """Another house's agent finds nothing, nobody gets in without a session, and no other ticket lends its address."""
    bank, ticket_id, (picture, *_) = await sent(house)
    at = f"/tickets/{ticket_id}/files/{picture}"
    denis = await house.signed_in(agent_id=bank.denis)
    assert (await denis.get(f"/views/all/tickets/{ticket_id}")).status == 404
    assert (await denis.get(at)).status == 404
    assert (await house.stranger().get(at)).status == 303

    other = await house.engine.database.write(lambda tx: bank.hear(tx, channel=bank.mastodon))
    sofia = await house.signed_in(agent_id=bank.sofia)
    assert (await sofia.get(at)).status == 200
    assert (await sofia.get(f"/tickets/{other}/files/{picture}")).status == 404
