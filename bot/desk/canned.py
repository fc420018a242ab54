"""Canned replies: kept in both languages, filled for a ticket. A blank that has no value stays, and stops the sending."""

import difflib
import re

from bot import errors
from bot.desk import intents
from bot.model import canned_reply
from bot.model.event import Actor
from bot.store import canned_replies, events
from bot.store.agents import AgentRow
from bot.store.canned_replies import CannedReplyRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

KNOWN = (
    "contact_name", "contact_first_name", "agent_name", "agent_first_name", "branch", "channel", "team", "ticket",
)  # fmt: skip
_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def values(ticket: TicketRow, agent: AgentRow) -> dict[str, str]:
    """What can be put for the blanks of a canned reply. What is not known is left out, so that its blank stays."""
    known = {
        "contact_name": ticket.contact_name,
        "contact_first_name": ticket.contact_name.split(" ")[0],
        "agent_name": agent.name,
        "agent_first_name": agent.name.split(" ")[0],
        "branch": ticket.branch,
        "channel": ticket.channel_title,
        "team": ticket.team_name,
        "ticket": str(ticket.id),
    }
    return {name: value for name, value in known.items() if value}


def filled(reply: CannedReplyRow, ticket: TicketRow, agent: AgentRow, language: str = "") -> str:
    """The reply's words for this ticket, in the given language or else the ticket's."""
    return canned_reply.fill(reply.text(language or ticket.language), values(ticket, agent))


def misspelt(text: str) -> dict[str, str]:
    """Blanks that are probably meant otherwise: as it is written → the known blank it resembles, or "" for what is no blank.

    A blank of another name is none of them: an agent fills it by hand.
    """
    doubts: dict[str, str] = {}
    for written in _BRACES.findall(text):
        name = re.sub(r"[\s-]+", "_", written.strip().lower())
        meant = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.8)
        if written.strip() not in KNOWN and (meant or not canned_reply.BLANK.fullmatch(f"{{{{{written}}}}}")):
            doubts[written.strip()] = meant[0] if meant else ""
    return doubts


def save(
    tx: Transaction,
    id_: int | None,
    *,
    shortcut: str,
    title: str,
    text_fr: str,
    text_en: str,
    is_safe_in_public: bool,
    by: Actor,
) -> int:
    """Keep a canned reply; its number. Raises Invalid with the field to change, Conflict when the shortcut is another's."""
    if not _SHORTCUT.fullmatch(shortcut):
        raise errors.Invalid("A shortcut is made of small letters, digits, - and _.", field="shortcut")
    if not title.strip():
        raise errors.Invalid("A canned reply needs a title.", field="title")
    if not text_fr.strip() and not text_en.strip():
        raise errors.Invalid("A canned reply needs words in one language at least.", field="text_fr")
    if (known := canned_replies.by_shortcut(tx, shortcut)) and known.id != id_:
        raise errors.Conflict(f"The shortcut /{shortcut} is that of “{known.title}”.")
    words = {"shortcut": shortcut, "title": title.strip(), "text_fr": text_fr.strip(), "text_en": text_en.strip()}
    saved = canned_replies.save(tx, id_, **words, is_safe_in_public=is_safe_in_public)
    intents.answer_changed(tx, saved)
    events.record(tx, "canned_reply.saved", by=by, body={"canned_reply": saved, "is_new": id_ is None})
    return saved


def remove(tx: Transaction, id_: int, *, by: Actor) -> None:
    """Throw a canned reply away. Raises NotFound, Conflict while the bot answers with it."""
    intents.answer_is_needed(tx, id_)
    canned_replies.remove(tx, canned_replies.find(tx, id_).id)
    events.record(tx, "canned_reply.removed", by=by, body={"canned_reply": id_})
