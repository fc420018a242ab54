"""Quarantine: what cannot be taken in is kept as it came (masked), told to the operator, and never stops its neighbours."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec
import structlog

from bot import errors, wire
from bot.desk import hearing, ingest, masking
from bot.desk.hearing import Heard, Rules, Taken
from bot.model.event import SYSTEM, Actor
from bot.store import events, faults, intake, quarantines
from bot.store.transaction import Transaction

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def together_or_apart(together: Awaitable[T], apart: Callable[[], Awaitable[T]]) -> T:
    """What `together` gives; where something in it cannot be taken, what `apart` gives. An outage is no fault of the messages."""
    try:
        return await together
    except errors.TryLater:
        raise
    except Exception as error:  # noqa: BLE001  one of them is poisonous; each is tried by itself
        log.info("intake.one_by_one", error=type(error).__name__)
        return await apart()


def one_by_one(tx: Transaction, batch: Sequence[Heard], rules: Rules) -> Taken:
    """Take a failed batch in again, each message behind a savepoint; set aside those that cannot be taken."""
    taken = Taken()
    for heard in batch:
        try:
            with tx.savepoint():
                one = ingest.take(tx, [heard], rules)
        except (*faults.OUTAGE, errors.TryLater):
            raise  # the database is at fault, not the message
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, its neighbours go on
            _keep(tx, heard.channel_id, _unsaid(heard), what_is_wrong(error), is_wire=True)
            taken.set_aside += 1
        else:
            taken.added, taken.duplicates = taken.added + one.added, taken.duplicates + one.duplicates
            taken.amended += one.amended
    return taken


def set_aside(tx: Transaction, channel_id: int, unreadable: Sequence[wire.Unreadable]) -> None:
    """Keep payloads that the connector could not translate."""
    for payload in unreadable:
        _keep(tx, channel_id, payload.raw, payload.reason, is_wire=False)


def release(
    tx: Transaction, quarantine_id: int, read: Sequence[wire.InboundMessage], rules: Rules, *, by: Actor
) -> Taken:
    """Take what was set aside in after all. Raises what is still wrong with it; then it stays where it is."""
    kept = quarantines.find(tx, quarantine_id)
    if kept.released_at is not None:
        return Taken()
    taken = ingest.take(tx, [hearing.prepare(kept.channel_id, said) for said in read], rules)
    quarantines.mark_released(tx, quarantine_id)
    events.record(tx, "quarantine.released", by=by, channel_id=kept.channel_id, body={"quarantine": quarantine_id})
    return taken


def reread(raw: bytes) -> wire.InboundMessage:
    """The message of a quarantined row that is in our own wire format. Raises Invalid."""
    try:
        return msgspec.json.decode(raw, type=wire.InboundMessage)
    except msgspec.DecodeError as error:
        raise errors.Invalid(f"It is still not readable: {error}") from error


def _keep(tx: Transaction, channel_id: int, raw: bytes, reason: str, *, is_wire: bool) -> None:
    told = masking.mask(reason).text  # a connector's reason may quote what it could not read
    id_ = intake.set_aside(tx, channel_id, masking.mask_raw(raw), told, is_wire=is_wire)
    events.record(tx, "message.set_aside", by=SYSTEM, channel_id=channel_id, body={"quarantine": id_})
    log.warning("message.set_aside", channel=channel_id, quarantine=id_, reason=told)


def _unsaid(heard: Heard) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(heard.said, text=heard.text))


def what_is_wrong(error: Exception) -> str:
    """A sentence, without the values: a driver's message may quote a customer's words."""
    refusal = faults.refusal(error)
    if refusal:
        return f"The database refused it: {refusal}"
    return error.message if isinstance(error, errors.ComptoirError) else type(error).__name__
