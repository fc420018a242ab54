"""A desk whose bot has been taught: two intents, and versions of them as a training would have left them."""

from bot.autoreply import measures, training
from bot.autoreply.measures import Said
from bot.desk import intents
from bot.desk.intents import Draft
from bot.model.event import SYSTEM
from bot.store import intents as kept
from bot.store import trained
from bot.store.trained import Unseen
from bot.store.transaction import Transaction


def teach(tx: Transaction) -> None:
    """Cards and hours, in both languages."""
    for name, title, fr, en in (
        ("card_lost", "Carte perdue", "j'ai perdu ma carte", "i lost my card"),
        ("hours", "Horaires", "quels horaires", "what are your hours"),
    ):
        draft = Draft(name, title, name.title(), policy="hand_over", examples={"fr": (fr,), "en": (en,)})
        intents.save(tx, None, draft, by=SYSTEM)


def make_version(tx: Transaction, body: bytes = b"model") -> int:
    """A version that confuses one English question; its number."""
    id_ = training.ask(tx, by=SYSTEM)
    book = kept.book(tx)
    trained.claim(tx, id_, book.edition)
    rows = [
        Said(each.id, each.language, one.name, "hours" if each.language == "en" else one.name, 0.5 + each.id / 10)
        for one in book.intents
        for each in one.examples
    ]
    unseen = [Unseen(one.example_id, one.said, one.probability) for one in rows]
    told = measures.figures(rows, {97: 0.85, 99: 0.95})
    trained.finish(tx, id_, body, unseen, engine="test 1", intents=2, examples=4, figures=told)
    return id_
