"""Files beside a reply: they leave with it, come back with it, and what may not leave never does."""

import hashlib
from datetime import timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.desk import enclosing, replying
from bot.desk.replying import Measure
from bot.store import conversations, deliveries, enclosures, intake, media, messages, tickets
from bot.store.database import Database
from bot.store.enclosures import EnclosureRow, Writer
from bot.store.parts import Part
from tests.world import Bank, actor

PICTURE = Part("image/jpeg", b"\xff\xd8\xff a picture", 800, 600)
THUMBNAIL = Part("image/webp", b"RIFF a small one", 320, 240)
PDF = Part("application/pdf", b"%PDF-1.7")
RULES = wire.FileRules(2, {"image/jpeg": 1_000, "application/pdf": 1_000}, has_alt=True)
FREELY = Measure(0, 4_096, files=RULES)


async def laid(database: Database, bank: Bank, name: str = "plan.png", made: Part = PICTURE) -> tuple[Writer, int]:
    """Léa has written, and Amina lays a file beside her answer."""
    writer = Writer(await database.write(bank.hear), bank.amina)
    return writer, await more(database, writer, name, made)


async def more(database: Database, writer: Writer, name: str, made: Part) -> int:
    small = THUMBNAIL if made is PICTURE else None
    return await database.write(lambda tx: enclosing.lay(tx, writer, name, (made, small)))


async def beside(database: Database, writer: Writer) -> list[EnclosureRow]:
    return await database.read(lambda tx: enclosures.of(tx, writer))


async def send(database: Database, writer: Writer, files: dict[int, str], text: str = "", **more) -> int:
    """Answer with these files, having seen all there is."""
    seen = (await database.read(lambda tx: tickets.find(tx, writer.ticket_id))).last_message_id
    given = {"seen_message_id": seen, "key": f"form {text} {sorted(files)}", "by": actor(writer.agent_id), **more}
    given = {"measure": FREELY, "undo_within": timedelta(0), **given}
    return await database.write(lambda tx: replying.reply(tx, writer.ticket_id, text, files=files, **given))


async def kept(database: Database) -> set[str]:
    """The names of all that files hold."""
    rows = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT hash FROM media").all())
    return {row[0] for row in rows}


async def test_a_file_leaves_with_the_words(database: Database, bank: Bank) -> None:
    """It is part of the message, the connector is given its bytes, and beside the draft there is nothing any more."""
    writer, file = await laid(database, bank)

    await send(database, writer, {file: "Le plan de l'agence"}, "Voici le plan.")

    said = (await database.read(lambda tx: conversations.thread(tx, writer.ticket_id))).items[-1]
    assert said.kind == "message"
    (shown,) = said.attachments
    assert (shown.name, shown.state, shown.alt) == ("plan.jpg", "kept", "Le plan de l'agence")
    assert (shown.width, shown.height) == (320, 240)
    assert await beside(database, writer) == []
    (due,) = await database.write(deliveries.claim)
    assert due.enclosed == 1
    files = await database.read(lambda tx: enclosures.leaving(tx, said.id))
    assert due.message(files).files == (
        wire.Enclosure("plan.jpg", "image/jpeg", PICTURE.body, "Le plan de l'agence", 800, 600),
    )


async def test_a_file_needs_no_words_but_nothing_at_all_says_nothing(database: Database, bank: Bank) -> None:
    """A file alone leaves; without one an empty reply is refused as ever."""
    writer, file = await laid(database, bank)
    with pytest.raises(errors.Invalid, match="empty reply"):
        await send(database, writer, {})

    await send(database, writer, {file: ""})

    assert [due.row.text for due in await database.write(deliveries.claim)] == [""]


async def test_undo_gives_the_files_back_with_the_words(database: Database, bank: Bank) -> None:
    """They lie beside the draft again as they were, in their order, and can leave once more."""
    writer, first = await laid(database, bank)
    second = await more(database, writer, "conditions.pdf", PDF)
    outbox_id = await send(
        database, writer, {first: "Le plan", second: ""}, "Voici.", undo_within=timedelta(seconds=10)
    )

    await database.write(lambda tx: replying.undo(tx, outbox_id, by=actor(bank.amina)))

    back = await beside(database, writer)
    assert [(one.name, one.alt, one.kind) for one in back] == [
        ("plan.jpg", "Le plan", "image/jpeg"),
        ("conditions.pdf", "", "application/pdf"),
    ]
    await send(database, writer, {one.id: one.alt for one in back}, "Voici donc.")
    assert [due.enclosed for due in await database.write(deliveries.claim)] == [2]


async def test_the_same_form_twice_sends_the_files_once(database: Database, bank: Bank) -> None:
    """The second time the files are gone from beside the draft, and the reply of the first time is the answer."""
    writer, file = await laid(database, bank)

    first = await send(database, writer, {file: ""}, "Voici.", key="k")
    again = await send(database, writer, {file: ""}, "Voici.", key="k")

    assert first == again
    assert [due.enclosed for due in await database.write(deliveries.claim)] == [1]


async def test_only_what_the_form_names_leaves(database: Database, bank: Bank) -> None:
    """A file that another window has laid meanwhile stays; one that another window took away is missed before sending."""
    writer, seen = await laid(database, bank)
    unseen = await more(database, writer, "conditions.pdf", PDF)

    await send(database, writer, {seen: ""}, "Voici.")

    assert [one.id for one in await beside(database, writer)] == [unseen]
    with pytest.raises(errors.Conflict, match="no longer there"):
        await send(database, writer, {seen: "", unseen: ""}, "Encore.")


async def test_a_file_is_its_writers_alone(database: Database, bank: Bank) -> None:
    """A colleague neither sends it, nor takes it away, nor sees what it holds."""
    writer, file = await laid(database, bank)
    bruno = Writer(writer.ticket_id, bank.bruno)

    with pytest.raises(errors.Conflict):
        await send(database, bruno, {file: ""}, "Voici.")
    await database.write(lambda tx: enclosing.take_away(tx, bruno, file))

    assert await database.read(lambda tx: enclosures.find(tx, bruno, file, is_thumbnail=False)) is None
    assert [one.id for one in await beside(database, writer)] == [file]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (wire.FileRules(), "No file can be sent from here."),
        (wire.FileRules(1, RULES.kinds), "From here one file can be sent at a time."),
        (wire.FileRules(4, {"image/jpeg": 1_000}), "“b.pdf” cannot be sent from here"),
        (wire.FileRules(4, {"image/jpeg": 1_000, "application/pdf": 3}), "“b.pdf” is too large"),
    ],
)
async def test_what_the_network_does_not_take_is_said_before_it_leaves(
    database: Database, bank: Bank, rules: wire.FileRules, why: str
) -> None:
    """Too many, of a kind that is not taken, too large: a sentence, and the files stay beside the draft."""
    writer, first = await laid(database, bank, "a.jpg")
    second = await more(database, writer, "b.pdf", PDF)

    with pytest.raises(errors.Invalid, match=why):
        await send(database, writer, {first: "", second: ""}, "Voici.", measure=Measure(0, 4_096, files=rules))

    assert len(await beside(database, writer)) == 2


async def test_names_and_descriptions_are_guarded_like_words(database: Database, bank: Bank) -> None:
    """A card number is kept in neither; and in a description the guard stops what it would stop in the words."""
    writer, file = await laid(database, bank, "carte 4111 1111 1111 1111.png")

    assert (await beside(database, writer))[0].name == "carte [card •••• 1111].jpg"
    with pytest.raises(replying.Objected):
        await send(database, writer, {file: "Votre code est 482913"}, "Voici.")
    await database.write(lambda tx: enclosing.describe(tx, writer, file, "la carte 4111 1111 1111 1111"))
    assert "4111 1111" not in (await beside(database, writer))[0].alt


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("C:\\photos\\plan.jpeg", "plan.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("x" * 500 + ".png", "x" * enclosing.LONGEST_NAME + ".jpg"),
    ],
)
def test_a_name_is_safe_and_says_what_the_file_is(name: str, safe: str) -> None:
    """Only its last part stays, with the ending of its kind, whatever it was called."""
    assert enclosing.safe_name(name, "image/jpeg") == safe


async def test_there_is_an_end_to_what_lies_beside_a_draft(database: Database, bank: Bank) -> None:
    """So many files, and no more bytes than so many: then some must go first."""
    writer, _ = await laid(database, bank)
    for number in range(enclosing.MOST_FILES - 1):
        await more(database, writer, f"{number}.pdf", PDF)

    with pytest.raises(errors.Invalid, match="too many files"):
        await more(database, writer, "one more.pdf", PDF)


async def test_what_a_file_held_goes_with_the_last_that_names_it(database: Database, bank: Bank) -> None:
    """The same picture beside two drafts is kept once, until neither names it."""
    writer, file = await laid(database, bank)
    other = Writer(writer.ticket_id, bank.bruno)
    same = await more(database, other, "autre.png", PICTURE)
    name = hashlib.sha256(PICTURE.body).hexdigest()

    await database.write(lambda tx: enclosing.take_away(tx, writer, file))
    assert name in await kept(database)
    await database.write(lambda tx: enclosing.take_away(tx, other, same))
    assert await kept(database) == set()


async def test_what_was_never_sent_is_forgotten(database: Database, bank: Bank, clock: HeldClock) -> None:
    """After its time a file beside a draft goes with all that it held; one that was sent stays with its message."""
    writer, sent = await laid(database, bank)
    await send(database, writer, {sent: ""}, "Voici.")
    await more(database, writer, "conditions.pdf", PDF)
    clock.advance(enclosing.KEPT_FOR - timedelta(seconds=1))
    await database.write(enclosing.forget_old)
    assert len(await beside(database, writer)) == 1

    clock.advance(timedelta(seconds=2))
    await database.write(enclosing.forget_old)

    assert await beside(database, writer) == []
    assert hashlib.sha256(PDF.body).hexdigest() not in await kept(database)
    assert hashlib.sha256(PICTURE.body).hexdigest() in await kept(database)


async def test_the_networks_echo_does_not_show_our_files_twice(database: Database, bank: Bank) -> None:
    """Its copy of our message, heard before the receipt, brings its own files: ours remain, and nothing is fetched."""
    writer, file = await laid(database, bank)
    await send(database, writer, {file: ""}, "Voici.")
    (due,) = await database.write(deliveries.claim)
    await database.write(lambda tx: bank.hear(tx, "Voici.", is_own=True, external_id="echo 1"))
    echo = await database.write(lambda tx: messages.by_external_id(tx, bank.telegram, "echo 1"))
    assert echo is not None
    await database.write(lambda tx: intake.add_attachments(tx, [(echo.id, wire.Attachment("f", "image", "copy.jpg"))]))

    await database.write(lambda tx: deliveries.finish_sent(tx, due, wire.Receipt("echo 1")))

    assert due.row.message_id is not None
    shown = await database.read(lambda tx: media.of_messages(tx, [due.row.message_id]))
    assert [one.name for one in shown] == ["plan.jpg"]
