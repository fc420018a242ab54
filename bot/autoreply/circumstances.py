"""What counts for a decision besides the message: who has the ticket, what was said in it, and when."""

from datetime import timedelta

from bot.autoreply.decide import LANGUAGES, Situation
from bot.model.engagement import Course
from bot.store import channels, engagements
from bot.store.engagements import EngagementRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from bot.store.understandings import Heard, UnderstandingRow

LATE = timedelta(minutes=10)  # an older message is answered by a person: who wrote it has gone on since
# So often within so long the bot speaks in one ticket, and not more: two machines would go on for ever.
OFTEN, WITHIN = 5, timedelta(minutes=2)
# Who says the very same once more than so often is a machine, or needs a person.
SAME, SAME_WITHIN = 2, timedelta(minutes=10)


def of(
    tx: Transaction, heard: Heard, known: UnderstandingRow, ticket: TicketRow, held: EngagementRow | None
) -> Situation:
    """The situation in which a message finds the bot."""
    decided = engagements.decisions(tx, ticket.id)
    return Situation(
        has_bot=channels.find(tx, ticket.channel_id).has_bot,
        is_public=heard.is_public,
        is_with_person=ticket.assignee_id is not None or (held is not None and not held.is_bots),
        is_late=tx.now - heard.sent_at > LATE,
        is_machine=heard.username.lower().endswith("bot"),
        is_storm=engagements.spoken(tx, ticket.id, tx.now - WITHIN) >= OFTEN
        or engagements.repeats(tx, heard.conversation_id, heard.id, heard.text, heard.sent_at - SAME_WITHIN) >= SAME,
        language=_language(heard, known, ticket),
        said=frozenset(one.intent for one in decided if one.course == Course.ANSWER and one.message_id != heard.id),
        asks=held.asks if held else "",
        has_incident=engagements.has_incident(tx),
    )


def _language(heard: Heard, known: UnderstandingRow, ticket: TicketRow) -> str:
    """The one to answer in: the message's, or while nobody can tell the ticket's, or the channel's. Empty for another one."""
    for one in (known.language, ticket.language):
        if one in LANGUAGES:
            return one
        if one == "other":
            return ""
    return heard.channel_language
