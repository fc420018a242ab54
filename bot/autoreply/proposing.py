"""What the bot could learn from agents' work. Nothing is learnt before a person has said so."""

from collections.abc import Sequence
from datetime import timedelta

from bot import errors
from bot.desk import changing, intents
from bot.desk.intents import LANGUAGES, LONGEST_EXAMPLE, Draft
from bot.model.event import Actor
from bot.model.intent import Origin, Policy
from bot.store import events, proposals, understandings
from bot.store import intents as kept
from bot.store.proposals import Proposal
from bot.store.transaction import Transaction

LOOKS_BACK = timedelta(days=30)
MOST = 400  # messages that are looked at for groups


def unanswered(tx: Transaction) -> list[Proposal]:
    """What people solved lately where the bot knew nothing."""
    found = proposals.solved(tx, LANGUAGES, tx.now - LOOKS_BACK, MOST)
    return [one for one in found if len(one.text) <= LONGEST_EXAMPLE]


def approve(tx: Transaction, message_id: int, intent: str, *, by: Actor) -> None:
    """This message is one more way to say that. Raises NotFound when either is gone."""
    id_ = kept.by_name(tx, intent)
    if id_ is None:
        raise errors.NotFound("There is no such intent.")
    (heard,) = understandings.heard(tx, [message_id]) or (None,)
    if heard is None:
        raise errors.NotFound("There is no such message.")
    intents.teach(tx, id_, heard.language, heard.text, origin=Origin.CORRECTION, message_id=message_id, by=by)
    # Its words may have been an example before, under another message's number: either way it is judged.
    proposals.refuse(tx, [message_id], changing.agent_of(by))


def make_intent(tx: Transaction, name: str, titles: tuple[str, str], message_ids: Sequence[int], *, by: Actor) -> int:
    """A new intent of these messages, French title first; its number. It goes to a person until somebody gives it an answer."""
    made = intents.save(tx, None, Draft(name, *titles, policy=Policy.HAND_OVER), by=by)
    for heard in understandings.heard(tx, message_ids):
        intents.teach(tx, made, heard.language, heard.text, origin=Origin.SOLVED, message_id=heard.id, by=by)
    proposals.refuse(tx, message_ids, changing.agent_of(by))
    return made


def refuse(tx: Transaction, message_ids: Sequence[int], *, by: Actor) -> None:
    """Nothing is to be learnt from these; they are not proposed again."""
    proposals.refuse(tx, message_ids, changing.agent_of(by))
    events.record(tx, "intent.refused", by=by, body={"messages": list(message_ids)})
