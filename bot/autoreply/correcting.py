"""A person says what a message meant. What was understood stays beside it; the difference is what training learns from."""

from bot import errors
from bot.desk import changing
from bot.model.event import Actor
from bot.model.understanding import Mood, Subject
from bot.store import intents, understandings
from bot.store.transaction import Transaction


def correct_intent(tx: Transaction, ticket_id: int, message_id: int, intent: str, *, by: Actor) -> None:
    """It was about this; empty: about nothing that has a name. Raises Invalid, NotFound."""
    if intent and intents.by_name(tx, intent) is None:
        raise errors.Invalid("There is no such intent.", field="intent")
    _correct(tx, ticket_id, message_id, Subject.INTENT, intent, by)


def correct_mood(tx: Transaction, ticket_id: int, message_id: int, mood: str, *, by: Actor) -> None:
    """Whoever wrote this feels so. Raises Invalid, NotFound."""
    if mood not in set(Mood):
        raise errors.Invalid("This is none of the choices.", field="mood")
    _correct(tx, ticket_id, message_id, Subject.MOOD, mood, by)


def _correct(tx: Transaction, ticket_id: int, message_id: int, subject: Subject, meant: str, by: Actor) -> None:
    ticket = changing.hold(tx, ticket_id, by)
    known = understandings.of_messages(tx, [message_id]).get(message_id)
    (heard,) = understandings.heard(tx, [message_id]) or (None,)
    if known is None or heard is None or heard.ticket_id != ticket.id:
        raise errors.NotFound("There is no such message.")
    said = known.intent if subject is Subject.INTENT else known.mood
    understandings.correct(tx, message_id, subject, said=said, meant=meant, agent_id=changing.agent_of(by))
    changing.record(
        tx, ticket, "understanding.corrected", by, message=message_id, subject=subject, said=said, meant=meant
    )
