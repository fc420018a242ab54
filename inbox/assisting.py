"""What the bot brings to an open ticket: in whose hand it is, what it understood, and the replies that it offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.desk import canned
from bot.model import canned_reply
from bot.model.understanding import Mood
from bot.store import channels, engagements, intents, suggestions, understandings
from bot.store.agents import AgentRow
from bot.store.canned_replies import CannedReplyRow
from bot.store.engagements import EngagementRow
from bot.store.intents import IntentRow
from bot.store.rows import TicketRow
from bot.store.suggestions import SuggestionRow
from bot.store.transaction import Transaction
from bot.store.understandings import UnderstandingRow
from inbox.i18n import Words


@dataclass(frozen=True, slots=True)
class Offered:
    """One suggestion as the composer shows it: its words are filled for this ticket."""

    id: int
    canned_id: int
    title: str
    text: str
    why: Mapping[str, Any]
    is_safe_in_public: bool


@dataclass(frozen=True, slots=True)
class Assistance:
    """`understood` is what is known of the contact's last words, None where nothing is."""

    has_bot: bool
    held: EngagementRow | None
    understood: UnderstandingRow | None
    intents: Sequence[IntentRow]
    offered: Sequence[Offered]

    @property
    def is_bots(self) -> bool:
        """Whether the bot answers here now."""
        return self.has_bot and (self.held is None or self.held.is_bots)


def assistance(
    tx: Transaction, ticket: TicketRow, agent: AgentRow, last_asked: int | None, replies: Sequence[CannedReplyRow]
) -> Assistance:
    """What the bot brings; `last_asked` is the contact's last message."""
    by_id = {one.id: one for one in replies}
    open_ones = [(one, by_id[one.canned_reply_id]) for one in suggestions.open_for(tx, ticket.id)
                 if one.canned_reply_id in by_id]  # fmt: skip
    known = understandings.of_messages(tx, [last_asked] if last_asked else [])
    return Assistance(
        has_bot=channels.find(tx, ticket.channel_id).has_bot,
        held=engagements.find(tx, ticket.id),
        understood=known.get(last_asked or 0),
        intents=intents.all(tx),
        offered=[_offered(one, reply, ticket, agent) for one, reply in open_ones],
    )


def _offered(one: SuggestionRow, reply: CannedReplyRow, ticket: TicketRow, agent: AgentRow) -> Offered:
    text = canned.filled(reply, ticket, agent, one.language)
    return Offered(
        one.id, reply.id, canned_reply.called(reply.title, agent.locale), text, one.why, reply.is_safe_in_public
    )


def called(shown: Assistance, name: str, locale: str) -> str:
    """An intent as the agent's language calls it; its name when it has been removed since."""
    return next((one.title(locale) for one in shown.intents if one.name == name), name)


def context(shown: Assistance, words: Words) -> dict[str, Any]:
    """What the templates are given: plain values, and the sentence of each reason."""
    why = {one.id: words("suggestion.why", intent=called(shown, str(one.why.get("intent", "")), words.locale),
                         percent=one.why.get("percent", 0)) for one in shown.offered}  # fmt: skip
    reason = shown.held.reason if shown.held else ""
    return {
        "assistance": shown,
        "moods": tuple(Mood),
        "why": why,
        "handed": words(f"hand.reason.{reason}") if reason else "",
    }
