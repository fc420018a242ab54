"""Notes, drafts and who looks on."""

from datetime import timedelta

import pytest

from bot import errors
from bot.clock import HeldClock
from bot.desk import drafting, noting, presence
from bot.store import agents, conversations, drafts, events, tickets
from bot.store.database import Database
from tests.world import Bank, actor


async def test_a_note_stands_in_the_thread_and_can_never_be_sent(database: Database, bank: Bank) -> None:
    """A note is no message: the outbox and the ticket's figures do not know it, the thread shows it with its author."""
    ticket_id = await database.write(bank.hear)
    before = await database.read(lambda tx: tickets.find(tx, ticket_id))

    note_id = await database.write(lambda tx: noting.write(tx, ticket_id, " Vu avec l'agence. ", by=actor(bank.amina)))

    after = await database.read(lambda tx: tickets.find(tx, ticket_id))
    assert (after.message_count, after.preview, after.version) == (
        before.message_count,
        before.preview,
        before.version + 1,
    )
    item = (await database.read(lambda tx: conversations.thread(tx, ticket_id))).items[-1]
    assert (item.kind, item.id, item.text, item.author_name) == ("note", note_id, "Vu avec l'agence.", "Amina Diallo")
    told = (await database.read(lambda tx: events.after(tx, events.Position())))[-1]
    assert (told.kind, told.body) == ("note.written", {"before": {}, "after": {}, "note": note_id})


async def test_a_card_number_in_a_note_or_draft_is_masked_before_it_is_kept(database: Database, bank: Bank) -> None:
    """What an agent types for themselves is masked like everything else."""
    ticket_id = await database.write(bank.hear)
    words = "carte 4242 4242 4242 4242"

    await database.write(lambda tx: noting.write(tx, ticket_id, words, by=actor(bank.amina)))
    await database.write(lambda tx: drafting.save(tx, ticket_id, bank.amina, words, kind="reply"))

    kept = [
        item.text
        for item in (await database.read(lambda tx: conversations.thread(tx, ticket_id))).items
        if item.kind == "note"
    ]
    kept.append((await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina)))["reply"].text)
    assert all("4242 4242" not in text and "4242" in text for text in kept)


async def test_an_empty_note_is_refused(database: Database, bank: Bank) -> None:
    """Blanks say nothing."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: noting.write(tx, ticket_id, " \n", by=actor(bank.amina)))


async def test_drafts_are_private_one_per_kind_and_go_when_empty(database: Database, bank: Bank) -> None:
    """The last words saved are the draft; another agent has none; a note uses up its draft only; empty words remove it."""
    ticket_id = await database.write(bank.hear)
    for kind, text in (("reply", "Bon"), ("reply", "Bonjour"), ("note", "À voir")):
        await database.write(lambda tx, kind=kind, text=text: drafting.save(tx, ticket_id, bank.amina, text, kind=kind))

    kept = await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina))
    assert {kind: draft.text for kind, draft in kept.items()} == {"reply": "Bonjour", "note": "À voir"}
    assert await database.read(lambda tx: drafts.of(tx, ticket_id, bank.bruno)) == {}

    await database.write(lambda tx: noting.write(tx, ticket_id, "À voir", by=actor(bank.amina)))
    assert set(await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina))) == {"reply"}
    await database.write(lambda tx: drafting.save(tx, ticket_id, bank.amina, "  "))
    assert await database.read(lambda tx: drafts.of(tx, ticket_id, bank.amina)) == {}


async def test_nobody_drafts_on_what_they_cannot_see(database: Database, bank: Bank) -> None:
    """A foreign team's ticket takes neither draft nor presence."""
    ticket_id = await database.write(bank.hear)

    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: drafting.save(tx, ticket_id, bank.denis, "x"))
    with pytest.raises(errors.NotFound):
        await database.write(lambda tx: presence.touch(tx, ticket_id, bank.denis))


async def test_the_others_are_seen_until_they_have_been_silent_for_25_seconds(
    database: Database, bank: Bank, clock: HeldClock
) -> None:
    """Whoever looks sees the others and not themselves; what has grown stale is not shown."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: presence.touch(tx, ticket_id, bank.amina))
    await database.write(lambda tx: presence.touch(tx, ticket_id, bank.bruno, is_writing=True))

    async def seen_by(agent_id: int) -> list[tuple[str, bool]]:
        found = await database.read(lambda tx: presence.others(tx, ticket_id, agent_id))
        return [(sight.name, sight.is_writing) for sight in found]

    assert await seen_by(bank.amina) == [("Bruno Petit", True)]
    clock.advance(timedelta(seconds=24))
    assert await seen_by(bank.amina) == [("Bruno Petit", True)]
    clock.advance(timedelta(seconds=1))
    assert await seen_by(bank.amina) == []


async def test_a_touch_is_news_only_when_something_changed(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Coming, beginning to write and stopping are news; being still there is none. Whoever left is gone at once."""
    ticket_id = await database.write(bank.hear)

    async def touch(is_writing: bool = False) -> bool:
        clock.advance(timedelta(seconds=10))
        return await database.write(lambda tx: presence.touch(tx, ticket_id, bank.amina, is_writing=is_writing))

    assert [await touch(), await touch(), await touch(is_writing=True), await touch()] == [True, False, True, True]
    assert (await database.read(lambda tx: agents.find(tx, bank.amina))).seen_at is not None
    await database.write(lambda tx: presence.leave(tx, ticket_id, bank.amina))
    assert await database.read(lambda tx: presence.of_tickets(tx, [ticket_id])) == ()


async def test_old_sights_are_forgotten(database: Database, bank: Bank, clock: HeldClock) -> None:
    """What nobody asks for any more does not pile up."""
    ticket_id = await database.write(bank.hear)
    await database.write(lambda tx: presence.touch(tx, ticket_id, bank.amina))
    clock.advance(timedelta(hours=2))

    assert [await database.write(presence.forget_old) for _ in range(2)] == [1, 0]
