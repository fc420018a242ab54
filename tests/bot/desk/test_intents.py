"""The operator teaches the bot: intents are checked, examples belong to one, and each change turns the book's page."""

from dataclasses import replace

import pytest

from bot import errors, wire
from bot.desk import canned, hearing, ingest, intents
from bot.desk.intents import Draft
from bot.model.intent import Origin, key
from bot.store import canned_replies, events, tickets
from bot.store import intents as kept
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.world import Bank, actor

LOST = Draft(
    name="card_lost",
    title_fr="Carte perdue ou volée",
    title_en="Card lost or stolen",
    policy="hand_over",
    examples={
        "fr": ("J'ai perdu ma carte", "on m'a volé ma CB !"),
        "en": ("I lost my card", "my card is gone"),
    },
)


async def save(database: Database, bank: Bank, draft: Draft = LOST, id_: int | None = None) -> int:
    return await database.write(lambda tx: intents.save(tx, id_, draft, by=actor(bank.sofia)))


async def reply(database: Database, bank: Bank, shortcut: str = "merci") -> int:
    words = {"shortcut": shortcut, "title": "Merci", "text_fr": "Merci !", "text_en": "Thank you!"}
    return await database.write(lambda tx: canned.save(tx, None, **words, is_safe_in_public=True, by=actor(bank.sofia)))


async def test_the_book_holds_what_was_taught(database: Database, bank: Bank) -> None:
    """Whoever decides reads everything at once: the intent, its answer, its examples with their origin, the edition."""
    answer = await reply(database, bank)
    await save(database, bank, replace(LOST, name="thanks", policy="answer", canned_reply_id=answer))

    book = await database.read(kept.book)

    (thanks,) = book.intents
    assert book.edition == 1
    assert (book.target, book.trained_id) == (97, None)
    assert thanks.answer is not None
    assert thanks.answer.is_safe_in_public
    assert [(one.language, one.text, one.origin) for one in thanks.examples] == [
        ("fr", "J'ai perdu ma carte", "operator"),
        ("fr", "on m'a volé ma CB !", "operator"),
        ("en", "I lost my card", "operator"),
        ("en", "my card is gone", "operator"),
    ]
    assert book.named("thanks") == thanks
    assert book.named("card_lost") is None


async def test_an_example_that_stays_keeps_its_origin(database: Database, bank: Bank) -> None:
    """What an agent's correction taught is not the operator's because he saved the page; what he deleted is gone."""
    id_ = await save(database, bank)
    by = actor(bank.amina)
    await database.write(
        lambda tx: intents.teach(tx, id_, "fr", "ma carte a disparu", origin=Origin.CORRECTION, message_id=7, by=by)
    )

    await save(database, bank, replace(LOST, examples={"fr": ("ma carte a disparu", "plus de carte")}), id_)

    found = await database.read(lambda tx: kept.find(tx, id_))
    assert sorted((one.text, one.origin, one.message_id) for one in found.examples) == [
        ("ma carte a disparu", "correction", 7),
        ("plus de carte", "operator", None),
    ]


async def test_the_same_words_belong_to_one_intent(database: Database, bank: Bank) -> None:
    """Written otherwise they are the same words still: the second intent is told whose they are, and nothing is kept."""
    await save(database, bank)
    other = replace(LOST, name="card_stolen", title_en="Stolen", examples={"fr": ("J’AI PERDU MA CARTE...",)})

    with pytest.raises(errors.Invalid, match="Card lost or stolen") as refused:
        await save(database, bank, other)

    assert refused.value.field == "examples_fr"
    assert [one.name for one in await database.read(kept.all)] == ["card_lost"]


async def test_examples_are_masked(database: Database, bank: Bank) -> None:
    """A card number that somebody pastes among the examples is not kept."""
    id_ = await save(database, bank, replace(LOST, examples={"fr": ("ma carte 4970 1000 0000 0154 est perdue",)}))

    (example,) = (await database.read(lambda tx: kept.find(tx, id_))).examples
    assert "4970 1000" not in example.text
    assert example.text.endswith("est perdue")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Carte perdue"}, "name"),
        ({"title_en": " "}, "title_en"),
        ({"policy": "guess"}, "policy"),
        ({"policy": "answer"}, "canned_reply_id"),
        ({"place": "moon"}, "place"),
        ({"awaits": "date"}, "question_fr"),
        ({"question_en": "Which day?"}, "question_fr"),
        ({"examples": {"en": ("x" * 501,)}}, "examples_en"),
    ],
)
async def test_what_is_no_intent_is_refused_by_its_field(
    database: Database, bank: Bank, change: dict[str, object], field: str
) -> None:
    """Each mistake names the field to change, and nothing is kept."""
    with pytest.raises(errors.Invalid) as refused:
        await save(database, bank, replace(LOST, **change))

    assert refused.value.field == field
    assert await database.read(kept.all) == ()


async def test_a_name_belongs_to_one_intent_and_stays(database: Database, bank: Bank) -> None:
    """Trained versions call intents by their names: another cannot take one, and it does not change."""
    id_ = await save(database, bank)

    with pytest.raises(errors.Conflict, match="card_lost"):
        await save(database, bank, replace(LOST, examples={}))
    with pytest.raises(errors.Invalid, match="stays"):
        await save(database, bank, replace(LOST, name="lost"), id_)

    await database.write(lambda tx: intents.remove(tx, id_, by=actor(bank.sofia)))
    assert await save(database, bank) != id_


async def test_each_change_turns_the_page_and_is_told(database: Database, bank: Bank) -> None:
    """Who keeps a book sees by its edition that it is old: also when only the answer's words have changed."""
    editions = [await database.read(kept.edition)]

    async def look() -> None:
        editions.append(await database.read(kept.edition))

    answer = await reply(database, bank)
    await look()
    id_ = await save(database, bank, replace(LOST, policy="suggest", canned_reply_id=answer))
    await look()
    words = {"shortcut": "merci", "title": "Merci", "text_fr": "Merci bien !", "text_en": ""}
    by = actor(bank.sofia)
    await database.write(lambda tx: canned.save(tx, answer, **words, is_safe_in_public=True, by=by))
    await look()
    await database.write(lambda tx: intents.aim(tx, 95, by=by))
    await look()
    await database.write(lambda tx: intents.remove(tx, id_, by=by))
    await look()

    assert editions == [0, 0, 1, 2, 3, 4]
    told = {one.kind: one.body for one in await database.read(lambda tx: events.after(tx, events.Position()))}
    assert told["intent.saved"]["after"] == {"policy": "suggest", "canned_reply_id": answer, "place": "", "hours": "",
                                             "during": "", "awaits": "", "examples": 4}  # fmt: skip
    assert told["bot.aimed"] == {"before": {"target": 97}, "after": {"target": 95}}
    assert told["intent.removed"] == {"intent": id_, "name": "card_lost"}


async def test_an_answer_that_is_needed_stays(database: Database, bank: Bank) -> None:
    """A canned reply that the bot answers with cannot be thrown away."""
    answer = await reply(database, bank)
    await save(database, bank, replace(LOST, policy="answer", canned_reply_id=answer))

    with pytest.raises(errors.Conflict, match="Card lost or stolen"):
        await database.write(lambda tx: canned.remove(tx, answer, by=actor(bank.sofia)))

    assert await database.read(lambda tx: canned_replies.find(tx, answer))


async def test_words_that_were_taken_back_are_no_example(database: Database, bank: Bank) -> None:
    """Whoever deletes a message deletes it here, too; what else was taught stays."""
    id_ = await save(database, bank)
    ticket_id = await database.write(lambda tx: bank.hear(tx, "ma carte a disparu", external_id="m-1"))
    message_id = await database.read(lambda tx: tickets.find(tx, ticket_id).last_message_id)
    by = actor(bank.sofia)
    await database.write(
        lambda tx: intents.teach(
            tx, id_, "fr", "ma carte a disparu", origin=Origin.CORRECTION, message_id=message_id, by=by
        )
    )
    before = await database.read(kept.edition)

    await database.write(lambda tx: ingest.take(tx, [hearing.prepare(bank.telegram, gone(tx))], hearing.Rules()))

    found = await database.read(lambda tx: kept.find(tx, id_))
    assert "ma carte a disparu" not in {one.text for one in found.examples}
    assert len(found.examples) == 4
    assert await database.read(kept.edition) == before + 1


def gone(tx: Transaction) -> wire.InboundMessage:
    """The author of m-1 takes it back."""
    author = wire.Person("léa.martin", "Léa Martin", "léa.martin")
    return wire.InboundMessage("m-1", "with léa.martin", author, tx.now, act=wire.Act.DELETED)


@pytest.mark.parametrize("target", [79, 100])
async def test_a_target_that_means_nothing_is_refused(database: Database, bank: Bank, target: int) -> None:
    """Nobody is right 100 times in 100, and a bot that is wrong once in four is none."""
    with pytest.raises(errors.Invalid):
        await database.write(lambda tx: intents.aim(tx, target, by=actor(bank.sofia)))


@pytest.mark.parametrize(
    ("text", "same"),
    [("Ça  marche pas !!", "ca marche pas"), ("👍", "👍"), ("L’été", "l'ete"), ("IBAN_faux", "iban faux")],
)
def test_the_same_words(text: str, same: str) -> None:
    """Case, accents, signs and blanks make no other example; an emoji is one."""
    assert key(text) == key(same)
