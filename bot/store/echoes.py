"""A reply's receipt meets the network's echo of the same words: whichever comes first, one message remains."""

from datetime import datetime

from sqlalchemy import delete, select, update

from bot import wire
from bot.model.columns import table
from bot.model.conversation import Conversation
from bot.model.message import Attachment, Message, Revision
from bot.model.ticket import Ticket
from bot.store.transaction import Transaction

_MESSAGE, _TICKET, _CONVERSATION = table(Message), table(Ticket), table(Conversation)
_ATTACHMENT, _REVISION = table(Attachment), table(Revision)


def settle(tx: Transaction, message_id: int, channel_id: int, receipt: wire.Receipt) -> int | None:
    """Give our message the network's id and time; the number of the echo that came before and is now one with it."""
    sent_at = receipt.sent_at or tx.now
    echo = _echo(tx, message_id, channel_id, receipt.external_id)
    if echo is not None:
        _merge(tx, echo, message_id)
    written_at: datetime = tx.connection.execute(
        select(_MESSAGE.c.sent_at).where(_MESSAGE.c.id == message_id)
    ).scalar_one()
    known = {"external_id": receipt.external_id, "sent_at": sent_at, "permalink": wire.web_link(receipt.permalink)}
    tx.connection.execute(update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(known))
    _keep_time(tx, message_id, written_at, sent_at)
    return echo


def _echo(tx: Transaction, message_id: int, channel_id: int, external_id: str) -> int | None:
    question = select(_MESSAGE.c.id).where(_MESSAGE.c.channel_id == channel_id, _MESSAGE.c.external_id == external_id)
    return tx.connection.execute(question.where(_MESSAGE.c.id != message_id)).scalar()


def _merge(tx: Transaction, echo: int, message_id: int) -> None:
    """Move what hangs on the echo, take it out of the figures, and remove it."""
    ticket_id = tx.connection.execute(select(_MESSAGE.c.ticket_id).where(_MESSAGE.c.id == echo)).scalar()
    for hanging in (_ATTACHMENT, _REVISION):
        tx.connection.execute(update(hanging).where(hanging.c.message_id == echo).values(message_id=message_id))
    counted = update(_TICKET).where(_TICKET.c.id == ticket_id)
    tx.connection.execute(counted.values(message_count=_TICKET.c.message_count - 1, version=_TICKET.c.version + 1))
    for holder in (_TICKET, _CONVERSATION):
        newest = update(holder).where(holder.c.last_message_id == echo)
        scope = holder.c.id == (ticket_id if holder is _TICKET else _conversation(echo))
        tx.connection.execute(newest.where(scope).values(last_message_id=message_id))
    tx.connection.execute(delete(_MESSAGE).where(_MESSAGE.c.id == echo))


def _conversation(message_id: int) -> object:
    return select(_MESSAGE.c.conversation_id).where(_MESSAGE.c.id == message_id).scalar_subquery()


def _keep_time(tx: Transaction, message_id: int, written_at: datetime, sent_at: datetime) -> None:
    """Measures of service use the network's time: put it where the time of writing stood for it."""
    mine = select(_MESSAGE.c.ticket_id).where(_MESSAGE.c.id == message_id).scalar_subquery()
    ticket = update(_TICKET).where(_TICKET.c.id == mine)
    for column in ("first_response_at", "last_answer_at"):
        tx.connection.execute(ticket.where(_TICKET.c[column] == written_at).values({column: sent_at}))
    newest = ticket.where(_TICKET.c.last_message_id == message_id)
    tx.connection.execute(newest.values(last_message_at=sent_at, version=_TICKET.c.version + 1))
    thread = update(_CONVERSATION).where(_CONVERSATION.c.last_message_id == message_id)
    tx.connection.execute(thread.where(_CONVERSATION.c.id == _conversation(message_id)).values(last_message_at=sent_at))
