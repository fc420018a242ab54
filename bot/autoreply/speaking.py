"""The bot's words: composed, checked as a person's are, and put into the outbox in its own name."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import errors
from bot.autoreply import phrases
from bot.autoreply.voice import Voice
from bot.desk import canned, posting, replying
from bot.desk.posting import Letter
from bot.store import canned_replies, engagements, spots
from bot.store.canned_replies import CannedReplyRow
from bot.store.engagements import EngagementRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction

AT_ONCE = timedelta(0)
# A name that we may say in our own name: no link, no mention of somebody, nothing that could be a message of its own.
_NAME = re.compile(r"(?=.{1,60}\Z)[^\W_]['’\w-]*\.?(?: [^\W_]['’\w-]*\.?){0,4}")


class CannotSay(errors.Conflict):
    """These words may not or cannot leave from here. `reason` is a key of the catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The bot cannot say this here: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where, to whom, in which language and in whose name something is said; what is said once has one key."""

    ticket: TicketRow
    held: EngagementRow
    language: str
    voice: Voice
    key: str


def reply(tx: Transaction, at: Occasion, canned_reply: CannedReplyRow) -> int:
    """Say a canned reply; its number in the outbox. Raises CannotSay.

    Where the guard would only ask a person whether they mean it, the operator has said so by marking the reply as safe in public.
    Nothing else is said there, though it was asked in private: the contact may have gone on in public since.
    """
    if not canned_reply.is_safe_in_public and spots.whereabouts(tx, at.ticket).spot.is_public:
        raise CannotSay("public")
    ticket = replace(at.ticket, contact_name=_called(at.ticket.contact_name))
    words = canned.filled(canned_reply, ticket, at.voice.bot, at.language)
    outbox_id = say(tx, at, words, is_meant=canned_reply.is_safe_in_public)
    canned_replies.count_use(tx, canned_reply.id)
    return outbox_id


def say(tx: Transaction, at: Occasion, words: str, *, is_meant: bool = False) -> int:
    """Say something. The first time it names itself, and says how a person is reached. Raises CannotSay."""
    where = spots.whereabouts(tx, at.ticket)
    is_public = where.spot.is_public
    text = words if at.held.has_introduced else _introduced(words, at.language, at.voice.bot.name)
    measured = at.voice.measure(at.ticket.channel_id, where.spot, text)
    try:
        checked = replying.checked(text, measured, is_public=is_public, is_meant=is_meant)
    except replying.Barred as error:
        raise CannotSay("barred") from error
    except replying.Objected as error:
        raise CannotSay("guard") from error
    except errors.Invalid as error:
        raise CannotSay("words") from error
    asked = where.spot.message_id if is_public else ""
    letter = Letter(where.conversation_id, checked, at.key, is_public=is_public, in_reply_to=asked)
    outbox_id, _ = posting.write(tx, at.ticket, letter, at.voice.by, AT_ONCE)
    engagements.save(tx, at.ticket.id, has_introduced=True)
    return outbox_id


def _called(name: str) -> str:
    """How the contact may be called: as they call themselves, or by its first word; empty where that is no name at all."""
    return next((one for one in (name, name.split(" ", maxsplit=1)[0]) if _NAME.fullmatch(one)), "")


def _introduced(words: str, language: str, name: str) -> str:
    intro, reach = phrases.say(language, "intro", name=name), phrases.say(language, "reach")
    return f"{intro} {words}\n\n{reach}"
