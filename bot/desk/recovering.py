"""A desk that was put back to an earlier hour: it must not say again what was said since, nor let in who was shut out since."""

from dataclasses import dataclass

from bot.desk import channelling
from bot.model.event import SYSTEM
from bot.store import channels, events, recovery
from bot.store.transaction import Transaction

REASON = (
    "The desk was restored from a backup. It may have been sent since: look on the network before you send it again."
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was stopped: channels by name, words that a person must decide about, sessions."""

    channels: tuple[str, ...]
    replies: int
    sessions: int


def recover(tx: Transaction) -> Recovered:
    """Pause every channel, hand every unfinished reply to a person, end every session. Done once, before a desk runs on it."""
    recovery.reorder(tx)
    recovery.let_go(tx)
    paused = [channel for channel in channels.all(tx) if not channel.is_paused]
    for channel in paused:
        channelling.pause(tx, channel.id, by=SYSTEM)
    doubtful = recovery.doubt(tx, REASON)
    for words in doubtful:
        events.record(
            tx,
            "reply.undecided",
            by=SYSTEM,
            ticket_id=words.ticket_id,
            channel_id=words.channel_id,
            conversation_id=words.conversation_id,
            body={"outbox": words.id, "message": words.message_id, "attempts": words.attempts},
        )
    done = Recovered(tuple(channel.name for channel in paused), len(doubtful), recovery.shut_out(tx))
    body = {"channels": list(done.channels), "replies": done.replies, "sessions": done.sessions}
    events.record(tx, "desk.restored", by=SYSTEM, body=body)
    return done
