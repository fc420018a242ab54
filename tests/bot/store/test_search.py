"""What was said is found, by whoever may see it, on both databases alike; what is gone is not."""

import time
from datetime import timedelta

import pytest

from bot import wire
from bot.clock import HeldClock
from bot.desk import assigning, hearing, ingest, replying
from bot.runners import indexing
from bot.runners.indexing import Indexing
from bot.store import agents, indexes, search
from bot.store.agents import AgentRow
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.world import Bank, actor


def found(tx: Transaction, text: str, viewer: AgentRow) -> list[str]:
    """The texts of all messages that a question finds, page after page."""
    texts: list[str] = []
    before: int | None = None
    while True:
        page = search.find(tx, text, viewer, before, limit=2)
        texts += [hit.text for hit in page.hits]
        if page.next is None:
            return texts
        before = page.next


async def up_to_date(database: Database) -> None:
    while await database.write(lambda tx: search.follow(tx, 100)):
        pass


async def viewers(database: Database, bank: Bank) -> tuple[AgentRow, AgentRow, AgentRow]:
    return await database.read(
        lambda tx: (agents.find(tx, bank.sofia), agents.find(tx, bank.amina), agents.find(tx, bank.denis))
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’Été à Œuvré-sur-Mer, n°12 !", ["l", "ete", "a", "oeuvre", "sur", "mer", "n", "12"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("ﬁn_de 4242", ["fin", "de", "4242"]),
        ("[card •••• 4242]", ["card", "4242"]),
        ("' & | ! :* ( ) \" \\", []),
        ("x" * 100, ["x" * indexes.LONGEST]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    """Case, accents and signs do not count."""
    assert indexes.words(text) == words


async def test_what_was_said_is_found(database: Database, bank: Bank) -> None:
    """All words must be there, in any order, without their accents; the last may be a beginning; the newest comes first."""
    for text in ("Ma carte est bloquée.", "Carte perdue à Lille", "Mes cartes", "Virement refusé", "Le débit différé"):
        await database.write(lambda tx, text=text: bank.hear(tx, text, who=text))
    await up_to_date(database)
    sofia, _, _ = await viewers(database, bank)

    for asked, texts in [
        ("carte", ["Mes cartes", "Carte perdue à Lille", "Ma carte est bloquée."]),
        ("BLOQUEE carte", ["Ma carte est bloquée."]),
        ("carte bloqu", ["Ma carte est bloquée."]),
        ("bloqu carte", []),
        ("differe", ["Le débit différé"]),
        ("refusé virement", ["Virement refusé"]),
        ("", []),
        ("\" ' & | ! :*", []),
        ("carte OR virement", []),
        ("NEAR(carte)", []),
    ]:
        assert await database.read(lambda tx, asked=asked: found(tx, asked, sofia)) == texts, asked


async def test_only_what_one_may_see(database: Database, bank: Bank) -> None:
    """An agent finds the tickets of their teams and their own; neither message, contact nor number tells of another's."""
    nord = await database.write(lambda tx: bank.hear(tx, "Prêt immobilier", who="Léa Martin"))
    midi = await database.write(lambda tx: bank.hear(tx, "Prêt étudiant", who="Paul Martin", channel=bank.x))
    await up_to_date(database)
    sofia, amina, denis = await viewers(database, bank)

    assert await database.read(lambda tx: found(tx, "pret", sofia)) == ["Prêt étudiant", "Prêt immobilier"]
    assert await database.read(lambda tx: found(tx, "pret", amina)) == ["Prêt immobilier"]
    assert await database.read(lambda tx: found(tx, "pret", denis)) == ["Prêt étudiant"]
    for viewer, seen in ((sofia, [midi, nord]), (amina, [nord]), (denis, [midi])):
        page = await database.read(lambda tx, viewer=viewer: search.find(tx, "martin", viewer))
        assert [ticket.id for ticket in page.contacts] == seen
        numbered = await database.read(lambda tx, viewer=viewer: search.find(tx, f"#{nord}", viewer))
        assert (numbered.ticket is not None) is (nord in seen)
    await database.write(lambda tx: assigning.assign(tx, midi, bank.amina, by=actor(bank.sofia)))
    assert await database.read(lambda tx: found(tx, "etudiant", amina)) == ["Prêt étudiant"]


async def test_an_edit_and_a_deletion_are_followed(database: Database, bank: Bank) -> None:
    """What a message no longer says does not find it, and what its author has deleted is not found at all."""
    await database.write(lambda tx: bank.hear(tx, "Mon agence de Lille", external_id="e"))
    await up_to_date(database)
    sofia, _, _ = await viewers(database, bank)

    async def changed(act: wire.Act, text: str) -> None:
        said = wire.InboundMessage(
            "e", "with léa.martin", wire.Person("léa.martin", "Léa Martin"), database.now(), text, act=act, version="2"
        )
        heard = hearing.prepare(bank.telegram, said)
        await database.write(lambda tx: ingest.take(tx, [heard], hearing.Rules()))
        await up_to_date(database)

    await changed(wire.Act.EDITED, "Mon agence de Roubaix, carte 4111 1111 1111 1111")
    assert await database.read(lambda tx: found(tx, "lille", sofia)) == []
    assert len(await database.read(lambda tx: found(tx, "roubaix 1111", sofia))) == 1
    assert await database.read(lambda tx: found(tx, "4111", sofia)) == []
    await changed(wire.Act.DELETED, "")
    assert await database.read(lambda tx: found(tx, "roubaix", sofia)) == []


async def test_our_own_words_are_found_until_taken_back(database: Database, bank: Bank) -> None:
    """A reply is found like any message, and when it is undone it is not."""
    ticket = await database.write(bank.hear)
    given = {"seen_message_id": 10**9, "key": "k", "by": actor(bank.amina)}
    outbox = await database.write(lambda tx: replying.reply(tx, ticket, "Nous vérifions le dossier.", **given))
    await up_to_date(database)
    sofia, _, _ = await viewers(database, bank)
    assert await database.read(lambda tx: found(tx, "verifions", sofia)) == ["Nous vérifions le dossier."]

    await database.write(lambda tx: replying.undo(tx, outbox, by=actor(bank.amina)))
    await up_to_date(database)

    assert await database.read(lambda tx: found(tx, "verifions", sofia)) == []


async def test_contacts_by_name_and_user_name(database: Database, bank: Bank) -> None:
    """A contact is found by a beginning of the name or of the user name, also after they have changed it."""
    ticket = await database.write(lambda tx: bank.hear(tx, who="Éloïse Grandjean"))
    await up_to_date(database)
    sofia, _, _ = await viewers(database, bank)

    for asked in ("eloise", "grandj", "Grandjean Élo", "éloïse.grandjean"):
        page = await database.read(lambda tx, asked=asked: search.find(tx, asked, sofia))
        assert [row.id for row in page.contacts] == [ticket], asked


@pytest.mark.parametrize("recent", [0, 5_000])
async def test_a_page_looks_so_far_and_no_further(
    database: Database, bank: Bank, recent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may see none of many hits gets an empty page at a bounded cost, and a place from which to look further."""
    monkeypatch.setattr(search, "HANDFUL", 4)
    monkeypatch.setattr(search, "MOST_LOOKED_AT", 8)
    monkeypatch.setattr(indexes, "RECENT", recent)
    monkeypatch.setattr(indexes, "SCARCE", 3)
    await database.write(lambda tx: bank.hear(tx, "panne", who="Léa", channel=bank.telegram))
    for number in range(20):
        await database.write(lambda tx, n=number: bank.hear(tx, "panne", who=f"C{n}", channel=bank.x))
    await up_to_date(database)
    sofia, amina, _ = await viewers(database, bank)

    page = await database.read(lambda tx: search.find(tx, "panne", amina))
    assert (page.hits, page.next is None) == ((), False)
    assert await database.read(lambda tx: found(tx, "panne", amina)) == ["panne"]
    assert len(await database.read(lambda tx: found(tx, "panne", sofia))) == 21


async def test_the_loop_indexes_what_was_there_and_what_comes(
    database: Database, bank: Bank, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first turns take in all that was said before; another process waits until the lease has ended."""
    monkeypatch.setattr(indexing, "TOGETHER", 3)
    monkeypatch.setattr(indexing, "GATHER", timedelta(0))
    monkeypatch.setattr(indexing, "LOOK_EVERY", timedelta(milliseconds=10))
    for number in range(5):
        await database.write(lambda tx, n=number: bank.hear(tx, f"mot{n}", who=f"C{n}"))
    sofia, _, _ = await viewers(database, bank)
    first, second = Indexing(database, "first"), Indexing(database, "second")

    for _ in range(6):
        await first.turn()
    assert await database.read(lambda tx: search.unread(tx, 1)) == []
    assert len(await database.read(lambda tx: found(tx, "mot", sofia))) == 5
    await database.write(lambda tx: bank.hear(tx, "encore", who="D"))
    await second.turn()
    assert await database.read(lambda tx: found(tx, "encore", sofia)) == []
    clock.advance(indexing.LEASE + timedelta(seconds=1))
    await second.turn()
    assert await database.read(lambda tx: found(tx, "encore", sofia)) == ["encore"]


def test_a_run_of_marks_is_not_put_into_order() -> None:
    """That takes time by the square of their number, half a minute for the longest text: they go first. Accents fold as ever."""
    began = time.process_time()
    assert indexes.words("a" + "\u0301" * 50_000 + "\u0316" * 49_990) == ["a"]
    assert time.process_time() - began < 5
    assert indexes.words("e\u0301te\u0301 ÉTÉ ﬁn") == ["ete", "ete", "fin"]
